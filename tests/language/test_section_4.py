"""`language.md`, section 4, sentence by sentence: what a day's plan answers and why.

Each test is a sentence in short, in the order of the text. Rounds stand in
`test_section_4_rounds.py`, what the book does (keys, states, tasks) in `test_section_4_book.py`.
A `todo` names the issue that makes its sentence true.
"""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from dispatcher.model.settings import Creditor
from dispatcher.policy.terms import (
    ALWAYS,
    Contact,
    Days,
    HandOver,
    Rule,
    Wait,
    Work,
)
from tests.decide.decide_world import (
    TODAY,
    Row,
    answer,
    contact,
    done,
    least,
    policy,
    rulebook,
    sent,
    settings,
    step,
    task_step,
)
from tests.language.language_world import MESSAGES, ago, at, day, event, freely, said


PENDING: Row = {"message_id": 7, "invoice_id": 1, "step": "reminder", "state": "planned"}


# -- Case ---------------------------------------------------------------------------------------


def test_an_invoice_payable_in_three_dates_is_three_cases() -> None:
    terms = [{"number": "F1", "term": n, "late": 40 - 20 * n} for n in (1, 2, 3)]
    made = day(invoices=terms)
    assert made.answers.select("number", "term").rows() == [("F1", 1), ("F1", 2), ("F1", 3)]
    assert made.answers["action"].to_list() == ["contact", "nothing yet", "nothing yet"]


def test_its_state_is_its_last_step() -> None:
    lines = [done(1, "reminder", days=20), done(1, "second-reminder", days=9)]
    assert said(invoices=[{"late": 40}], lines=lines)["rule"] == "third-reminder/call"


# -- Order --------------------------------------------------------------------------------------


def test_stops_come_before_work_in_hand() -> None:
    found = said(lines=[PENDING], events=[event("dispute_opened")])
    assert (found["action"], found["rule"]) == ("hold", "stops/dispute")


def test_work_in_hand_comes_before_hand_over() -> None:
    again = {**PENDING, "step": "formal-notice"}
    lines = [done(1, "formal-notice", days=20), again]
    assert said(invoices=[{"late": 90}], lines=lines)["action"] == "under way"


def test_hand_over_comes_before_steps() -> None:
    early = Rule(id="hand_over/agency", when=least("days_late", 10), then=HandOver(to="agency"))
    found = said(freely(hand_over=(early,)))
    assert (found["action"], found["rule"]) == ("hand_over", "hand_over/agency")


def test_rounds_channels_and_limits_come_over_what_acts() -> None:
    found = said(messages=[sent(days=2)])
    assert (found["action"], found["rule"]) == ("wait", "reminder/standard")


def test_the_first_stop_that_answers_wins() -> None:
    found = said(events=[event("dispute_opened"), event("promise_made", until=at(9))])
    assert found["rule"] == "stops/dispute"


# -- Answers ------------------------------------------------------------------------------------

LOOKING = (step("reminder", "none", ALWAYS, ("look", ALWAYS, Work(task="look"))),)
PATIENT = (step("reminder", "none", ALWAYS, ("later", ALWAYS, Wait(reason="later"))),)
ANSWERED = [
    pytest.param(freely(), {}, "contact", id="contact"),
    pytest.param(freely(steps=LOOKING), {}, "task", id="task"),
    pytest.param(
        freely(),
        {"invoices": [{"late": 90}], "lines": [done(1, "formal-notice", days=20)]},
        "hand_over",
        id="hand-over",
    ),
    pytest.param(freely(), {"lines": [PENDING]}, "under way", id="under-way"),
    pytest.param(freely(steps=PATIENT), {}, "wait", id="wait"),
    pytest.param(freely(), {"events": [event("dispute_opened")]}, "hold", id="hold"),
    pytest.param(freely(), {"invoices": [{"late": 1}]}, "nothing yet", id="nothing-yet"),
]


