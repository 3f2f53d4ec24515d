"""Facts from the book of events: disputes, promises, plans, pauses, replies, hand-overs."""

from datetime import date
from typing import Final

import polars as pl

from dispatcher.decide import calendars
from dispatcher.model.event import EventKind


GRACE: Final = 2  # business days of the creditor after a promise, before it counts as broken

#: Fact of a case -> what each event says about it; the newest event speaks.
OF_CASES: Final = {
    "dispute": {EventKind.DISPUTE_OPENED: "open", EventKind.DISPUTE_SETTLED: "settled"},
    "plan": {
        EventKind.PLAN_AGREED: "running",
        EventKind.PLAN_MISSED: "missed",
        EventKind.PLAN_ENDED: "none",
    },
    "pause": {EventKind.PAUSED: "true", EventKind.RESUMED: "false"},
}

#: The same for facts of a debtor.
OF_DEBTORS: Final = {
    "reply": {EventKind.REPLY_RECEIVED: "waiting", EventKind.REPLY_READ: "none"},
    "handed_over": {EventKind.HANDED_OVER: "true"},
}


#: An event and a case that it speaks of.
REACHING: Final = {
    "case_id": pl.Int64,
    "debtor_id": pl.Int64,
    "as_of": pl.Date,
    "id": pl.Int64,
    "kind": pl.String,
    "day": pl.Date,
    "until": pl.Date,
    "amount": pl.Int64,
    "detail": pl.String,
}

#: What is kept of the event that speaks.
SPOKEN: Final = {"day": pl.Date, "until": pl.Date, "amount": pl.Int64, "detail": pl.String}

# Before a message leaves, 25 debtors are looked at of whom most have no such event: the tables
# of what is not there are written down rather than computed.


def of_cases(events: pl.DataFrame, cases: pl.DataFrame, *, today: date, place: str) -> pl.DataFrame:
    """One row per case: `case_id`, the facts, `disputed` (minor units), `freed_on`.

    `freed_on` is the day on which the last hold of the case ended: no hold ends in an escalation
    the next morning.

    `cases` holds `case_id`, `debtor_id` and `as_of`; `place` is the creditor's territory.
    """
    reaching = _reaching(events.filter(pl.col("day") <= today), cases)
    found = cases.select("case_id")
    for fact, says in OF_CASES.items():
        found = found.join(_newest(reaching, "case_id", fact, says), on="case_id", how="left")
    promises = _promises(reaching, today=today, place=place)
    newest = _last(promises, "case_id", "promise").rename({"day": "promise_day"})
    found = found.join(newest, on="case_id", how="left").with_columns(freed_on=_freed_on(today))
    part = pl.col("dispute") == "part"
    paused = (pl.col("pause_until").is_null() | (pl.col("pause_until") >= today)) & (
        pl.col("pause") == "true"
    )
    return found.with_columns(
        dispute=pl.when((pl.col("dispute") == "open") & (pl.col("dispute_detail") == "part"))
        .then(pl.lit("part"))
        .otherwise("dispute"),
        pause=paused.cast(pl.String),
    ).select(
        "case_id",
        "dispute",
        "plan",
        "pause",
        "promise",
        "freed_on",
        disputed=pl.when(part).then("dispute_amount"),
    )


def _freed_on(today: date) -> pl.Expr:
    """The latest end of a dispute, a plan, a pause or a promise that lasted; null: none."""
    resumed = pl.when(pl.col("pause") == "false").then("pause_day")
    ran_out = pl.when(pl.col("pause_until") < today).then(
        pl.col("pause_until") + pl.duration(days=1)
    )
    return pl.max_horizontal(
        pl.when(pl.col("dispute") == "settled").then("dispute_day"),
        pl.when(pl.col("plan").is_in(["missed", "none"])).then("plan_day"),
        pl.coalesce(resumed, ran_out),
        pl.when(pl.col("promise") == "broken").then("promise_day"),
    )


