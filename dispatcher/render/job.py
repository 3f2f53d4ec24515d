"""What goes to a rendering process and what comes back."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dispatcher.compose.contact import Data
from dispatcher.model.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One message to render: a template, how it speaks, and the data of `contact_data`."""

    template: str
    channel: str
    tone: str
    data: Data
    lang: str = "fr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """The parts of job number `index`, or the problem that keeps this one message back.

    `files` are what goes with them by name: of a letter, its PDF.
    """

    index: int
    parts: Mapping[str, str] | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)
    problem: Problem | None = None
