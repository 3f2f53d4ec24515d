"""`language.md`, section 4, sentence by sentence: rounds, what a contact claims, channels."""

import pytest

from dispatcher.model.plan import RefusedChannel
from dispatcher.policy.terms import ALWAYS, All, AtMost, HandOver, Limits, Rule
from tests.decide.decide_world import (
    LADDER,
    Row,
    answer,
    contact,
    done,
    least,
    policy,
    rulebook,
    sent,
    step,
    task_step,
)
from tests.language.language_world import at, day, event, freely, said


PENDING: Row = {"message_id": 7, "invoice_id": 1, "step": "reminder", "state": "planned"}


# -- Round --------------------------------------------------------------------------------------


def test_one_conversation_with_one_debtor_whatever_the_number_of_his_invoices() -> None:
    assert len(day(freely(), invoices=[{"late": 5 + n} for n in range(30)]).contacts) == 1


def test_the_most_advanced_step_that_is_due_leads_and_gives_channel_template_and_tone() -> None:
    lines = [done(2, "reminder", days=9)]
    (only,) = day(freely(), invoices=[{"late": 90}, {"late": 20}], lines=lines).contacts
    assert (only.leader, only.channel, only.template, only.tone) == (2, "email", "firm", "firm")


def test_it_takes_along_each_case_whose_own_step_is_due_by_its_own_step() -> None:
    lines = [done(2, "reminder", days=9)]
    (only,) = day(freely(), invoices=[{}, {"late": 20}], lines=lines).contacts
    moves = [(line.case_id, line.step) for line in only.lines]
    assert moves == [(1, "reminder"), (2, "second-reminder")]


GATHERED = [
    pytest.param(1, {}, True, id="due-in-three-days"),
    pytest.param(0, {}, False, id="not-overdue-yet"),
    pytest.param(1, {"events": [event("dispute_opened", case=2)]}, False, id="held"),
    pytest.param(1, {"lines": [{**PENDING, "invoice_id": 2}]}, False, id="in-hand"),
    pytest.param(9, {"lines": [done(2, "reminder", days=4)]}, False, id="later-than-the-leader"),
]


@pytest.mark.parametrize(("late", "tables", "goes"), GATHERED)
def test_it_takes_along_what_would_be_due_within_the_days_to_gather(
    late: int, tables: dict[str, list[Row]], *, goes: bool
) -> None:
    rules = freely(limits=Limits(gather=3))
    invoices = [{"late": 10}, {"late": late}]
    (only,) = day(rules, invoices=invoices, **tables).contacts
    assert (2 in [line.case_id for line in only.lines]) is goes


def test_it_takes_nobody_along_who_would_be_handed_over_by_then() -> None:
    soon = All(parts=(least("days_late", 12), least("amount_due", high=500)))
    rules = freely(
        start=least("days_late", 11),
        hand_over=(Rule(id="hand_over/agency", when=soon, then=HandOver(to="agency")),),
        limits=Limits(gather=3),
    )
    (only,) = day(rules, invoices=[{"late": 20}, {"late": 10, "balance": 500}]).contacts
    assert [line.case_id for line in only.lines] == [1]


def test_what_would_be_due_a_day_after_the_days_to_gather_stays() -> None:
    rules = freely(limits=Limits(gather=2))
    (only,) = day(rules, invoices=[{"late": 10}, {"late": 1}]).contacts
    assert [line.case_id for line in only.lines] == [1]


def test_each_is_recorded_as_carried_by_that_contact() -> None:
    made = day(freely(), invoices=[{"late": 20}, {"late": 10}])
    assert made.answers["carried_by"].to_list() == [None, 1]


def test_then_nobody_contacts_him_for_gap() -> None:
    rules = freely(limits=Limits(gap=5))
    waits = [said(rules, messages=[sent(days=days)])["action"] for days in (4, 5)]
    assert waits == ["wait", "contact"]


def test_one_contact_per_debtor_and_round_never_one_per_channel() -> None:
    calls = step("second-reminder", "reminder", ALWAYS, ("c", ALWAYS, contact("call")))
    rules = freely(steps=(LADDER[0], calls))
    lines = [done(2, "reminder", days=9)]
    (only,) = day(rules, invoices=[{}, {}], lines=lines).contacts
    assert (only.channel, len(only.lines)) == ("call", 2)


NOTICED = {
    "invoices": [{"late": 60}, {"late": 10}],
    "lines": [done(1, "third-reminder", days=10)],
}


def test_a_contact_with_legal_effect_carries_no_other_step() -> None:
    (only,) = day(freely(), **NOTICED).contacts
    assert (only.legal_effect, [line.case_id for line in only.lines]) == (True, [1])


def test_the_others_stay_due_stand_below_and_move_later() -> None:
    rules = freely(limits=Limits(after={"formal-notice": 15}))
    made = day(rules, **NOTICED)
    found = answer(made, 2)
    assert (found["action"], found["reason"], found["until"]) == ("wait", "round", at(15))
    assert made.contacts[0].listed == (2,)


