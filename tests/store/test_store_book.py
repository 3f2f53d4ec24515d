from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest

from dispatcher.model.event import EventKind
from dispatcher.model.plan import PlannedTask
from dispatcher.model.tables import FRAMES
from dispatcher.ports import Accepted, Unknown
from dispatcher.store.book import Book
from dispatcher.store.events import NewEvent
from dispatcher.store.history import Happened
from dispatcher.store.outbox import StoredOutbox
from dispatcher.store.taking import Counts, TakenCounts
from dispatcher.store.tasks import TaskState
from dispatcher.store.verify import verify
from tests.store.store_samples import (
    DAY,
    NOW,
    PLAIN,
    answer,
    claim,
    debtors,
    frozen,
    invoice,
    invoices,
    live,
    rows,
    states,
)


NEXT = DAY + timedelta(days=1)


def take(
    book: Book,
    frame: pl.DataFrame,
    *,
    name: str = "invoices",
    complete: bool = True,
    source: str = "erp",
    refused: tuple[tuple[str, int], ...] = (),
) -> TakenCounts:
    return book.take(
        {name: frame},
        source=source,
        kind="credits" if name == "credits" else "open_items",
        now=NOW,
        day=NEXT,
        complete=complete,
        refused=refused,
    )


def open_numbers(book: Book) -> list[str]:
    return book.frames()["invoices"]["number"].to_list()


# -- taking in


def test_frames_have_the_columns_of_the_contract(book: Book) -> None:
    for debtor_ids in (None, [1], []):
        found = book.frames(debtor_ids)
        assert {name: dict(frame.schema) for name, frame in found.items()} == {
            name: {column: getattr(pl, word) for column, word in columns.items()}
            for name, columns in FRAMES.items()
        }


def test_frames_of_some_debtors_hold_all_that_is_theirs(book: Book, outbox: StoredOutbox) -> None:
    book.freeze(None, [frozen(1), frozen(2)], now=NOW)
    claim(outbox, limit=1)
    everything, some = book.frames(), book.frames([2])
    assert some["debtors"].equals(everything["debtors"].filter(pl.col("id") == 2))
    for name in ("invoices", "credits", "events", "messages", "tasks"):
        assert some[name].equals(everything[name].filter(pl.col("debtor_id") == 2))
    assert book.frames([1])["lines"].equals(everything["lines"])
    assert some["lines"].height == 0


def test_the_same_file_again_writes_nothing(book: Book) -> None:
    before = book.frames()
    counts = take(book, invoices(6))
    assert counts.invoices == Counts(unchanged=6)
    assert all(frame.equals(before[name]) for name, frame in book.frames().items())


def test_an_unchanged_row_is_still_as_of_the_later_day(book: Book) -> None:
    take(book, invoices(6).with_columns(as_of=pl.lit(NEXT)))
    assert set(book.frames()["invoices"]["as_of"]) == {NEXT}


def test_a_changed_row_is_rewritten_under_its_id(book: Book) -> None:
    counts = take(book, invoice("F1", debtor="D1", balance=40), complete=False)
    assert counts.invoices == Counts(changed=1)
    found = book.frames()["invoices"].filter(pl.col("number") == "F1")
    assert found.select("id", "balance").row(0) == (2, 40)


def test_what_a_complete_file_no_longer_names_is_closed_and_reopens_as_the_same_case(
    book: Book,
) -> None:
    assert take(book, invoices(4)).invoices == Counts(unchanged=4, closed=2)
    assert open_numbers(book) == ["F0", "F1", "F2", "F3"]
    assert take(book, invoices(6)).invoices == Counts(unchanged=4, reopened=2)
    assert book.frames()["invoices"]["id"].to_list() == [1, 2, 3, 4, 5, 6]


def test_an_incomplete_file_closes_nothing(book: Book) -> None:
    take(book, invoices(1), complete=False)
    assert len(open_numbers(book)) == 6


def test_a_source_closes_only_its_own(book: Book) -> None:
    take(book, invoice("G1").with_columns(source=pl.lit("other")), source="other")
    assert len(open_numbers(book)) == 7


def test_a_row_that_was_refused_is_not_taken_for_paid(book: Book) -> None:
    counts = take(book, invoices(4), refused=(("F5", 1),))
    assert counts.invoices.closed == 1
    assert "F5" in open_numbers(book)


