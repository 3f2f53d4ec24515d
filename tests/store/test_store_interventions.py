"""What a person does to one message, and what a run may still take back of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from dispatcher.decide import recheck
from dispatcher.model.message import State
from dispatcher.ports import Accepted, NotAccepted
from dispatcher.store.book import Book
from dispatcher.store.interventions import LETS, Deed
from dispatcher.store.outbox import PAID, StoredOutbox
from dispatcher.store.verify import verify
from tests.store.store_samples import NOW, PLAIN, answer, claim, frozen, live, states


LATER = NOW + timedelta(hours=1)


def do(book: Book, deed: Deed, number: int = 1) -> State:
    return book.intervene(number, deed, person="Paul", note="because", now=NOW)


def test_what_is_held_neither_leaves_nor_expires(book: Book, outbox: StoredOutbox) -> None:
    book.freeze(None, [frozen(1)], now=NOW)
    assert do(book, Deed.HOLD) is State.HOLD
    assert claim(outbox, now=PLAIN.valid_until + timedelta(days=9)) == []
    assert (states(book), live(book)) == ({1: "hold"}, {1})
    assert do(book, Deed.RELEASE) is State.PLANNED
    assert [each.id for each in claim(outbox)] == [1]
    story = book.story(1)
    assert story is not None
    assert [(each.deed, each.person, each.note) for each in story.deeds] == [
        (Deed.HOLD, "Paul", "because"),
        (Deed.RELEASE, "Paul", "because"),
    ]
    assert verify(book.store.path).first_fault is None


def test_a_retry_that_was_held_keeps_its_hour(book: Book, outbox: StoredOutbox) -> None:
    book.freeze(None, [frozen(1)], now=NOW)
    answer(outbox, claim(outbox)[0], NotAccepted(code="451", evidence=""), next_at=LATER)
    do(book, Deed.HOLD)
    do(book, Deed.RELEASE)
    assert claim(outbox) == []
    assert [each.attempt for each in claim(outbox, now=LATER)] == [2]


def test_no_hold_is_a_way_around_an_approval(book: Book) -> None:
    waits = replace(frozen(1), state=State.AWAITING, needs_approval=("a", "b"))
    book.freeze(None, [waits], now=NOW)
    book.approve(1, role="a", person="Anne", now=NOW)
    do(book, Deed.HOLD)
    assert do(book, Deed.RELEASE) is State.AWAITING
    book.approve(1, role="b", person="Bob", now=NOW)
    do(book, Deed.HOLD)
    assert do(book, Deed.RELEASE) is State.PLANNED


@pytest.mark.parametrize("deed", [Deed.HOLD, Deed.WITHDRAW])
def test_what_goes_beside_a_message_shares_its_fate(
    book: Book, outbox: StoredOutbox, deed: Deed
) -> None:
    also = replace(PLAIN, channel="sms", lines=(), also_of=0)
    book.freeze(None, [PLAIN, also], now=NOW)
    state = do(book, deed)
    assert states(book) == {1: state.value, 2: state.value}
    assert claim(outbox, channel="sms") == []


@pytest.mark.parametrize("deed", Deed)
def test_what_has_left_is_nobodys_to_take_back(
    book: Book, outbox: StoredOutbox, deed: Deed
) -> None:
    book.freeze(None, [frozen(1)], now=NOW)
    (taken,) = claim(outbox)
    with pytest.raises(ValueError, match="cannot"):
        do(book, deed)
    answer(outbox, taken, Accepted())
    with pytest.raises(ValueError, match="cannot"):
        do(book, deed)
    assert states(book) == {1: "sent"}
    assert State.SENT not in LETS[deed]


@pytest.mark.parametrize(
    ("reason", "left"),
    [(PAID, {1: "withdrawn", 2: "withdrawn"}), ("now: other/step", {1: "hold", 2: "withdrawn"})],
)
def test_a_run_takes_back_what_is_held_only_if_nothing_is_owed(
    book: Book, outbox: StoredOutbox, reason: str, left: Mapping[int, str]
) -> None:
    book.freeze(None, [frozen(1), frozen(2)], now=NOW)
    do(book, Deed.HOLD)
    outbox.recall(now=NOW, guard=lambda asked: {each.id: reason for each in asked})
    assert states(book) == left


def test_the_store_knows_the_guards_word_for_paid() -> None:
    assert PAID == recheck.PAID
