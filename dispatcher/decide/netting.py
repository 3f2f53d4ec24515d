"""Credits against what is owed: what they leave of an account, which invoices they cover.

A credit that names an invoice counts against the overdue total only once that invoice is overdue;
one that names none, or a closed one, counts at once.
"""

from typing import Final

import polars as pl


INVOICE: Final = ["debtor_id", "currency", "number"]
ACCOUNT: Final = ["debtor_id", "currency"]


def net(accounts: pl.LazyFrame, cases: pl.LazyFrame, given: pl.DataFrame) -> pl.LazyFrame:
    """The accounts with `debtor_overdue` and `debtor_credit`, from `gross`: overdue, undisputed.

    `cases` hold `INVOICE` and `signed_late`, `given` are the credits.
    """
    if given.is_empty():
        none = pl.lit("none")
        return accounts.with_columns(debtor_overdue=pl.col("gross"), debtor_credit=none).drop(
            "gross"
        )
    gross, credit = pl.col("gross"), pl.col("credit").fill_null(0)
    return (
        accounts.join(_counting(cases, given.lazy()), on=ACCOUNT, how="left")
        .with_columns(
            debtor_overdue=(gross - credit).clip(lower_bound=0),
            debtor_credit=pl.when(credit == 0)
            .then(pl.lit("none"))
            .when((gross > 0) & (credit >= gross))
            .then(pl.lit("covers"))
            .otherwise(pl.lit("part")),
        )
        .drop("gross", "credit")
    )


def _counting(cases: pl.LazyFrame, given: pl.LazyFrame) -> pl.LazyFrame:
    """What counts against each account, as `credit`."""
    given = given.select(*ACCOUNT, "amount", number="invoice_number")
    waiting = _named(cases, given).group_by(INVOICE).agg((pl.col("signed_late") <= 0).all())
    counting = given.join(waiting.filter("signed_late"), on=INVOICE, how="anti")
    return counting.group_by(ACCOUNT).agg(credit=pl.col("amount").sum())


def covered(cases: pl.LazyFrame, given: pl.DataFrame) -> pl.Series:
    """The ids of cases whose invoice a credit names that is as large as all of its balance."""
    if given.is_empty():
        return pl.Series("case_id", [], dtype=pl.Int64)
    named = given.lazy().filter(pl.col("invoice_number").fill_null("") != "")
    tied = named.select(*ACCOUNT, "amount", number="invoice_number")
    tied = tied.group_by(INVOICE).agg(tied=pl.col("amount").sum())
    whole = (
        _named(cases, tied)
        .group_by(INVOICE)
        .agg("case_id", balance=pl.col("balance").sum())
        .join(tied, on=INVOICE)
        .filter(pl.col("tied") >= pl.col("balance"))
    )
    return whole.select(pl.col("case_id").explode()).collect(engine="in-memory").to_series()


def _named(cases: pl.LazyFrame, credits_: pl.LazyFrame) -> pl.LazyFrame:
    """The cases whose invoice some credit names: of few debtors first, for their sake."""
    theirs = cases.join(credits_, on="debtor_id", how="semi")
    return theirs.join(credits_, on=INVOICE, how="semi")