def test_an_invoice_of_an_unknown_debtor_is_told_and_not_closed(book: Book) -> None:
    moved = invoice("F5", debtor="nobody", row=17)
    counts = take(book, pl.concat([invoices(5), moved]))
    assert counts.without_debtor == (17,)
    assert counts.invoices == Counts(unchanged=5)
    assert "F5" in open_numbers(book)


def test_credits_with_the_same_number_are_kept_apart_and_closed_with_their_source(
    book: Book,
) -> None:
    twice = rows(
        "credits",
        {"number": "A", "debtor": "D0", "amount": 10, "digest": "a"},
        {"number": "A", "debtor": "D0", "amount": 20, "digest": "b"},
    )
    assert take(book, twice, name="credits").credits == Counts(new=2)
    assert take(book, twice, name="credits").credits == Counts(unchanged=2)
    assert book.frames()["credits"]["amount"].to_list() == [10, 20]
    assert take(book, twice.head(1), name="credits").credits == Counts(unchanged=1, closed=1)
    assert len(open_numbers(book)) == 6


def test_a_key_that_stands_twice_is_refused_whole(book: Book) -> None:
    twice = pl.concat([invoice("G"), invoice("G", balance=5)])
    with pytest.raises(ValueError, match="twice"):
        take(book, twice)
    assert len(open_numbers(book)) == 6


def test_a_debtor_is_never_closed(book: Book) -> None:
    book.take(
        {"debtors": debtors(1)}, source="erp", kind="debtors", now=NOW, day=DAY, complete=True
    )
    assert book.frames()["debtors"].height == 3
    assert len(open_numbers(book)) == 6


# -- runs and events


def test_a_run_begins_and_ends_once(book: Book) -> None:
    run = book.begin_run(kind="run", day=DAY, now=NOW, policies=["b", "a"])
    book.end_run(run, state="done", now=NOW, answers="00", answers_rows=6, plan="ff")
    (row,) = book.runs(day=DAY)
    assert (row.id, row.state, row.answers_rows, row.policies) == (run, "done", 6, ("a", "b"))
    with pytest.raises(ValueError, match="not at work"):
        book.end_run(run, state="done", now=NOW)


def test_a_policy_is_remembered_by_its_hash(book: Book) -> None:
    book.remember_policies({"00ff": "policy: a"}, now=NOW)
    book.remember_policies({"00ff": "policy: a", "01": "policy: b"}, now=NOW)
    assert book.policy_text("00ff") == "policy: a"
    assert book.policy_text("77") is None


def test_an_event_is_recorded_once(book: Book) -> None:
    event = NewEvent(
        source="operator", reference="1", kind=EventKind.PAUSED, debtor_id=1, day=DAY, until=NEXT
    )
    assert book.record_event(event, now=NOW) == 1
    assert book.record_event(event, now=NOW) is None
    assert book.frames()["events"].select("kind", "invoice_id", "until").rows() == [
        ("paused", None, NEXT)
    ]


# -- tasks


def planned(rule: str, *cases: int) -> PlannedTask:
    return PlannedTask(debtor_id=1, policy="b2b", rule=rule, name="look-up", case_ids=cases)


def open_rules(book: Book) -> list[str]:
    return [each.rule for each in book.tasks()]


def test_a_task_is_opened_once_and_follows_its_cases(book: Book) -> None:
    assert book.open_tasks(None, [planned("stops/dispute", 1)], now=NOW).opened == (1,)
    assert book.open_tasks(None, [planned("stops/dispute", 4, 1)], now=NOW).opened == ()
    (row,) = book.tasks()
    assert row.case_ids == (1, 4)
    assert row.debtor_name == "Société 0"


def test_only_the_kinds_that_close_by_themselves_do(book: Book) -> None:
    both = [planned("stops/dispute", 1), planned("last/write-off", 1)]
    book.open_tasks(None, both, now=NOW)
    assert book.open_tasks(None, [], now=NOW, closing={"stops/dispute"}).closed == (1,)
    assert open_rules(book) == ["last/write-off"]


def test_a_finished_task_is_not_asked_again_before_its_rule_was_silent(book: Book) -> None:
    again = [planned("last/write-off", 1)]
    book.open_tasks(None, again, now=NOW)
    book.finish_task(1, outcome="done", person="anne", note="", now=NOW)
    assert book.open_tasks(None, again, now=NOW).opened == ()
    book.open_tasks(None, [], now=NOW, silent={(1, "b2b", "last/write-off")})
    assert [each.state for each in book.tasks(None)] == [TaskState.CLOSED]
    assert book.open_tasks(None, again, now=NOW).opened == (2,)
    assert verify(book.store.path).first_fault is None


