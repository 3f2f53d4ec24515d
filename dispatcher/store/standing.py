"""Where cases stand, from run to run: the stops that hold them, the steps they do again.

Not columns of state: each row says from when to when a run saw it, and the trail tells it too.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

import polars as pl
from sqlalchemy import Connection, Table

from dispatcher.model.record import Content
from dispatcher.model.tables import FOLLOWED, Columns
from dispatcher.store.connection import raw
from dispatcher.store.frames import read
from dispatcher.store.numbers import ids
from dispatcher.store.rows import insert_rows, update_rows
from dispatcher.store.tables import hold, placement, sent_back
from dispatcher.store.trail import Entry, append


#: Changes that one record of the trail tells.
TOLD: Final = 500

HOLD_KEY: Final = ("case_id", "rule", "on_unknown")
ACCOUNT: Final = ("debtor_id", "currency")


def follow(
    connection: Connection,
    run_id: int | None,
    stands: Mapping[str, pl.DataFrame],
    *,
    now: datetime,
    day: date,
) -> None:
    """Write what changed since the last run; `stands` holds the frames of `FOLLOWED`, whole.

    A stop that is not among `holds` any more has ended on `day`, also where its case is settled.
    """
    missing = FOLLOWED.keys() - stands.keys()
    if missing:
        raise ValueError(f"not all that a run follows: {sorted(missing)} is missing")
    entries = [
        *_holds(connection, run_id, stands["holds"], day),
        *_sent_back(connection, run_id, stands["sent_back"], day),
        *_placements(connection, stands["placements"], day),
    ]
    append(connection, entries, at=now)


# -- stops --------------------------------------------------------------------------------------


def _holds(
    connection: Connection, run_id: int | None, seen: pl.DataFrame, day: date
) -> Iterator[Entry]:
    columns: Columns = {"id": "Int64", **FOLLOWED["holds"]}
    query = """SELECT id, invoice_id, policy, rule, reason, on_unknown FROM hold
        WHERE ended_on IS NULL ORDER BY id"""
    standing = read(raw(connection), query, columns)
    ended = standing.join(seen, on=HOLD_KEY, how="anti").select("id")
    began = _numbered(connection, hold, seen.join(standing, on=HOLD_KEY, how="anti"), HOLD_KEY)
    update_rows(connection, hold, ended.with_columns(ended_on=pl.lit(day)))
    _insert(
        connection,
        hold,
        began.rename({"case_id": "invoice_id"}).with_columns(began_on=pl.lit(day)),
        run_id,
    )
    yield from _told("holds-ended", "holds", ended, day)
    told = began.select("id", "case_id", "rule", "reason", pl.col("on_unknown").cast(pl.Int64))
    yield from _told("holds-began", "holds", told, day)


# -- steps to do again --------------------------------------------------------------------------


def _sent_back(
    connection: Connection, run_id: int | None, rows: pl.DataFrame, day: date
) -> Iterator[Entry]:
    """Each step that a case does again because of one line, once."""
    key = ("case_id", "line_id", "step")
    query = "SELECT invoice_id, line_id, step FROM sent_back"
    columns: Columns = {"case_id": "Int64", "line_id": "Int64", "step": "String"}
    known = read(raw(connection), query, columns)
    fresh = _numbered(connection, sent_back, rows.join(known, on=key, how="anti"), key)
    _insert(
        connection,
        sent_back,
        fresh.rename({"case_id": "invoice_id"}).with_columns(day=pl.lit(day)),
        run_id,
    )
    told = fresh.select("id", "case_id", "line_id", "step", "to_step")
    yield from _told("sent-back", "steps", told, day)


# -- policies of accounts -----------------------------------------------------------------------


def _placements(connection: Connection, seen: pl.DataFrame, day: date) -> Iterator[Entry]:
    columns: Columns = {
        "id": "Int64",
        **FOLLOWED["placements"],
        "since": "Date",
        "settled_on": "Date",
    }
    query = f"SELECT {', '.join(columns)} FROM placement ORDER BY id"  # noqa: S608 - our names
    known = read(raw(connection), query, columns)
    answered = seen.join(known, on=ACCOUNT, how="left", suffix="_before")
    new = _numbered(
        connection, placement, answered.filter(pl.col("id").is_null()).select(seen.columns), ACCOUNT
    ).with_columns(since=pl.lit(day))
    names = ("policy", "legal_kind")
    same = pl.all_horizontal(pl.col(name) == pl.col(f"{name}_before") for name in names)
    moved = answered.filter(pl.col("id").is_not_null(), ~same | pl.col("settled_on").is_not_null())
    settled = known.join(seen, on=ACCOUNT, how="anti").filter(pl.col("settled_on").is_null())
    changed = pl.concat(
        [
            moved.select("id", *names, since=pl.when(same).then("since").otherwise(pl.lit(day)))
            .with_columns(settled_on=pl.lit(None, dtype=pl.Date))
            .select("id", *names, "since", "settled_on"),
            settled.select("id", *names, "since", settled_on=pl.lit(day)),
        ]
    )
    _insert(connection, placement, new)
    update_rows(connection, placement, changed)
    yield from _told("placed", "accounts", _placed(new, *ACCOUNT, *names, "since"), day)
    before = known.join(changed.select("id"), on="id", how="semi").sort("id")
    after = changed.sort("id")
    told = pl.concat(
        [
            _placed(before, *names, "since", "settled_on"),
            _placed(after, *names, "since", "settled_on").select(pl.all().name.prefix("to_")),
        ],
        how="horizontal",
    )
    yield from _told("placed-anew", "accounts", told.drop("to_id"), day)


def _placed(rows: pl.DataFrame, *names: str) -> pl.DataFrame:
    days = pl.col(pl.Date).cast(pl.String).fill_null("")
    return rows.select("id", *names).with_columns(days)


# -- rows and records ---------------------------------------------------------------------------


def _numbered(
    connection: Connection, table: Table, rows: pl.DataFrame, key: Sequence[str]
) -> pl.DataFrame:
    first = next(ids(connection, table))
    return rows.sort(key).with_columns(id=pl.int_range(pl.len()) + first)


def _insert(
    connection: Connection, table: Table, rows: pl.DataFrame, run_id: int | None = None
) -> None:
    if "run_id" in table.c:
        rows = rows.with_columns(run_id=pl.lit(run_id, dtype=pl.Int64))
    insert_rows(connection, table, rows)


def _told(kind: str, name: str, rows: pl.DataFrame, day: date) -> Iterator[Entry]:
    for chunk in _chunks(rows):
        yield Entry(kind, {"day": day.isoformat(), name: chunk})


def _chunks(rows: pl.DataFrame) -> Iterator[list[Content]]:
    for part in rows.iter_slices(TOLD):
        found: list[list[Any]] = [list(row) for row in part.iter_rows()]
        yield list[Content](found)
