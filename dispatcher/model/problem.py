"""A mistake of an operator as a value: what, where, and the facts of the sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    """How much a problem weighs: only an `error` keeps a file from being used."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Place:
    """Where something stands in a file: `line` and `column` count from 1, characters not bytes.

    For tables `line` is the row of the file (the header is row 1) and `column_name` the heading.
    `length` is how many characters the caret underlines; 0 keeps the source line from being shown,
    for it holds a secret.
    """

    file: str
    line: int = 0
    column: int = 0
    length: int = 1
    column_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake: its code in the registry, its place, and the fields its sentence needs.

    `second` is the other place where two conflict (first definition, other file).
    The words are the registry's (`problems.registry`), looked up when printed; so is the level,
    unless the home weighs this one otherwise.
    """

    code: str
    place: Place | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    second: Place | None = None
    suggestion: str = ""
    level: Level | None = None
