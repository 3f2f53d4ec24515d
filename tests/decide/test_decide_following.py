"""What a message may announce: the next step of its own ladder, and nothing that may not come."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date

import pytest

from dispatcher.decide.following import Done, edges_of_next, following
from dispatcher.model.following import Following, NextKind
from dispatcher.model.vocabulary import Value
from dispatcher.policy.read import read_rules
from dispatcher.policy.terms import Policy
from tests.decide.test_decide_shipped import RULES


FRIDAY = date(2026, 11, 20)
LEGAL = frozenset({"formal-notice"})
REACHED: dict[str, Value] = {
    "has_email": True,
    "has_mobile": False,
    "has_phone": True,
    "has_address": True,
    "debtor_overdue": 90_000,
    "promise": "none",
    "dispute": "none",
}

HEAD = """\
language: 1
policy: other
version: 2026.11.1
currency: EUR
applies_to: {legal_kind: business}
stops:
  - {id: handed-over, when: {handed_over: yes}, then: {hold: handed_over}}
"""
FIRST = """\
steps:
  - id: reminder
    from: none
    choose:
      - {id: only, when: any, then: {contact: email, template: courteous-reminder, tone: courteous}}
"""
SECOND = (
    FIRST
    + """\
  - id: second
    from: reminder
"""
)


def ladder(rest: str) -> Policy:
    """A policy with a reminder and what a test writes behind it."""
    texts = {
        "facts.yaml": (RULES / "facts.yaml").read_text(encoding="utf-8"),
        "other.yaml": HEAD + rest,
    }
    rulebook, problems = read_rules(texts)
    assert rulebook is not None, problems
    return rulebook.policies["other"]


def told(rest: str, **facts: Value | None) -> Following:
    """What follows a reminder of this Friday for an invoice due on 1 October."""
    done = Done(step="reminder", on=FRIDAY, contact_on=FRIDAY, due=date(2026, 10, 1))
    return following(ladder(rest), done, {**REACHED, **facts}, legal=LEGAL)


def one(then: str, when: str = "any") -> str:
    """A second step of one choice."""
    return f"{SECOND}    choose:\n      - {{id: only, when: {when}, then: {then}}}\n"


@dataclass(frozen=True, kw_only=True)
class Ladder:
    rest: str
    kind: NextKind
    channels: tuple[str, ...] = ()
    to: tuple[str, ...] = ()


CALL = "{contact: call else letter, template: late-invoice, tone: firm, due_in: 1 day}"
NOTICE = "{contact: registered_letter, template: formal-notice, tone: formal}"
LETTER = "{contact: letter, template: last-notice, tone: formal}"
MAIL = "{contact: email else letter, template: firm-reminder, tone: firm}"
HANDED = "hand_over:\n  - {id: x, when: {last_step: reminder, days_since_step: 15+}, then: %s}\n"

LADDERS = {
    "e-mail": Ladder(rest=one(MAIL), kind=NextKind.REMINDER, channels=("email",)),
    "call": Ladder(rest=one(CALL), kind=NextKind.CALL, channels=("call",)),
    "letter": Ladder(rest=one(LETTER), kind=NextKind.LETTER, channels=("letter",)),
    "notice": Ladder(rest=one(NOTICE), kind=NextKind.NOTICE, channels=("registered_letter",)),
    "task": Ladder(rest=one("{task: look, due_in: 1 day}"), kind=NextKind.REVIEW),
    "nothing": Ladder(rest=FIRST, kind=NextKind.NOTHING),
    "held for ever": Ladder(
        rest=one("{wait: dispute, task: look, due_in: 1 day}"), kind=NextKind.UNKNOWN
    ),
    "lawyer": Ladder(
        rest=FIRST + HANDED % "{hand_over: lawyer}", kind=NextKind.HAND_OVER, to=("lawyer",)
    ),
    "a step and a lawyer": Ladder(
        rest=one(LETTER) + HANDED % "{hand_over: lawyer}", kind=NextKind.UNKNOWN
    ),
    "by what is owed today": Ladder(
        rest=SECOND + "    when: {days_since_step: 8+, days_late: 30+}\n    choose:\n"
        f"      - {{id: large, when: {{debtor_overdue: 150+}}, then: {NOTICE}}}\n"
        f"      - {{id: small, when: any, then: {LETTER}}}\n",
        kind=NextKind.NOTICE,
        channels=("registered_letter",),
    ),
    "sooner one, later the other": Ladder(
        rest=SECOND + "    choose:\n"
        f"      - {{id: soon, when: {{days_late: under 60}}, then: {MAIL}}}\n"
        f"      - {{id: late, when: any, then: {CALL}}}\n",
        kind=NextKind.CONTACT,
        channels=("email", "call"),
    ),
}


@pytest.mark.parametrize("case", LADDERS.values(), ids=LADDERS)
def test_the_next_step_is_told_as_its_ladder_has_it(case: Ladder) -> None:
    found = told(case.rest)
    assert (found.kind, found.channels, found.to) == (case.kind, case.channels, case.to)


def test_days_are_counted_on_and_everything_else_stays() -> None:
    """Fifty days late today: what waits for ninety comes all the same, after forty more."""
    found = told(one(LETTER, "{days_late: 90+}"), days_late=50, days_since_step=None)
    assert (found.kind, found.earliest) == (NextKind.LETTER, date(2026, 12, 30))


def test_a_channel_that_cannot_reach_the_debtor_is_not_announced() -> None:
    assert told(one(CALL), has_phone=False).kind is NextKind.LETTER
    assert told(one(MAIL), has_email=False).channels == ("letter",)
    assert told(one(LETTER), has_address=False).kind is NextKind.UNKNOWN
    assert told(one(NOTICE), has_address=False).kind is NextKind.UNKNOWN


def test_where_nobody_knows_who_can_be_reached_the_widest_word_stands() -> None:
    done = Done(step="reminder", on=FRIDAY, contact_on=FRIDAY)
    found = following(ladder(one(CALL)), done, {}, legal=LEGAL)
    assert (found.kind, found.channels) == (NextKind.CONTACT, ())


DAYS = {
    "the day after": ("any", "", date(2026, 11, 21)),
    "since the step": ("{days_since_step: 8+}", "", date(2026, 11, 28)),
    "since the due day": ("{days_late: 90+}", "", date(2026, 12, 30)),
    "the later of both": ("{days_late: 52+, days_since_step: 8+}", "", date(2026, 11, 28)),
    "one of two": ("[{days_since_step: 9+}, {days_late: 62+}]", "", date(2026, 11, 29)),
    "working days": ("{days_since_step: 8+}", "{days: business}", date(2026, 11, 30)),
    "the gap": ("any", "{rounds: {gap: 5 days}}", date(2026, 11, 25)),
    "after this step": (
        "any",
        "{rounds: {gap: 5 days, after: {reminder: 15 days}}}",
        date(2026, 12, 5),
    ),
}


@pytest.mark.parametrize(("when", "limits", "day"), DAYS.values(), ids=DAYS)
def test_the_earliest_day_is_that_of_rule_and_limits(when: str, limits: str, day: date) -> None:
    rest = one(LETTER, when) + (f"limits: {limits}\n" if limits else "")
    assert told(rest).earliest == day


def test_only_what_a_stop_waits_for_is_promised_to_wait() -> None:
    stops = (
        "stops:\n  - {id: promise, when: {promise: open}, then: {hold: promise}}\n"
        "  - {id: plan, when: {plan: running, debtor_overdue: under 10}, then: {hold: plan}}\n"
    )
    texts = HEAD.replace("stops:\n", stops) + FIRST
    assert told(FIRST).waits == frozenset()
    rulebook, problems = read_rules(
        {"facts.yaml": (RULES / "facts.yaml").read_text(encoding="utf-8"), "other.yaml": texts}
    )
    assert rulebook is not None, problems
    done = Done(step="reminder", on=FRIDAY, contact_on=FRIDAY)
    found = following(rulebook.policies["other"], done, {}, legal=LEGAL)
    assert found.waits == {"promise"}


AMOUNTS = SECOND + (
    "    when: {days_since_step: 8+}\n    choose:\n"
    f"      - {{id: large, when: {{debtor_overdue: 150 to under 500}}, then: {NOTICE}}}\n"
    f"      - {{id: small, when: any, then: {LETTER}}}\n"
)


def test_amounts_between_the_edges_of_the_rules_are_alike() -> None:
    """What is told once for alike cases is true of each of them."""
    edges = edges_of_next(ladder(AMOUNTS), "reminder")["debtor_overdue"]
    assert edges == (15_000, 50_000)
    kinds = {
        cents: told(AMOUNTS, debtor_overdue=cents).kind
        for cents in (14_999, 15_000, 30_000, 49_999, 50_000)
    }
    for index in range(3):
        assert len({k for cents, k in kinds.items() if bisect_right(edges, cents) == index}) == 1
