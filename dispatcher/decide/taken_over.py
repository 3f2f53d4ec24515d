"""What was done before we came, and by others: steps, contacts, and the spread of the first day."""

from datetime import date

import polars as pl

from dispatcher.decide.history import WINDOW
from dispatcher.model.event import EventKind


def last_steps(events: pl.DataFrame, *, today: date) -> pl.DataFrame:
    """The newest step that was taken over, per case: `case_id`, `recorded`, `done_on`."""
    return (
        steps_done(events, today=today)
        .group_by("case_id", maintain_order=True)
        .agg(pl.col("step").last().alias("recorded"), pl.col("done_on").last())
    )


def steps_done(events: pl.DataFrame, *, today: date) -> pl.DataFrame:
    """Every step that was taken over, in order: `case_id`, `step`, `done_on`."""
    told = pl.col("kind") == EventKind.TAKEN_OVER.value
    return (
        events.lazy()
        .filter(told, pl.col("day") <= today, pl.col("invoice_id").is_not_null())
        .sort("day", "id")
        .select(step="detail", done_on="day", case_id="invoice_id")
        .collect(engine="in-memory")
    )


def contacts(events: pl.DataFrame, *, today: date) -> pl.DataFrame:
    """Contacts that were not ours, with the columns of `history.contacts`; they count as ours."""
    told = pl.col("kind") == EventKind.CONTACTED.value
    return events.filter(told, pl.col("day") <= today).select(
        "debtor_id",
        channel=pl.col("detail").fill_null(""),
        policy=pl.lit(""),
        legal_effect=pl.lit(value=False),
        day="day",
    )


def with_contacts(counted: pl.DataFrame, events: pl.DataFrame, *, today: date) -> pl.DataFrame:
    """Contacts of the last thirty days per debtor (`history.contacts_30d`), those of others too."""
    since = pl.lit(today) - pl.duration(days=WINDOW - 1)
    foreign = contacts(events, today=today).filter(pl.col("day") >= since)
    if foreign.is_empty():
        return counted
    others = foreign.group_by("debtor_id").agg(contacts_30d=pl.len().cast(pl.Int64))
    return pl.concat([counted, others]).group_by("debtor_id").agg(pl.col("contacts_30d").sum())


def not_before(events: pl.DataFrame, *, today: date) -> pl.DataFrame:
    """The first day on which the first day's spread lets a debtor be contacted: `debtor_id`, `day`.

    The newest word counts.
    """
    told = pl.col("kind") == EventKind.NOT_BEFORE.value
    return (
        events.lazy()
        .filter(told, pl.col("day") <= today, pl.col("until").is_not_null())
        .sort("day", "id")
        .group_by("debtor_id")
        .agg(day=pl.col("until").last())
        .collect(engine="in-memory")
    )