@pytest.mark.parametrize(("rules", "tables", "action"), ANSWERED)
def test_every_open_case_has_exactly_one_answer(
    rules: object, tables: dict[str, list[Row]], action: str
) -> None:
    made = day(rules, **tables)  # type: ignore[arg-type] # a table of worlds
    assert made.answers["action"].to_list() == [action]


def test_with_it_stand_rule_policy_hash_and_reason() -> None:
    found = said(events=[event("dispute_opened")])
    shown = (found["rule"], found["policy"], found["policy_hash"], found["reason"])
    assert shown == ("stops/dispute", "b2b", "hash-of-b2b", "dispute")


def test_with_it_stand_the_version_and_the_hash_of_the_facts() -> None:
    """Equal facts have an equal hash, whatever the case; another amount is another hash."""
    made = day(invoices=[{}, {}, {"balance": 500}])
    one, same, other = made.parts[0].for_file()[0]["facts_hash"].to_list()
    assert made.answers["policy_version"].unique().to_list() == ["2026.05.1"]
    assert (one == same, one == other, len(one)) == (True, False, 16)


def test_under_way_says_what() -> None:
    found = said(lines=[PENDING])
    assert (found["rule"], found["message_id"], found["reason"]) == (
        "reminder/standard",
        7,
        "email",
    )


@pytest.mark.parametrize(
    ("state", "channel", "turn"),
    [
        ("awaiting", "registered_letter", "credit_manager"),
        ("planned", "email", "relance"),
        ("deferred", "email", "relance"),
        ("accepted", "call", "person"),
        ("accepted", "registered_letter", "carrier"),
        ("unknown", "email", "person"),
        ("hold", "email", "person"),
    ],
)
def test_under_way_says_since_when_and_whose_turn(state: str, channel: str, turn: str) -> None:
    rule = "formal-notice/registered"
    message = {
        "id": 7,
        "state": state,
        "channel": channel,
        "rule": rule,
        "planned_on": ago(3),
    }
    found = said(lines=[{**PENDING, "state": state}], messages=[message])
    assert (found["action"], found["since"], found["turn"]) == ("under way", ago(3), turn)


@pytest.mark.parametrize(("role", "turn"), [("collector", "collector"), ("", "person")])
def test_a_task_under_way_says_since_when_and_whose_turn(role: str, turn: str) -> None:
    rules = rulebook(policy(steps=(task_step("reminder", "none", "look"),)))
    task = {"rule": "reminder/look", "name": "look", "opened_on": ago(2), "assignee": role}
    found = said(rules, tasks=[task])
    assert (found["since"], found["turn"]) == (ago(2), turn)


def test_what_is_not_under_way_is_nobodys_turn() -> None:
    found = said()
    assert (found["since"], found["turn"]) == (None, "")


def test_wait_says_until_when() -> None:
    assert said(messages=[sent(days=4)])["until"] == at(1)


def test_nothing_yet_says_the_earliest_day() -> None:
    assert said(invoices=[{"late": 1}])["until"] == at(3)


# -- Work in hand -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "state",
    ["awaiting", "planned", "sending", "deferred", "unknown", "hold", "quarantined"],
)
def test_a_case_with_a_message_or_approval_that_is_not_finished_is_under_way(state: str) -> None:
    assert said(lines=[{**PENDING, "state": state}])["action"] == "under way"


def test_a_case_with_a_task_of_a_step_that_is_not_finished_is_under_way() -> None:
    rules = rulebook(policy(steps=(task_step("reminder", "none", "look"),)))
    assert said(rules, tasks=[{"rule": "reminder/look", "name": "look"}])["action"] == "under way"


def test_a_task_of_another_policy_with_the_same_rule_is_not_his_work_in_hand() -> None:
    rules = rulebook(policy(steps=(task_step("reminder", "none", "look"),)))
    other = {"rule": "reminder/look", "name": "look", "policy": "consumers"}
    assert said(rules, tasks=[other])["action"] == "task"


