"""An unchanged file writes next to nothing, and each row still says which day it speaks of."""

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl
import pytest

from dispatcher.store.book import Book
from dispatcher.store.connection import raw
from dispatcher.store.taking import Counts, TakenCounts, take
from tests.store.store_samples import DAY, DEBTORS, NOW, debtors, invoice, invoices


NEXT = DAY + timedelta(days=1)
LATER = DAY + timedelta(days=2)


def on(frame: pl.DataFrame, day: date, source: str = "erp") -> pl.DataFrame:
    return frame.with_columns(as_of=pl.lit(day), source=pl.lit(source))


def taken(
    book: Book, items: pl.DataFrame, people: pl.DataFrame, *, source: str = "erp"
) -> tuple[TakenCounts, int]:
    """What an import did, and how many rows it wrote, its record in the trail not counted."""
    with book.store.writing() as connection:
        before = raw(connection).total_changes
        counts = take(
            connection,
            {"debtors": people, "invoices": items},
            source=source,
            kind="open_items",
            now=NOW,
            day=DAY,
            complete=True,
        )
        return counts, raw(connection).total_changes - before - 1


def days(book: Book, table: str = "invoices") -> Sequence[date]:
    return book.frames()[table].sort("id")["as_of"].to_list()


@pytest.mark.parametrize("cases", [6, 600])
def test_an_unchanged_file_of_another_day_writes_as_much_for_few_rows_as_for_many(
    book: Book, cases: int
) -> None:
    taken(book, invoices(cases), debtors())
    counts, written = taken(book, on(invoices(cases), NEXT), on(debtors(), NEXT))
    assert counts.invoices == Counts(unchanged=cases)
    assert written == 2  # the source's day: out and in
    assert set(days(book)) == set(days(book, "debtors")) == {NEXT}
    assert book.frames([1])["invoices"]["as_of"].unique().to_list() == [NEXT]


def test_the_same_file_of_the_same_day_writes_nothing(book: Book) -> None:
    assert taken(book, invoices(6), debtors())[1] == 0


def test_only_the_row_with_another_digest_is_rewritten(book: Book) -> None:
    moved = pl.concat([invoices(5), invoice("F5", debtor="D2", balance=40)])
    counts, written = taken(book, on(moved, NEXT), on(debtors(), NEXT))
    assert counts.invoices == Counts(changed=1, unchanged=5)
    assert written == 3
    assert set(days(book)) == {NEXT}
    assert book.frames()["invoices"].sort("id")["balance"].to_list() == [100] * 5 + [40]


def test_a_row_that_its_source_leaves_out_keeps_its_day(book: Book) -> None:
    taken(book, on(invoices(6), NEXT), on(debtors(DEBTORS - 1), NEXT))
    taken(book, on(invoices(6), LATER), on(debtors(DEBTORS - 1), LATER))
    assert days(book, "debtors") == [LATER, LATER, DAY]


def test_a_row_that_comes_back_is_of_the_day_on_which_it_came_back(book: Book) -> None:
    taken(book, on(invoices(6), NEXT), on(debtors(DEBTORS - 1), NEXT))
    taken(book, on(invoices(6), LATER), on(debtors(), LATER))
    assert days(book, "debtors") == [LATER] * DEBTORS


def test_a_row_left_out_on_the_same_day_keeps_that_day_when_the_next_file_comes(
    book: Book,
) -> None:
    taken(book, invoices(6), debtors(DEBTORS - 1))
    taken(book, on(invoices(6), NEXT), on(debtors(DEBTORS - 1), NEXT))
    assert days(book, "debtors") == [NEXT, NEXT, DAY]


def test_a_closed_invoice_that_is_open_again_is_of_the_day_that_opens_it(book: Book) -> None:
    counts, _ = taken(book, on(invoices(5), NEXT), on(debtors(), NEXT))
    assert counts.invoices == Counts(unchanged=5, closed=1)
    counts, _ = taken(book, on(invoices(6), LATER), on(debtors(), LATER))
    assert counts.invoices == Counts(unchanged=5, reopened=1)
    assert days(book) == [LATER] * 6


def test_rows_with_a_day_of_their_own_keep_it_beside_the_files(book: Book) -> None:
    mixed = pl.concat([on(invoices(5), NEXT), on(invoice("F5", debtor="D2"), LATER)])
    taken(book, mixed, on(debtors(), NEXT))
    assert days(book) == [NEXT] * 5 + [LATER]
    counts, written = taken(book, mixed, on(debtors(), NEXT))
    assert (counts.invoices, written) == (Counts(unchanged=6), 0)


def test_a_row_that_another_source_tells_unchanged_speaks_of_that_sources_day(book: Book) -> None:
    taken(book, on(invoice("G0"), NEXT, "crm"), on(debtors(1), NEXT, "crm"), source="crm")
    assert days(book, "debtors") == [NEXT, DAY, DAY]
    taken(book, on(invoices(6), LATER), on(debtors(DEBTORS), LATER).tail(2))
    assert days(book, "debtors") == [NEXT, LATER, LATER]
    assert days(book) == [LATER] * 6 + [NEXT]


def test_a_source_that_moves_does_not_move_the_rows_of_another(book: Book) -> None:
    taken(book, on(invoice("G0"), LATER, "crm"), on(debtors(0), LATER), source="crm")
    assert days(book) == [DAY] * 6 + [LATER]


def test_a_row_under_another_sources_name_has_its_own_day(book: Book) -> None:
    taken(book, on(invoice("G0"), NEXT, "crm"), on(debtors(0), NEXT), source="import")
    assert days(book) == [DAY] * 6 + [NEXT]
