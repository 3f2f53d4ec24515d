"""A real day: each kind of situation and the one answer it gets."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from dispatcher.model.plan import RefusedChannel
from dispatcher.model.tables import ANSWERS
from dispatcher.policy.terms import ALWAYS, AtMost, Closed, Limits, Rule, Safety, Wait
from tests.decide.decide_world import (
    LADDER,
    LIMITS,
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
    sent,
    settings,
    step,
    task_step,
)


def at(**days: int) -> date:
    return TODAY + timedelta(**days)


SITUATIONS = [
    pytest.param(
        {"invoices": [{"late": 10}]},
        {"action": "contact", "rule": "reminder/standard", "step": "reminder", "channel": "email"},
        id="ten-days-late-is-reminded",
    ),
    pytest.param(
        {"invoices": [{"late": 3}]},
        {"action": "nothing yet", "rule": "", "until": at(days=1)},
        id="three-days-late-is-left-alone-until-tomorrow",
    ),
    pytest.param(
        {"invoices": [{"late": -20}]},
        {"action": "nothing yet", "until": at(days=24)},
        id="not-due-yet-and-the-first-day-is-known",
    ),
    pytest.param(
        {"invoices": [{"late": 20}], "lines": [done(1, "reminder", days=4)]},
        {"action": "nothing yet", "until": at(days=3)},
        id="reminded-four-days-ago-waits-for-the-seventh",
    ),
    pytest.param(
        {
            "invoices": [{}],
            "events": [{"kind": "promise_made", "invoice_id": 1, "until": at(days=5)}],
        },
        {"action": "hold", "rule": "stops/promise", "reason": "promise", "until": None},
        id="a-promise-that-runs-holds",
    ),
    pytest.param(
        {
            "invoices": [{}],
            "events": [
                {
                    "kind": "promise_made",
                    "invoice_id": 1,
                    "day": at(days=-20),
                    "until": at(days=-6),
                }
            ],
        },
        {"action": "contact", "rule": "reminder/standard"},
        id="a-promise-broken-beyond-its-grace-does-not",
    ),
    pytest.param(
        {
            "invoices": [{}],
            "events": [
                {
                    "kind": "promise_made",
                    "invoice_id": 1,
                    "day": at(days=-20),
                    "until": at(days=-5),
                }
            ],
        },
        {"action": "hold", "reason": "promise"},
        id="its-grace-leaves-out-the-eighth-of-may-and-the-weekend",
    ),
    pytest.param(
        {"invoices": [{}], "events": [{"kind": "dispute_opened", "invoice_id": 1}]},
        {"action": "hold", "reason": "dispute", "task": "answer-dispute"},
        id="a-dispute-holds-and-somebody-answers-it",
    ),
    pytest.param(
        {
            "invoices": [{}],
            "events": [
                {"kind": "dispute_opened", "invoice_id": 1, "day": at(days=-9)},
                {"kind": "dispute_settled", "invoice_id": 1, "day": at(days=-2)},
            ],
        },
        {"action": "contact"},
        id="a-settled-dispute-does-not",
    ),
    pytest.param(
        {
            "invoices": [{"late": 40}],
            "lines": [done(1, "reminder", days=20)],
            "events": [
                {"kind": "dispute_opened", "invoice_id": 1, "day": at(days=-15)},
                {"kind": "dispute_settled", "invoice_id": 1, "day": at(days=-2)},
            ],
        },
        {"action": "nothing yet", "until": at(days=5)},
        id="no-hold-ends-in-an-escalation-the-next-morning",
    ),
    pytest.param(
        {
            "invoices": [{"late": 40}],
            "lines": [done(1, "reminder", days=20)],
            "events": [
                {"kind": "reply_received", "invoice_id": None, "day": at(days=-15)},
                {"kind": "reply_read", "invoice_id": None, "day": at(days=-6)},
            ],
        },
        {"action": "nothing yet", "until": at(days=1)},
        id="nor-does-a-reply-that-was-read",
    ),
    pytest.param(
        {
            "invoices": [{}],
            "events": [{"kind": "paused", "invoice_id": None, "until": TODAY}],
        },
        {"action": "hold", "reason": "pause"},
        id="a-pause-of-the-whole-debtor-holds-each-case",
    ),
    pytest.param(
        {
            "invoices": [{}],
            "events": [
                {"kind": "paused", "invoice_id": 1, "day": at(days=-9), "until": at(days=-1)}
            ],
        },
        {"action": "contact"},
        id="a-pause-that-is-over-does-not",
    ),
    pytest.param(
        {"invoices": [{}], "credits": [{"number": "A1", "amount": 120_000}]},
        {"action": "hold", "rule": "stops/credit", "task": "allocate-credit"},
        id="a-credit-that-covers-all-holds",
    ),
    pytest.param(
        {"invoices": [{}], "credits": [{"number": "A1", "amount": 20_000}]},
        {"action": "contact"},
        id="a-part-credit-does-not",
    ),
    pytest.param(
        {
            "invoices": [{}, {}],
            "credits": [{"number": "A1", "amount": 120_000, "invoice_number": "F1"}],
        },
        {"action": "hold", "rule": "", "reason": "credit"},
        id="an-invoice-whose-own-credit-note-covers-it-is-not-claimed",
    ),
    pytest.param(
        {"debtors": [{"legal_kind": "consumer", "profile": "sme"}], "invoices": [{}]},
        {"action": "hold", "rule": "", "reason": "contradiction"},
        id="facts-that-cannot-be-true-together-hold",
    ),
    pytest.param(
        {"debtors": [{"legal_kind": "public_body", "profile": "public_body"}], "invoices": [{}]},
        {"action": "hold", "policy": "", "policy_hash": "", "reason": "no-policy"},
        id="no-policy-for-him",
    ),
    pytest.param(
        {"debtors": [{"legal_kind": ""}], "invoices": [{}]},
        {"action": "hold", "policy": "", "reason": "no-policy"},
        id="an-unknown-kind-has-no-policy-either",
    ),
    pytest.param(
        {"debtors": [{"extra": '{"insolvency": null}'}], "invoices": [{}]},
        {
            "action": "hold",
            "rule": "stops/insolvency",
            "reason": "unknown: insolvency",
            "task": "look-up",
        },
        id="a-stop-on-an-unknown-fact-has-it-looked-up",
    ),
    pytest.param(
        {
            "debtors": [{"extra": '{"insolvency":false}', "as_of": at(days=-91)}],
            "invoices": [{}],
        },
        {"action": "hold", "reason": "unknown: insolvency"},
        id="a-fact-older-than-its-age-is-unknown",
    ),
    pytest.param(
        {"debtors": [{"extra": '{"insolvency":true}'}], "invoices": [{}]},
        {"action": "hold", "reason": "insolvency", "task": ""},
        id="an-insolvency-holds",
    ),
    pytest.param(
        {"invoices": [{"late": 40}], "lines": [done(1, "old-letter", days=10)]},
        {"action": "hold", "reason": "unknown-step"},
        id="a-step-that-no-ladder-knows-never-starts-anew",
    ),
    pytest.param(
        {
            "invoices": [{}],
            "lines": [{"message_id": 7, "invoice_id": 1, "step": "reminder", "state": "planned"}],
        },
        {
            "action": "under way",
            "rule": "reminder/standard",
            "step": "reminder",
            "message_id": 7,
            "reason": "email",
        },
        id="a-message-that-has-not-left-is-work-in-hand",
    ),
    pytest.param(
        {
            "invoices": [{}],
            "lines": [
                {
                    "message_id": 7,
                    "invoice_id": 1,
                    "step": "reminder",
                    "state": "accepted",
                    "channel": "call",
                }
            ],
        },
        {"action": "under way", "reason": "call"},
        id="a-call-that-nobody-has-made-yet-is-too",
    ),
    pytest.param(
        {
            "invoices": [{}],
            "lines": [
                {
                    "message_id": 7,
                    "invoice_id": 1,
                    "step": "reminder",
                    "state": "withdrawn",
                    "live": False,
                }
            ],
        },
        {"action": "contact", "rule": "reminder/standard"},
        id="a-withdrawn-message-is-planned-anew",
    ),
    pytest.param(
        {"debtors": [{"email": ""}], "invoices": [{}]},
        {"action": "contact", "channel": "sms"},
        id="without-an-e-mail-the-next-channel",
    ),
    pytest.param(
        {"debtors": [{"email": "", "mobile": "", "address": ""}], "invoices": [{}]},
        {"action": "task", "task": "find-contact", "reason": "no-channel", "channel": ""},
        id="a-phone-alone-is-no-channel-of-this-rule",
    ),
    pytest.param(
        {
            "debtors": [{"email": "", "mobile": ""}],
            "invoices": [{"late": 40}],
            "lines": [done(1, "second-reminder", days=9)],
        },
        {"action": "contact", "channel": "call", "rule": "third-reminder/call"},
        id="no-e-mail-but-a-phone-is-called",
    ),
    pytest.param(
        {"invoices": [{}], "events": [{"kind": "opted_out", "detail": ""}]},
        {"action": "task", "task": "find-contact"},
        id="opted-out-of-everything",
    ),
    pytest.param(
        {"invoices": [{}], "events": [{"kind": "opted_out", "detail": "email"}]},
        {"action": "contact", "channel": "sms"},
        id="opted-out-of-e-mail",
    ),
    pytest.param(
        {
            "invoices": [{}],
            "events": [
                {"kind": "opted_out", "detail": "email", "day": at(days=-9)},
                {"kind": "opted_in", "detail": "email", "day": at(days=-1)},
            ],
        },
        {"action": "contact", "channel": "email"},
        id="opted-in-again",
    ),
    pytest.param(
        {"invoices": [{}], "messages": [sent(days=9, state="bounced", rule="answers/x")]},
        {"action": "contact", "channel": "sms"},
        id="an-address-that-bounced-is-out",
    ),
    pytest.param(
        {"invoices": [{}], "messages": [sent(days=2)]},
        {"action": "wait", "reason": "gap", "until": date(2026, 5, 15), "step": ""},
        id="contacted-two-days-ago-waits-for-the-gap",
    ),
    pytest.param(
        {"invoices": [{}], "messages": [sent(days=4)]},
        {"action": "wait", "reason": "gap", "until": date(2026, 5, 13)},
        id="the-day-before-the-gap-ends",
    ),
    pytest.param(
        {"invoices": [{}], "messages": [sent(days=5)]},
        {"action": "contact"},
        id="the-day-on-which-it-ends",
    ),
    pytest.param(
        {"invoices": [{}], "messages": [sent(days=6 + n, state="sent") for n in range(4)]},
        {"action": "wait", "reason": "cap: contacts", "until": date(2026, 6, 2)},
        id="four-contacts-in-thirty-days-are-enough",
    ),
    pytest.param(
        {
            "invoices": [{"late": 40}, {"late": 60}],
            "lines": [done(2, "formal-notice", days=3)],
            "messages": [sent(days=20)],
        },
        {"action": "wait", "reason": "after: formal-notice", "until": date(2026, 5, 26)},
        id="a-formal-notice-runs-undisturbed-over-whitsun",
    ),
    pytest.param(
        {"invoices": [{"late": 60}], "lines": [done(1, "formal-notice", days=15)]},
        {
            "action": "hand_over",
            "rule": "hand_over/lawyer",
            "reason": "lawyer",
            "task": "hand-over",
        },
        id="handing-over-is-proposed",
    ),
    pytest.param(
        {
            "invoices": [{"late": 60}],
            "lines": [done(1, "third-reminder", days=15)],
            "events": [
                {
                    "kind": "dispute_opened",
                    "invoice_id": 1,
                    "detail": "part",
                    "amount": 20_000,
                    "day": at(days=-3),
                }
            ],
        },
        {
            "action": "wait",
            "rule": "formal-notice/part-disputed",
            "reason": "dispute",
            "task": "answer-dispute",
            "amount_due": 100_000,
        },
        id="a-part-dispute-keeps-the-formal-notice-back",
    ),
]


@pytest.mark.parametrize(("tables", "expected"), SITUATIONS)
def test_a_case_answers(tables: dict[str, list[Row]], expected: Row) -> None:
    usual: dict[str, list[Row]] = {"debtors": [{}]}
    world = frames(**(usual | tables))
    found = answer(plan(world))
    assert {name: found[name] for name in expected} == expected


def test_a_paid_invoice_has_no_answer() -> None:
    assert plan(frames(debtors=[{}], invoices=[{"balance": 0}])).answers.is_empty()


def test_no_case_is_an_empty_plan_with_all_columns() -> None:
    made = plan(frames())
    assert dict(made.answers.schema) == {name: getattr(pl, kind) for name, kind in ANSWERS.items()}
    assert (made.contacts, made.tasks, made.exceeded) == ((), (), ())


def test_one_contact_speaks_of_all_his_invoices() -> None:
    world = frames(
        debtors=[{}],
        invoices=[{"late": 10}, {"late": 3}, {"late": 40}, {"late": -20}, {"late": 50}],
        lines=[done(3, "reminder", days=10)],
        messages=[sent(days=10)],
        events=[{"kind": "dispute_opened", "invoice_id": 5}],
    )
    made = plan(world)
    (only,) = made.contacts
    assert (only.leader, only.rule, only.template) == (3, "second-reminder/standard", "firm")
    assert [(line.case_id, line.step) for line in only.lines] == [
        (1, "reminder"),
        (2, "reminder"),  # due tomorrow, so within the days to gather
        (3, "second-reminder"),
    ]
    assert only.listed == (5,)
    assert made.answers["carried_by"].to_list() == [3, 3, None, None, None]
    assert answer(made, 5)["reason"] == "dispute"


def test_a_formal_notice_claims_only_cases_whose_own_rule_says_so() -> None:
    world = frames(
        debtors=[{}],
        invoices=[{"late": 60}, {"late": 59}, {"late": 10}, {"late": 58}],
        lines=[
            done(1, "third-reminder", days=10),
            done(2, "third-reminder", days=9),
            done(4, "third-reminder", days=7),
        ],
    )
    made = plan(world)
    (only,) = made.contacts
    assert [line.case_id for line in only.lines] == [1, 2]
    assert only.listed == (3, 4)
    assert only.legal_effect
    assert (only.also, only.also_to) == ("email", "compta@roux.example")
    assert only.needs_approval == ("credit_manager",)
    waiting = answer(made, 3)
    assert (waiting["action"], waiting["reason"]) == ("wait", "round")
    assert waiting["until"] == at(days=15)
    assert answer(made, 4)["action"] == "nothing yet"


def test_refused_channels_leave_their_reasons() -> None:
    ladder = (step("reminder", "none", ALWAYS, ("x", ALWAYS, contact("visit", "email", "sms"))),)
    world = frames(debtors=[{}], invoices=[{}], events=[{"kind": "opted_out", "detail": "email"}])
    (only,) = plan(world, rulebook(policy(steps=ladder))).contacts
    assert only.channel == "sms"
    assert only.refused == (
        RefusedChannel(channel="visit", reason="no-adapter"),
        RefusedChannel(channel="email", reason="opted-out"),
    )


def test_an_also_is_left_out_where_its_channel_is_the_chosen_one() -> None:
    then = contact("letter", "email", also="email")
    ladder = (step("reminder", "none", ALWAYS, ("x", ALWAYS, then)),)
    world = frames(debtors=[{"address": ""}], invoices=[{}])
    (only,) = plan(world, rulebook(policy(steps=ladder))).contacts
    assert (only.channel, only.also) == ("email", "")
    assert RefusedChannel(channel="email", reason="same-channel") in only.refused


@pytest.mark.parametrize(
    ("postcode", "day", "expected"),
    [
        pytest.param("75011", date(2026, 5, 16), ("wait", "weekend", date(2026, 5, 18)), id="sat"),
        pytest.param("75011", date(2026, 5, 14), ("wait", "holiday", date(2026, 5, 15)), id="asc"),
        pytest.param("67000", date(2026, 4, 3), ("wait", "holiday", date(2026, 4, 7)), id="alsace"),
        pytest.param("75011", date(2026, 4, 3), ("contact", "", None), id="good-friday-in-paris"),
        pytest.param("97600", date(2026, 4, 27), ("wait", "holiday", date(2026, 4, 28)), id="976"),
        pytest.param("75011", date(2026, 12, 24), ("wait", "closed", date(2027, 1, 4)), id="xmas"),
    ],
)
def test_days_off_are_those_of_the_debtor(
    postcode: str, day: date, expected: tuple[str, str, date | None]
) -> None:
    world = frames(debtors=[{"postcode": postcode}], invoices=[{"due": day - timedelta(days=10)}])
    now = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
    found = answer(plan(world, today=day, now=now))
    assert (found["action"], found["reason"], found["until"]) == expected


@pytest.mark.parametrize(
    ("postcode", "hour", "expected"),
    [
        # 22 UTC is midnight in Paris: it may leave from the beginning of the day.
        pytest.param("75011", 8, ("contact", 22), id="ten-in-paris"),
        pytest.param("75011", 5, ("contact", 7), id="seven-in-paris-waits-for-nine"),
        pytest.param("97400", 5, ("contact", 22), id="nine-on-reunion"),
        pytest.param("97110", 8, ("contact", 13), id="four-in-the-night-in-guadeloupe"),
        pytest.param("75011", 17, ("wait", None), id="evening-goes-tomorrow"),
    ],
)
def test_quiet_hours_are_those_of_the_debtor(
    postcode: str, hour: int, expected: tuple[str, int | None]
) -> None:
    world = frames(debtors=[{"email": "", "postcode": postcode}], invoices=[{}])
    now = datetime(2026, 5, 12, hour, tzinfo=UTC)
    made = plan(world, now=now)
    found = answer(made)
    starts = made.contacts[0].not_before.hour if made.contacts else None
    assert (found["action"], starts) == expected
    if found["action"] == "wait":
        assert (found["reason"], found["until"]) == ("quiet-hours", at(days=1))


def test_what_the_team_can_do_goes_to_the_most_advanced_then_the_largest() -> None:
    ladder = (
        step("reminder", "none", ALWAYS, ("call", ALWAYS, contact("call"))),
        step("second-reminder", "reminder", ALWAYS, ("call", ALWAYS, contact("call"))),
    )
    limits = Limits(per_day={"call": 2}, business_days=True)
    world = frames(
        debtors=[{}, {}, {}],
        invoices=[
            {"debtor_id": 1, "balance": 9_000_00},
            {"debtor_id": 2, "balance": 9_500_00},
            {"debtor_id": 3, "balance": 100_00},
        ],
        lines=[done(3, "reminder", days=9)],
    )
    made = plan(world, rulebook(policy(steps=ladder, limits=limits)))
    assert made.answers["action"].to_list() == ["wait", "contact", "contact"]
    late = answer(made, 1)
    assert (late["reason"], late["until"]) == ("capacity: call", at(days=1))


def test_a_cap_on_calls_lets_a_letter_go() -> None:
    limits = Limits(at_most=(AtMost(what="call", count=1, per=30),))
    ladder = (step("reminder", "none", ALWAYS, ("x", ALWAYS, contact("email"))),)
    world = frames(
        debtors=[{}], invoices=[{}], messages=[sent(days=9, channel="call", state="accepted")]
    )
    assert answer(plan(world, rulebook(policy(steps=ladder, limits=limits))))["action"] == "contact"


def test_a_debtor_with_two_currencies_gets_one_contact_a_day() -> None:
    dollars = policy("dollars", currency="USD")
    world = frames(debtors=[{}], invoices=[{"late": 12}, {"late": 40, "currency": "USD"}])
    made = plan(world, rulebook(policy(), dollars))
    assert len(made.contacts) == 1
    assert sorted(made.answers["action"].to_list()) == ["contact", "wait"]


def test_a_contact_takes_nobody_along_by_a_later_step_than_its_own() -> None:
    world = frames(
        debtors=[{}],
        invoices=[{"late": 10}, {"late": 40}],
        lines=[done(2, "reminder", days=3)],
    )
    made = plan(world)
    (only,) = made.contacts
    assert [line.case_id for line in only.lines] == [1]
    assert only.listed == (2,)
    assert answer(made, 2)["action"] == "nothing yet"


def test_without_a_gap_nobody_is_contacted_twice_a_day_either() -> None:
    rules = rulebook(policy(limits=Limits()))
    found = answer(plan(frames(debtors=[{}], invoices=[{}], messages=[sent(days=0)]), rules))
    assert (found["action"], found["reason"], found["until"]) == ("wait", "gap", at(days=1))


def test_a_second_plan_of_the_day_leaves_what_is_planned_alone() -> None:
    """A new invoice of a debtor whose message has not left waits for the gap."""
    world = frames(
        debtors=[{}],
        invoices=[{}, {}],
        messages=[{"state": "planned", "contact_on": None}],
        lines=[{"message_id": 1, "invoice_id": 1, "step": "reminder", "state": "planned"}],
    )
    made = plan(world)
    assert made.answers["action"].to_list() == ["under way", "wait"]
    assert made.contacts == ()


def test_a_call_has_a_day_by_the_calendar_of_the_creditor() -> None:
    world = frames(
        debtors=[{}], invoices=[{"late": 40}], lines=[done(1, "second-reminder", days=9)]
    )
    (call,) = plan(world).contacts
    assert call.due_on == date(2026, 5, 15)  # Wednesday, then Friday: Thursday is Ascension
    assert call.attempts == 3
    assert call.valid_until == datetime(2026, 5, 20, 22, tzinfo=UTC)


def test_the_cycle_counts_what_was_taken_back() -> None:
    back = done(1, "reminder", days=9, live=False, taken_back_on=at(days=-8), state="bounced")
    (only,) = plan(frames(debtors=[{}], invoices=[{}], lines=[back])).contacts
    assert only.lines[0].cycle == 1


def test_work_of_our_own_people_is_a_task_until_it_is_done() -> None:
    rules = rulebook(policy(steps=(task_step("reminder", "none", "check-portal"),)))
    world = frames(debtors=[{}], invoices=[{}, {}])
    made = plan(world, rules)
    (task,) = made.tasks
    assert (task.name, task.rule, task.case_ids) == ("check-portal", "reminder/look", (1, 2))
    assert made.answers["action"].to_list() == ["task", "task"]

    opened = frames(
        debtors=[{}],
        invoices=[{}, {}],
        tasks=[{"rule": "reminder/look", "name": "check-portal", "cases": "[1, 2]"}],
    )
    made = plan(opened, rules)
    assert made.answers["action"].to_list() == ["under way", "under way"]
    # Still wanted: the store knows that it is open, and closes the tasks that are not.
    assert [wanted.name for wanted in made.tasks] == ["check-portal"]


def test_a_stop_makes_one_task_for_all_cases_of_a_debtor() -> None:
    world = frames(
        debtors=[{}],
        invoices=[{}, {}],
        events=[{"kind": "dispute_opened", "invoice_id": None}],
    )
    (task,) = plan(world).tasks
    assert (task.name, task.case_ids, task.due_on) == (
        "answer-dispute",
        (1, 2),
        date(2026, 5, 20),
    )


def test_a_part_disputed_case_holds_back_the_hand_over_of_the_others() -> None:
    waits = Rule(id="hand_over/part", when=is_("dispute", "part"), then=Wait(reason="dispute"))
    usual = policy()
    rules = rulebook(policy(hand_over=(waits, *usual.hand_over)))
    world = frames(
        debtors=[{}],
        invoices=[{"late": 60}, {"late": 61}],
        lines=[done(1, "formal-notice", days=20), done(2, "formal-notice", days=20)],
        events=[{"kind": "dispute_opened", "invoice_id": 2, "detail": "part", "amount": 1}],
    )
    made = plan(world, rules)
    assert made.answers["action"].to_list() == ["wait", "wait"]
    assert made.answers["reason"].to_list() == ["hand-over", "dispute"]


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        pytest.param(date(2026, 8, 5), ("wait", "closed", date(2026, 8, 22)), id="august"),
        pytest.param(date(2026, 9, 1), ("hand_over", "lawyer", None), id="september"),
    ],
)
def test_nothing_is_handed_over_in_a_closed_season(
    today: date, expected: tuple[str, str, date | None]
) -> None:
    august = Limits(closed=(Closed(start=(8, 1), end=(8, 21), steps=("hand_over",)),))
    line = {**done(1, "formal-notice", days=0), "done_on": today - timedelta(days=20)}
    world = frames(debtors=[{}], invoices=[{"due": today - timedelta(days=90)}], lines=[line])
    made = plan(world, rulebook(policy(limits=august)), today=today)
    found = answer(made)
    assert (found["action"], found["reason"], found["until"]) == expected


def test_ladders_that_a_debtor_comes_from_are_translated() -> None:
    rules = rulebook(
        policy(steps=LADDER, same_as={"call": "second-reminder"}),
        steps=("reminder", "second-reminder", "third-reminder", "formal-notice", "call"),
    )
    world = frames(debtors=[{}], invoices=[{"late": 40}], lines=[done(1, "call", days=9)])
    assert answer(plan(world, rules))["rule"] == "third-reminder/call"


def test_the_policy_of_the_configuration_takes_who_has_none() -> None:
    world = frames(debtors=[{"legal_kind": "public_body", "profile": "public_body"}], invoices=[{}])
    found = answer(plan(world, settings=settings(default_policy="b2b")))
    assert (found["policy"], found["action"]) == ("b2b", "contact")


@pytest.mark.parametrize(
    ("reminded", "passes"),
    [pytest.param(9, True, id="nine-of-twenty"), pytest.param(8, False, id="eight-of-twenty")],
)
def test_too_many_debtors_at_once_want_a_person(reminded: int, *, passes: bool) -> None:
    world = frames(
        debtors=[{} for _ in range(20)],
        invoices=[
            {"debtor_id": n + 1, "late": 10 if n < reminded else 1, "number": f"F{n}"}
            for n in range(20)
        ],
    )
    made = plan(world)
    assert len(made.contacts) == reminded
    assert bool(made.exceeded) is passes


def test_what_a_run_may_not_do_goes_on_the_following_days() -> None:
    rules = rulebook(policy(safety=Safety(debtors=1)))
    world = frames(debtors=[{}, {}], invoices=[{}, {"debtor_id": 2, "balance": 900_000}])
    made = plan(world, rules)
    assert made.answers["action"].to_list() == ["wait", "contact"]
    assert answer(made)["reason"] == "per_run: debtors"


def test_the_digest_names_the_plan_whatever_the_hour() -> None:
    world = frames(debtors=[{}, {}], invoices=[{}, {"debtor_id": 2}])
    later = datetime(2026, 5, 12, 11, tzinfo=UTC)
    assert plan(world).digest == plan(world, now=later).digest
    fewer = frames(debtors=[{}, {}], invoices=[{}])
    assert plan(world).digest != plan(fewer).digest


def test_a_wait_ends_on_the_day_on_which_the_answer_changes() -> None:
    ladder = (
        step(
            "reminder",
            "none",
            ALWAYS,
            ("patient", least("days_late", high=14), Wait()),
            ("standard", ALWAYS, contact("email")),
        ),
    )
    rules = rulebook(policy(steps=ladder, limits=LIMITS))
    found = answer(plan(frames(debtors=[{}], invoices=[{"late": 10}]), rules))
    assert (found["action"], found["until"]) == ("wait", at(days=5))


def test_where_nothing_else_will_come_the_end_is_open() -> None:
    rules = rulebook(policy(stops=(), steps=LADDER[:1], hand_over=()))
    world = frames(debtors=[{}], invoices=[{}], lines=[done(1, "reminder", days=9)])
    found = answer(plan(world, rules))
    assert (found["action"], found["until"]) == ("nothing yet", None)
