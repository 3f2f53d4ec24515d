"""`language.md`, sections 2 and 3, sentence by sentence, where no test of a folder says it yet.

The forms of values stand in `tests/policy/test_policy_values.py`, the ladder and `extends` in
`test_policy_ladder.py`, completeness and overlap in `test_policy_proofs.py`.
"""

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from dispatcher.model.plan import RefusedChannel
from dispatcher.policy.terms import (
    ALWAYS,
    All,
    AtMost,
    Between,
    Closed,
    Condition,
    Either,
    HandOver,
    Hold,
    Known,
    Lacks,
    Limits,
    NoneOf,
    Rule,
    Safety,
    Step,
    Wait,
)
from tests.decide.decide_world import (
    LADDER,
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
    step,
)
from tests.language.language_world import ago, at, day, event, freely, said


UNKNOWN = {"extra": '{"insolvency": null}'}
INSOLVENT = is_("insolvency", True)


# -- section 2: unknown -------------------------------------------------------------------------


def asked(when: Condition) -> dict[str, Any]:
    """What a debtor answers of whom it is unknown whether he is insolvent."""
    rules = freely(stops=(Rule(id="stops/x", when=when, then=Hold(reason="x", task="own")),))
    return said(rules, debtors=[UNKNOWN])


@pytest.mark.parametrize(
    ("when", "action"),
    [
        pytest.param(INSOLVENT, "hold", id="unknown"),
        pytest.param(NoneOf(fact="insolvency", values=(True,)), "hold", id="not-stays-unknown"),
        pytest.param(Known(fact="insolvency"), "contact", id="known-is-false"),
        pytest.param(Lacks(fact="insolvency"), "hold", id="unknown-is-true"),
        pytest.param(All(parts=(INSOLVENT, least("days_late", 99))), "contact", id="and-false"),
        pytest.param(All(parts=(INSOLVENT, least("days_late", 1))), "hold", id="and-true"),
        pytest.param(Either(parts=(INSOLVENT, least("days_late", 99))), "hold", id="or-false"),
    ],
)
def test_a_stop_takes_true_or_unknown_by_kleenes_logic(when: Condition, action: str) -> None:
    assert asked(when)["action"] == action


def test_a_stop_on_unknown_names_the_fact_and_has_it_looked_up() -> None:
    found = asked(All(parts=(least("days_late", 1), INSOLVENT)))
    assert (found["reason"], found["task"]) == ("unknown: insolvency", "look-up")


def test_a_stop_that_is_true_whatever_is_unknown_holds_by_its_own_reason() -> None:
    found = asked(Either(parts=(INSOLVENT, least("days_late", 1))))
    assert (found["reason"], found["task"]) == ("x", "own")


def test_a_fact_that_is_asked_only_whether_it_is_known_is_not_the_unknown_one() -> None:
    both = All(parts=(Lacks(fact="insolvency"), is_("usual_days_late", 3)))
    ranged = All(parts=(Lacks(fact="insolvency"), Between(fact="usual_days_late", at_least=3)))
    assert asked(both)["reason"] == asked(ranged)["reason"] == "unknown: usual_days_late"


HAND_OVER_ON_UNKNOWN = (Rule(id="hand_over/x", when=INSOLVENT, then=HandOver(to="lawyer")),)
EDGES = [
    pytest.param({"start": INSOLVENT}, "nothing yet", id="start"),
    pytest.param(
        {"steps": (step("reminder", "none", INSOLVENT, ("x", ALWAYS, contact("email"))),)},
        "nothing yet",
        id="step",
    ),
    pytest.param(
        {"steps": (step("reminder", "none", ALWAYS, ("x", INSOLVENT, contact("email"))),)},
        "nothing yet",
        id="choice",
    ),
    pytest.param(
        {"steps": (step("reminder", "none", ALWAYS, ("x", INSOLVENT, Wait(reason="w"))),)},
        "nothing yet",
        id="wait",
    ),
    pytest.param({"hand_over": HAND_OVER_ON_UNKNOWN}, "contact", id="hand-over"),
]


