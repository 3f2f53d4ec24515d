"""Where a case goes on when its last stop has ended, day by day."""

from dataclasses import replace
from typing import Any

import pytest

from dispatcher.policy.terms import ALWAYS, Policy, Resume, Rulebook
from tests.decide.decide_days import Diary, fact, on, said
from tests.decide.decide_world import STOPS, is_, policy, rulebook


TO_REMINDER = Resume(after="dispute", to="reminder")
SAME_STEP = Resume(after="any", to="same_step")


def rules(*resume: Resume, **changes: Any) -> Rulebook:  # noqa: ANN401 - any key of a policy
    return rulebook(policy(resume=resume, **changes))


def disputed_after_the_call(book: Rulebook) -> Diary:
    """Reminded, reminded again, called; then he contests, and it is settled on day 27."""
    diary = Diary(book)
    diary.runs(0, 7, 14)
    assert [step for _, step, _ in diary.steps()] == [
        "reminder",
        "second-reminder",
        "third-reminder",
    ]
    diary.happens(16, "dispute_opened")
    diary.runs(16, 26)
    diary.happens(27, "dispute_settled")
    return diary


def test_a_settled_dispute_goes_on_after_the_step_that_the_policy_names() -> None:
    diary = disputed_after_the_call(rules(TO_REMINDER, SAME_STEP))
    freed = diary.run(27)
    assert (fact(freed, "last_step"), fact(freed, "days_since_step")) == ("reminder", 0)
    later = diary.run(28)
    assert (fact(later, "last_step"), fact(later, "days_since_step")) == ("reminder", 1)


def test_the_steps_it_does_again_are_of_the_next_cycle() -> None:
    diary = disputed_after_the_call(rules(TO_REMINDER, SAME_STEP))
    diary.runs(27, 33, 34, 40, 41, 45)
    assert diary.steps()[3:] == [(34, "second-reminder", 1), (41, "third-reminder", 1)]


def test_a_second_dispute_counts_a_second_cycle() -> None:
    diary = disputed_after_the_call(rules(TO_REMINDER, SAME_STEP))
    diary.runs(27, 33, 34)
    diary.happens(36, "dispute_opened")
    diary.live(36, 37)
    diary.happens(38, "dispute_settled")
    diary.runs(38, 44, 45)
    assert diary.steps()[3:] == [(34, "second-reminder", 1), (45, "second-reminder", 2)]


@pytest.mark.parametrize(
    "resume", [(), (SAME_STEP,)], ids=["the-policy-names-none", "the-same-step"]
)
def test_its_clock_starts_again_on_the_day_that_sees_it_free(resume: tuple[Resume, ...]) -> None:
    diary = disputed_after_the_call(rules(*resume))
    freed = diary.run(27)
    assert (fact(freed, "last_step"), fact(freed, "days_since_step")) == ("third-reminder", 0)
    assert said(diary, 34)["action"] == "nothing yet"
    assert said(diary, 35)["rule"] == "formal-notice/registered"


def test_it_never_goes_on_later_than_it_stood() -> None:
    diary = Diary(rules(Resume(after="any", to="third-reminder")))
    diary.run(0)
    diary.happens(1, "paused")
    diary.run(1)
    diary.happens(3, "resumed")
    assert fact(diary.run(3), "last_step") == "reminder"


def test_a_case_before_its_first_step_simply_starts() -> None:
    diary = Diary(rules(TO_REMINDER))
    diary.happens(0, "dispute_opened")
    assert said(diary, 0)["reason"] == "dispute"
    diary.happens(1, "dispute_settled")
    assert said(diary, 1)["rule"] == "reminder/standard"
    assert diary.steps() == [(1, "reminder", 0)]


def test_of_several_stops_the_earliest_step_wins() -> None:
    resume = (
        Resume(after="pause", to="second-reminder"),
        Resume(after="dispute", to="reminder"),
    )
    diary = Diary(rules(*resume))
    diary.runs(0, 7, 14)
    diary.happens(16, "paused")
    diary.happens(16, "dispute_opened")
    diary.run(16)
    diary.happens(18, "dispute_settled")
    assert said(diary, 18)["reason"] == "pause"
    diary.happens(20, "resumed")
    assert fact(diary.run(20), "last_step") == "reminder"


def test_what_ended_before_the_case_was_last_free_does_not_count() -> None:
    resume = (TO_REMINDER, Resume(after="pause", to="same_step"))
    diary = Diary(rules(*resume))
    diary.run(0)
    diary.happens(1, "dispute_opened")
    diary.run(1)
    diary.happens(2, "dispute_settled")
    diary.runs(2, 8, 9)
    assert diary.steps()[-1][1] == "second-reminder"
    diary.happens(10, "paused")
    diary.run(10)
    diary.happens(12, "resumed")
    assert fact(diary.run(12), "last_step") == "second-reminder"


