"""The history of items enters the book when an item is first taken in, and never again."""

from datetime import date, timedelta

import polars as pl

from dispatcher.store.book import Book
from dispatcher.store.connection import Store
from dispatcher.store.verify import verify
from tests.store.store_samples import DAY, NOW, debtors, invoice, rows


BEFORE = date(2026, 4, 20)


def import_(book: Book, *numbers: str, step: str = "reminder", day: date = BEFORE) -> None:
    told = {"last_step": step, "last_step_on": day, "last_contact_on": day, "source": "erp"}
    history = [{"number": number, "term": 1, "row": 2, **told} for number in numbers]
    kinds = rows("history", *history)
    book.take(
        {
            "debtors": debtors(),
            "invoices": pl.concat([invoice(number) for number in numbers]),
            "history": kinds,
        },
        source="erp",
        kind="open_items",
        now=NOW,
        day=DAY,
        complete=True,
    )


def events(book: Book) -> list[tuple[str, int | None, date, str]]:
    frame = book.frames()["events"]
    return frame.select("kind", "invoice_id", "day", "detail").rows()


def test_a_history_enters_once_with_its_item(book: Book, store: Store) -> None:
    import_(book, "N1")
    new = book.case_id("N1")
    assert events(book) == [
        ("taken_over", new, BEFORE, "reminder"),
        ("contacted", None, BEFORE, ""),
    ]
    import_(book, "N1", step="second-reminder", day=BEFORE + timedelta(days=3))
    assert len(events(book)) == 2
    assert verify(store.path).first_fault is None


def test_an_item_that_the_book_knew_before_has_its_own_history(book: Book) -> None:
    assert book.case_id("F1") is not None
    import_(book, "F1")
    assert events(book) == []


def test_an_item_that_comes_back_is_not_new(book: Book) -> None:
    import_(book, "N1")
    import_(book, "N2")  # N1 is settled
    import_(book, "N1", step="second-reminder", day=BEFORE + timedelta(days=3))
    steps = [row for row in events(book) if row[0] == "taken_over"]
    assert [row[3] for row in steps] == ["reminder", "reminder"]


def test_items_of_a_debtor_tell_of_one_contact(book: Book) -> None:
    import_(book, "N1", "N2", "N3")
    assert [row[0] for row in events(book)].count("contacted") == 1
    assert [row[0] for row in events(book)].count("taken_over") == 3


def test_an_item_whose_debtor_is_unknown_has_no_history(book: Book) -> None:
    told = {"number": "N9", "term": 1, "last_step": "reminder", "last_step_on": BEFORE}
    book.take(
        {"invoices": invoice("N9", debtor="nobody"), "history": rows("history", told)},
        source="erp",
        kind="open_items",
        now=NOW,
        day=DAY,
        complete=False,
    )
    assert events(book) == []
