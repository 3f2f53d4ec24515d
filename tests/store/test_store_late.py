"""Late answers: an acceptance is always believed, and a contact that went twice is told loudly."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from dispatcher.model.message import State
from dispatcher.ports import Accepted, Claim, NotAccepted, Outcome, Rejected, Unknown
from dispatcher.store.book import Book
from dispatcher.store.connection import Store
from dispatcher.store.doubt import SEND_AGAIN
from dispatcher.store.interventions import Deed
from dispatcher.store.outbox import StoredOutbox
from dispatcher.store.outcomes import unsaid
from dispatcher.store.passage import Move, move
from dispatcher.store.resolutions import Word
from dispatcher.store.trail import append
from dispatcher.store.verify import verify
from tests.store.store_samples import DAY, NOW, answer, claim, frozen, lines, live, states


UNKNOWN = Unknown(stage="data", evidence="")
LATER = NOW + timedelta(hours=1)


def moved(store: Store, start: State, to: State, number: int = 1) -> None:
    """A move that another part of the house makes: a person resolved it, or it was given up."""
    with store.writing() as connection:
        step = Move(message_id=number, start=start, to=to, columns={"next_at": None})
        append(connection, move(connection, [step], now=NOW), at=NOW)


def unknown(book: Book, outbox: StoredOutbox) -> Claim:
    book.freeze(None, [frozen(1)], now=NOW)
    (taken,) = claim(outbox)
    answer(outbox, taken, UNKNOWN)
    return taken


def kinds(store: Store) -> list[str]:
    with store.reading() as connection:
        bodies = connection.execute(text("SELECT json_extract(body, '$.kind') FROM audit"))
        return list(bodies.scalars())


def whole(store: Store) -> bool:
    return verify(store.path).first_fault is None


@pytest.mark.parametrize(
    "ways",
    [
        pytest.param([], id="unknown"),
        pytest.param([State.DEFERRED], id="resolved as not sent"),
        pytest.param([State.FAILED], id="given up"),
        pytest.param([State.DEFERRED, State.WITHDRAWN], id="withdrawn since"),
        pytest.param([State.DEFERRED, State.EXPIRED], id="expired since"),
        pytest.param([State.DEFERRED, State.HOLD], id="held since"),
    ],
)
def test_an_acceptance_is_believed_wherever_the_message_is(
    store: Store, book: Book, outbox: StoredOutbox, ways: list[State]
) -> None:
    taken = unknown(book, outbox)
    for start, to in zip([State.UNKNOWN, *ways], ways, strict=False):
        moved(store, start, to)
    answer(outbox, taken, Accepted(provider_id="p"), owner="whoever")
    assert states(book) == {1: "sent"}
    assert live(book) == {1}
    assert book.frames()["lines"]["done_on"].to_list() == [DAY]
    assert book.twice() == ()
    assert claim(outbox, now=LATER) == []
    assert whole(store)


@pytest.mark.parametrize("late", [Rejected(code="550", evidence=""), UNKNOWN, None])
def test_nothing_else_is_believed_late(
    store: Store, book: Book, outbox: StoredOutbox, late: Outcome | None
) -> None:
    taken = unknown(book, outbox)
    answer(outbox, taken, late)
    assert states(book) == {1: "unknown"}
    assert kinds(store)[-1] == "late-answer"


def test_what_was_planned_anew_is_withdrawn_for_what_had_left(
    store: Store, book: Book, outbox: StoredOutbox
) -> None:
    taken = unknown(book, outbox)
    moved(store, State.UNKNOWN, State.FAILED)
    assert book.freeze(None, [frozen(1, 2)], now=NOW) == [2]
    answer(outbox, taken, Accepted(provider_id="p"))
    assert states(book) == {1: "sent", 2: "withdrawn"}
    assert live(book) == {1}
    assert book.twice() == ()
    assert whole(store)


def test_what_was_planned_anew_and_left_too_is_told_as_sent_twice(
    store: Store, book: Book, outbox: StoredOutbox
) -> None:
    first = unknown(book, outbox)
    moved(store, State.UNKNOWN, State.FAILED)
    book.freeze(None, [frozen(1)], now=NOW)
    (second,) = claim(outbox)
    answer(outbox, second, Accepted(provider_id="q"))
    answer(outbox, first, Accepted(provider_id="p"))
    assert states(book) == {1: "failed", 2: "sent"}
    assert [row.id for row in book.twice()] == [1]
    assert book.unsent(NOW).twice == book.twice()
    assert book.unsent(NOW + timedelta(days=2)).twice == ()
    assert kinds(store)[-1] == "sent-twice"
    assert whole(store)


def resolved_and_tried_again(store: Store, book: Book, outbox: StoredOutbox) -> tuple[Claim, Claim]:
    first = unknown(book, outbox)
    moved(store, State.UNKNOWN, State.DEFERRED)
    (second,) = claim(outbox)
    return first, second


@pytest.mark.parametrize("late_first", [True, False], ids=["while on its way", "afterwards"])
def test_two_acceptances_of_one_message_are_told_in_whatever_order(
    store: Store, book: Book, outbox: StoredOutbox, *, late_first: bool
) -> None:
    both = list(resolved_and_tried_again(store, book, outbox))
    names = ["p", "q"]
    for taken, name in zip(*((both, names) if late_first else (both[::-1], names)), strict=True):
        answer(outbox, taken, Accepted(provider_id=name))
    assert states(book) == {1: "sent"}
    assert [row.id for row in book.twice()] == [1]
    assert kinds(store).count("sent-twice") == 1
    assert whole(store)


@pytest.mark.parametrize(
    "outcome",
    [NotAccepted(code="451", evidence=""), Rejected(code="550", evidence=""), UNKNOWN, None],
)
def test_what_turned_out_accepted_is_out_whatever_the_next_attempt_says(
    store: Store, book: Book, outbox: StoredOutbox, outcome: Outcome | None
) -> None:
    first, second = resolved_and_tried_again(store, book, outbox)
    answer(outbox, first, Accepted(provider_id="p"))
    assert states(book) == {1: "sending"}
    answer(outbox, second, outcome, next_at=LATER)
    assert states(book) == {1: "sent"}
    assert book.twice() == ()
    assert whole(store)


def test_the_same_acceptance_told_again_is_no_second_one(
    store: Store, book: Book, outbox: StoredOutbox
) -> None:
    taken = unknown(book, outbox)
    for _ in range(3):
        answer(outbox, taken, Accepted())
    assert states(book) == {1: "sent"}
    assert book.twice() == ()
    assert whole(store)


def test_an_acceptance_after_an_acceptance_in_time_is_no_second_one(
    store: Store, book: Book, outbox: StoredOutbox
) -> None:
    book.freeze(None, [frozen(1)], now=NOW)
    (taken,) = claim(outbox)
    answer(outbox, taken, Accepted(provider_id="p"))
    answer(outbox, taken, Accepted(provider_id="p"))
    assert book.twice() == ()
    assert kinds(store)[-1] == "late-answer"


def test_one_key_and_other_content_is_never_a_second_send(store: Store, book: Book) -> None:
    other = replace(frozen(1), content=b'{"subject":"another"}', printed="another", channel="sms")
    assert book.freeze(None, [frozen(1), other], now=NOW) == [1, None]
    assert book.freeze(None, [other], now=NOW) == [None]
    twin = replace(other, lines=lines(2))
    book.freeze(None, [twin], now=NOW)
    with pytest.raises(Exception, match="UNIQUE"), store.writing() as connection:
        connection.execute(text("UPDATE line SET invoice_id = 1"))


def test_what_a_person_withdrew_can_turn_out_sent(
    store: Store, book: Book, outbox: StoredOutbox
) -> None:
    taken = unknown(book, outbox)
    moved(store, State.UNKNOWN, State.DEFERRED)
    book.intervene(1, Deed.WITHDRAW, person="Paul", note="wrong", now=NOW)
    assert live(book) == set()
    answer(outbox, taken, Accepted(provider_id="p"))
    assert (states(book), live(book)) == ({1: "sent"}, {1})
    assert whole(store)


def test_what_was_planned_anew_and_sent_once_more_on_a_guess_may_have_left_as_well(
    store: Store, book: Book, outbox: StoredOutbox
) -> None:
    first = unknown(book, outbox)
    moved(store, State.UNKNOWN, State.FAILED)
    book.freeze(None, [frozen(1)], now=NOW)
    (second,) = claim(outbox)
    answer(outbox, second, UNKNOWN)
    guess = Word(message_id=2, attempt=1, choice=SEND_AGAIN, person="Ana", at=NOW)
    book.resolve(guess, now=NOW, presented=unsaid)
    answer(outbox, first, Accepted(provider_id="p"))
    assert states(book) == {1: "failed", 2: "deferred"}
    assert [row.id for row in book.twice()] == [1]
    assert whole(store)
