"""A virtual year: cron's `send` every hour and one `run` a day, over both clock changes.

The year 2028 hour by hour (it has a 29th of February), and twenty years without a store:
`./run test -m slow tests/machine/test_machine_year.py`.
"""

from collections import Counter
from collections.abc import Callable
from datetime import date, time, timedelta
from pathlib import Path
from typing import Final

import pytest

from dispatcher.decide.open_days import opening, quiet_until
from dispatcher.policy.terms import Limits
from tests.machine.machine_home import founded
from tests.machine.machine_world import PARIS, Hands
from tests.machine.machine_year import Days, half_hours, midnight


SPRING: Final = date(2027, 3, 28)  # Easter Sunday as well: Good Friday in Alsace, then a holiday
AUTUMN: Final = date(2027, 10, 31)  # before All Saints' Day
NIGHT: Final = time(2, 30)  # not on the wall that day in spring, twice on it in autumn

#: When something may change on the wall: round midnight, the change, the ends of quiet hours.
SOME: Final = (0, 3, 7, 9, 18, 20)

Living = Callable[..., Counter[str]]


@pytest.fixture
def lived(tmp_path: Path) -> Living:
    """The counts of so many days from one on."""

    def live(
        first: date,
        days: int,
        *,
        run_at: time = time(8, 30),
        away: tuple[int, ...] = (),
        hours: tuple[int, ...] = tuple(range(24)),
    ) -> Counter[str]:
        out = frozenset(first + timedelta(days=number) for number in away)
        home = founded(tmp_path / "home")
        town = Days(
            home=home, clock=Hands(midnight(first)), due=first, began=first, run_at=run_at, away=out
        )
        town.live(days, hours=hours)
        return town.ended()

    return live


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (date(2028, 2, 29), 24)])
def test_a_day_has_its_hours(day: date, hours: int) -> None:
    assert len(list(half_hours(day))) == hours


@pytest.mark.slow
def test_two_weeks_of_nights_with_the_gap_of_spring(lived: Living) -> None:
    """Cron has no 02:30 that night; the next run makes good what the day would have had."""
    found = lived(SPRING - timedelta(days=8), 14, run_at=NIGHT, away=(3, 4, 5, 6), hours=SOME)
    assert (found["days"], found["runs"]) == (13, 13)
    assert min(found[word] for word in ("deferred", "openings", "polls", "sent", "accepted")) > 0


def test_two_weeks_of_nights_with_the_fold_of_autumn(lived: Living) -> None:
    """Cron has 02:30 twice that night; nobody gets anything twice."""
    found = lived(AUTUMN - timedelta(days=8), 14, run_at=NIGHT, away=(5, 6), hours=SOME)
    assert (found["days"], found["runs"]) == (14, 15)
    assert found["left"] > 0


@pytest.mark.slow
def test_a_month_with_a_29th_of_february(lived: Living) -> None:
    found = lived(date(2028, 2, 10), 31, hours=(11,))
    assert (found["days"], found["runs"]) == (31, 31)
    assert found["left"] > 5


@pytest.mark.slow
@pytest.mark.timeout(0)
def test_a_whole_year_hour_by_hour(lived: Living) -> None:
    found = lived(date(2028, 1, 1), 366, away=(40, 41, 42, 84, 85, 86, 87, 300, 301))
    assert found["days"] == 366
    assert found["sends"] == 366 * 23


#: Quiet hours that begin or end at a minute which a change of the clock takes away or gives twice.
AWKWARD: Final = ((1320, 150), (150, 480), (1260, 120), (1260, 180), (155, 165))


@pytest.mark.parametrize("hours", AWKWARD)
@pytest.mark.parametrize("change", [SPRING, AUTUMN], ids=["gap", "fold"])
def test_quiet_hours_end_later_and_never_in_a_quiet_hour(
    change: date, hours: tuple[int, int]
) -> None:
    limits = Limits(quiet_hours={"sms": hours})
    for minutes in range(0, 30 * 60, 5):
        at = midnight(change) + timedelta(minutes=minutes)
        found = opening(
            at, territory="FR", zone="Europe/Paris", step="", channel="sms", limits=limits
        )
        assert found >= at
        assert quiet_until(found, PARIS.key, hours) is None
        assert (found == at) == (quiet_until(at, PARIS.key, hours) is None)
