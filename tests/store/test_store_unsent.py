"""What is written and has not left, and what it waits for."""

from dataclasses import replace
from datetime import timedelta

from dispatcher.model.message import State
from dispatcher.ports import Accepted
from dispatcher.store.book import Book
from dispatcher.store.outbox import StoredOutbox
from dispatcher.store.unsent import NOTHING_UNSENT, Unsent
from tests.store.store_samples import NOW, answer, claim, frozen


HOUR = timedelta(hours=1)


def test_an_empty_outbox_keeps_nothing_back(book: Book) -> None:
    assert book.unsent(NOW) == NOTHING_UNSENT


def test_approvals_and_hours_are_counted_apart_and_the_soonest_hour_is_told(book: Book) -> None:
    waiting = replace(frozen(1), state=State.AWAITING, needs_approval=("credit_manager",))
    late = [replace(frozen(case), not_before=NOW + case * HOUR) for case in (3, 2)]
    book.freeze(None, [waiting, *late], now=NOW)
    assert book.unsent(NOW) == Unsent(approvals=1, later=2, next_at=NOW + 2 * HOUR)


def test_what_has_left_or_is_out_of_time_is_not_counted(book: Book, outbox: StoredOutbox) -> None:
    book.freeze(None, [frozen(1), replace(frozen(2), not_before=NOW + HOUR)], now=NOW)
    (leaving,) = claim(outbox)
    answer(outbox, leaving, Accepted(provider_id="p1"))
    assert book.unsent(NOW) == Unsent(later=1, next_at=NOW + HOUR)
    assert book.unsent(frozen(2).valid_until + HOUR) == NOTHING_UNSENT
