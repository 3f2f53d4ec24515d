"""How each row ended: taken, with remarks, set aside or refused, by what was found about it."""

from typing import Final

import polars as pl

from dispatcher.intake.taken import Status


#: The ends of rows that enter the book.
TAKEN_IN: Final = (Status.TAKEN.value, Status.REMARK.value)


def account_of(cells: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    """One row per data row: its status and its first reason, the one that decides."""
    order = findings.sort(
        pl.col("code") != "csv/conflict", ~pl.col("refuses"), "rank", maintain_order=True
    )
    first = order.unique(subset=["row"], keep="first", maintain_order=True)
    joined = cells.select("row", "is.settled", "is.future").join(
        first.select("row", "code", "refuses", column="target", value="value"),
        on="row",
        how="left",
        maintain_order="left",
    )
    code = pl.col("code")
    repeats = code.is_in(["csv/duplicate", "csv/debtor-again"])
    status = (
        pl.when(code == "csv/conflict")
        .then(pl.lit(Status.REFUSED.value))
        .when("is.settled")
        .then(pl.lit(Status.SETTLED.value))
        .when("is.future")
        .then(pl.lit(Status.FUTURE.value))
        .when("refuses")
        .then(pl.lit(Status.REFUSED.value))
        .when(repeats)
        .then(pl.lit(Status.DUPLICATE.value))
        .when(code.is_not_null())
        .then(pl.lit(Status.REMARK.value))
        .otherwise(pl.lit(Status.TAKEN.value))
    )
    told = joined.with_columns(status.alias("status"))
    silent = pl.col("status").is_in([Status.SETTLED.value, Status.FUTURE.value])
    reason = [
        pl.when(~silent).then(pl.col(name)).fill_null("").alias(name)
        for name in ("code", "column", "value")
    ]
    return told.select("row", "status", *reason)


def refused_items(cells: pl.DataFrame, account: pl.DataFrame) -> tuple[tuple[str, int], ...]:
    """Number and term of every item in a refused row; an unreadable term is taken for the first."""
    if "is.number" not in cells.columns:
        return ()
    refused = cells.filter(account["status"] == Status.REFUSED.value, pl.col("is.number") != "")
    items = refused.select("is.number", pl.col("is.term").fill_null(1))
    return tuple(items.unique(maintain_order=True).iter_rows())


def reported(findings: pl.DataFrame, account: pl.DataFrame) -> pl.DataFrame:
    """Findings that people should read: not of settled, future or repeated rows."""
    told = findings.join(account.select("row", "status", first="code"), on="row")
    repeated = pl.col("status") == Status.DUPLICATE.value
    of_row = pl.col("status").is_in([*TAKEN_IN, Status.REFUSED.value])
    return told.filter(of_row | (repeated & (pl.col("code") == pl.col("first"))))