@pytest.mark.parametrize(("gap", "days"), [(7, 7), (3, 5)], ids=["gap-is-longer", "after-is"])
def test_they_move_after_the_longer_of_gap_and_after(gap: int, days: int) -> None:
    rules = freely(limits=Limits(gap=gap, after={"formal-notice": 5}))
    assert answer(day(rules, **NOTICED), 2)["until"] == at(days)


def _noticed_long_ago(days: int) -> dict[str, list[Row]]:
    lines = [done(1, "formal-notice", days=days)]
    return {"invoices": [{"late": 60}, {"late": 10}], "lines": lines}


def test_while_such_a_case_is_open_the_others_wait_for_after() -> None:
    rules = freely(limits=Limits(after={"formal-notice": 15}), hand_over=())
    actions = [said(rules, case=2, **_noticed_long_ago(days))["action"] for days in (14, 15)]
    assert actions == ["wait", "contact"]


def test_they_wait_whatever_step_was_done_since() -> None:
    """A task between is no end of the claim: fourteen days are still to be kept."""
    after = task_step("look-at-it", "formal-notice", "look")
    rules = rulebook(
        policy(
            steps=(*LADDER, after),
            hand_over=(),
            limits=Limits(after={"formal-notice": 15}),
        ),
        steps=(*(rung.id for rung in LADDER), "look-at-it"),
    )
    tables = _noticed_long_ago(10)
    tables["lines"].append(done(1, "look-at-it", days=5))
    found = said(rules, case=2, **tables)
    assert (found["action"], found["reason"]) == ("wait", "after: formal-notice")


def test_once_it_is_paid_the_others_go_at_once() -> None:
    rules = freely(limits=Limits(after={"formal-notice": 15}), hand_over=())
    tables = _noticed_long_ago(3)
    tables["invoices"][0] = {"late": 60, "balance": 0}
    assert said(rules, case=2, **tables)["action"] == "contact"


def test_then_they_go_as_one_contact_in_tone_firm_or_above() -> None:
    rules = freely(limits=Limits(after={"formal-notice": 15}), hand_over=())
    tables = _noticed_long_ago(20)
    tables["invoices"].append({"late": 12})
    (only,) = day(rules, **tables).contacts
    assert ([line.case_id for line in only.lines], only.tone) == ([2, 3], "firm")


# -- What a contact claims ----------------------------------------------------------------------


def test_a_formal_notice_claims_only_cases_whose_own_rule_says_it_today() -> None:
    lines = [done(1, "third-reminder", days=10), done(2, "third-reminder", days=7)]
    rules = freely(limits=Limits(gather=7))
    (only,) = day(rules, invoices=[{"late": 60}, {"late": 60}], lines=lines).contacts
    assert [(line.case_id, line.claimed) for line in only.lines] == [(1, True)]


def test_other_steps_claim_the_cases_they_carry() -> None:
    (only,) = day(freely(), invoices=[{}, {}]).contacts
    assert [(line.case_id, line.claimed) for line in only.lines] == [(1, True), (2, True)]


def test_everything_else_overdue_stands_below() -> None:
    events = [event("dispute_opened", case=2), event("promise_made", case=3, until=at(5))]
    invoices = [{}, {}, {}, {"late": 1}, {"late": 0}]
    (only,) = day(freely(), invoices=invoices, events=events).contacts
    assert only.listed == (2, 3, 4)


# -- Channels -----------------------------------------------------------------------------------


def test_the_first_channel_that_he_can_receive_and_the_reasons_of_the_others() -> None:
    then = contact("visit", "email", "sms", "call")
    rules = freely(steps=(step("reminder", "none", ALWAYS, ("x", ALWAYS, then)),))
    debtors = [{"email": ""}]
    closed = [event("opted_out", case=None, detail="sms")]
    (only,) = day(rules, debtors=debtors, events=closed).contacts
    refused = [("visit", "no-adapter"), ("email", "no-email"), ("sms", "opted-out")]
    assert only.channel == "call"
    assert only.refused == tuple(RefusedChannel(channel=c, reason=r) for c, r in refused)


def test_a_limit_never_changes_the_channel() -> None:
    then = contact("call", "email")
    rules = freely(
        steps=(step("reminder", "none", ALWAYS, ("x", ALWAYS, then)),),
        limits=Limits(at_most=(AtMost(what="call", count=1, per=30),)),
    )
    found = said(rules, messages=[sent(days=9, channel="call")])
    assert (found["action"], found["reason"]) == ("wait", "cap: call")


def test_an_account_that_has_to_wait_keeps_the_other_one_not_back() -> None:
    """Two currencies share gap and caps; the more advanced account must not starve the other."""
    cap = Limits(at_most=(AtMost(what="legal_effect", count=1, per=30),))
    rules = rulebook(policy(limits=cap), policy("dollars", currency="USD", limits=Limits()))
    invoices = [{"late": 60}, {"currency": "USD"}]
    lines = [done(1, "third-reminder", days=10)]
    before = [sent(days=9, channel="registered_letter", legal_effect=True)]
    made = day(rules, invoices=invoices, lines=lines, messages=before)
    assert made.answers["action"].to_list() == ["wait", "contact"]
