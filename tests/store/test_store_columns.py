"""Whole tables by columns say what the rows say, one by one, through the driver."""

import sqlite3
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from sqlalchemy import update

from dispatcher.model.tables import FRAMES, Columns
from dispatcher.store import columns as by_columns
from dispatcher.store.book import Book
from dispatcher.store.columns import read_columns
from dispatcher.store.frames import read
from dispatcher.store.outbox import StoredOutbox
from dispatcher.store.tables import line, message
from tests.store.store_samples import DAY, NOW, claim, debtors, frozen, invoice, invoices, rows


COLUMNS: Columns = {
    "id": "Int64",
    "said": "String",
    "amount": "Int64",
    "live": "Boolean",
    "day": "Date",
}
TABLE = (
    "CREATE TABLE thing (id INTEGER PRIMARY KEY, said TEXT, amount BIGINT, live BOOLEAN, day DATE)"
)
LARGEST = 2**63 - 1

texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.sampled_from(["", '"', "\\", '\\"', "[]", "null", "\0", "a\nb", "\x1f", "é\u2028𝄞", "'"]),
)
cells = st.tuples(
    st.none() | texts,
    st.none() | st.integers(-LARGEST - 1, LARGEST),
    st.none() | st.booleans(),
    st.none() | st.dates(),
)


def both(given_rows: list[tuple[object, ...]], ids: list[int]) -> tuple[pl.DataFrame, pl.DataFrame]:
    driver = sqlite3.connect(":memory:")
    driver.execute(TABLE)
    numbered = [
        (number, *row[:-1], row[-1].isoformat() if isinstance(row[-1], date) else None)
        for number, row in zip(ids, given_rows, strict=True)
    ]
    driver.executemany("INSERT INTO thing VALUES (?, ?, ?, ?, ?)", numbered)
    chosen = {name: f"t.{name}" for name in COLUMNS}
    whole = read_columns(
        driver, "thing AS t", chosen, list(COLUMNS.values()), last=max(ids, default=0)
    )
    query = f"SELECT {', '.join(COLUMNS)} FROM thing ORDER BY id"
    return whole, read(driver, query, COLUMNS)


@settings(deadline=None)
@given(given_rows=st.lists(cells, max_size=12))
def test_columns_and_rows_say_the_same(given_rows: list[tuple[object, ...]]) -> None:
    whole, row_by_row = both(given_rows, [*range(1, len(given_rows) + 1)])
    assert_frame_equal(whole, row_by_row)


@pytest.mark.parametrize(
    "ids",
    [[], [1], [3, 4], [4, 5], [1, 3, 4, 7, 9, 30], [28, 29, 30]],
    ids=["none", "one", "to the edge", "over the edge", "with gaps", "behind empty ranges"],
)
def test_ranges_of_ids_are_put_together_in_order(
    monkeypatch: pytest.MonkeyPatch, ids: list[int]
) -> None:
    monkeypatch.setattr(by_columns, "RANGE", 4)
    whole, row_by_row = both([(f"n{n}", n, True, DAY) for n in ids], ids)
    assert whole["id"].to_list() == ids
    assert_frame_equal(whole, row_by_row)


def test_a_condition_may_itself_be_an_alternative() -> None:
    driver = sqlite3.connect(":memory:")
    driver.execute(TABLE)
    driver.executemany("INSERT INTO thing (id) VALUES (?)", [(1,), (2,), (3,)])
    found = read_columns(
        driver, "thing AS t", {"id": "t.id"}, ["Int64"], last=2, where="t.id = 1 OR t.id = 3"
    )
    assert found["id"].to_list() == [1]


def test_all_debtors_by_columns_and_each_by_rows_are_the_same(
    book: Book, outbox: StoredOutbox
) -> None:
    credit = {"debtor": "D1", "number": 'A"\\1', "amount": 5, "digest": "a"}
    book.take(
        {
            "debtors": debtors(),
            "invoices": invoice("N1", debtor="D2", extra='{"a": "é\\n"}', issued=None),
            "credits": rows("credits", credit),
        },
        source="other",
        kind="open_items",
        now=NOW,
        day=DAY,
        complete=True,
    )
    book.freeze(None, [frozen(1), frozen(2)], now=NOW)
    claim(outbox, limit=1)
    whole, some = book.frames(), book.frames([1, 2, 3])
    assert whole.keys() == FRAMES.keys()
    assert {name for name, frame in whole.items() if frame.height} >= {"credits", "lines"}
    for name, frame in whole.items():
        assert_frame_equal(frame, some[name])


OLD = DAY - timedelta(days=40)


@pytest.mark.parametrize(
    ("state", "contact_on", "done_on", "kept"),
    [
        ("sent", OLD, OLD, False),
        ("delivered", OLD, OLD, False),
        ("sent", DAY, OLD, True),
        ("sent", None, OLD, True),
        ("sent", OLD, None, True),
        ("sent", OLD, DAY, True),
        ("bounced", OLD, OLD, True),
        ("failed", OLD, OLD, True),
        ("unknown", OLD, OLD, True),
        ("accepted", OLD, OLD, True),
    ],
)
def test_since_a_day_only_contacts_that_came_to_their_end_before_it_are_left_out(
    book: Book, state: str, contact_on: date | None, done_on: date | None, kept: bool
) -> None:
    book.freeze(None, [frozen(1)], now=NOW)
    with book.store.writing() as connection:
        connection.execute(update(message).values(state=state, contact_on=contact_on))
        connection.execute(update(line).values(done_on=done_on))
    found = book.frames(since=DAY)
    assert found["messages"].height == int(kept)
    assert found["lines"].height == book.frames()["messages"].height == 1


def test_since_a_day_lines_of_closed_cases_are_left_out(book: Book) -> None:
    book.freeze(None, [frozen(1), frozen(2)], now=NOW)
    book.take(
        {"debtors": debtors(), "invoices": invoices(1)},
        source="erp",
        kind="open_items",
        now=NOW,
        day=DAY,
        complete=True,
    )
    assert book.frames()["lines"]["invoice_id"].to_list() == [1, 2]
    assert book.frames(since=DAY)["lines"]["invoice_id"].to_list() == [1]
