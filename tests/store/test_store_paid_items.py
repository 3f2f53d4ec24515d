"""Invoices of the past: they tell how debtors pay, and never open or close a case."""

from datetime import date, timedelta

import polars as pl

from dispatcher.store.book import Book
from dispatcher.store.connection import Store
from dispatcher.store.taking import TakenCounts
from dispatcher.store.verify import verify
from tests.store.store_samples import DAY, NOW, debtors, invoice, rows


PAID = date(2026, 3, 14)


def opens(book: Book, *numbers: str) -> None:
    book.take(
        {"debtors": debtors(), "invoices": pl.concat([invoice(number) for number in numbers])},
        source="erp",
        kind="open_items",
        now=NOW,
        day=DAY,
        complete=True,
    )


def tells(book: Book, *numbers: str, debtor: str = "D0", on: date = PAID) -> TakenCounts:
    told = {"term": 1, "debtor": debtor, "currency": "EUR", "due": PAID - timedelta(days=5)}
    paid = [
        {**told, "number": number, "settled_on": on, "source": "ledger", "row": place}
        for place, number in enumerate(numbers, start=2)
    ]
    return book.take(
        {"paid": rows("paid", *paid)},
        source="ledger",
        kind="paid_items",
        now=NOW,
        day=DAY,
        complete=True,
    )


def payments(book: Book) -> dict[int, date]:
    return dict(book.frames()["payments"].select("id", "closed_on").iter_rows())


def case(book: Book, number: str) -> int:
    found = book.case_id(number)
    assert found is not None
    return found


def test_a_paid_invoice_is_a_payment_and_no_case(book: Book, store: Store) -> None:
    opens(book, "N1")
    before = book.open_items()
    counts = tells(book, "P1", "P2")
    assert (counts.paid.new, counts.paid.unchanged) == (2, 0)
    assert book.open_items() == before
    assert {payments(book)[case(book, number)] for number in ("P1", "P2")} == {PAID}
    assert verify(store.path).first_fault is None


def test_what_is_open_stays_open_whoever_says_it_was_paid(book: Book) -> None:
    opens(book, "N1")
    counts = tells(book, "N1")
    assert (counts.paid.new, counts.paid.unchanged) == (0, 1)
    assert "N1" in book.frames()["invoices"]["number"].to_list()


def test_a_closed_case_gets_the_day_on_which_it_was_paid(book: Book) -> None:
    opens(book, "N1", "N2")
    opens(book, "N2")
    closed = case(book, "N1")
    assert payments(book)[closed] == DAY
    assert tells(book, "N1").paid.changed == 1
    assert payments(book)[closed] == PAID
    assert tells(book, "N1").paid.unchanged == 1


def test_a_paid_invoice_that_is_open_again_is_a_case(book: Book) -> None:
    opens(book, "N1")
    tells(book, "P1")
    opens(book, "N1", "P1")
    assert "P1" in book.frames()["invoices"]["number"].to_list()


def test_a_row_of_nobody_we_know_is_told(book: Book) -> None:
    opens(book, "N1")
    assert tells(book, "P1", debtor="C999").without_debtor == (2,)
