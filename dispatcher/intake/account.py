"""What an import did, in figures: how many rows ended how, and why."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from dispatcher.intake.taken import Status, Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """How many rows ended in this way for this first reason."""

    status: Status
    code: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The figures of one source; `counts` has every status and adds up to `rows`.

    `unknown` counts, by fact, the rows taken whose source leaves that fact unknown.
    """

    source: str
    rows: int
    counts: dict[Status, int]
    reasons: tuple[Reason, ...]
    unknown: dict[str, int]
    debtors: int
    invoices: int
    credits: int
    as_of: date
    refused_whole: bool


def summary(taken: Taken) -> Summary:
    """The figures of an import; the most frequent reasons first."""
    return Summary(
        source=taken.source,
        rows=taken.account.height,
        counts={status: taken.counts.get(status, 0) for status in Status},
        reasons=_reasons(taken.account),
        unknown=_unknown(taken),
        debtors=_height(taken, "debtors"),
        invoices=_height(taken, "invoices"),
        credits=_height(taken, "credits"),
        as_of=taken.as_of,
        refused_whole=taken.refused_whole,
    )


def _reasons(account: pl.DataFrame) -> tuple[Reason, ...]:
    told = account.filter(pl.col("code") != "").group_by("status", "code").len()
    rows = told.sort("len", "status", "code", descending=[True, False, False]).iter_rows()
    return tuple(Reason(status=Status(status), code=code, rows=n) for status, code, n in rows)


def _unknown(taken: Taken) -> dict[str, int]:
    """`extra` holds the same keys on every row of a table; null is unknown."""
    found: dict[str, int] = {}
    for frame in taken.frames.values():
        if "extra" not in frame.columns or frame.is_empty():
            continue
        names = pl.Series([frame["extra"][0]]).str.json_decode().struct.fields
        for name in names:
            missing = frame["extra"].str.json_path_match(f"$.{name}").is_null().sum()
            if missing:
                found[name] = int(missing)
    return found


def _height(taken: Taken, table: str) -> int:
    return taken.frames[table].height if table in taken.frames else 0