@pytest.mark.parametrize("until", [None, DAY], ids=["as-usual", "until-a-day"])
def test_what_a_person_says_of_a_hand_over_is_a_decision(book: Book, until: date | None) -> None:
    proposal = PlannedTask(
        debtor_id=2, policy="b2b", rule="hand_over/lawyer", name="hand-over", case_ids=(2,)
    )
    book.open_tasks(None, [proposal], now=NOW)
    book.finish_task(1, outcome="refused", person="anne", note="", now=NOW, until=until)
    columns = ("kind", "debtor_id", "invoice_id", "day", "until", "detail")
    assert book.frames()["events"].select(columns).rows() == [
        ("hand_over_decided", 2, None, DAY, until, "refused")
    ]
    assert verify(book.store.path).first_fault is None


def test_another_task_decides_nothing(book: Book) -> None:
    other = PlannedTask(debtor_id=1, policy="b2b", rule="stops/a", name="look-up", case_ids=(1,))
    book.open_tasks(None, [other], now=NOW)
    book.finish_task(1, outcome="done", person="anne", note="", now=NOW)
    assert book.frames()["events"].is_empty()


def test_only_an_open_task_is_finished(book: Book) -> None:
    with pytest.raises(ValueError, match="not open"):
        book.finish_task(1, outcome="done", person="anne", note="", now=NOW)


# -- people


def call_in_hand(book: Book, outbox: StoredOutbox, *, attempts: int = 2) -> None:
    book.freeze(None, [replace(frozen(1, channel="call"), attempts=attempts)], now=NOW)
    answer(outbox, claim(outbox, channel="call")[0], Accepted())


def test_an_outcome_entered_by_a_person_does_the_step(book: Book, outbox: StoredOutbox) -> None:
    call_in_hand(book, outbox)
    later = NOW + timedelta(days=1)
    book.finish_by_person(1, outcome="promised", person="anne", note="vendredi", now=later)
    assert states(book) == {1: "sent"}
    assert book.frames()["lines"]["done_on"].to_list() == [NEXT]
    assert verify(book.store.path).first_fault is None


def test_no_answer_is_an_attempt_until_they_are_used_up(book: Book, outbox: StoredOutbox) -> None:
    call_in_hand(book, outbox)
    book.finish_by_person(1, outcome="no_answer", person="anne", note="", now=NOW)
    assert states(book) == {1: "accepted"}
    assert live(book) == {1}
    book.finish_by_person(1, outcome="no_answer", person="anne", note="", now=NOW)
    assert states(book) == {1: "failed"}
    assert live(book) == set()
    assert verify(book.store.path).first_fault is None


def test_a_wrong_number_fails_at_once(book: Book, outbox: StoredOutbox) -> None:
    call_in_hand(book, outbox, attempts=9)
    book.finish_by_person(1, outcome="wrong_number", person="anne", note="", now=NOW)
    assert states(book) == {1: "failed"}


@pytest.mark.parametrize("channel", ["email", "call"])
def test_only_a_call_in_hand_is_finished(book: Book, channel: str) -> None:
    book.freeze(None, [frozen(1, channel=channel)], now=NOW)
    with pytest.raises(ValueError, match="in hand"):
        book.finish_by_person(1, outcome="promised", person="anne", note="", now=NOW)


# -- history


def test_a_history_tells_everything_in_order(book: Book, outbox: StoredOutbox) -> None:
    book.freeze(None, [PLAIN], now=NOW)
    hour = timedelta(hours=1)
    (taken,) = claim(outbox, now=NOW + hour)
    answer(outbox, taken, Unknown(stage="data", evidence="no reply"), at=NOW + 2 * hour)
    new = NewEvent(source="o", reference="1", kind=EventKind.PAUSED, debtor_id=1, day=DAY)
    book.record_event(new, now=NOW + 3 * hour)
    case = book.case_id("F0")
    assert case == 1
    told = [(row.happened, row.what) for row in book.history(case)]
    assert told == [
        (Happened.FROZEN, "email"),
        (Happened.ATTEMPT, "unknown"),
        (Happened.STATE, "unknown"),
        (Happened.EVENT, "paused"),
    ]
    assert book.history(2) == ()  # of another debtor
    assert book.history(99) == ()
    assert book.case_id("F0", term=2) is None