@pytest.mark.parametrize(
    ("ends_as", "step"),
    [("plan_missed", "reminder"), ("plan_ended", "second-reminder")],
    ids=["a-plan-he-missed", "a-plan-that-ended"],
)
def test_an_entry_may_ask_how_it_ended(ends_as: str, step: str) -> None:
    stops = (*STOPS, replace(STOPS[1], id="stops/plan", when=is_("plan", "running")))
    resume = (Resume(after="plan", to="reminder", when=is_("plan", "missed")), SAME_STEP)
    diary = Diary(rules(*resume, stops=stops))
    diary.runs(0, 7)
    diary.happens(8, "plan_agreed")
    diary.live(8, 9)
    diary.happens(10, ends_as)
    assert fact(diary.run(10), "last_step") == step
    assert fact(diary.run(11), "last_step") == step


def test_a_stop_that_fired_only_on_unknown_stops_the_clock_and_does_not_restart_it() -> None:
    diary = Diary(rules(Resume(after="any", to="reminder")))
    diary.runs(0, 7)
    diary.tables["debtors"][0]["extra"] = '{"insolvency":null}'
    held = said(diary, 10)
    assert (held["action"], held["reason"]) == ("hold", "unknown: insolvency")
    diary.runs(11, 19)
    diary.tables["debtors"][0]["extra"] = '{"insolvency":false}'
    freed = diary.run(20)
    assert fact(freed, "last_step") == "second-reminder"
    assert fact(freed, "days_since_step") == 3  # the days before it was unknown
    diary.runs(23, 24)
    assert diary.steps()[-1] == (24, "third-reminder", 0)


def test_unknown_and_true_at_once_is_true() -> None:
    diary = Diary(rules(SAME_STEP))
    diary.runs(0, 7)
    diary.tables["debtors"][0]["extra"] = '{"insolvency":null}'
    diary.happens(9, "paused")
    diary.run(9)
    diary.happens(11, "resumed")
    diary.live(11, 12)
    diary.tables["debtors"][0]["extra"] = '{"insolvency":false}'
    assert fact(diary.run(15), "days_since_step") == 0


def test_all_that_holds_is_recorded_and_the_first_names_the_answer() -> None:
    diary = Diary(rules(SAME_STEP))
    diary.happens(0, "paused")
    diary.happens(0, "dispute_opened")
    made = diary.run(0)
    assert made.answers["rule"].to_list() == ["stops/dispute"]
    assert made.stands["holds"]["rule"].to_list() == ["stops/dispute", "stops/pause"]


def test_a_credit_that_covers_the_invoice_is_a_stop_like_any() -> None:
    diary = Diary(rules(Resume(after="credit", to="reminder")), credits=[])
    diary.runs(0, 7)
    diary.add("credits", number="A1", amount=120_000, invoice_number="F1")
    assert said(diary, 20)["reason"] == "credit"
    diary.tables["credits"].clear()
    freed = diary.run(30)
    assert (fact(freed, "last_step"), fact(freed, "days_since_step")) == ("reminder", 0)


def test_a_policy_without_stops_of_that_name_any_more_takes_any() -> None:
    before = rules(TO_REMINDER, Resume(after="any", to="reminder"))
    diary = Diary(before)
    diary.runs(0, 7)
    diary.happens(8, "paused")
    diary.run(8)
    kept = tuple(rule for rule in STOPS if rule.id != "stops/pause")
    diary.rules = rules(Resume(after="any", to="reminder"), stops=kept)
    assert fact(diary.run(9), "last_step") == "reminder"


def test_two_policies_resume_each_by_its_own() -> None:
    other = policy(
        "small", applies_to=is_("legal_kind", "consumer"), start=ALWAYS, resume=(SAME_STEP,)
    )
    one: Policy = policy(resume=(TO_REMINDER,))
    people = [{}, {"legal_kind": "consumer", "profile": "consumer"}]
    diary = Diary(rulebook(one, other), debtors=people, invoices=[{}, {"debtor_id": 2}])
    diary.runs(0, 7)
    diary.happens(8, "dispute_opened")
    diary.happens(8, "dispute_opened", debtor_id=2, invoice_id=2)
    diary.run(8)
    diary.happens(9, "dispute_settled")
    diary.happens(9, "dispute_settled", debtor_id=2, invoice_id=2)
    made = diary.run(9)
    assert [fact(made, "last_step", case) for case in (1, 2)] == ["reminder", "second-reminder"]
    assert made.answers["until"].to_list() == [on(16), on(16)]


def test_a_step_that_was_taken_over_is_resumed_like_one_of_ours() -> None:
    diary = Diary(rules(Resume(after="any", to="reminder")))
    diary.happens(-9, "taken_over", detail="second-reminder")
    diary.happens(-1, "paused")
    assert fact(diary.run(-1), "last_step") == "second-reminder"
    diary.happens(1, "resumed")
    assert fact(diary.run(1), "last_step") == "reminder"
    assert fact(diary.run(2), "last_step") == "reminder"
    diary.live(6, 8)
    assert diary.steps() == [(8, "second-reminder", 1)]
