"""Twenty years of mornings without a store, by the shipped rules: days, caps and pauses hold.

`./run test -m slow tests/machine/test_machine_decades.py`; `YEARS=2` before it for fewer.
"""

import os
from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

import pytest

from dispatcher.prove.days.ahead import Assuming
from dispatcher.prove.days.assumptions import Assumption, Response
from dispatcher.prove.days.diary import Diary
from dispatcher.prove.days.simulation import Simulation, run_days
from tests.machine.machine_calendar import easter, is_open
from tests.prove.prove_world import world
from tests.prove.test_prove_simulation import MONDAY, book


FIRST: Final = MONDAY  # the book of these debtors begins on it
LYON: Final = "69003"
GAP: Final = 5  # days, by the shipped rules
MOST: Final = 4  # contacts in thirty days

#: Of every five debtors two pay after the first words and the others when they are pressed.
ANSWERS: Final = {
    "reminder": Response(share=40, within=10),
    "second-reminder": Response(share=40, within=10),
    "third-reminder": Response(share=50, within=10),
    "formal-notice": Response(share=90, within=20),
}


def lived(days: list[date]) -> Diary:
    """Debtors who buy again every month."""
    kinds = [{"days_late": 0, "days_before_due": days} for days in (1, 6, 11, 21)]
    kept = book(*kinds, {**kinds[1], "legal_kind": "consumer", "profile": "consumer"})
    course = Assuming(assumption=Assumption(again=True, after=ANSWERS, seed=3))
    course.begin(kept, days[0], (days[-1] - days[0]).days)
    return Simulation(world=world(), book=kept, course=course).live(days)


def days_of(count: int) -> list[date]:
    return list(run_days(world().rulebook, LYON, FIRST, FIRST + timedelta(days=count)))


def check(diary: Diary) -> int:
    """How many contacts there were, none of them where it must not be."""
    assert diary.days == sorted(set(diary.days))
    found = defaultdict[int, list[date]](list)
    for day, debtor, sort in diary.table("messages").select("day", "debtor_id", "sort").iter_rows():
        if sort == "contact":
            found[debtor].append(day)
    for when in found.values():
        assert all(is_open(day, LYON) for day in when)
        assert not [day for day in when if (day.month, day.day) >= (12, 24)]
        assert all((after - day).days >= GAP for day, after in pairwise(when))
        for day in when:
            assert sum(day - timedelta(days=29) <= other <= day for other in when) <= MOST
    return sum(map(len, found.values()))


def test_the_mornings_of_a_year_are_its_working_days() -> None:
    days = set(days_of(365))
    whole = [FIRST + timedelta(days=number) for number in range(366)]
    assert days == {day for day in whole if is_open(day, LYON)}
    assert easter(FIRST.year + 1) + timedelta(days=1) not in days


def test_two_months() -> None:
    assert check(lived(days_of(61))) > 5


@pytest.mark.slow
@pytest.mark.timeout(0)
def test_twenty_years() -> None:
    years = int(os.environ.get("YEARS", "20"))
    assert check(lived(days_of(365 * years))) > 20 * years
