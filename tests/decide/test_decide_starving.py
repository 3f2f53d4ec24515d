"""No case starves behind another of its debtor, and the day it is told is one on which it goes."""

import pytest

from dispatcher.policy.terms import ALWAYS, Closed, Limits, Safety
from tests.decide.decide_world import (
    LADDER,
    Row,
    answer,
    contact,
    done,
    frames,
    plan,
    policy,
    rulebook,
    step,
)


FREE = rulebook(policy(limits=Limits(), safety=Safety()))
NO_ADDRESS: Row = {"address": ""}

#: The first case is due a formal notice by registered letter, the second a first reminder.
TWO: list[Row] = [{"late": 60}, {"late": 10}]
NOTICE = [done(1, "third-reminder", days=10)]


def test_a_case_that_no_channel_reaches_keeps_no_other_one_back() -> None:
    made = plan(frames(debtors=[NO_ADDRESS], invoices=TWO, lines=NOTICE), FREE)
    (only,) = made.contacts
    assert (only.leader, only.channel, only.step) == (2, "email", "reminder")
    assert [line.case_id for line in only.lines] == [2]
    assert only.listed == (1,)


def test_its_contact_is_looked_for_beside_the_contact_that_goes() -> None:
    made = plan(frames(debtors=[NO_ADDRESS], invoices=TWO, lines=NOTICE), FREE)
    found = answer(made, 1)
    said = (found["action"], found["rule"], found["reason"], found["task"])
    assert said == ("task", "formal-notice/registered", "no-channel", "find-contact")
    assert [(task.name, task.case_ids) for task in made.tasks] == [("find-contact", (1,))]
    assert answer(made, 2)["action"] == "contact"


def test_one_that_goes_less_far_goes_along_by_the_channel_of_the_leader() -> None:
    """Channel, template and tone are the leader's: nothing has to be found for it."""
    by_visit = step("reminder", "none", ALWAYS, ("visit", ALWAYS, contact("visit")))
    rules = rulebook(policy(steps=(by_visit, *LADDER[1:]), limits=Limits(), safety=Safety()))
    lines = [done(1, "reminder", days=10)]
    made = plan(frames(debtors=[{}], invoices=TWO, lines=lines), rules)
    (only,) = made.contacts
    assert (only.leader, [line.case_id for line in only.lines]) == (1, [1, 2])
    assert made.tasks == ()


def test_where_nothing_reaches_one_task_is_made_for_the_most_advanced() -> None:
    nobody: Row = {"address": "", "email": "", "phone": "", "mobile": ""}
    made = plan(frames(debtors=[nobody], invoices=TWO, lines=NOTICE), FREE)
    assert made.contacts == ()
    assert [(task.rule, task.name) for task in made.tasks] == [
        ("formal-notice/registered", "find-contact")
    ]
    assert answer(made, 2)["reason"] == "round"


#: From Tuesday, the 12th of May; the 14th is Ascension, the 16th a Saturday.
ROUNDS = [
    pytest.param(15, (), "2026-05-27", id="a-working-day-stays"),
    pytest.param(4, (), "2026-05-18", id="a-saturday-becomes-monday"),
    pytest.param(2, (), "2026-05-15", id="a-holiday-becomes-the-day-after"),
    pytest.param(
        4, (Closed(start=(5, 16), end=(5, 20)),), "2026-05-21", id="a-season-becomes-its-end"
    ),
    pytest.param(
        15,
        (Closed(start=(5, 27), end=(5, 28), steps=("formal-notice",)),),
        "2026-05-27",
        id="the-season-of-another-step-is-none",
    ),
]


@pytest.mark.parametrize(("after", "closed", "until"), ROUNDS)
def test_a_case_behind_a_notice_waits_until_a_day_on_which_it_may_go(
    after: int, closed: tuple[Closed, ...], until: str
) -> None:
    limits = Limits(business_days=True, after={"formal-notice": after}, closed=closed)
    rules = rulebook(policy(limits=limits, safety=Safety()))
    found = answer(plan(frames(debtors=[{}], invoices=TWO, lines=NOTICE), rules), 2)
    assert (found["reason"], str(found["until"])) == ("round", until)
