"""Invoices of the past: how debtors paid, for whoever looks at their habits."""

from dataclasses import dataclass

import polars as pl
from sqlalchemy import Connection

from dispatcher.store.connection import raw
from dispatcher.store.frames import read
from dispatcher.store.numbers import ids
from dispatcher.store.rows import insert_rows, update_rows
from dispatcher.store.tables import invoice


KEY = ["number", "term"]

_KNOWN = {"number": "String", "term": "Int64", "id": "Int64", "open": "Boolean", "was": "Date"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """Rows of one file: written, known with another day of payment, left as they are."""

    new: int = 0
    dated: int = 0
    left: int = 0


def paid_items(connection: Connection, rows: pl.DataFrame) -> Paid:
    """Write invoices of the past as closed on the day of their payment; open ones stay open.

    An invoice that an export of open items closed gets the day on which it was really paid.
    """
    if rows.is_empty():
        return Paid()
    query = 'SELECT number, term, id, "open", closed_on FROM invoice'
    known = read(raw(connection), query, _KNOWN)
    seen = rows.join(known, on=KEY, how="left", maintain_order="left")
    new = seen.filter(pl.col("id").is_null()).drop("id", "open", "was")
    dated = seen.filter(~pl.col("open"), pl.col("was").ne_missing(pl.col("settled_on")))
    _insert(connection, new)
    update_rows(connection, invoice, dated.select("id", closed_on="settled_on"))
    left = rows.height - new.height - dated.height
    return Paid(new=new.height, dated=dated.height, left=left)


def _insert(connection: Connection, rows: pl.DataFrame) -> None:
    if rows.is_empty():
        return
    first = next(ids(connection, invoice))
    insert_rows(
        connection,
        invoice,
        rows.rename({"settled_on": "closed_on"}).with_columns(
            id=pl.int_range(pl.len()) + first,
            balance=pl.lit(0, dtype=pl.Int64),
            extra=pl.lit("{}"),
            open=pl.lit(value=False),
        ),
    )
