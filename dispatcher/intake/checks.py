"""Findings about rows: which row, which target, which code, and whether it refuses the row."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import polars as pl


FINDINGS: Final[dict[str, pl.DataType]] = {
    "row": pl.Int64(),
    "rank": pl.Int64(),
    "code": pl.String(),
    "target": pl.String(),
    "value": pl.String(),
    "refuses": pl.Boolean(),
    "second": pl.Int64(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that may be wrong with a row: true where `bad` is (null is not)."""

    code: str
    target: str
    bad: pl.Expr
    refuses: bool = False


def found(cells: pl.DataFrame, checks: Iterable[Check]) -> pl.DataFrame:
    """The findings of all checks; `rank` is their order, so the first reason is the lowest."""
    listed = list(checks)
    names = [f"bad.{rank}" for rank in range(len(listed))]
    truths = cells.lazy().select(
        check.bad.fill_null(value=False).alias(name)
        for check, name in zip(listed, names, strict=True)
    )
    truth = truths.collect()
    parts = [
        _rows(cells, truth[name], check, rank)
        for rank, (check, name) in enumerate(zip(listed, names, strict=True))
        if truth[name].any()
    ]
    return pl.concat([pl.DataFrame(schema=FINDINGS), *parts])


def _rows(cells: pl.DataFrame, bad: pl.Series, check: Check, rank: int) -> pl.DataFrame:
    value = pl.col(check.target) if check.target in cells.columns else pl.lit("")
    return (
        cells.filter(bad)
        .select(
            "row",
            rank=pl.lit(rank, dtype=pl.Int64),
            code=pl.lit(check.code),
            target=pl.lit(check.target),
            value=value,
            refuses=pl.lit(check.refuses),
            second=pl.lit(None, dtype=pl.Int64),
        )
        .cast(FINDINGS)  # type: ignore[arg-type] # the stubs want a mapping of classes or instances
    )
