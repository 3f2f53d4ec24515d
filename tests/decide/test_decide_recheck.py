"""The guard: a message leaves only while each line still gets the same step and choice."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from dispatcher.decide.recheck import still_due
from dispatcher.policy.function import compile_policy
from dispatcher.policy.terms import ALWAYS, HandOver, Rule, Rulebook, Wait
from dispatcher.ports import Claim, Frames
from tests.decide.decide_world import (
    LADDER,
    NOW,
    STEPS,
    TODAY,
    Row,
    contact,
    done,
    frames,
    is_,
    plan,
    policy,
    rulebook,
    settings,
    step,
)


def world(**changes: list[Row]) -> Frames:
    """Two invoices, one due today and one gathered early, whose message is being claimed."""
    message = {"id": 7, "state": "sending"}
    usual: dict[str, list[Row]] = {
        "debtors": [{}],
        "invoices": [{"late": 10}, {"late": 3}],
        "messages": [message],
        "lines": [
            {"id": n, "message_id": 7, "invoice_id": n, "step": "reminder", "state": "sending"}
            for n in (1, 2)
        ],
    }
    return frames(**{**usual, **changes})


def claims(**changes: Any) -> list[Claim]:  # noqa: ANN401 - any field of a claim
    """The claim of the message that the plan made."""
    (planned,) = plan(frames(debtors=[{}], invoices=[{"late": 10}, {"late": 3}])).contacts
    given: dict[str, Any] = {
        "id": 7,
        "token": "t",
        "debtor_id": 1,
        "channel": planned.channel,
        "to": planned.to,
        "policy": planned.policy,
        "policy_hash": planned.policy_hash,
        "rule": planned.rule,
        "template": planned.template,
        "tone": planned.tone,
        "legal_effect": False,
        "attempt": 1,
        "created_at": NOW,
        "printed": "",
        "content": b"",
        "lines": planned.lines,
        **changes,
    }
    return [Claim(**given)]


def asked(
    claimed: list[Claim],
    found: Frames,
    *,
    today: date = TODAY,
    now: datetime = NOW,
    rules: Rulebook | None = None,
) -> Mapping[int, str]:
    rules = rules or rulebook()
    compiled = {p.name: compile_policy(p, rules.facts) for p in rules.active}
    return still_due(
        claimed, found, rules, settings(), today=today, now=now, compiled=compiled
    ).reasons


def test_what_is_still_due_goes() -> None:
    assert asked(claims(), world()) == {}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"invoices": [{"late": 10, "balance": 0}, {"late": 3}]}, "paid", id="paid"),
        pytest.param(
            {"events": [{"kind": "dispute_opened", "invoice_id": 2}]},
            "hold: dispute",
            id="a-carried-case-is-disputed",
        ),
        pytest.param(
            {"credits": [{"number": "A", "amount": 999_999}]}, "hold: credit", id="credit-came"
        ),
        pytest.param(
            {"debtors": [{"legal_kind": "public_body", "profile": "public_body"}]},
            "hold: no-policy",
            id="another-law",
        ),
        pytest.param(
            {"debtors": [{"legal_kind": "consumer", "profile": "sme"}]},
            "hold: contradiction",
            id="facts-that-cannot-be-true-together",
        ),
        pytest.param(
            {"events": [{"kind": "opted_out", "detail": "email"}]}, "opted-out", id="opted-out"
        ),
        pytest.param({"debtors": [{"email": "other@roux.example"}]}, "new-address", id="moved"),
        pytest.param({"debtors": [{"email": ""}]}, "no-email", id="address-gone"),
        pytest.param(
            {"invoices": [{"late": 2}, {"late": 3}]}, "nothing yet", id="due-date-corrected"
        ),
        pytest.param(
            {"lines": [done(1, "reminder", days=8, message=3)]},
            "now: second-reminder/standard",
            id="reminded-otherwise-meanwhile",
        ),
    ],
)
def test_what_changed_keeps_it_here(changes: dict[str, list[Row]], reason: str) -> None:
    assert asked(claims(), world(**changes)) == {7: reason}


def test_nothing_leaves_on_a_day_off() -> None:
    saturday = date(2026, 5, 16)
    now = NOW + timedelta(days=4)
    assert asked(claims(), world(), today=saturday, now=now) == {7: "wait: weekend"}


def test_nothing_leaves_in_a_quiet_hour() -> None:
    evening = datetime(2026, 5, 12, 18, tzinfo=UTC)
    by_sms = claims(channel="sms", to="+33600000001")
    assert asked(by_sms, world(), now=evening) == {7: "wait: quiet-hours"}


def test_a_message_without_lines_follows_its_main_one() -> None:
    assert asked(claims(lines=()), world()) == {}


LAST = step("last-call", "formal-notice", ALWAYS, ("mail", ALWAYS, contact("email")))

#: A part-disputed case waits, and the hand-over of the others waits with it: they go on.
HELD_BACK = rulebook(
    policy(
        steps=(*LADDER, LAST),
        hand_over=(
            Rule(id="hand_over/part", when=is_("dispute", "part"), then=Wait(reason="dispute")),
            Rule(
                id="hand_over/lawyer",
                when=is_("last_step", "formal-notice"),
                then=HandOver(to="lawyer"),
            ),
        ),
    ),
    steps=(*STEPS, "last-call"),
)


@pytest.mark.parametrize("part", [True, False], ids=["still-in-part-disputed", "settled"])
def test_a_case_that_another_held_back_goes_only_while_that_is_so(part: bool) -> None:
    opened: Row = {"kind": "dispute_opened", "invoice_id": 1, "detail": "part", "amount": 100}
    tables: dict[str, list[Row]] = {
        "debtors": [{}],
        "invoices": [{"late": 60}, {"late": 60}],
        "lines": [done(case, "formal-notice", days=20) for case in (1, 2)],
    }
    (planned,) = plan(frames(**tables, events=[opened]), HELD_BACK).contacts
    assert [line.case_id for line in planned.lines] == [2]
    claimed = claims(lines=planned.lines, rule=planned.rule)
    now = frames(**tables, events=[opened] if part else [])
    assert asked(claimed, now, rules=HELD_BACK) == ({} if part else {7: "now: hand_over/lawyer"})
