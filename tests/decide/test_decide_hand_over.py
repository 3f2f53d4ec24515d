"""Handing over, per debtor: one entry wins, a person decides, the others go on."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from dispatcher.policy.terms import (
    ALWAYS,
    All,
    Closed,
    HandOver,
    Hold,
    Limits,
    Rule,
    Rulebook,
    Wait,
)
from tests.decide.decide_days import Diary, said
from tests.decide.decide_world import (
    LADDER,
    TODAY,
    Row,
    answer,
    contact,
    done,
    frames,
    is_,
    least,
    plan,
    policy,
    rulebook,
    step,
)


NOTICED = (is_("last_step", "formal-notice"), least("days_since_step", 15))

ENTRIES = (
    Rule(
        id="hand_over/part-disputed",
        when=All(parts=(*NOTICED, is_("dispute", "part"))),
        then=Wait(reason="dispute", task="answer-dispute"),
    ),
    Rule(id="hand_over/lawyer", when=All(parts=NOTICED), then=HandOver(to="lawyer")),
)


def rules(**changes: Any) -> Rulebook:  # noqa: ANN401 - any key of a policy
    return rulebook(policy(**{"hand_over": ENTRIES, **changes}))


PART = {"kind": "dispute_opened", "invoice_id": 1, "detail": "part", "amount": 100}


def noticed(*cases: int) -> list[Row]:
    return [done(case, "formal-notice", days=20) for case in cases]


def world(**tables: Sequence[Row]) -> dict[str, Sequence[Row]]:
    usual: dict[str, Sequence[Row]] = {
        "debtors": [{}],
        "invoices": [{"late": 60}, {"late": 60}],
        "lines": noticed(1, 2),
    }
    return usual | tables


def test_all_his_cases_that_match_go_together() -> None:
    made = plan(frames(**world()), rules())
    assert made.answers["action"].to_list() == ["hand_over"] * 2
    assert [(task.name, task.case_ids) for task in made.tasks] == [("hand-over", (1, 2))]


def test_one_case_disputed_in_part_holds_back_the_others() -> None:
    made = plan(frames(**world(events=[PART])), rules())
    assert (answer(made, 1)["action"], answer(made, 1)["reason"]) == ("wait", "dispute")
    assert (answer(made, 2)["action"], answer(made, 2)["reason"]) == ("wait", "hand-over")
    assert [task.name for task in made.tasks] == ["answer-dispute"]


def test_a_case_held_back_goes_on_with_its_own_steps() -> None:
    last = step(
        "last-call", "formal-notice", ALWAYS, ("call", ALWAYS, contact("call", tone="formal"))
    )
    book = rulebook(
        policy(hand_over=ENTRIES, steps=(*LADDER, last)),
        steps=(*(each.id for each in LADDER), "last-call"),
    )
    made = plan(frames(**world(events=[PART])), book)
    assert answer(made, 1)["reason"] == "dispute"
    assert answer(made, 2)["rule"] == "last-call/call"


def test_another_debtor_is_another_matter() -> None:
    made = plan(
        frames(
            **world(
                debtors=[{}, {}],
                invoices=[{"late": 60}, {"late": 60, "debtor_id": 2}],
                events=[PART],
            )
        ),
        rules(),
    )
    assert made.answers["action"].to_list() == ["wait", "hand_over"]


DECIDED = {"kind": "hand_over_decided", "invoice_id": None, "detail": "refused"}


@pytest.mark.parametrize(
    ("event", "until"),
    [
        pytest.param({"day": TODAY}, 30, id="thirty-days-by-default"),
        pytest.param({"day": TODAY - timedelta(days=29)}, 1, id="the-last-of-them"),
        pytest.param({"until": TODAY + timedelta(days=3)}, 3, id="or-the-day-the-person-gives"),
    ],
)
def test_until_then_the_cases_hold_as_decided(event: Row, until: int) -> None:
    made = plan(frames(**world(events=[{**DECIDED, **event}])), rules())
    for case in (1, 2):
        found = answer(made, case)
        assert (found["action"], found["reason"]) == ("hold", "decided")
        assert found["until"] == TODAY + timedelta(days=until)
    assert made.tasks == ()


@pytest.mark.parametrize(
    "event",
    [
        pytest.param({"day": TODAY - timedelta(days=30)}, id="after-thirty-days"),
        pytest.param({"day": TODAY - timedelta(days=9), "until": TODAY}, id="on-the-day"),
        pytest.param({"day": TODAY + timedelta(days=1)}, id="not-decided-yet"),
        pytest.param({"debtor_id": 2}, id="decided-of-somebody-else"),
    ],
)
def test_then_it_is_proposed_again(event: Row) -> None:
    made = plan(frames(**world(events=[{**DECIDED, **event}])), rules())
    assert answer(made)["action"] == "hand_over"


def test_the_last_decision_counts() -> None:
    told = [
        {**DECIDED, "day": TODAY - timedelta(days=9), "until": TODAY + timedelta(days=50)},
        {**DECIDED, "day": TODAY - timedelta(days=2), "until": TODAY},
    ]
    assert answer(plan(frames(**world(events=told)), rules()))["action"] == "hand_over"


def test_a_wait_of_the_list_is_no_proposal_and_goes_on_waiting() -> None:
    made = plan(frames(**world(events=[PART, DECIDED])), rules())
    assert answer(made, 1)["reason"] == "dispute"


def test_a_decision_does_not_stop_the_steps_of_other_cases() -> None:
    tables = world(invoices=[{"late": 60}, {"late": 10}], lines=noticed(1), events=[DECIDED])
    made = plan(frames(**tables), rules())
    assert answer(made, 1)["reason"] == "decided"
    assert answer(made, 2)["rule"] == "reminder/standard"


def test_a_season_that_names_hand_over_postpones_it() -> None:
    closed = Closed(start=(5, 1), end=(5, 20), steps=("hand_over",))
    made = plan(frames(**world()), rules(limits=Limits(closed=(closed,))))
    found = answer(made)
    assert (found["action"], found["reason"]) == ("wait", "closed")
    assert found["until"] == TODAY.replace(day=21)


def test_handed_over_holds_everything() -> None:
    stops = (
        Rule(
            id="stops/handed-over", when=is_("handed_over", True), then=Hold(reason="handed_over")
        ),
    )
    diary = Diary(rules(stops=stops), **world())
    assert said(diary, 0)["action"] == "hand_over"
    diary.happens(1, "handed_over", invoice_id=None)
    assert said(diary, 1)["rule"] == "stops/handed-over"
