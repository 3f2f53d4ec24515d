"""A day that is not like the days before: so many contacts, letters or euros that a person looks.

Days are compared, not runs: a second run of a day, or the one after a withdrawal, has few contacts
by nature.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from dispatcher.model.settings import Settings


LOOKED_AT: Final = 10  # days on which runs contacted somebody
ENOUGH: Final = 5  # of them; with fewer nobody knows what is usual

CONTACTS: Final = "contacts"
COST: Final = "cost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """What one day sends; `legal` counts contacts with legal effect by channel, `cost` is euros."""

    contacts: int = 0
    legal: Mapping[str, int] = field(default_factory=dict)
    cost: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusual:
    """One figure of today that is out of the usual.

    `what` is `contacts`, `cost`, or the channel of contacts with legal effect; `mean` is that of
    the last `days` days.
    """

    what: str
    today: Decimal
    mean: Decimal
    days: int


def unusual(today: Volume, before: Sequence[Volume], settings: Settings) -> tuple[Unusual, ...]:
    """What of today's volume is out of the usual of the days before; `before` in any order."""
    wanted = settings.totals.unusual
    if wanted.times is None or len(before) < ENOUGH:
        return ()
    found = []
    for what, now, past in _figures(today, before):
        mean = sum(past, Decimal(0)) / len(before)
        if now > wanted.times * mean and now > mean + (wanted.over or 0):
            found.append(Unusual(what=what, today=now, mean=mean, days=len(before)))
    return tuple(found)


def _figures(
    today: Volume, before: Sequence[Volume]
) -> Iterator[tuple[str, Decimal, list[Decimal]]]:
    yield CONTACTS, Decimal(today.contacts), [Decimal(each.contacts) for each in before]
    for channel, count in sorted(today.legal.items()):
        yield channel, Decimal(count), [Decimal(each.legal.get(channel, 0)) for each in before]
    yield COST, today.cost, [each.cost for each in before]
