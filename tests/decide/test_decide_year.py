"""A debtor whose invoices come one after the other: months of days, and nothing starves.

Sixty invoices over a year, every day of it: `./run test -m slow tests/decide/test_decide_year.py`.
"""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from dispatcher.policy.terms import AtMost
from tests.decide.decide_days import PRESENTED_AFTER, Diary, on
from tests.decide.decide_world import LIMITS, STEPS, TODAY, policy, rulebook


SOFT = {"friendly", "understanding", "courteous"}
CAPS = (*LIMITS.at_most, AtMost(what="legal_effect", count=1, per=30))
GAP, TERM, CAP = 5, 15, 4

#: Nobody waits longer between two steps: a term, a cap of thirty days, a season, a weekend.
LONGEST = 75


def lived(invoices: int, every: int, days: int) -> Diary:
    """Invoices due one after the other, nothing ever paid, a run on every day."""

    rules = rulebook(policy(limits=replace(LIMITS, at_most=CAPS), hand_over=()))
    diary = Diary(
        rules,
        debtors=[{}],
        invoices=[{"due": TODAY + timedelta(days=n * every), "late": 0} for n in range(invoices)],
    )
    diary.live(0, days)
    return diary


def check_year(diary: Diary, days: int) -> None:
    messages = diary.tables["messages"]
    when = [message["contact_on"] for message in messages]
    assert all((later - day).days >= GAP for day, later in pairwise(when))
    for day in when:
        assert sum(day - timedelta(days=29) <= other <= day for other in when) <= CAP
    notices = [m["contact_on"] for m in messages if m["legal_effect"]]
    assert notices
    for notice in notices:
        quiet = (notice + PRESENTED_AFTER, notice + PRESENTED_AFTER + timedelta(days=TERM))
        assert not [day for day in when if quiet[0] <= day < quiet[1]]
    softly = [m for m in messages if m["tone"] in SOFT and m["contact_on"] > min(notices)]
    assert softly == []
    check_nothing_starves(diary, days)


def check_nothing_starves(diary: Diary, days: int) -> None:
    last = on(days)
    for case, invoice in enumerate(diary.tables["invoices"], 1):
        steps = diary.steps(case)
        assert [step for _, step, _ in steps] == list(STEPS[: len(steps)])
        moved = [invoice["due"], *(on(day) for day, _, _ in steps)]
        if len(steps) < len(STEPS):
            moved.append(last)
        waits = [(later - day).days for day, later in pairwise(moved)]
        assert max(waits, default=0) <= LONGEST, (case, steps)
    assert Counter(line["cycle"] for line in diary.tables["lines"]).keys() == {0}


def test_ten_weeks_of_staggered_invoices() -> None:
    check_year(lived(4, every=9, days=70), 70)


@pytest.mark.slow
def test_a_year_of_sixty_staggered_invoices() -> None:
    check_year(lived(60, every=6, days=365), 365)
