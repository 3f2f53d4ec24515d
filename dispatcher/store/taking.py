"""What came in, into the book: rows by digest, unchanged ones not rewritten, absent ones closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

import polars as pl
from sqlalchemy import Connection, Table, bindparam, insert, update

from dispatcher.model.tables import TAKEN, Columns
from dispatcher.store.connection import raw
from dispatcher.store.frames import read
from dispatcher.store.numbers import ids
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
        counts[name] = _merge(connection, of, rows, source=source, day=day, ends=ends, keep=keep)
    if history is not None:
        take_over(connection, history, now=now)
    found = TakenCounts(**counts, without_debtor=tuple(sorted(orphans)))
    append(connection, [_entry(found, source, kind, file_digest)], at=now)
    return found


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
    known = read(
        raw(connection),
        "SELECT id, reference FROM debtor",
        {"debtor_id": "Int64", "reference": "String"},
    )
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
    source: str,
    day: date,
    ends: bool,
    keep: pl.DataFrame,
) -> Counts:
    if rows.select(of.key).is_duplicated().any():
        raise ValueError(f"a key of {of.table.name} stands twice in one import")
    old = _old(connection, of, rows.schema)
    seen = rows.join(old, on=of.key, how="left", maintain_order="left")
    new = seen.filter(pl.col("id").is_null())
    met = seen.filter(pl.col("id").is_not_null())
    same = pl.col("digest") == pl.col("old_digest")
    reopened = met.filter(~pl.col("old_open"))
    changed = met.filter(pl.col("old_open") & ~same)
    unchanged = met.filter(pl.col("old_open") & same)
    columns = rows.columns
    _insert(connection, of, new.select(columns))
    _update(connection, of, pl.concat([reopened, changed]).select("id", *columns))
    _touch(connection, of.table, unchanged)
    mine = old.filter(pl.col("old_source") == source)
    named = [rows, keep] if of.table is invoice else [rows]
    closed = _close(connection, of, mine, named, day) if ends else 0
    return Counts(
        new=new.height,
        changed=changed.height,
        unchanged=unchanged.height,
        reopened=reopened.height,
        closed=closed,
    )


def _old(connection: Connection, of: _Kind, schema: pl.Schema) -> pl.DataFrame:
    keys: Columns = {name: str(schema[name]) for name in of.key}
    is_open = '"open"' if of.closes else "1"
    query = (
        f"SELECT {', '.join(of.key)}, id, digest, as_of, source, {is_open} "  # noqa: S608 - our names
        f"FROM {of.table.name}"
    )
    columns: Columns = {
        **keys,
        "id": "Int64",
        "old_digest": "String",
        "old_as_of": "Date",
        "old_source": "String",
        "old_open": "Boolean",
    }
    return read(raw(connection), query, columns)


def _insert(connection: Connection, of: _Kind, rows: pl.DataFrame) -> None:
    if rows.is_empty():
        return
    first = next(ids(connection, of.table))
    numbered = _whole(rows, of).with_columns(id=pl.int_range(pl.len()) + first)
    connection.execute(insert(of.table), numbered.to_dicts())


def _update(connection: Connection, of: _Kind, rows: pl.DataFrame) -> None:
    if rows.is_empty():
        return
    whole = _whole(rows, of).rename({"id": "of_id"})
    names = [name for name in whole.columns if name != "of_id"]
    statement = update(of.table).where(of.table.c.id == bindparam("of_id"))
    connection.execute(
        statement.values({name: bindparam(name) for name in names}), whole.to_dicts()
    )


def _whole(rows: pl.DataFrame, of: _Kind) -> pl.DataFrame:
    if not of.closes:
        return rows
    return rows.with_columns(open=pl.lit(value=True), closed_on=pl.lit(None, dtype=pl.Date))


def _touch(connection: Connection, table: Table, rows: pl.DataFrame) -> None:
    """An unchanged row is still said to be so on a later day, maybe by another source."""
    moved = rows.filter(
        pl.col("as_of").ne_missing(pl.col("old_as_of")) | (pl.col("source") != pl.col("old_source"))
    ).select(of_id="id", as_of="as_of", source="source")
    if moved.is_empty():
        return
    statement = update(table).where(table.c.id == bindparam("of_id"))
    connection.execute(
        statement.values(as_of=bindparam("as_of"), source=bindparam("source")), moved.to_dicts()
    )


def _close(
    connection: Connection, of: _Kind, old: pl.DataFrame, named: Sequence[pl.DataFrame], day: date
) -> int:
    gone = old.filter("old_open")
    for keys in named:
        gone = gone.join(keys, on=of.key, how="anti")
    if gone.is_empty():
        return 0
    statement = update(of.table).where(of.table.c.id == bindparam("of_id"))
    connection.execute(
        statement.values(open=False, closed_on=day), gone.select(of_id="id").to_dicts()
    )
    return gone.height


def _entry(found: TakenCounts, source: str, kind: str, file_digest: str) -> Entry:
    told: dict[str, Content] = {
        "source": source,
        "source_kind": kind,
        "file": file_digest,
        "without_debtor": len(found.without_debtor),
    }
    for name in KINDS:
        counts: Counts = getattr(found, name)
        told[name] = {each: getattr(counts, each) for each in Counts.__dataclass_fields__}
    return Entry("import", told)
