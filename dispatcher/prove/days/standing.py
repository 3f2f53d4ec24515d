"""Where cases stand, from day to day, as the store keeps it: stops, steps to do again, policies."""

from datetime import date
from typing import Final

import polars as pl

from dispatcher.ports import Frames


HOLD_KEY: Final = ["invoice_id", "rule", "on_unknown"]
ACCOUNT: Final = ["debtor_id", "currency"]


def followed(tables: Frames, stands: Frames, day: date) -> dict[str, pl.DataFrame]:
    """The tables `holds`, `sent_back` and `placements` after a run of that day."""
    seen = {name: _of_case(frame) for name, frame in stands.items()}
    return {
        "holds": _holds(tables["holds"], seen["holds"], day),
        "sent_back": _sent_back(tables["sent_back"], seen["sent_back"], day),
        "placements": _placements(tables["placements"], seen["placements"], day),
    }


def _of_case(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.rename({"case_id": "invoice_id"}, strict=False)


def _holds(known: pl.DataFrame, seen: pl.DataFrame, day: date) -> pl.DataFrame:
    """A stop that is not seen any more has ended on that day; a new one begins."""
    if known.is_empty() and seen.is_empty():
        return known
    standing = known.filter(pl.col("ended_on").is_null())
    ended = standing.join(seen, on=HOLD_KEY, how="anti")["id"]
    began = seen.join(standing, on=HOLD_KEY, how="anti").sort(HOLD_KEY)
    over = pl.col("id").is_in(ended.implode())
    kept = known.with_columns(
        ended_on=pl.when(over).then(pl.lit(day, dtype=pl.Date)).otherwise("ended_on")
    )
    return _with(kept, began.with_columns(began_on=pl.lit(day)))


def _sent_back(known: pl.DataFrame, seen: pl.DataFrame, day: date) -> pl.DataFrame:
    if seen.is_empty():
        return known
    fresh = seen.join(known, on=["invoice_id", "line_id", "step"], how="anti")
    return _with(known, fresh.with_columns(day=pl.lit(day)))


def _placements(known: pl.DataFrame, seen: pl.DataFrame, day: date) -> pl.DataFrame:
    """Accounts that moved are placed anew, those with nothing open are settled."""
    told = known.join(
        seen.rename({"policy": "policy_now", "legal_kind": "kind_now"}), on=ACCOUNT, how="left"
    )
    open_now = pl.col("policy_now").is_not_null()
    same = (pl.col("policy") == pl.col("policy_now")) & (pl.col("legal_kind") == pl.col("kind_now"))
    moved = told.with_columns(
        since=pl.when(open_now & ~same).then(pl.lit(day, dtype=pl.Date)).otherwise("since"),
        policy=pl.coalesce("policy_now", "policy"),
        legal_kind=pl.coalesce("kind_now", "legal_kind"),
        settled_on=pl.when(open_now)
        .then(pl.lit(None, dtype=pl.Date))
        .otherwise(pl.coalesce("settled_on", pl.lit(day, dtype=pl.Date))),
    ).select(known.columns)
    new = seen.join(known, on=ACCOUNT, how="anti").sort(ACCOUNT)
    return _with(moved, new.with_columns(since=pl.lit(day)))


def _with(known: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The table with these rows at its end, numbered on."""
    if rows.is_empty():
        return known
    last = known["id"].max()
    first = (last if isinstance(last, int) else 0) + 1
    numbered = rows.with_columns(id=pl.int_range(pl.len()) + first)
    whole = pl.concat([known, numbered], how="diagonal_relaxed")
    return whole.select(pl.col(name).cast(kind) for name, kind in known.schema.items())
