"""How hard a portfolio is pressed: contacts with one debtor, and how close they come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

import polars as pl


WINDOW: Final = timedelta(days=30)
WORST: Final = 5  # debtors that are named


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressure:
    """Contacts with one debtor: in all, at most in any 30 days, and the fewest days between two.

    `shortest` is None where there was one only.
    """

    debtor_id: int
    contacts: int
    most: int
    shortest: int | None


def pressed(contacts: pl.DataFrame) -> tuple[Pressure, ...]:
    """Every debtor who was contacted, the hardest pressed first; `contacts` are the main ones."""
    by_debtor = contacts.group_by("debtor_id").agg(pl.col("day").sort())
    found = (_of(debtor, days) for debtor, days in by_debtor.iter_rows())
    return tuple(sorted(found, key=_hardest))


def worst(all_of_them: Sequence[Pressure]) -> tuple[Pressure, ...]:
    """Those who are named in a report."""
    return tuple(all_of_them[:WORST])


def _of(debtor: int, days: Sequence[date]) -> Pressure:
    return Pressure(
        debtor_id=debtor,
        contacts=len(days),
        most=max(sum(first <= day < first + WINDOW for day in days) for first in days),
        shortest=min(((b - a).days for a, b in pairwise(days)), default=None),
    )


def _hardest(each: Pressure) -> tuple[int, int, int, int]:
    shortest = 10_000 if each.shortest is None else each.shortest
    return -each.most, shortest, -each.contacts, each.debtor_id
