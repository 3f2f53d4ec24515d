"""Findings about rows: which row, which target, which code, and whether it refuses the row."""

from collections.abc import Mapping
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


def found(cells: pl.DataFrame, checks: Mapping[int, Check]) -> pl.DataFrame:
    """The findings of all checks, by their rank: the first reason of a row is the lowest."""
    truths = cells.lazy().select(
        check.bad.fill_null(value=False).alias(f"bad.{rank}") for rank, check in checks.items()
    )
    truth = truths.collect()
    parts = [
        _rows(cells, truth[f"bad.{rank}"], check, rank)
        for rank, check in checks.items()
        if truth[f"bad.{rank}"].any()
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
