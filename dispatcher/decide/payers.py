"""How a debtor has paid so far: two years of settled invoices, in columns.

A payment is an invoice that was settled; its day is that of the newest payment in the book of
events, else the day on which its source no longer named it. Fewer than `ENOUGH` payments tell
nothing: the facts are unknown then.

`usual_days_late` is the median of the last `LAST` payments, in whole days, rounded down, never
below zero. `payer_history` is `good` where at least `MOSTLY` per cent of the payments came no more
than `PROMPT` days late and none more than `LONG` days late, `bad` where at least `OFTEN` per cent
came more than `LONG` days late, else `irregular`.
"""

from datetime import date
from typing import Final

import polars as pl

from dispatcher.model.event import EventKind


YEARS: Final = 2
ENOUGH: Final = 3  # payments
LAST: Final = 12  # payments of the median
PROMPT: Final = 5  # days late
LONG: Final = 30  # days late
MOSTLY: Final = 80  # per cent
OFTEN: Final = 50  # per cent


def with_habits(
    debtors: pl.LazyFrame, payments: pl.DataFrame, events: pl.DataFrame, *, today: date
) -> pl.LazyFrame:
    """The debtors with `usual_days_late` and `payer_history`.

    What a source says itself in a column of that name is left as it is.
    """
    present = debtors.collect_schema()
    if payments.is_empty():  # before a message leaves, mostly
        nothing = {"usual_days_late": pl.Int64, "payer_history": pl.String}
        return debtors.with_columns(
            pl.lit(None, dtype=kind).alias(name)
            for name, kind in nothing.items()
            if name not in present
        )
    known = habits(_late(payments, events, today=today))
    names = [name for name in known.columns if name not in present]
    told = known.lazy().select("debtor_id", *names)
    return debtors.join(told, on="debtor_id", how="left")


def habits(late: pl.DataFrame) -> pl.DataFrame:
    """Per debtor what `late` (`debtor_id`, `paid_on`, `id`, `days`) tells of him."""
    prompt = (pl.col("days") <= PROMPT).sum() * 100 >= pl.len() * MOSTLY
    never_long = pl.col("days").max() <= LONG
    often_long = (pl.col("days") > LONG).sum() * 100 >= pl.len() * OFTEN
    return (
        late.lazy()
        .sort("paid_on", "id", descending=True)
        .group_by("debtor_id")
        .agg(
            usual_days_late=pl.col("days").head(LAST).median().floor().cast(pl.Int64),
            payer_history=pl.when(often_long)
            .then(pl.lit("bad"))
            .when(prompt & never_long)
            .then(pl.lit("good"))
            .otherwise(pl.lit("irregular")),
            enough=pl.len() >= ENOUGH,
        )
        .filter("enough")
        .drop("enough")
        .collect(engine="in-memory")
    )


def _late(payments: pl.DataFrame, events: pl.DataFrame, *, today: date) -> pl.DataFrame:
    """Each payment of the last two years: how many days after its due day it came."""
    since = pl.lit(today).dt.offset_by(f"-{YEARS}y")
    told = (
        events.lazy()
        .filter(pl.col("kind") == EventKind.PAYMENT.value)
        .join(payments.lazy(), left_on="invoice_id", right_on="id", how="semi")
        .group_by("invoice_id")
        .agg(told_on=pl.col("day").max())
    )
    return (
        payments.lazy()
        .join(told, left_on="id", right_on="invoice_id", how="left")
        .with_columns(paid_on=pl.coalesce("told_on", "closed_on"))
        .filter(pl.col("paid_on").is_between(since, pl.lit(today)), pl.col("due").is_not_null())
        .select(
            "debtor_id",
            "paid_on",
            "id",
            days=(pl.col("paid_on") - pl.col("due")).dt.total_days().clip(lower_bound=0),
        )
        .collect(engine="in-memory")
    )
