"""Interest rates by half-year, as dated and sourced by people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfYear:
    """The rates of one half-year in percent a year; None is a rate that nobody has entered.

    `ecb` is the rate of the central bank's main refinancing operations on its first day, `legal`
    the French legal rate of "all other cases".
    """

    ecb: Decimal | None = None
    legal: Decimal | None = None
    source: str = ""


#: By half-year as people write it: `2026-1`.
Rates: TypeAlias = Mapping[str, HalfYear]


def half_year(day: date) -> str:
    """The half-year of a day: `2026-1` up to 30 June."""
    return f"{day.year}-{1 if day.month <= 6 else 2}"  # noqa: PLR2004 - June


def last_day(day: date) -> date:
    """The last day of its half-year."""
    return date(day.year, 6, 30) if day.month <= 6 else date(day.year, 12, 31)  # noqa: PLR2004
