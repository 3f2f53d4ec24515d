"""Frames into tables, through the driver: a row never passes through SQLAlchemy.

What all rows of a frame have in common is written into the statement: of a file's columns half say
the same on every row, and SQLite takes three times as long for a value that it is given.
"""

import sqlite3
from collections.abc import Iterator
from typing import Final

import polars as pl
from sqlalchemy import Connection, Table

from dispatcher.store.connection import raw


BUFFER: Final = 20_000  # rows that are Python objects at one time
MARK: Final = "?"
DAYS: Final = pl.col(pl.Date).dt.to_string("%Y-%m-%d")


def insert_rows(connection: Connection, table: Table, rows: pl.DataFrame) -> None:
    """Write new rows; the frame's columns are columns of the table, the others get defaults."""
    if rows.is_empty():
        return
    driver = raw(connection)
    words = _words(driver, rows)
    names = ", ".join(f'"{name}"' for name in words)
    statement = f"INSERT INTO {table.name} ({names}) VALUES ({', '.join(words.values())})"  # noqa: S608 - our names, SQLite's own literals
    driver.executemany(statement, _values(rows, words))


def update_rows(connection: Connection, table: Table, rows: pl.DataFrame) -> None:
    """Write the frame's columns into the rows with its `id`s."""
    names = [name for name in rows.columns if name != "id"]
    if rows.is_empty() or not names:
        return
    driver = raw(connection)
    words = _words(driver, rows.select(*names, "id"))
    sets = ", ".join(f'"{name}" = {words[name]}' for name in names)
    statement = f"UPDATE {table.name} SET {sets} WHERE id = ?"  # noqa: S608 - our names, SQLite's own literals
    driver.executemany(statement, _values(rows, words))


def _words(driver: sqlite3.Connection, rows: pl.DataFrame) -> dict[str, str]:
    """How each column stands in the statement: as its only value, or as a mark.

    The last column is always a mark, so that there is one to give.
    """
    *others, last = rows.columns
    return {**{name: _word(driver, rows[name]) for name in others}, last: MARK}


def _word(driver: sqlite3.Connection, column: pl.Series) -> str:
    first = column[0]
    alike = column.null_count() == column.len() if first is None else column.eq_missing(first).all()
    if not alike or (isinstance(first, str) and "\0" in first):  # no literal holds a NUL
        return MARK
    return str(driver.execute("SELECT quote(?)", _given(column[:1])).fetchone()[0])


def _values(rows: pl.DataFrame, words: dict[str, str]) -> Iterator[tuple[object, ...]]:
    """What is given for the marks, row by row."""
    marked = rows.select(name for name, word in words.items() if word == MARK)
    return marked.with_columns(DAYS).iter_rows(buffer_size=BUFFER)


def _given(column: pl.Series) -> tuple[object, ...]:
    return column.to_frame().with_columns(DAYS).row(0)