@pytest.mark.parametrize(("changes", "action"), EDGES)
def test_everything_else_needs_true(changes: dict[str, Any], action: str) -> None:
    assert said(freely(stops=(), **changes), debtors=[UNKNOWN])["action"] == action


# -- section 3: choice of the policy ------------------------------------------------------------

SMALL = is_("profile", "micro")
LARGE = is_("profile", "sme")


def test_a_policy_is_chosen_per_debtor_and_currency() -> None:
    rules = rulebook(policy(), policy("dollars", currency="USD"))
    made = day(rules, invoices=[{}, {"currency": "USD"}])
    assert made.answers["policy"].to_list() == ["b2b", "dollars"]


def placed(*, keep: bool, late: int = 10, kind: str = "business") -> str:
    """The policy of an account that was with `before` and now fits `after`."""
    rules = rulebook(
        policy("before", applies_to=SMALL, keep=keep), policy("after", applies_to=LARGE)
    )
    world = frames(debtors=[{}], invoices=[{"late": late}])
    told = {"id": 1, "debtor_id": 1, "currency": "EUR", "policy": "before", "legal_kind": kind}
    known = pl.DataFrame(
        [{**told, "since": ago(40), "settled_on": None}], schema=world["placements"].schema
    )
    return str(answer(plan({**world, "placements": known}, rules))["policy"])


@pytest.mark.parametrize(
    ("given", "policy_name"),
    [
        pytest.param({"keep": True}, "before", id="kept"),
        pytest.param({"keep": False}, "after", id="not-kept"),
        pytest.param({"keep": True, "late": 0}, "after", id="nothing-overdue"),
        pytest.param({"keep": True, "kind": "consumer"}, "after", id="another-legal-kind"),
    ],
)
def test_keep_beats_applies_to_while_something_is_overdue_and_the_kind_is_the_same(
    given: dict[str, Any], policy_name: str
) -> None:
    assert placed(**given) == policy_name


def test_on_a_move_a_case_keeps_its_step() -> None:
    """The step was done under another policy; ladders share the ids of their steps."""
    lines = [done(1, "reminder", days=9)]
    messages = [sent(days=9, policy="before")]
    found = said(freely(), invoices=[{"late": 20}], lines=lines, messages=messages)
    assert found["rule"] == "second-reminder/standard"


# -- stops --------------------------------------------------------------------------------------


def test_all_stops_that_hold_are_recorded_and_the_first_names_the_answer() -> None:
    events = [event("dispute_opened"), event("promise_made", until=at(9))]
    made = day(events=events)
    assert answer(made)["rule"] == "stops/dispute"
    assert made.stands["holds"]["rule"].to_list() == ["stops/dispute", "stops/promise"]


# -- start and steps ----------------------------------------------------------------------------

PRE_DUE = Step(
    id="pre-due",
    labels={},
    after=("none",),
    when=Between(fact="days_before_due", at_least=0, at_most=5),
    choose=(Rule(id="pre-due/x", when=ALWAYS, then=contact("email")),),
    optional=True,
)
REMINDER = Step(
    id="reminder", labels={}, after=("none", "pre-due"), when=ALWAYS, choose=LADDER[0].choose
)


def rung(last: str, late: int) -> tuple[str, str]:
    """What a ladder with an optional step before the due date answers."""
    rules = rulebook(
        policy(steps=(PRE_DUE, REMINDER), limits=Limits()), steps=("pre-due", "reminder")
    )
    lines = [done(1, last, days=9)] if last else []
    found = said(rules, invoices=[{"late": late}], lines=lines)
    return found["action"], found["step"]


