"""Facts from the book of events: disputes, promises, plans, pauses, replies, hand-overs."""

from dataclasses import dataclass
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

#: What is told of cases and of debtors.
TOLD_OF_CASES: Final = {
    "case_id": pl.Int64,
    "dispute": pl.String,
    "plan": pl.String,
    "pause": pl.String,
    "promise": pl.String,
    "nonpayment_reason": pl.String,
    "freed_on": pl.Date,
    "disputed": pl.Int64,
}
TOLD_OF_DEBTORS: Final = {
    "debtor_id": pl.Int64,
    "reply": pl.String,
    "reply_day": pl.Date,
    "handed_over": pl.String,
    "handed_over_day": pl.Date,
    "broken_promises": pl.Int64,
}

# Before a message leaves, 25 debtors are looked at of whom most have no such event: the tables
# of what is not there are written down rather than computed.


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What the book of events says until today, about whom.

    `reaching` has each event once per case that it speaks of (`REACHING`), `promises` those that
    are promises, with what became of them.
    """

    events: pl.DataFrame
    reaching: pl.DataFrame
    promises: pl.DataFrame


def heard(events: pl.DataFrame, cases: pl.DataFrame, *, today: date, place: str) -> Heard:
    """The events of the book, put to the cases that they speak of.

    `cases` holds `case_id`, `debtor_id` and `as_of`; `place` is the creditor's territory.
    """
    past = events.filter(pl.col("day") <= today)
    reaching = _reaching(past, cases)
    promises = _promises(reaching, today=today, place=place)
    return Heard(events=past, reaching=reaching, promises=promises)


def of_cases(heard: Heard, *, today: date) -> pl.DataFrame:
    """One row per case of which something is said: the facts, `disputed` (minor units), `freed_on`.

    `freed_on` is the day on which the last hold of the case ended: no hold ends in an escalation
    the next morning.
    """
    reaching = heard.reaching
    if reaching.is_empty():
        return pl.DataFrame(schema=TOLD_OF_CASES)
    found = reaching.lazy().select("case_id").unique()
    for fact, says in OF_CASES.items():
        found = joined(found, _newest(reaching, "case_id", fact, says), "case_id")
    last = _last(heard.promises, "case_id", "promise").rename({"day": "promise_day"})
    reasons = reaching.filter(pl.col("kind") == EventKind.REASON_GIVEN.value)
    found = joined(found, last, "case_id")
    found = joined(found, _reason(reasons), "case_id").with_columns(freed_on=_freed_on(today))
    part = pl.col("dispute") == "part"
    paused = (pl.col("pause_until").is_null() | (pl.col("pause_until") >= today)) & (
        pl.col("pause") == "true"
    )
    return (
        found.with_columns(
            dispute=pl.when((pl.col("dispute") == "open") & (pl.col("dispute_detail") == "part"))
            .then(pl.lit("part"))
            .otherwise("dispute"),
            pause=paused.cast(pl.String),
        )
        .select(
            "case_id",
            "dispute",
            "plan",
            "pause",
            "promise",
            "nonpayment_reason",
            "freed_on",
            disputed=pl.when(part).then("dispute_amount"),
        )
        .collect(engine="in-memory")
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


def of_debtors(heard: Heard) -> pl.DataFrame:
    """One row per debtor of whom something is said: `debtor_id` and the facts of a debtor."""
    if heard.events.is_empty():
        return pl.DataFrame(schema=TOLD_OF_DEBTORS)
    found = heard.events.lazy().select("debtor_id").unique()
    for fact, says in OF_DEBTORS.items():
        newest = _newest(heard.events, "debtor_id", fact, says)
        found = joined(found, newest.select("debtor_id", fact, f"{fact}_day"), "debtor_id")
    return joined(found, _broken(heard.promises), "debtor_id").collect(engine="in-memory")


def _broken(promises: pl.DataFrame) -> pl.DataFrame:
    """How many promises each debtor broke: `debtor_id`, `broken_promises`."""
    broken = promises.filter((pl.col("promise") == "broken") & ~pl.col("renewed"))
    if broken.is_empty():
        return pl.DataFrame(schema={"debtor_id": pl.Int64, "broken_promises": pl.Int64})
    return broken.unique(["id"]).group_by("debtor_id").agg(broken_promises=pl.len().cast(pl.Int64))


def joined(found: pl.LazyFrame, told: pl.DataFrame, key: str) -> pl.LazyFrame:
    """What was found, with what is told of it; where nothing is told, nothing is looked for."""
    if told.is_empty():
        kinds = told.drop(key).schema.items()
        return found.with_columns(pl.lit(None, dtype=kind).alias(name) for name, kind in kinds)
    return found.join(told.lazy(), on=key, how="left", maintain_order="left")


def _reaching(events: pl.DataFrame, cases: pl.DataFrame) -> pl.DataFrame:
    """Each event once per case it speaks of: its own, or all of its debtor."""
    if events.is_empty():
        return pl.DataFrame(schema=REACHING)
    kept, told = cases.lazy().select("case_id", "debtor_id", "as_of"), events.lazy()
    own = told.drop("debtor_id").rename({"invoice_id": "case_id"}).join(kept, on="case_id")
    wide = told.filter(pl.col("invoice_id").is_null()).join(kept, on="debtor_id")
    names = list(REACHING)
    return pl.concat([own.select(names), wide.select(names)]).collect(engine="in-memory")


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


def _reason(events: pl.DataFrame) -> pl.DataFrame:
    """Why each case is not paid, in the word that was said last."""
    if events.is_empty():
        return pl.DataFrame(schema={"case_id": pl.Int64, "nonpayment_reason": pl.String})
    said = events.sort("day", "id").group_by("case_id", maintain_order=True)
    return said.agg(nonpayment_reason=pl.col("detail").last())


def _last(events: pl.DataFrame, key: str, fact: str) -> pl.DataFrame:
    if events.is_empty():
        return events.select(key, fact, *SPOKEN)
    return (
        events.lazy()
        .sort("day", "id")
        .group_by(key)
        .agg(pl.col(fact, *SPOKEN.keys()).last())
        .collect(engine="in-memory")
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
        .collect(engine="in-memory")
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
