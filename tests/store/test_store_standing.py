"""What the book keeps of where cases stand: what changed, with its day, and nothing twice."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import polars as pl
import pytest

from dispatcher.model.tables import FOLLOWED
from dispatcher.store.book import Book
from dispatcher.store.connection import Store
from dispatcher.store.verify import verify
from tests.store.store_samples import DAY, NOW, book_on, frozen, invoices


Row = Mapping[str, object]

PAUSE: Row = {"policy": "b2b", "rule": "stops/pause", "reason": "pause", "on_unknown": False}
PLACED: Row = {"debtor_id": 1, "currency": "EUR", "policy": "b2b", "legal_kind": "business"}


def stands(**tables: Sequence[Row]) -> dict[str, pl.DataFrame]:
    """The frames that a run writes down, from rows."""
    return {
        name: pl.DataFrame(
            list(tables.get(name, ())),
            schema={column: getattr(pl, kind) for column, kind in columns.items()},
        )
        for name, columns in FOLLOWED.items()
    }


def held(*cases: int, **more: object) -> list[Row]:
    return [{"case_id": case, **PAUSE, **more} for case in cases]


def follow(book: Book, days: int, **tables: Sequence[Row]) -> date:
    """A run that many days after the first; its day."""
    book.follow(None, stands(**tables), now=NOW + timedelta(days=days))
    return DAY + timedelta(days=days)


def kept(book: Book, name: str, *columns: str) -> list[tuple[object, ...]]:
    return book.frames()[name].select(columns).rows()


def test_a_stop_is_kept_from_the_run_that_saw_it_to_the_first_that_does_not(book: Book) -> None:
    first = follow(book, 0, holds=held(1))
    follow(book, 1, holds=held(1))
    last = follow(book, 2)
    columns = ("id", "invoice_id", "rule", "reason", "on_unknown", "began_on", "ended_on")
    assert kept(book, "holds", *columns) == [
        (1, 1, "stops/pause", "pause", False, first, last),
    ]


def test_unknown_and_true_are_two_stops(book: Book) -> None:
    first = follow(book, 0, holds=held(1, on_unknown=True))
    then = follow(book, 1, holds=held(1))
    columns = ("on_unknown", "began_on", "ended_on")
    assert kept(book, "holds", *columns) == [(True, first, then), (False, then, None)]


def test_one_that_comes_back_is_another(book: Book) -> None:
    for day, cases in enumerate([(1,), (), (1,)]):
        follow(book, day, holds=held(*cases))
    assert kept(book, "holds", "id", "ended_on") == [(1, DAY + timedelta(days=1)), (2, None)]


def test_the_stops_of_a_settled_case_end(book: Book) -> None:
    follow(book, 0, holds=held(1, 2))
    book.take(
        {"invoices": invoices(6).slice(1)},
        source="erp",
        kind="open_items",
        now=NOW,
        day=DAY,
        complete=True,
    )
    follow(book, 1, holds=held(2))
    assert kept(book, "holds", "invoice_id") == [(2,)]  # of open cases only
    with book.store.reading() as connection:
        ended = connection.exec_driver_sql("SELECT invoice_id, ended_on FROM hold").fetchall()
    assert ended == [(1, str(DAY + timedelta(days=1))), (2, None)]


def test_a_run_that_says_the_same_writes_nothing(book: Book) -> None:
    same = {"holds": held(1, 2), "placements": [PLACED]}
    follow(book, 0, **same)
    before = verify(book.store.path).records
    follow(book, 1, **same)
    assert verify(book.store.path).records == before


def test_a_step_to_do_again_is_kept_once_per_line(book: Book) -> None:
    book.freeze(None, [frozen(1)], now=NOW)
    again = [{"case_id": 1, "line_id": 1, "step": "second", "to_step": "reminder"}]
    first = follow(book, 0, sent_back=again)
    follow(book, 1, sent_back=again)
    columns = ("id", "invoice_id", "line_id", "step", "to_step", "day")
    assert kept(book, "sent_back", *columns) == [(1, 1, 1, "second", "reminder", first)]


def test_an_account_has_its_policy_since_the_day_it_changed(book: Book) -> None:
    columns = ("debtor_id", "policy", "since", "settled_on")
    first = follow(book, 0, placements=[PLACED])
    follow(book, 1, placements=[PLACED])
    assert kept(book, "placements", *columns) == [(1, "b2b", first, None)]
    moved = follow(book, 2, placements=[{**PLACED, "policy": "small"}])
    assert kept(book, "placements", *columns) == [(1, "small", moved, None)]
    settled = follow(book, 3)
    assert kept(book, "placements", *columns) == [(1, "small", moved, settled)]
    follow(book, 4)
    assert kept(book, "placements", *columns) == [(1, "small", moved, settled)]
    follow(book, 5, placements=[{**PLACED, "policy": "small"}])
    assert kept(book, "placements", *columns) == [(1, "small", moved, None)]


def test_accounts_are_apart_by_debtor_and_currency(book: Book) -> None:
    others = [{**PLACED, "currency": "USD"}, {**PLACED, "debtor_id": 2}]
    follow(book, 0, placements=[PLACED, *others])
    found = kept(book, "placements", "debtor_id", "currency", "settled_on")
    assert found == [(1, "EUR", None), (1, "USD", None), (2, "EUR", None)]
    assert book.frames([2])["placements"]["debtor_id"].to_list() == [2]


def test_all_of_it_is_told_to_the_trail(book: Book) -> None:
    book.freeze(None, [frozen(1)], now=NOW)
    again = [{"case_id": 1, "line_id": 1, "step": "second", "to_step": "reminder"}]
    follow(book, 0, holds=held(1, 2), placements=[PLACED])
    follow(book, 1, holds=held(2), sent_back=again, placements=[{**PLACED, "policy": "small"}])
    follow(book, 2)
    found = verify(book.store.path)
    assert found.first_fault is None


def test_many_changes_are_few_records(store: Store) -> None:
    book = book_on(store)
    many = held(1, 2, 3, 4, 5, 6)
    before = verify(store.path).records
    rules = [{**row, "rule": f"stops/{n}"} for n in range(200) for row in many]
    follow(book, 0, holds=rules)
    assert verify(store.path).records == before + 3  # 500 to a record
    assert verify(store.path).first_fault is None


def test_a_frame_that_is_missing_is_refused(book: Book) -> None:
    with pytest.raises(ValueError, match="placements"):
        book.follow(None, {"holds": pl.DataFrame(), "sent_back": pl.DataFrame()}, now=NOW)


def test_payments_are_settled_invoices_of_those_who_owe(book: Book) -> None:
    assert book.frames()["payments"].is_empty()
    for day, left in enumerate([(1, 6), (2, 5)]):
        book.take(
            {"invoices": invoices(6).slice(*left)},
            source="erp",
            kind="open_items",
            now=NOW,
            day=DAY + timedelta(days=day),
            complete=True,
        )
    # F0 and F1 are settled; their debtors D0 and D1 owe F3 and F4.
    assert kept(book, "payments", "id", "debtor_id", "closed_on") == [
        (1, 1, DAY),
        (2, 2, DAY + timedelta(days=1)),
    ]
    assert book.frames([2])["payments"]["id"].to_list() == [2]
    book.begin_run(kind="run", day=DAY + timedelta(days=732), now=NOW)
    assert kept(book, "payments", "id") == [(2,)]  # two years before the latest run


def test_the_guard_sees_what_stands(store: Store) -> None:
    follow(book_on(store), 0, holds=held(1, 2), placements=[PLACED])
    seen = book_on(store).frames([1])
    assert seen["holds"]["invoice_id"].to_list() == [1]
