"""Twice is refused by the database itself, whatever the code before it believes."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from dispatcher.ports import Accepted, Unknown
from dispatcher.store.book import Book
from dispatcher.store.connection import Store
from dispatcher.store.doubt import SEND_AGAIN
from dispatcher.store.outbox import StoredOutbox
from dispatcher.store.outcomes import unsaid
from dispatcher.store.rebuilding import Case, Lost, rebuild
from dispatcher.store.resolutions import Word
from dispatcher.store.verify import verify
from tests.store.store_samples import NOW, answer, claim, day_of, frozen, states


CASE = Case(
    number="F0", term=1, step="reminder", choice="standard", cycle=0, amount=100, claimed=True
)


SECOND = text(
    "INSERT INTO line (message_id, invoice_id, step, choice, cycle, amount, claimed, live)"
    " SELECT 2, invoice_id, step, choice, cycle, amount, claimed, :live FROM line"
    " WHERE message_id = 1"
)


def test_the_database_itself_refuses_a_second_living_line(store: Store, book: Book) -> None:
    book.freeze(None, [frozen(1), frozen(2)], now=NOW)
    with pytest.raises(IntegrityError, match="line"), store.writing() as connection:
        connection.execute(SECOND, {"live": True})


def test_a_line_that_has_ended_may_stand_beside_it(store: Store, book: Book) -> None:
    book.freeze(None, [frozen(1), frozen(2)], now=NOW)
    with store.writing() as connection:
        connection.execute(SECOND, {"live": False})


def test_a_key_that_another_message_had_is_freed_of_one_sent_once_more_on_a_guess(
    store: Store, book: Book, outbox: StoredOutbox
) -> None:
    """The journal knows that a later message had the key: so nothing of the first had arrived."""
    book.freeze(None, [frozen(1)], now=NOW)
    (taken,) = claim(outbox)
    answer(outbox, taken, Unknown(stage="data", evidence=""))
    guess = Word(message_id=1, attempt=1, choice=SEND_AGAIN, person="Ana", at=NOW)
    book.resolve(guess, now=NOW, presented=unsaid)
    later = Lost(
        id=7,
        attempt=1,
        outcome=Accepted(provider_id="p"),
        at=NOW,
        token="a" * 32,
        debtor="D0",
        channel="email",
        created_at=NOW,
        cases=(CASE,),
    )
    with store.writing() as connection:
        rebuild(connection, [later], last=7, told={}, now=NOW, day_of=day_of, presented=unsaid)
    assert states(book) == {1: "failed", 7: "sent"}
    assert verify(store.path).first_fault is None
