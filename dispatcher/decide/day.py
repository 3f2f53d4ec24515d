"""What a day is decided by, besides what is known of its debtors."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from dispatcher.decide import calendars
from dispatcher.model.settings import Settings
from dispatcher.policy.terms import Rulebook
from dispatcher.ports import Stage, unmeasured


#: A frame that may lie elsewhere until it is asked for.
Kept = Callable[[], pl.DataFrame]

#: Puts a frame where it takes no memory, for later.
Aside = Callable[[pl.DataFrame], Kept]


def in_memory(frame: pl.DataFrame) -> Kept:
    """A frame that stays where it is."""
    return lambda: frame


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """`now` is an instant with its zone.

    `reach` holds the channels with a healthy adapter, `legal` the templates with legal effect;
    `stage` is told what is at work.
    """

    rulebook: Rulebook
    settings: Settings
    today: date
    now: datetime
    reach: frozenset[str]
    legal: frozenset[str]
    stage: Stage = unmeasured
    aside: Aside = in_memory

    @property
    def place(self) -> str:
        """The creditor's territory."""
        return calendars.territory_of(calendars.HOME, self.settings.creditor.postcode)
