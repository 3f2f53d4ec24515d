"""What was done before us counts like our own, until our own says otherwise."""

from datetime import timedelta
from typing import Any

import pytest

from tests.decide.decide_world import (
    TODAY,
    answer,
    done,
    frames,
    plan,
    policy,
    rulebook,
    sent,
)


DEBTOR: dict[str, Any] = {"id": 1}


def before(step: str, *, days: int, case: int = 1) -> dict[str, Any]:
    day = TODAY - timedelta(days=days)
    return {"kind": "taken_over", "invoice_id": case, "day": day, "detail": step}


def contacted(*, days: int, channel: str = "") -> dict[str, Any]:
    return {"kind": "contacted", "day": TODAY - timedelta(days=days), "detail": channel}


def not_before(*, in_days: int, said: int = 0) -> dict[str, Any]:
    until = TODAY + timedelta(days=in_days)
    return {"kind": "not_before", "day": TODAY - timedelta(days=said), "until": until}


def decided(*events: dict[str, Any], **tables: Any) -> dict[str, Any]:  # noqa: ANN401 - rows
    world = frames(debtors=[DEBTOR], invoices=[{"late": 40}], events=events, **tables)
    return answer(plan(world))


STEPS = [
    pytest.param([], "reminder/standard", id="no history"),
    pytest.param([before("reminder", days=7)], "second-reminder/standard", id="one step"),
    pytest.param([before("reminder", days=6)], "", id="too soon after it"),
    pytest.param(
        [before("reminder", days=30), before("second-reminder", days=9)],
        "third-reminder/call",
        id="the newest counts",
    ),
    pytest.param([before("third-reminder", days=9)], "formal-notice/registered", id="far on"),
    pytest.param([before("reminder", days=9, case=2)], "reminder/standard", id="another case"),
    pytest.param([before("reminder", days=-1)], "reminder/standard", id="not yet"),
]


@pytest.mark.parametrize(("events", "rule"), STEPS)
def test_a_step_that_was_taken_over_is_the_last_step(
    events: list[dict[str, Any]], rule: str
) -> None:
    assert decided(*events)["rule"] == rule


def test_our_own_step_is_the_last_step_even_if_older() -> None:
    lines = [done(1, "second-reminder", days=20)]
    messages = [sent(days=20)]
    said = decided(before("reminder", days=8), lines=lines, messages=messages)
    assert said["rule"] == "third-reminder/call"


def test_our_own_step_taken_back_leaves_what_was_taken_over() -> None:
    lines = [done(1, "second-reminder", days=8, taken_back_on=TODAY, live=False)]
    messages = [sent(days=8, state="bounced")]
    said = decided(before("reminder", days=20), lines=lines, messages=messages)
    assert said["rule"] == "second-reminder/standard"


def test_a_step_of_another_ladder_holds() -> None:
    world = frames(
        debtors=[DEBTOR],
        invoices=[{"late": 40}],
        events=[before("amicable", days=8)],
    )
    assert (answer(plan(world))["action"], answer(plan(world))["reason"]) == (
        "hold",
        "unknown-step",
    )


def test_a_legal_step_of_before_keeps_the_others_waiting() -> None:
    """`after: {formal-notice: 15}` counts from a notice that others sent."""
    world = frames(
        debtors=[DEBTOR],
        invoices=[{"late": 60}, {"late": 20}],
        events=[before("formal-notice", days=5)],
    )
    young = answer(plan(world), 2)
    assert (young["action"], young["reason"]) == ("wait", "after: formal-notice")
    assert young["until"] >= TODAY + timedelta(days=10)


def test_after_a_legal_step_of_before_nobody_speaks_softly_again() -> None:
    """Once its term is over the younger invoice is reminded, firmly, whoever sent the notice."""
    invoices = [{"late": 60}, {"late": 20}]
    softly = plan(frames(debtors=[DEBTOR], invoices=invoices[1:]))
    assert [contact.tone for contact in softly.contacts] == ["courteous"]
    rules = rulebook(policy(hand_over=()))
    firmly = plan(
        frames(debtors=[DEBTOR], invoices=invoices, events=[before("formal-notice", days=20)]),
        rules,
    )
    assert [(contact.leader, contact.tone) for contact in firmly.contacts] == [(2, "firm")]


GAPS = [
    pytest.param([contacted(days=4)], "gap", 1, id="within the gap"),
    pytest.param([contacted(days=5)], "", 0, id="the gap is over"),
    pytest.param([contacted(days=n) for n in (6, 12, 18, 24)], "cap: contacts", 6, id="cap"),
    pytest.param([contacted(days=-1)], "", 0, id="not yet"),
]


@pytest.mark.parametrize(("events", "reason", "days"), GAPS)
def test_contacts_of_others_count_in_gaps_and_caps(
    events: list[dict[str, Any]], reason: str, days: int
) -> None:
    said = decided(*events)
    assert said["reason"] == reason
    if reason:
        assert said["until"] == TODAY + timedelta(days=days)


def test_contacts_of_others_count_in_the_fact() -> None:
    world = frames(
        debtors=[DEBTOR],
        invoices=[{"late": 40}],
        messages=[sent(days=20)],
        events=[contacted(days=10), contacted(days=29), contacted(days=30)],
    )
    assert plan(world).facts["contacts_30d"].to_list() == [3]


SPREAD = [
    pytest.param([not_before(in_days=3)], 3, id="later"),
    pytest.param([not_before(in_days=0)], 0, id="today"),
    pytest.param([not_before(in_days=-2, said=5)], 0, id="past"),
    pytest.param([not_before(in_days=9, said=2), not_before(in_days=1)], 1, id="newer"),
    pytest.param([not_before(in_days=4)], 6, id="a Saturday"),
]


@pytest.mark.parametrize(("events", "days"), SPREAD)
def test_the_spread_of_the_first_day_postpones_and_says_so(
    events: list[dict[str, Any]], days: int
) -> None:
    said = decided(*events)
    assert said["action"] == ("wait" if days else "contact")
    if days:
        assert said["until"] == TODAY + timedelta(days=days)
