"""`language.md`, section 4, sentence by sentence: what the book, its keys and its states do."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from dispatcher.model.message import State
from dispatcher.model.plan import PlannedTask
from dispatcher.model.settings import Creditor, Deadlines, Settings
from dispatcher.ports import Accepted, NotAccepted, Outcome, Rejected, Unknown
from dispatcher.posting import presented
from dispatcher.store.book import Book
from dispatcher.store.connection import Store
from dispatcher.store.outbox import StoredOutbox
from tests.intake.intake_cases import rows as file_of
from tests.intake.intake_cases import take as taken_in
from tests.language.language_world import DELIVERY
from tests.store.store_samples import (
    DAY,
    NOW,
    PLAIN,
    answer,
    book_on,
    claim,
    filled,
    frozen,
    invoices,
    lines,
    live,
    outbox_on,
    states,
)


def settings(postcode: str) -> Settings:
    """A home whose letters take two business days."""
    creditor = Creditor(name="Nous", postcode=postcode)
    return Settings(home=Path("/home"), creditor=creditor, deadlines=Deadlines(post=2))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = filled(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def book(store: Store) -> Book:
    return book_on(store)


@pytest.fixture
def outbox(store: Store) -> StoredOutbox:
    return outbox_on(store, presented=presented(settings(postcode="75001")))


def sent_by(book: Book, outbox: StoredOutbox, channel: str, outcome: Outcome | None) -> None:
    """One message of the first case, by that channel, with that outcome."""
    book.freeze(None, [frozen(1, channel=channel)], now=NOW)
    (taken,) = claim(outbox, channel=channel)
    answer(outbox, taken, outcome, next_at=NOW + timedelta(hours=1))


def done_on(book: Book) -> list[date | None]:
    return book.frames()["lines"]["done_on"].to_list()


# -- Case ---------------------------------------------------------------------------------------


def test_a_case_is_an_invoice_number_and_a_term_and_no_term_is_one() -> None:
    assert taken_in(file_of({})).frames["invoices"]["term"].to_list() == [1]


@pytest.mark.parametrize(
    ("written", "kept"),
    [(" F-9 ", "F-9"), ("Fe\u0301-9", "F\u00e9-9"), ("f-9", "f-9")],
    ids=["trimmed", "nfc", "case-kept"],
)
def test_numbers_are_compared_after_nfc_and_trimming_case_kept(written: str, kept: str) -> None:
    found = taken_in(file_of({"Pièce": written})).frames["invoices"]["number"].to_list()
    assert found == [kept]


def test_an_item_that_comes_back_after_a_reversed_payment_is_the_same_case(book: Book) -> None:
    for count in (5, 6):
        book.take(
            {"invoices": invoices(count)},
            source="erp",
            kind="open_items",
            now=NOW,
            day=DAY + timedelta(days=count),
            complete=True,
        )
    assert book.case_id("F5") == 6
    assert book.frames()["invoices"]["id"].to_list() == [1, 2, 3, 4, 5, 6]


# -- Work in hand -------------------------------------------------------------------------------


def wanted(rule: str) -> PlannedTask:
    return PlannedTask(debtor_id=1, policy="b2b", rule=rule, name="look", case_ids=(1, 4))


def test_a_task_is_made_once_while_its_rule_answers(book: Book) -> None:
    first = book.open_tasks(None, [wanted("reminder/look")], now=NOW)
    again = book.open_tasks(None, [wanted("reminder/look")], now=NOW)
    assert (first.opened, again.opened) == ((1,), ())


def test_finished_it_is_not_made_again_before_the_rule_has_been_silent(book: Book) -> None:
    book.open_tasks(None, [wanted("last/look")], now=NOW)
    book.finish_task(1, outcome="done", person="anne", note="", now=NOW)
    assert book.open_tasks(None, [wanted("last/look")], now=NOW).opened == ()
    book.open_tasks(None, [], now=NOW, silent={(1, "b2b", "last/look")})
    assert book.open_tasks(None, [wanted("last/look")], now=NOW).opened == (2,)


def test_a_task_of_a_stop_closes_by_itself_when_its_reason_ends(book: Book) -> None:
    book.open_tasks(None, [wanted("stops/dispute")], now=NOW)
    assert book.open_tasks(None, [], now=NOW, closing={"stops/dispute"}).closed == (1,)


# -- When a step is done ------------------------------------------------------------------------


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_an_e_mail_or_sms_counts_from_acceptance_by_the_provider(
    book: Book, outbox: StoredOutbox, channel: str
) -> None:
    sent_by(book, outbox, channel, Accepted(provider_id="x"))
    assert done_on(book) == [DAY]


def test_a_letter_counts_from_posting_plus_transit_days(book: Book, outbox: StoredOutbox) -> None:
    sent_by(book, outbox, "letter", Accepted())
    assert done_on(book) == [DAY + timedelta(days=2)]


def test_a_registered_letter_counts_from_presentation_or_three_business_days_after_deposit(
    book: Book, outbox: StoredOutbox
) -> None:
    sent_by(book, outbox, "registered_letter", Accepted())
    assert done_on(book) == [DAY + timedelta(days=3)]


def test_the_days_of_the_post_are_the_creditor_s() -> None:
    """Thursday, before a holiday and a weekend; in Alsace Good Friday is a holiday too."""
    posted = {place: presented(settings(postcode=place)) for place in ("75001", "67000")}
    assert posted["75001"]("registered_letter", date(2026, 5, 7)) == date(2026, 5, 13)
    assert posted["75001"]("letter", date(2026, 4, 2)) == date(2026, 4, 7)  # Easter Monday
    assert posted["67000"]("letter", date(2026, 4, 2)) == date(2026, 4, 8)
    assert posted["75001"]("email", DAY) is None


def test_a_call_counts_from_the_outcome_a_person_enters(book: Book, outbox: StoredOutbox) -> None:
    sent_by(book, outbox, "call", Accepted())
    assert done_on(book) == [None]
    book.finish_by_person(1, outcome="promised", person="anne", note="", now=NOW)
    assert done_on(book) == [DAY]


def test_no_answer_is_an_attempt_not_a_step(book: Book, outbox: StoredOutbox) -> None:
    book.freeze(None, [replace(frozen(1, channel="call"), attempts=3)], now=NOW)
    answer(outbox, claim(outbox, channel="call")[0], Accepted())
    book.finish_by_person(1, outcome="no_answer", person="anne", note="", now=NOW)
    assert (states(book), done_on(book)) == ({1: "accepted"}, [None])


@pytest.mark.todo(DELIVERY)
def test_a_hard_bounce_takes_the_step_back_with_all_cases_its_contact_carried() -> None:
    assert hasattr(Book, "take_back")


@pytest.mark.todo(DELIVERY)
def test_an_older_one_only_closes_the_channel() -> None:
    assert hasattr(Book, "take_back")


# -- Key ----------------------------------------------------------------------------------------


def test_a_key_is_unique_while_anything_may_have_left(book: Book) -> None:
    assert book.freeze(None, [PLAIN], now=NOW) == [1]
    assert book.freeze(None, [PLAIN], now=NOW) == [None]


def test_no_policy_date_or_channel_is_in_it(book: Book) -> None:
    other = replace(PLAIN, policy="other", channel="sms", planned_on=DAY + timedelta(days=9))
    book.freeze(None, [PLAIN], now=NOW)
    assert book.freeze(None, [other], now=NOW) == [None]


def test_the_cycle_makes_another_key(book: Book) -> None:
    again = replace(PLAIN, lines=lines(1, cycle=1))
    book.freeze(None, [PLAIN], now=NOW)
    assert book.freeze(None, [again], now=NOW) == [2]


ENDINGS: list[tuple[str, Outcome, bool]] = [
    ("accepted", Accepted(provider_id="x"), False),
    ("unknown", Unknown(stage="data", evidence=""), False),
    ("deferred", NotAccepted(code="451", evidence=""), False),
    ("rejected", Rejected(code="550", evidence=""), True),
]


@pytest.mark.parametrize(
    ("outcome", "free"), [case[1:] for case in ENDINGS], ids=[case[0] for case in ENDINGS]
)
def test_it_is_freed_only_by_proof_that_nothing_reached_anybody(
    book: Book, outbox: StoredOutbox, outcome: Outcome, *, free: bool
) -> None:
    sent_by(book, outbox, "email", outcome)
    other = frozen(1, channel="sms")
    assert (book.freeze(None, [other], now=NOW) == [2]) is free


def test_an_expired_message_frees_it_before_its_claim(book: Book, outbox: StoredOutbox) -> None:
    book.freeze(None, [PLAIN], now=NOW)
    assert claim(outbox, now=NOW + timedelta(days=9)) == []
    assert (states(book), live(book)) == ({1: State.EXPIRED.value}, set())


def test_a_contact_takes_the_keys_of_all_its_cases_or_none(book: Book) -> None:
    book.freeze(None, [frozen(4)], now=NOW)
    assert book.freeze(None, [frozen(1, 4)], now=NOW) == [None]
    assert live(book) == {4}


@pytest.mark.parametrize("outcome", [case[1] for case in ENDINGS], ids=[c[0] for c in ENDINGS])
def test_no_open_case_ever_has_an_ended_message_and_nothing_pending(
    book: Book, outbox: StoredOutbox, outcome: Outcome
) -> None:
    """Its step is done, its message may still leave or be settled, or its key is free again."""
    sent_by(book, outbox, "email", outcome)
    done = done_on(book) != [None]
    pending = states(book)[1] in {State.DEFERRED.value, State.UNKNOWN.value}
    assert done or pending or not live(book)
