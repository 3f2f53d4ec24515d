"""Frames into tables: what all rows share comes back as what differs from row to row does."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import polars as pl
import pytest
from sqlalchemy import Connection, delete

from dispatcher.model.settings import Environment
from dispatcher.store.connection import Store, raw
from dispatcher.store.open import create_store
from dispatcher.store.rows import insert_rows, update_rows
from dispatcher.store.tables import debtor


NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
TEXTS = ["", "O'Neil", 'a"b', "'); DROP TABLE debtor; --", "?", ":x", "a\0b", "é\n\u202f\\", "NULL"]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path = tmp_path_factory.mktemp("rows") / "book.sqlite"
    store = create_store(path, environment=Environment.SANDBOX, now=NOW)
    yield store
    store.close()


@pytest.fixture
def writing(opened: Store) -> Iterator[Connection]:
    with opened.writing() as connection:
        connection.execute(delete(debtor))
        yield connection


def stored(connection: Connection) -> list[tuple[object, ...]]:
    query = "SELECT id, reference, name, city, as_of, row FROM debtor ORDER BY id"
    return raw(connection).execute(query).fetchall()


def rows(count: int, text: str, day: date | None, number: int | None) -> pl.DataFrame:
    types = {"name": pl.String, "as_of": pl.Date, "row": pl.Int64}
    same = {"name": [text] * count, "as_of": [day] * count, "row": [number] * count}
    return pl.DataFrame(same, schema=types).select(
        pl.int_range(1, count + 1).alias("id"),
        pl.format("C{}", pl.int_range(count)).alias("reference"),
        "name",
        pl.col("name").alias("city"),
        "as_of",
        "row",
    )


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("day", [None, date(2026, 11, 17)], ids=["no-day", "a-day"])
@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_a_value_that_all_rows_share_is_stored_as_itself(
    writing: Connection, text: str, day: date | None, count: int
) -> None:
    insert_rows(writing, debtor, rows(count, text, day, 7))
    told = None if day is None else day.isoformat()
    expected = [(n + 1, f"C{n}", text, text, told, 7) for n in range(count)]
    assert stored(writing) == expected
    changed = rows(count, f"{text}'", None, None).select("id", "name", "as_of", "row")
    update_rows(writing, debtor, changed)
    assert stored(writing) == [
        (one, ref, f"{text}'", city, None, None) for one, ref, _, city, _, _ in expected
    ]


def test_a_column_in_which_one_row_differs_is_stored_row_by_row(writing: Connection) -> None:
    named = rows(3, "a", None, None).with_columns(
        name=pl.Series(["a", "a", "b"]), row=pl.Series([None, 1, None]), city=pl.lit("x")
    )
    insert_rows(writing, debtor, named)
    assert [(name, row) for _, _, name, _, _, row in stored(writing)] == [
        ("a", None),
        ("a", 1),
        ("b", None),
    ]


def test_rows_without_anything_to_write_change_nothing(writing: Connection) -> None:
    insert_rows(writing, debtor, rows(0, "", None, None))
    update_rows(writing, debtor, rows(2, "", None, None).select("id"))
    assert stored(writing) == []