def test_a_task_is_made_once_per_debtor_and_rule_and_lists_his_cases() -> None:
    made = day(invoices=[{}, {}, {"late": 30}], events=[event("dispute_opened", case=None)])
    assert [(task.rule, task.case_ids) for task in made.tasks] == [("stops/dispute", (1, 2, 3))]


def test_a_task_of_a_stop_never_keeps_a_case_under_way() -> None:
    open_task = {"rule": "stops/dispute", "name": "answer-dispute"}
    assert said(tasks=[open_task])["action"] == "contact"


def test_a_task_of_a_wait_never_keeps_a_case_under_way() -> None:
    then = Wait(reason="later", task="look", due_in=Days(count=1))
    ladder = (step("reminder", "none", ALWAYS, ("later", ALWAYS, then)),)
    found = said(freely(steps=ladder), tasks=[{"rule": "reminder/later", "name": "look"}])
    assert found["action"] == "wait"


def test_find_contact_never_keeps_a_case_under_way() -> None:
    known = {"rule": "reminder/standard", "name": "find-contact"}
    assert said(tasks=[known])["action"] == "contact"


def test_every_call_has_a_day() -> None:
    ladder = (step("reminder", "none", ALWAYS, ("c", ALWAYS, contact("call"))),)
    (call,) = day(freely(steps=ladder)).contacts
    assert call.due_on is not None


def test_calls_have_three_attempts_unless_it_is_said_otherwise() -> None:
    assert Contact(channels=("call",), template="t", tone="firm").attempts == 3


@pytest.mark.todo(MESSAGES)
def test_late_by_one_more_due_in_it_goes_to_escalate_to() -> None:
    then = contact("call", due_in=Days(count=2), escalate_to="head")
    rules = freely(steps=(step("reminder", "none", ALWAYS, ("c", ALWAYS, then)),))
    line = {**PENDING, "state": "accepted", "channel": "call"}
    messages = [sent(days=9, id=7, channel="call", state="accepted")]
    made = day(rules, lines=[line], messages=messages)
    assert "head" in {task.assignee for task in made.tasks}


# -- When a step is done ------------------------------------------------------------------------


def test_taken_back_the_case_returns_to_the_step_before() -> None:
    lines = [
        done(1, "reminder", days=20),
        done(1, "second-reminder", days=9, taken_back_on=ago(8), live=False, state="bounced"),
    ]
    assert (
        said(freely(), invoices=[{"late": 40}], lines=lines)["rule"] == "second-reminder/standard"
    )


def test_taken_back_that_channel_is_out_and_the_next_plan_goes_by_the_next() -> None:
    back = done(1, "reminder", days=9, taken_back_on=ago(8), live=False, state="bounced")
    messages = [sent(days=9, state="bounced")]
    (only,) = day(freely(), lines=[back], messages=messages).contacts
    assert (only.channel, only.refused[0].reason, only.lines[0].cycle) == ("sms", "bounced", 1)


# -- Amounts ------------------------------------------------------------------------------------


def test_debtor_overdue_is_net_of_credits_and_disputed_parts() -> None:
    made = day(
        invoices=[{"balance": 1_000}, {"balance": 500}, {"balance": 300, "late": 0}],
        credits=[{"number": "A", "amount": 200}],
        events=[event("dispute_opened", case=2, detail="part", amount=100)],
    )
    assert made.facts["debtor_overdue"].to_list() == [1_200] * 3


def test_amount_due_is_for_what_is_said_about_one_invoice() -> None:
    made = day(invoices=[{"balance": 1_000}], credits=[{"number": "A", "amount": 200}])
    assert made.contacts[0].lines[0].amount == 1_000


@pytest.mark.parametrize(
    ("amount", "word"), [(None, "none"), (119_999, "part"), (120_000, "covers")]
)
def test_debtor_credit_is_none_part_or_covers(amount: int | None, word: str) -> None:
    given = [] if amount is None else [{"number": "A", "amount": amount}]
    assert day(credits=given).facts["debtor_credit"].to_list() == [word]


