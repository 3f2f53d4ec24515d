"""Days off and wall clocks where debtors live, reckoned here and not by the system."""

from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo


#: Month and day of the public holidays that never move.
FIXED: Final = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))

#: Days after Easter Sunday: Easter Monday, Ascension, Whit Monday.
MOVING: Final = (1, 39, 50)

ALSACE: Final = ("67", "68", "57")
REUNION: Final = "974"


def easter(year: int) -> date:
    """Easter Sunday of the western churches (the reckoning of 1876 for all Gregorian years)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def days_off(year: int, postcode: str) -> frozenset[date]:
    """The public holidays of a year where that postcode is."""
    sunday = easter(year)
    found = {date(year, month, day) for month, day in FIXED}
    found |= {sunday + timedelta(days=after) for after in MOVING}
    if postcode.startswith(ALSACE):
        found |= {sunday - timedelta(days=2), date(year, 12, 26)}
    if postcode.startswith(REUNION):
        found.add(date(year, 12, 20))
    return frozenset(found)


def is_open(day: date, postcode: str) -> bool:
    """Whether people work there that day."""
    return day.weekday() < 5 and day not in days_off(day.year, postcode)


def wall(postcode: str) -> ZoneInfo:
    """The time zone of that postcode."""
    return ZoneInfo("Indian/Reunion" if postcode.startswith(REUNION) else "Europe/Paris")