def of_debtors(
    events: pl.DataFrame, cases: pl.DataFrame, *, today: date, place: str
) -> pl.DataFrame:
    """One row per debtor that has open cases: `debtor_id` and the facts of a debtor."""
    past = events.filter(pl.col("day") <= today)
    found = cases.select("debtor_id").unique(maintain_order=True)
    for fact, says in OF_DEBTORS.items():
        newest = _newest(past, "debtor_id", fact, says).select("debtor_id", fact, f"{fact}_day")
        found = found.join(newest, on="debtor_id", how="left")
    if not (past["kind"] == EventKind.PROMISE_MADE.value).any():
        return found.with_columns(broken_promises=pl.lit(None, dtype=pl.Int64))
    made = _promises(_reaching(past, cases), today=today, place=place)
    broken = (
        made.filter((pl.col("promise") == "broken") & ~pl.col("renewed"))
        .unique(["id"])
        .group_by("debtor_id")
        .agg(broken_promises=pl.len().cast(pl.Int64))
    )
    return found.join(broken, on="debtor_id", how="left")


def _reaching(events: pl.DataFrame, cases: pl.DataFrame) -> pl.DataFrame:
    """Each event once per case it speaks of: its own, or all of its debtor."""
    if events.is_empty():
        return pl.DataFrame(schema=REACHING)
    kept = cases.select("case_id", "debtor_id", "as_of")
    own = events.drop("debtor_id").join(kept, left_on="invoice_id", right_on="case_id", how="inner")
    wide = events.filter(pl.col("invoice_id").is_null()).join(kept, on="debtor_id", how="inner")
    own = own.rename({"invoice_id": "case_id"})
    return pl.concat([own.select(*REACHING.keys()), wide.select(*REACHING.keys())])


def _newest(events: pl.DataFrame, key: str, fact: str, says: dict[EventKind, str]) -> pl.DataFrame:
    """What the newest event of a family says, per case or debtor."""
    texts = {kind.value: value for kind, value in says.items()}
    mine = events.filter(pl.col("kind").is_in(list(texts)))
    if mine.is_empty():
        spoken = {f"{fact}_{name}": word for name, word in SPOKEN.items()}
        return pl.DataFrame(schema={key: pl.Int64, fact: pl.String, **spoken})
    told = mine.with_columns(
        pl.col("kind").replace_strict(texts, return_dtype=pl.String, default=None).alias(fact)
    )
    return _last(told, key, fact).rename({name: f"{fact}_{name}" for name in SPOKEN})


def _last(events: pl.DataFrame, key: str, fact: str) -> pl.DataFrame:
    return (
        events.sort("day", "id")
        .group_by(key, maintain_order=True)
        .agg(pl.col(fact, *SPOKEN.keys()).last())
    )


def _promises(reaching: pl.DataFrame, *, today: date, place: str) -> pl.DataFrame:
    """Each promise per case: open, kept or broken; `renewed` when a later one came in time.

    Only payment data dated after promise and grace can break a promise: money that is on its way
    is not a lie.
    """
    made = reaching.filter(pl.col("kind") == EventKind.PROMISE_MADE.value)
    if made.is_empty():
        return made.with_columns(promise=pl.lit(None, dtype=pl.String), renewed=pl.lit(value=False))
    years = range(today.year - 1, today.year + 2)
    limit = pl.col("until").dt.add_business_days(
        GRACE, holidays=calendars.all_holidays(place, years), roll="backward"
    )
    paid = (
        made.lazy()
        .select("case_id", "id", "day", limit=limit)
        .join(
            reaching.lazy()
            .filter(pl.col("kind") == EventKind.PAYMENT.value)
            .select("case_id", paid_on="day", paid="amount"),
            on="case_id",
        )
        .filter(pl.col("paid_on").is_between(pl.col("day"), pl.col("limit")))
        .group_by("case_id", "id")
        .agg(pl.col("paid").sum())
        .collect()
    )
    later = pl.col("day").shift(-1).over("case_id", order_by=["day", "id"])
    broken = (pl.col("as_of") > limit) & ~(pl.col("paid") >= pl.col("amount")).fill_null(
        value=False
    )
    return made.join(paid, on=["case_id", "id"], how="left").with_columns(
        promise=pl.when(pl.col("paid") >= pl.col("amount"))
        .then(pl.lit("kept"))
        .when(broken)
        .then(pl.lit("broken"))
        .otherwise(pl.lit("open")),
        # Broken from the day after its grace: then the clock of the next step starts anew.
        day=pl.when(broken).then(limit + pl.duration(days=1)).otherwise("day"),
        renewed=(later <= pl.col("until")).fill_null(value=False),
    )