def test_covers_holds() -> None:
    found = said(credits=[{"number": "A", "amount": 120_000}])
    assert (found["action"], found["rule"]) == ("hold", "stops/credit")


# -- Time ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("late", "days"), [(-3, 0), (0, 0), (1, 1), (40, 40)])
def test_days_late_is_today_minus_due_date_and_nothing_up_to_the_due_day(
    late: int, days: int
) -> None:
    assert day(invoices=[{"late": late}]).facts["days_late"].to_list() == [days]


@pytest.mark.parametrize(("late", "days"), [(-3, 3), (0, 0), (1, None)])
def test_days_before_due_is_known_up_to_the_due_day_only(late: int, days: int | None) -> None:
    assert day(invoices=[{"late": late}]).facts["days_before_due"].to_list() == [days]


def test_today_is_an_argument() -> None:
    tomorrow = {"today": at(1), "now": datetime(2026, 5, 13, 8, tzinfo=UTC)}
    tables = {"invoices": [{"late": 3}]}
    found = [answer(day(given=given, **tables))["action"] for given in ({}, tomorrow)]
    assert found == ["nothing yet", "contact"]


def test_contact_days_are_those_of_the_debtors_territory() -> None:
    friday = date(2026, 4, 3)  # Good Friday, free in Alsace only
    given = {"today": friday, "now": datetime(2026, 4, 3, 8, tzinfo=UTC)}
    debtors = [{"postcode": "67000"}, {"postcode": "75011"}]
    invoices = [{"due": date(2026, 3, 1)}, {"due": date(2026, 3, 1), "debtor_id": 2}]
    made = day(given=given, debtors=debtors, invoices=invoices)
    assert made.answers["action"].to_list() == ["wait", "contact"]


def test_due_in_is_counted_by_the_creditors_calendar() -> None:
    """Abolition day of Mayotte is a working day for a creditor in Lyon, whoever the debtor is."""
    rules = freely(
        steps=(step("reminder", "none", ALWAYS, ("c", ALWAYS, contact("call", due_in=TWO))),)
    )
    monday = date(2026, 4, 27)
    given = {"today": monday, "now": datetime(2026, 4, 27, 8, tzinfo=UTC)}
    for creditor in ("69003", "97600"):
        chosen = {**given, "settings": settings(creditor=_creditor(creditor))}
        debtors = [{"postcode": "97600"}]
        (call,) = day(rules, given=chosen, debtors=debtors, invoices=[{"late": 40}]).contacts
        assert call.due_on == date(2026, 4, 29)
    sunday = {"today": date(2026, 4, 26), "now": datetime(2026, 4, 26, 8, tzinfo=UTC)}
    days = {}
    for creditor in ("69003", "97600"):
        chosen = {**sunday, "settings": settings(creditor=_creditor(creditor))}
        (call,) = day(rules, given=chosen, invoices=[{"late": 40}]).contacts
        days[creditor] = call.due_on
    assert days == {"69003": date(2026, 4, 28), "97600": date(2026, 4, 29)}


TWO = Days(count=2, business=True)


def _creditor(postcode: str) -> Creditor:
    return Creditor(name="Ateliers Morel", postcode=postcode)


def test_a_promise_is_broken_only_by_payment_data_dated_after_promise_and_grace() -> None:
    made = [event("promise_made", days=20, until=ago(10))]  # grace ends on the 5th of May
    words = [
        day(invoices=[{"as_of": as_of}], events=made).facts["promise"].item()
        for as_of in (date(2026, 5, 5), date(2026, 5, 6), TODAY)
    ]
    assert words == ["open", "broken", "broken"]


def test_the_clock_of_a_step_counts_days_of_the_home() -> None:
    late_evening = datetime(2026, 5, 11, 22, 30, tzinfo=UTC)  # half past midnight of the 12th
    found = day(given={"now": late_evening}, invoices=[{"late": 4}]).answers
    assert found.select(pl.col("action")).item() == "contact"
