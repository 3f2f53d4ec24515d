"""Work that stays undone goes further up, once it is late by as long as it was given."""

from datetime import date

import pytest

from dispatcher.decide.escalation import escalated_to
from dispatcher.policy.terms import ALWAYS, Days, HandOver, Hold, Rule
from tests.decide.decide_world import contact, policy, rulebook, step


TWO = Days(count=2, business=True)
FRIDAY = date(2026, 6, 5)

RULES = rulebook(
    policy(
        owner="owner",
        stops=(Rule(id="stops/look", when=ALWAYS, then=Hold(reason="x", task="t", due_in=TWO)),),
        hand_over=(Rule(id="hand_over/lawyer", when=ALWAYS, then=HandOver(to="lawyer")),),
        steps=(
            step(
                "call",
                "none",
                ALWAYS,
                ("boss", ALWAYS, contact("call", due_in=TWO, escalate_to="boss")),
                ("plain", ALWAYS, contact("call", due_in=TWO)),
            ),
        ),
    ),
    steps=("call",),
)


@pytest.mark.parametrize(
    ("rule", "today", "to"),
    [
        pytest.param("call/boss", date(2026, 6, 8), "", id="a-day-late"),
        pytest.param("call/boss", date(2026, 6, 9), "boss", id="two-business-days-late"),
        pytest.param("call/plain", date(2026, 6, 9), "owner", id="the-owner-where-nobody-is-named"),
        pytest.param("stops/look", date(2026, 6, 9), "owner", id="a-task-of-a-stop"),
        pytest.param(
            "hand_over/lawyer", date(2026, 6, 11), "", id="five-days-where-none-are-given"
        ),
        pytest.param("hand_over/lawyer", date(2026, 6, 12), "owner", id="and-then"),
        pytest.param("gone/rule", date(2026, 6, 12), "owner", id="a-rule-that-is-gone"),
    ],
)
def test_it_goes_up_when_its_time_has_passed_twice(rule: str, today: date, to: str) -> None:
    found = escalated_to(RULES, policy="b2b", rule=rule, due_on=FRIDAY, today=today, place="")
    assert found == to


@pytest.mark.parametrize(("name", "due"), [("other", FRIDAY), ("b2b", None)])
def test_what_has_no_policy_or_no_day_stays(name: str, due: date | None) -> None:
    late = date(2026, 12, 1)
    assert escalated_to(RULES, policy=name, rule="x/y", due_on=due, today=late, place="") == ""
