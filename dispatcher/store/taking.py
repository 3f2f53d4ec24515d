"""What came in, into the book: rows by digest, unchanged ones not rewritten, absent ones closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

import polars as pl
from sqlalchemy import Connection, Table

from dispatcher.model.tables import TAKEN, Columns
from dispatcher.store.columns import read_columns
from dispatcher.store.connection import raw
from dispatcher.store.days import Days
from dispatcher.store.numbers import ids, last_id
from dispatcher.store.paid_items import Paid, paid_items
from dispatcher.store.payments import OWED, Payments
from dispatcher.store.rows import insert_rows, update_rows
from dispatcher.store.tables import credit, debtor, invoice
from dispatcher.store.take_over import of_new_items, take_over
from dispatcher.store.trail import Entry, append


if TYPE_CHECKING:
    from dispatcher.model.record import Content


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Rows of one kind: what the file did to the book.

    `new`, `changed`, `reopened` and `unchanged` are rows of the file, `closed` are rows of the
    book that the file no longer names.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    reopened: int = 0
    closed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenCounts:
    """What an import did. `without_debtor` are rows of the file that name an unknown debtor."""

    debtors: Counts = Counts()
    invoices: Counts = Counts()
    credits: Counts = Counts()
    paid: Counts = Counts()
    without_debtor: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    table: Table
    key: tuple[str, ...]
    closes: bool  # a row that its source no longer names is settled


KINDS: Final[Mapping[str, _Kind]] = {
    "debtors": _Kind(table=debtor, key=("reference",), closes=False),
    "invoices": _Kind(table=invoice, key=("number", "term"), closes=True),
    "credits": _Kind(
        table=credit, key=("debtor_id", "number", "invoice_number", "ordinal"), closes=True
    ),
}

#: What a complete source of that kind (`SourceKind`) is complete about.
COMPLETE_FOR: Final[Mapping[str, frozenset[str]]] = {
    "debtors": frozenset(),
    "open_items": frozenset({"invoices", "credits"}),
    "credits": frozenset({"credits"}),
    "paid_items": frozenset(),
}


def take(
    connection: Connection,
    taken: Mapping[str, pl.DataFrame],
    *,
    source: str,
    kind: str,
    now: datetime,
    day: date,
    complete: bool,
    refused: Sequence[tuple[str, int]] = (),
    file_digest: str = "",
) -> TakenCounts:
    """Write the frames in one transaction with their record; see `Book.take`."""
    closing = COMPLETE_FOR[kind] if complete else frozenset()
    counts: dict[str, Counts] = {}
    orphans: list[int] = []
    history = of_new_items(connection, taken.get("history"))
    days, paid = Days.of(connection, source, taken), Payments()
    for name, of in KINDS.items():
        rows = taken.get(name)
        rows = _empty(TAKEN[name]) if rows is None else rows
        rows = rows.with_columns(pl.col(pl.String).fill_null(""))
        if name != "debtors":
            rows, lost = _with_debtor_ids(connection, rows)
            orphans += lost
        if name == "credits":
            rank = pl.int_range(pl.len()).over("debtor_id", "number", "invoice_number")
            rows = rows.with_columns(ordinal=rank)
        keep = _keys(refused, taken.get(name), orphans, name)
        ends = name in closing
        counts[name] = _merge(
            connection, of, rows, days=days, paid=paid, day=day, ends=ends, keep=keep
        )
    past, lost = _with_debtor_ids(connection, taken.get("paid", _empty(TAKEN["paid"])))
    counts["paid"] = _paid(paid_items(connection, days.borrowed(past)))
    orphans += lost
    days.keep(connection)
    if history is not None:
        take_over(connection, history, now=now)
    found = TakenCounts(**counts, without_debtor=tuple(sorted(orphans)))
    append(connection, [_entry(found, source, kind, file_digest)], at=now)
    paid.record(connection, source=source, day=day, now=now)
    return found


def _paid(found: Paid) -> Counts:
    return Counts(new=found.new, changed=found.dated, unchanged=found.left)


def _empty(columns: Columns) -> pl.DataFrame:
    return pl.DataFrame(schema={name: getattr(pl, word) for name, word in columns.items()})


def _keys(
    refused: Sequence[tuple[str, int]],
    rows: pl.DataFrame | None,
    orphans: Sequence[int],
    name: str,
) -> pl.DataFrame:
    """Invoices that the file names although their rows were not taken: they are not settled."""
    schema = {"number": pl.String, "term": pl.Int64}
    keys = pl.DataFrame(list(refused), schema=schema, orient="row")
    if name != "invoices" or rows is None or not orphans:
        return keys
    lost = rows.filter(pl.col("row").is_in(list(orphans))).select("number", "term")
    return pl.concat([keys, lost])


def _with_debtor_ids(connection: Connection, rows: pl.DataFrame) -> tuple[pl.DataFrame, list[int]]:
    columns: Columns = {"debtor_id": "Int64", "reference": "String"}
    known = _book(connection, debtor, {"debtor_id": "t.id", "reference": "t.reference"}, columns)
    joined = rows.join(
        known, left_on="debtor", right_on="reference", how="left", maintain_order="left"
    )
    lost = joined.filter(pl.col("debtor_id").is_null())["row"].to_list()
    return joined.filter(pl.col("debtor_id").is_not_null()).drop("debtor"), lost


def _merge(
    connection: Connection,
    of: _Kind,
    rows: pl.DataFrame,
    *,
    days: Days,
    paid: Payments,
    day: date,
    ends: bool,
    keep: pl.DataFrame,
) -> Counts:
    if rows.select(of.key).is_duplicated().any():
        raise ValueError(f"a key of {of.table.name} stands twice in one import")
    rows = days.borrowed(rows)
    old = _old(connection, of, rows.schema)
    # Only what tells rows apart is joined; the rest is taken from the rows that are written.
    seen = rows.select(*of.key, "digest", "as_of", "source", at=pl.int_range(pl.len())).join(
        old, on=of.key, how="left", maintain_order="left"
    )
    same = pl.col("digest") == pl.col("old_digest")
    new = seen.filter(pl.col("id").is_null())
    reopened = seen.filter(~pl.col("old_open"))
    changed = seen.filter(pl.col("old_open") & ~same)
    unchanged = seen.filter(pl.col("old_open") & same)
    if of.closes:
        paid.note(connection, of.table, changed["id"], rows[changed["at"]][OWED[of.table.name]])
    _insert(connection, of, rows[new["at"]])
    written = pl.concat([reopened, changed])
    _update(connection, of, rows[written["at"]].with_columns(written["id"]))
    _touch(connection, of.table, unchanged)
    mine = old.filter(pl.col("old_source") == days.source)
    days.leave(connection, of.table, mine.join(rows, on=of.key, how="anti"))
    named = [rows, keep] if of.table is invoice else [rows]
    closed = 0
    if ends:
        gone = _gone(of, mine, named)
        paid.gone(connection, of.table, gone["id"])
        closed = _close(connection, of, gone, day)
    return Counts(
        new=new.height,
        changed=changed.height,
        unchanged=unchanged.height,
        reopened=reopened.height,
        closed=closed,
    )


def _old(connection: Connection, of: _Kind, schema: pl.Schema) -> pl.DataFrame:
    keys: Columns = {name: str(schema[name]) for name in of.key}
    columns: Columns = {
        "id": "Int64",
        **keys,
        "old_digest": "String",
        "old_as_of": "Date",
        "old_source": "String",
        "old_open": "Boolean",
    }
    chosen = {
        "id": "t.id",
        **{name: f"t.{name}" for name in keys},
        "old_digest": "t.digest",
        "old_as_of": "t.as_of",
        "old_source": "t.source",
        "old_open": 't."open"' if of.closes else "1",
    }
    return _book(connection, of.table, chosen, columns)


def _book(
    connection: Connection, table: Table, chosen: Mapping[str, str], columns: Columns
) -> pl.DataFrame:
    source, types = f"{table.name} AS t", list(columns.values())
    last = last_id(connection, table)
    return read_columns(raw(connection), source, chosen, types, last=last)


def _insert(connection: Connection, of: _Kind, rows: pl.DataFrame) -> None:
    first = next(ids(connection, of.table))
    numbered = _whole(rows, of).with_columns(id=pl.int_range(pl.len()) + first)
    # A first import: an index is written in one go in half the time of a row at a time.
    later = sorted(of.table.indexes, key=lambda index: str(index.name)) if first == 1 else []
    for index in later:
        index.drop(connection)
    insert_rows(connection, of.table, numbered)
    for index in later:
        index.create(connection)


def _update(connection: Connection, of: _Kind, rows: pl.DataFrame) -> None:
    update_rows(connection, of.table, _whole(rows, of))


def _whole(rows: pl.DataFrame, of: _Kind) -> pl.DataFrame:
    if not of.closes:
        return rows
    return rows.with_columns(open=pl.lit(value=True), closed_on=pl.lit(None, dtype=pl.Date))


def _touch(connection: Connection, table: Table, rows: pl.DataFrame) -> None:
    """An unchanged row may be said so by another source, or for another day than its source's."""
    moved = rows.filter(
        pl.col("as_of").ne_missing(pl.col("old_as_of")) | (pl.col("source") != pl.col("old_source"))
    )
    update_rows(connection, table, moved.select("id", "as_of", "source"))


def _gone(of: _Kind, old: pl.DataFrame, named: Sequence[pl.DataFrame]) -> pl.DataFrame:
    gone = old.filter("old_open")
    for keys in named:
        gone = gone.join(keys, on=of.key, how="anti")
    return gone


def _close(connection: Connection, of: _Kind, gone: pl.DataFrame, day: date) -> int:
    ended = gone.select("id", open=pl.lit(value=False), closed_on=pl.lit(day))
    update_rows(connection, of.table, ended)
    return gone.height


def _entry(found: TakenCounts, source: str, kind: str, file_digest: str) -> Entry:
    told: dict[str, Content] = {
        "source": source,
        "source_kind": kind,
        "file": file_digest,
        "without_debtor": len(found.without_debtor),
    }
    for name in (*KINDS, "paid"):
        counts: Counts = getattr(found, name)
        told[name] = {each: getattr(counts, each) for each in Counts.__dataclass_fields__}
    return Entry("import", told)
