"""What is found and what is not, where one word makes the difference."""

import pytest

from dispatcher.policy.terms import All, Either, Known, Named
from dispatcher.prove.findings.edits import edits, label
from tests.prove.findings_world import found


def rung(name: str, then: str, *, when: str = "any", more: str = "") -> str:
    head = f"  - id: {name}\n    when: {when}\n{more}    choose:\n"
    return f"{head}      - {{id: standard, when: any, then: {then}}}\n"


def contact(channels: str, tone: str = "firm", *, more: str = "") -> str:
    return f"{{contact: {channels}, template: firm-reminder, tone: {tone}{more}}}"


EMAIL = contact("email")
CALL = contact("call", "courteous", more=", due_in: 2 business days")
FIRST = "steps:\n" + rung("reminder", EMAIL)
WEEK = "{days_since_step: 7+}"
LATER = rung("second-reminder", EMAIL, when="{days_since_step: 7 to 20}")
OPTIONAL = "    from: none\n    optional: yes\n"


def ahead(days: str) -> str:
    before = rung("pre-due", EMAIL, when=days, more=OPTIONAL)
    return f"limits: {{days: business}}\nsteps:\n{before}{rung('reminder', EMAIL)}"


def limited(limits: str) -> str:
    return f"{FIRST}{LATER}limits: {{{limits}}}\n"


STOP = "stops:\n  - {id: risk, when: %s, then: {hold: risk}}\n"
SOLID = "conditions:\n  solid: {payer_history: good}\n  worth: {debtor_overdue: 150+}\n"


@pytest.mark.parametrize(
    ("code", "part"),
    [
        pytest.param("limit-never", limited("per_day: {email: 0}"), id="no capacity"),
        pytest.param("limit-never", limited("at_most: [{contacts: 0, per: 1 day}]"), id="no cap"),
        pytest.param(
            "limit-never", limited("closed: [{from: 01-01, to: 12-31}]"), id="closed all year"
        ),
        pytest.param(
            "limit-never", limited("closed: [{from: 08-15, to: 08-14}]"), id="from day to day"
        ),
        pytest.param(
            "limit-too-late", limited("at_most: [{email: 1, per: 30 days}]"), id="one a month"
        ),
        pytest.param(
            "limit-too-late", limited("rounds: {after: {reminder: 21 days}}"), id="after a step"
        ),
        pytest.param(
            "limit-too-late",
            FIRST
            + rung("second-reminder", EMAIL, when=WEEK)
            + rung("third-reminder", EMAIL, when="{days_since_step: 7+, days_late: under 40}")
            + "limits: {at_most: [{contacts: 2, per: 60 days}]}\n",
            id="two in two months",
        ),
        pytest.param("narrow-window", ahead("{days_before_due: 3 to 5}"), id="three days"),
        pytest.param(
            "tone-backwards",
            FIRST
            + rung("second-reminder", CALL, when=WEEK)
            + rung("third-reminder", contact("email", "courteous"), when=WEEK),
            id="a call between does not hide it",
        ),
        pytest.param("stop-lets-through", STOP % "{payer_history: known}" + FIRST, id="known"),
    ],
)
def test_it_is_found(code: str, part: str) -> None:
    assert f"prove/{code}" in [problem.code for problem in found(part)]


@pytest.mark.parametrize(
    ("code", "part"),
    [
        pytest.param("limit-never", limited("per_day: {email: 1}"), id="a capacity"),
        pytest.param("limit-never", limited("at_most: [{sms: 0, per: 1 day}]"), id="not by sms"),
        pytest.param(
            "limit-never", limited("closed: [{from: 08-01, to: 07-30}]"), id="one day is open"
        ),
        pytest.param(
            "limit-too-late", limited("at_most: [{email: 2, per: 30 days}]"), id="two a month"
        ),
        pytest.param(
            "limit-too-late", limited("rounds: {after: {reminder: 20 days}}"), id="on the last day"
        ),
        pytest.param("narrow-window", ahead("{days_before_due: 3 to 6}"), id="four days"),
        pytest.param("narrow-window", ahead("{amount_due: 5000+}"), id="no window"),
        pytest.param(
            "tone-backwards", FIRST + rung("second-reminder", CALL, when=WEEK), id="a voice is free"
        ),
        pytest.param(
            "tone-backwards",
            FIRST + rung("second-reminder", contact("email", "understanding"), when=WEEK),
            id="understanding is free",
        ),
        pytest.param(
            "channel-backwards",
            FIRST + rung("second-reminder", contact("letter"), when=WEEK),
            id="heavier",
        ),
        pytest.param(
            "escalates-at-once",
            STOP % "{dispute: open}" + FIRST + rung("second-reminder", EMAIL, when=WEEK),
            id="a week later",
        ),
        pytest.param(
            "stop-lets-through",
            STOP % "[{payer_history: known}, {payer_history: unknown}]" + FIRST,
            id="unknown is held, too",
        ),
        pytest.param("stop-lets-through", STOP % "{payer_history: bad}" + FIRST, id="a value"),
        pytest.param(
            "unused-condition",
            SOLID + "steps:\n" + rung("reminder", EMAIL, when="[{is: solid}, {is: worth}]"),
            id="used in a list",
        ),
        pytest.param(
            "unused-role",
            "people:\n  legal: {name: a}\n  cfo: {name: b}\n  account_manager: {name: c}\n",
            id="who approves, and who gets a copy",
        ),
        pytest.param("unused-task", "tasks:\n  find-contact: {en: a}\n", id="our own"),
    ],
)
def test_it_is_not_found(code: str, part: str) -> None:
    assert f"prove/{code}" not in [problem.code for problem in found(part)]


def test_a_condition_is_taken_apart_as_it_is_written() -> None:
    a, b, c = (Known(fact=name) for name in "abc")
    named = Named(name="n", condition=b)
    both = All(parts=(a, Either(parts=(c, All(parts=(named, a))))))
    told = [(label(edit.part), edit.alternative) for edit in edits(both)]
    assert told == [
        ("a", False),
        ("c", True),
        ("is: n, a", True),
        ("is: n", False),
        ("a", False),
    ]
