"""Rows that say something twice: duplicates, contradictions, debtors told in two ways."""

from collections.abc import Sequence

import polars as pl

from dispatcher.intake.cards import with_cards
from dispatcher.intake.checks import FINDINGS
from dispatcher.intake.digests import content


FIRST = -1  # the rank of what weighs more than any single cell


def repeated_items(
    cells: pl.DataFrame, cards: pl.DataFrame, targets: Sequence[str]
) -> pl.DataFrame:
    """Findings: the same invoice and term again, said alike (duplicate) or differently.

    Contradicting invoices are refused, each naming the other row: one of them may be paid. A
    credit is never refused; two of one number are two credits.
    """
    identified = (pl.col("is.number") != "") & pl.col("is.term").is_not_null()
    credit = pl.col("is.credit")
    term = pl.when(credit).then(0).otherwise(pl.col("is.term"))
    keyed = cells.filter(identified).with_columns(term.alias("is.key_term"))
    key = ["is.number", "is.key_term", "is.credit"]
    again = keyed.filter(pl.struct(key).is_duplicated())
    if again.is_empty():
        return pl.DataFrame(schema=FINDINGS)
    told = _told_again(with_cards(again, cards, targets), key, targets)
    differs, repeats = pl.col("versions") > 1, pl.col("row") != pl.col("same")
    code = (
        pl.when(differs & ~credit)
        .then(pl.lit("csv/conflict"))
        .when(repeats)
        .then(pl.lit("csv/duplicate"))
        .when(differs)
        .then(pl.lit("csv/credit-twice"))
    )
    value = pl.col("is.number")
    return _findings(told, code, pl.lit("invoice_number"), value, differs & ~credit)


def repeated_debtors(
    cells: pl.DataFrame, cards: pl.DataFrame, targets: Sequence[str]
) -> pl.DataFrame:
    """Findings in a file of debtors: a reference again; the first row wins."""
    again = cells.filter((pl.col("is.debtor") != "") & pl.col("is.debtor").is_duplicated())
    if again.is_empty():
        return pl.DataFrame(schema=FINDINGS)
    told = _told_again(with_cards(again, cards, targets), ["is.debtor"], targets)
    later = pl.col("row") != pl.col("first")
    alike = pl.col("content") == pl.col("content").first().over("is.debtor")
    code = (
        pl.when(later & alike)
        .then(pl.lit("csv/duplicate"))
        .when(later)
        .then(pl.lit("csv/debtor-again"))
    )
    return _findings(told, code, pl.lit("debtor"), pl.col("is.debtor"), pl.lit(value=False))


def disagreeing_debtors(
    cells: pl.DataFrame, cards: pl.DataFrame, targets: Sequence[str]
) -> pl.DataFrame:
    """Findings among rows that are taken: the debtor is not the one that his first row shows."""
    shown = cells.select("card", "is.debtor").unique("card")
    versions = with_cards(shown, cards, targets).select("is.debtor", *targets).unique()
    several = versions.filter(pl.col("is.debtor").is_duplicated())["is.debtor"].unique()
    if several.is_empty():
        return pl.DataFrame(schema=FINDINGS)
    of_them = cells.filter(pl.col("is.debtor").is_in(several.implode()))
    told = with_cards(of_them.select("row", "card", "is.debtor"), cards, targets).with_columns(
        pl.col("row").first().over("is.debtor").alias("other")
    )
    differing = [
        pl.when(pl.col(name) != pl.col(name).first().over("is.debtor")).then(pl.lit(name))
        for name in targets
    ]
    target = pl.coalesce(differing)
    told = told.with_columns(target.alias("target"))
    value = pl.coalesce(pl.when(pl.col("target") == name).then(pl.col(name)) for name in targets)
    code = pl.when(pl.col("target").is_not_null()).then(pl.lit("csv/debtor-differs"))
    return _findings(told, code, pl.col("target"), value, pl.lit(value=False))


def _told_again(again: pl.DataFrame, key: list[str], targets: Sequence[str]) -> pl.DataFrame:
    """With `first` and `same` (first row of the key, and of the key and content) and `other`."""
    told = again.with_columns(content(targets).alias("content"))
    row = pl.col("row")
    second = row.filter(pl.col("content") != pl.col("content").first()).first()
    told = told.with_columns(
        pl.col("content").n_unique().over(key).alias("versions"),
        row.first().over(key).alias("first"),
        row.first().over([*key, "content"]).alias("same"),
        second.over(key).alias("contrary"),
    )
    alike = pl.col("content") == pl.col("content").first().over(key)
    repeats = (pl.col("versions") == 1) | (pl.col("row") != pl.col("same"))
    other = pl.when(repeats).then(pl.col("same")).when(alike).then(pl.col("contrary"))
    return told.with_columns(other.otherwise(pl.col("first")).alias("other"))


def _findings(
    told: pl.DataFrame, code: pl.Expr, target: pl.Expr, value: pl.Expr, refuses: pl.Expr
) -> pl.DataFrame:
    return (
        told.select(
            "row",
            rank=pl.lit(FIRST, dtype=pl.Int64),
            code=code,
            target=target,
            value=value,
            refuses=refuses,
            second=pl.col("other"),
        )
        .filter(pl.col("code").is_not_null())
        .cast(FINDINGS)  # type: ignore[arg-type] # the stubs want a mapping of classes or instances
    )
