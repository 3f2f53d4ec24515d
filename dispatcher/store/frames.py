"""The store's tables as typed frames: whole by columns, those of a few debtors row by row."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Final

import polars as pl
from sqlalchemy import Connection

from dispatcher.model.message import NOTHING_REACHED, State
from dispatcher.model.tables import FRAMES, Columns
from dispatcher.ports import Frames
from dispatcher.store.columns import RANGE, read_columns
from dispatcher.store.connection import raw
from dispatcher.store.days import SPOKEN


CHUNK = 100_000  # rows at a time, so that the driver's objects never all exist

#: Debtors whose rows are read at a time where some debtors' are: each time asks anew which
#: messages count, by all lines of late.
DEBTORS: Final = 50_000

#: About half of what is read of a portfolio with a past.
BESIDE: Final = frozenset({"debtors", "lines"})

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

_ENDED: Final = ", ".join(
    f"'{state.value}'" for state in (*sorted(NOTHING_REACHED), State.SENT, State.DELIVERED)
)

#: Columns that are not the table's own.
ELSEWHERE: Final[Mapping[tuple[str, str], str]] = {
    ("debtors", "as_of"): SPOKEN,
    ("invoices", "as_of"): SPOKEN,
    ("lines", "state"): "message.state",
    ("lines", "channel"): "message.channel",
    # Only of what reached nobody it matters to which address it went.
    ("messages", "recipient"): "CASE WHEN t.state IN ('bounced', 'failed') THEN t.recipient END",
    # Of a million messages only the few in hand are asked since when they are.
    ("messages", "planned_on"): f"CASE WHEN t.state NOT IN ({_ENDED}) THEN t.planned_on END",
}

AMONG: Final = "IN (SELECT value FROM json_each(?))"

ONLY: Final[dict[str, str]] = {
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

#: What can still change an answer of a day that looks back to `since`: years of contacts that have
#: come to their end, and steps of cases that are closed, cannot.
COUNTING: Final[dict[str, str]] = {
    "messages": """t.state NOT IN ('sent', 'delivered') OR t.contact_on IS NULL
        OR t.contact_on >= '{since}'
        OR t.id IN (SELECT line.message_id FROM line WHERE line.live AND line.done_on IS NULL
                    UNION ALL SELECT line.message_id FROM line
                    WHERE line.live AND line.done_on >= '{since}')""",
    "lines": "EXISTS (SELECT 1 FROM invoice WHERE invoice.id = t.invoice_id AND invoice.open)",
}

WHOSE: Final[Mapping[str, str]] = {
    "debtors": "t.id",
    "lines": "message.debtor_id",
    "holds": "invoice.debtor_id",
    "sent_back": "invoice.debtor_id",
}


def frames(
    connection: Connection,
    debtor_ids: Sequence[int] | None = None,
    *,
    since: date | None = None,
    between: tuple[int, int] | None = None,
    second: Connection | None = None,
) -> Frames:
    """Every frame of `model.tables.FRAMES`, of these debtors or of all; see `Book.frames`.

    `second` is another connection with the same view: of whole tables half is read on it.
    """
    driver = raw(connection)
    if debtor_ids is not None:
        return {name: _part(driver, name, columns, debtor_ids) for name, columns in FRAMES.items()}
    wanted = {name: _condition(name, since) for name in FRAMES}
    if second is None:
        return _wholes(driver, wanted, between)
    return _in_two_threads(driver, raw(second), wanted, between)


def read(
    driver: sqlite3.Connection, query: str, columns: Columns, values: Sequence[object] = ()
) -> pl.DataFrame:
    """The rows of a query as a frame with these columns, in the query's order."""
    cursor = driver.execute(query, tuple(values))
    parts = [_typed([], columns)]
    while rows := cursor.fetchmany(CHUNK):
        parts.append(_typed(rows, columns))
    return pl.concat(parts) if len(parts) > 1 else parts[0]


def _whole(
    driver: sqlite3.Connection, name: str, condition: str, between: tuple[int, int] | None
) -> pl.DataFrame:
    """The rows for which the condition holds; of some debtors by these, else by their own ids."""
    source, columns = SOURCES[name], FRAMES[name]
    keyed = source if between is None else "debtor"
    last = driver.execute(f"SELECT max(id) FROM {keyed.split()[0]}").fetchone()[0] or 0  # noqa: S608 - our names
    low, high = between or (1, last)
    return read_columns(
        driver,
        source,
        {column: _chosen(name, column) for column in columns},
        list(columns.values()),
        key="t.id" if between is None else WHOSE.get(name, "t.debtor_id"),
        after=low - 1,
        last=min(high, last),
        step=RANGE if between is None else DEBTORS,
        where=condition,
    )


def _wholes(
    driver: sqlite3.Connection, wanted: Mapping[str, str], between: tuple[int, int] | None
) -> Frames:
    """Whole frames by name, each of the rows for which its condition holds."""
    return {name: _whole(driver, name, where, between) for name, where in wanted.items()}


def _in_two_threads(
    driver: sqlite3.Connection,
    second: sqlite3.Connection,
    wanted: Mapping[str, str],
    between: tuple[int, int] | None,
) -> Frames:
    """The same on two connections at once: SQLite works without the interpreter's lock."""
    there = {name: where for name, where in wanted.items() if name in BESIDE}
    here = {name: where for name, where in wanted.items() if name not in BESIDE}
    with ThreadPoolExecutor(max_workers=1) as beside:
        reading = beside.submit(_wholes, second, there, between)
        found = {**_wholes(driver, here, between), **reading.result()}
    return {name: found[name] for name in wanted}


def _condition(name: str, since: date | None) -> str:
    """The condition on rows that still count since that day."""
    if since is None:
        return ONLY.get(name, "")
    return (ONLY | COUNTING).get(name, "").format(since=since.isoformat())


def _part(
    driver: sqlite3.Connection, name: str, columns: Columns, debtor_ids: Sequence[int]
) -> pl.DataFrame:
    conditions = [f"{WHOSE.get(name, 't.debtor_id')} {AMONG}"]
    conditions += [ONLY[name]] if name in ONLY else []
    chosen = ", ".join(_chosen(name, column) for column in columns)
    where = " AND ".join(conditions)
    # Only names of our own tables and columns are put into the text.
    query = f"SELECT {chosen} FROM {SOURCES[name]} WHERE {where} ORDER BY t.id"  # noqa: S608 - our names
    return read(driver, query, columns, [json.dumps(list(debtor_ids))])


def _chosen(name: str, column: str) -> str:
    return ELSEWHERE.get((name, column), f't."{column}"')


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
