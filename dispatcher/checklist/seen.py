"""What was seen of a home and its machine: all that the areas of the checklist judge."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from dispatcher.checklist.point import State
from dispatcher.model.problem import Problem
from dispatcher.model.settings import Environment, Settings


if TYPE_CHECKING:
    from dispatcher.compose.library import Library
    from dispatcher.policy.terms import Rulebook
    from dispatcher.store.glance import Glance


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """The installation; `foreign`: another distribution has overwritten our package `channels`."""

    python: str
    sqlite: str
    foreign: bool = False
    shipped: Path = field(default_factory=Path)
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A file or folder of the home: its rights, and whether this account owns it."""

    mode: int
    ours: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A home whose configuration can be read, on one day.

    `written` is the day on which a source's file was written, None where there is none. `store`
    is None before the first run, `store_fault` says why one cannot be read, and `network` on what
    kind of another machine's disk it lies. `free` is in bytes. `tested` are the policies with a
    test file, `saved` the day of the last backup. `stops` are what people have stopped. `behind`
    says why nothing may leave by the store: it was put back, or its keys are missing.
    """

    settings: Settings
    today: date
    errors: int = 0
    rulebook: "Rulebook | None" = None
    library: "Library | None" = None
    channel_problems: tuple[Problem, ...] = ()
    remarks: tuple[Problem, ...] = ()
    tested: frozenset[str] = frozenset()
    written: Mapping[str, date | None] = field(default_factory=dict)
    kept: Mapping[str, Kept] = field(default_factory=dict)
    free: int = 0
    zone_found: bool = True
    store: "Glance | None" = None
    store_fault: Problem | None = None
    network: str = ""
    saved: date | None = None
    stops: tuple[Problem, ...] = ()
    behind: Problem | None = None

    @property
    def live(self) -> bool:
        """Messages go out into the world."""
        return self.settings.environment is Environment.PRODUCTION

    @property
    def needed(self) -> State:
        """How something stands that is missing and that production cannot do without."""
        return State.PROBLEM if self.live else State.TODO
