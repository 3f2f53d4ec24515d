"""An event is answered once for ever, unless it is proven that the answer reached nobody."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from dispatcher.model.event import EventKind
from dispatcher.ports import Rejected, Unknown
from dispatcher.store.connection import Store
from dispatcher.store.events import NewEvent
from dispatcher.store.tables import message
from dispatcher.store.verify import verify
from tests.store.store_samples import (
    DAY,
    NOW,
    PLAIN,
    answer,
    book_on,
    claim,
    filled,
    outbox_on,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """One debtor has opened a dispute."""
    opened = filled(tmp_path)
    dispute = NewEvent(
        source="person",
        reference="one",
        kind=EventKind.DISPUTE_OPENED,
        debtor_id=1,
        invoice_id=1,
        day=DAY,
    )
    assert book_on(opened).record_event(dispute, now=NOW) == 1
    yield opened
    opened.close()


REPLY = replace(PLAIN, debtor_id=1, lines=(), event_id=1)


def asked(store: Store) -> list[int]:
    found = book_on(store).unanswered(since=NOW - timedelta(days=7))
    return [each.event_id for each in found]


def test_two_answers_to_one_event_are_never_written(store: Store) -> None:
    assert book_on(store).freeze(None, [REPLY, REPLY], now=NOW) == [1, None]
    assert book_on(store).freeze(None, [REPLY], now=NOW) == [None]
    assert asked(store) == []


def test_the_database_itself_refuses_the_second(store: Store) -> None:
    book_on(store).freeze(None, [REPLY], now=NOW)
    with store.reading() as connection:
        row = dict(connection.execute(select(message)).mappings().one())
    with store.writing() as connection, pytest.raises(IntegrityError):
        connection.execute(insert(message).values({**row, "id": 9}))


def test_an_answer_that_may_have_left_is_never_given_again(store: Store) -> None:
    book, outbox = book_on(store), outbox_on(store)
    book.freeze(None, [REPLY], now=NOW)
    answer(outbox, claim(outbox)[0], Unknown(stage="data", evidence="lost"))
    assert asked(store) == []
    assert book.freeze(None, [REPLY], now=NOW) == [None]


def test_one_that_reached_nobody_is_given_again(store: Store) -> None:
    book, outbox = book_on(store), outbox_on(store)
    book.freeze(None, [REPLY], now=NOW)
    answer(outbox, claim(outbox)[0], Rejected(code="550", evidence="no such user"))
    assert asked(store) == [1]
    assert book.freeze(None, [REPLY], now=NOW) == [2]


def test_an_event_recorded_too_long_ago_is_not_looked_at(store: Store) -> None:
    assert asked(store) == [1]
    assert book_on(store).unanswered(since=NOW + timedelta(seconds=1)) == ()


def test_the_trail_knows_what_was_answered(store: Store, tmp_path: Path) -> None:
    book_on(store).freeze(None, [REPLY], now=NOW)
    path = next(tmp_path.glob("*.sqlite"))
    assert verify(path).first_fault is None
    with store.writing() as connection:
        connection.execute(message.update().values(event_id=None))
    found = verify(path).first_fault
    assert found is not None
    assert (found.code, found.fields) == ("store/trail-disagrees", {"table": "answer"})