@pytest.mark.parametrize(
    ("last", "late", "expected"),
    [
        pytest.param("", -5, ("contact", "pre-due"), id="optional-before-the-start"),
        pytest.param("", 2, ("nothing yet", ""), id="start-holds-back-the-others"),
        pytest.param("", 4, ("contact", "reminder"), id="optional-may-be-left-out"),
        pytest.param("pre-due", 4, ("contact", "reminder"), id="or-done"),
        pytest.param("reminder", 40, ("nothing yet", ""), id="only-from-its-from"),
    ],
)
def test_a_step_fires_only_from_its_from_and_start_spares_what_is_optional(
    last: str, late: int, expected: tuple[str, str]
) -> None:
    assert rung(last, late) == expected


def test_choose_is_first_match() -> None:
    choices = (("a", is_("profile", "micro"), contact("email")), ("b", ALWAYS, contact("sms")))
    ladder = (step("reminder", "none", ALWAYS, *choices, ("c", ALWAYS, contact("call"))),)
    assert said(freely(steps=ladder))["rule"] == "reminder/b"


def test_a_wait_with_a_task_makes_it_and_does_not_do_the_step() -> None:
    then = Wait(reason="later", task="look")
    made = day(freely(steps=(step("reminder", "none", ALWAYS, ("w", ALWAYS, then)),)))
    assert (answer(made)["action"], [task.name for task in made.tasks]) == ("wait", ["look"])


# -- contact and also ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asks", "channel"),
    [
        pytest.param("sms", "sms", id="his-own-preference-first"),
        pytest.param("call", "email", id="among-those-allowed"),
    ],
)
def test_his_own_preference_comes_first_among_the_channels_of_the_rule(
    asks: str, channel: str
) -> None:
    prefers = [event("prefers", case=None, detail=asks)]
    assert said(freely(), events=prefers)["channel"] == channel


ALSO = [
    pytest.param({}, {}, "", id="goes"),
    pytest.param({"address": ""}, {}, "same-channel", id="chosen-already"),
    pytest.param({"email": ""}, {}, "no-email", id="cannot-reach"),
    pytest.param({}, {"messages": [sent(days=9, channel="email")]}, "cap", id="over-its-cap"),
]


@pytest.mark.parametrize(("debtor", "tables", "why"), ALSO)
def test_also_is_left_out_with_its_reason(
    debtor: Row, tables: dict[str, list[Row]], why: str
) -> None:
    then = contact("letter", "email", also="email")
    rules = freely(
        steps=(step("reminder", "none", ALWAYS, ("x", ALWAYS, then)),),
        limits=Limits(at_most=(AtMost(what="email", count=1, per=30),)),
    )
    if "address" in debtor:
        rules = freely(steps=rules.active[0].steps)
    (only,) = day(rules, debtors=[debtor], **tables).contacts
    assert only.also == ("" if why else "email")
    assert (RefusedChannel(channel="email", reason=why) in only.refused) is bool(why)


def test_an_also_has_no_lines_and_does_not_count_as_a_contact() -> None:
    before = [sent(days=9, channel="letter"), sent(days=9, channel="email", main_id=1)]
    rules = freely(limits=Limits(at_most=(AtMost(what="contacts", count=2, per=30),)))
    assert said(rules, messages=before)["action"] == "contact"


BESIDE = [sent(days=29, channel="letter"), sent(days=29, channel="email", main_id=1)]


def test_a_cap_on_a_channel_counts_what_left_on_it_beside_another() -> None:
    """An e-mail is an e-mail; that it went with a letter makes it no less of one."""
    rules = freely(limits=Limits(at_most=(AtMost(what="email", count=1, per=30),)))
    assert said(rules, messages=BESIDE)["action"] == "wait"


def test_a_cap_on_contacts_counts_a_contact_of_two_messages_once() -> None:
    rules = freely(limits=Limits(at_most=(AtMost(what="contacts", count=2, per=30),)))
    assert said(rules, messages=BESIDE)["action"] == "contact"


