"""The store's tables as typed frames, through the driver: a million rows in seconds."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl
from sqlalchemy import Connection

from dispatcher.model.tables import FRAMES, Columns
from dispatcher.ports import Frames
from dispatcher.store.connection import raw


CHUNK = 100_000  # rows at a time, so that the driver's objects never all exist

#: Where each frame's rows come from; `message` stands for the message of a line.
SOURCES: Final[Mapping[str, str]] = {
    "debtors": "debtor AS t",
    "invoices": "invoice AS t",
    "credits": "credit AS t",
    "events": "event AS t",
    "messages": "message AS t",
    "lines": "line AS t JOIN message ON message.id = t.message_id",
    "tasks": "task AS t",
    "holds": "hold AS t JOIN invoice ON invoice.id = t.invoice_id",
    "sent_back": "sent_back AS t JOIN invoice ON invoice.id = t.invoice_id",
    "placements": "placement AS t",
    "payments": "invoice AS t",
}

#: Columns that are not the table's own.
ELSEWHERE: Final[Mapping[tuple[str, str], str]] = {
    ("lines", "state"): "message.state",
    ("lines", "channel"): "message.channel",
}

AMONG: Final = "IN (SELECT value FROM json_each(?))"

ONLY: Final[Mapping[str, str]] = {
    "invoices": "t.open",
    "credits": "t.open",
    "holds": "invoice.open",
    "sent_back": "invoice.open",
    # Who owes nothing is asked nothing; the days are cut once more where today is known.
    "payments": """NOT t.open
        AND t.closed_on >= coalesce((SELECT date(max(day), '-2 years') FROM run), '')
        AND EXISTS (SELECT 1 FROM invoice AS other WHERE other.debtor_id = t.debtor_id
                    AND other.open)""",
}

WHOSE: Final[Mapping[str, str]] = {
    "debtors": "t.id",
    "lines": "message.debtor_id",
    "holds": "invoice.debtor_id",
    "sent_back": "invoice.debtor_id",
}


def frames(connection: Connection, debtor_ids: Sequence[int] | None = None) -> Frames:
    """Every frame of `model.tables.FRAMES`, of these debtors or of all."""
    driver = raw(connection)
    return {name: _frame(driver, name, columns, debtor_ids) for name, columns in FRAMES.items()}


def read(
    driver: sqlite3.Connection, query: str, columns: Columns, values: Sequence[object] = ()
) -> pl.DataFrame:
    """The rows of a query as a frame with these columns, in the query's order."""
    cursor = driver.execute(query, tuple(values))
    parts = [_typed([], columns)]
    while rows := cursor.fetchmany(CHUNK):
        parts.append(_typed(rows, columns))
    return pl.concat(parts) if len(parts) > 1 else parts[0]


def _frame(
    driver: sqlite3.Connection, name: str, columns: Columns, debtor_ids: Sequence[int] | None
) -> pl.DataFrame:
    chosen = ", ".join(ELSEWHERE.get((name, column), f't."{column}"') for column in columns)
    conditions = [ONLY[name]] if name in ONLY else []
    values: list[object] = []
    if debtor_ids is not None:
        whose = WHOSE.get(name, "t.debtor_id")
        conditions.append(f"{whose} {AMONG}")
        values.append(json.dumps(list(debtor_ids)))
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    # Only names of our own tables and columns are put into the text.
    query = f"SELECT {chosen} FROM {SOURCES[name]} {where} ORDER BY t.id"  # noqa: S608 - our names
    return read(driver, query, columns, values)


def _typed(rows: Sequence[tuple[object, ...]], columns: Columns) -> pl.DataFrame:
    cells = zip(*rows, strict=True) if rows else (() for _ in columns)
    return pl.DataFrame(
        [
            _series(name, word, values)
            for (name, word), values in zip(columns.items(), cells, strict=True)
        ]
    )


def _series(name: str, word: str, values: Sequence[object]) -> pl.Series:
    if word == "Date":
        return pl.Series(name, values, dtype=pl.String).str.to_date("%Y-%m-%d")
    if word == "Boolean":
        return pl.Series(name, values, dtype=pl.Int64).cast(pl.Boolean)
    return pl.Series(name, values, dtype=getattr(pl, word))