# -- limits -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "action"),
    [
        pytest.param({"days": 29}, "wait", id="today-and-the-29-before"),
        pytest.param({"days": 30}, "contact", id="the-thirtieth-day-is-out"),
        pytest.param({"days": 9, "rule": "answers/part_paid"}, "contact", id="answers-never"),
        pytest.param({"days": 9, "state": "failed"}, "contact", id="refused-did-not-leave"),
        pytest.param({"days": 9, "state": "unknown"}, "wait", id="what-may-have-left-counts"),
    ],
)
def test_counted_is_what_may_have_left_on_today_and_the_days_before(
    message: dict[str, Any], action: str
) -> None:
    rules = freely(limits=Limits(at_most=(AtMost(what="contacts", count=1, per=30),)))
    assert said(rules, messages=[sent(**message)])["action"] == action


def test_the_latest_day_of_all_limits_holds() -> None:
    limits = Limits(
        gap=5,
        business_days=True,
        at_most=(AtMost(what="contacts", count=1, per=30),),
    )
    found = said(freely(limits=limits), messages=[sent(days=4)])
    assert (found["reason"], found["until"]) == ("cap: contacts", date(2026, 6, 8))


def test_a_closed_season_may_name_the_steps_it_closes() -> None:
    season = Closed(start=(5, 1), end=(5, 31), steps=("formal-notice",))
    rules = freely(limits=Limits(closed=(season,)))
    notice = {"invoices": [{"late": 60}], "lines": [done(1, "third-reminder", days=10)]}
    assert said(rules, **notice)["until"] == date(2026, 6, 1)
    assert said(rules)["action"] == "contact"


def test_most_advanced_first_then_the_larger_debtor_and_legal_effect_before_all() -> None:
    rules = freely(safety=Safety(debtors=2))
    invoices = [
        {"debtor_id": 1, "balance": 900},
        {"debtor_id": 2, "balance": 100, "late": 60},
        {"debtor_id": 3, "balance": 901},
    ]
    lines = [done(2, "third-reminder", days=10)]
    made = day(rules, debtors=[{}, {}, {}], invoices=invoices, lines=lines)
    assert made.answers["action"].to_list() == ["wait", "contact", "contact"]


def test_what_is_left_over_goes_on_the_next_open_day() -> None:
    """The thirteenth is a Wednesday before Ascension: Friday is the next."""
    rules = freely(limits=Limits(business_days=True, per_day={"email": 1}))
    given = {"today": at(1), "now": datetime(2026, 5, 13, 8, tzinfo=UTC)}
    invoices = [{"debtor_id": 1, "balance": 10}, {"debtor_id": 2, "balance": 90}]
    made = day(rules, given=given, debtors=[{}, {}], invoices=invoices)
    assert answer(made)["until"] == date(2026, 5, 15)


# -- safety -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("debtors", "stops"), [(19, False), (20, True)])
def test_the_share_of_debtors_is_ignored_under_twenty(debtors: int, *, stops: bool) -> None:
    rules = freely(safety=Safety(share_of_debtors=40))
    invoices = [{"debtor_id": n + 1, "number": f"F{n}"} for n in range(debtors)]
    made = day(rules, debtors=[{} for _ in range(debtors)], invoices=invoices)
    assert bool(made.exceeded) is stops


# -- renamed ------------------------------------------------------------------------------------


def test_was_on_a_step_is_its_old_name() -> None:
    first, second, *_ = LADDER
    renamed = Step(
        id="first-reminder",
        labels={},
        after=("none",),
        when=first.when,
        choose=first.choose,
        was="reminder",
    )
    follows = Step(
        id=second.id, labels={}, after=("first-reminder",), when=second.when, choose=second.choose
    )
    rules = rulebook(
        policy(steps=(renamed, follows), limits=Limits(), hand_over=()),
        steps=("first-reminder", second.id),
    )
    lines = [done(1, "reminder", days=9)]
    assert said(rules, invoices=[{"late": 40}], lines=lines)["rule"] == "second-reminder/standard"
