"""Frames to facts: one row per open case, one typed column per fact of the vocabulary."""

from datetime import date
from typing import Final

import polars as pl

from dispatcher.decide import (
    calendars,
    extra,
    hand_over,
    history,
    holds,
    ledger,
    payers,
    placing,
    taken_over,
)
from dispatcher.model.vocabulary import Fact, FactType, Source
from dispatcher.policy.dtypes import dtype
from dispatcher.policy.terms import Rulebook
from dispatcher.ports import Frames


#: Columns beside the facts; no fact may have one of these names.
IDENTITY: Final = (
    "case_id",
    "number",
    "term",
    "debtor_id",
    "debtor",
    "currency",
    "due",
    "as_of",
    "account",  # the debtor's account in this currency
    "territory",
    "zone",
    "signed_late",  # days since the due day, negative before it
    "recorded",  # the last step as it was recorded, whatever ladders say today
    "done_on",
    "done_by",  # the line of that step
    "placed",  # the policy of the account's last answer, by its present name
    "keeps",  # that policy, if it keeps, is not left today
    "decided_until",  # handing over was decided: no proposal before that day
    "prefers",  # the channel that the debtor asked for
    "owed",  # still due, disputed part deducted, in minor units
    "owed_by_debtor",  # overdue total of the account, net, in minor units
    "credited",  # a credit that names this invoice covers it
)

LIMITATION_YEARS: Final = {"consumer": 2, "public_body": 4}  # everyone else
OTHERS_YEARS: Final = 5


def build_facts(
    frames: Frames,
    rulebook: Rulebook,
    *,
    today: date,
    timezone: str,
    place: str = calendars.HOME,
) -> pl.DataFrame:
    """One row per open case by ascending id: `IDENTITY` and every fact of the vocabulary.

    `timezone` is the home's, `place` the creditor's territory (grace of promises).
    """
    cases = _cases(frames, today=today, timezone=timezone)
    cases = extra.unfold(cases, rulebook.facts, today=today)
    cases = _with_history(cases, frames, today=today)
    cases = _with_ledger(cases, frames, today=today, place=place)
    cases = _with_amounts(cases, frames["credits"])
    cases = placing.placed(cases, frames["placements"], rulebook)
    cases = payers.with_habits(cases, frames["payments"], frames["events"], today=today)
    cases = cases.with_columns(
        _limitation(today), owed="amount_due", owed_by_debtor="debtor_overdue"
    )
    return cases.select(
        *IDENTITY, *(_typed(fact, cases.columns, rulebook) for fact in rulebook.facts.values())
    ).sort("case_id")


def _cases(frames: Frames, *, today: date, timezone: str) -> pl.DataFrame:
    debtors = frames["debtors"]
    place = calendars.territory(pl.col("country"), pl.col("postcode"))
    known = debtors.select(
        pl.col("id").alias("debtor_id"),
        pl.col("reference").alias("debtor"),
        "legal_kind",
        "profile",
        pl.col("extra").alias("debtor_extra"),
        pl.col("as_of").alias("debtor_as_of"),
        place.alias("territory"),
        calendars.zone(place, home=timezone).alias("zone"),
        has_email=_filled("email"),
        has_mobile=_filled("mobile"),
        has_phone=_filled("phone") | _filled("mobile"),
        has_address=_filled("address") & _filled("postcode") & _filled("city"),
    )
    late = (pl.lit(today) - pl.col("due")).dt.total_days()
    return (
        frames["invoices"]
        .filter(pl.col("balance") > 0)
        .rename({"id": "case_id", "extra": "invoice_extra"})
        .join(known, on="debtor_id", how="inner")
        .with_columns(
            account=pl.struct("debtor_id", "currency").rank("dense"),
            signed_late=late,
            days_late=late.clip(lower_bound=0),
            days_before_due=pl.when(late <= 0).then(-late),
        )
    )


def _with_history(cases: pl.DataFrame, frames: Frames, *, today: date) -> pl.DataFrame:
    before = taken_over.last_steps(frames["events"], today=today)
    steps = history.last_steps(frames["lines"], frames["sent_back"], before, today=today)
    contacts = history.contacts_30d(frames["messages"], today=today)
    contacts = taken_over.with_contacts(contacts, frames["events"], today=today)
    return (
        cases.join(steps, on="case_id", how="left")
        .join(contacts, on="debtor_id", how="left")
        .with_columns(pl.col("recorded").fill_null("none"))
        .with_columns(last_step="recorded")
    )


def _with_ledger(cases: pl.DataFrame, frames: Frames, *, today: date, place: str) -> pl.DataFrame:
    told = cases.select("case_id", "debtor_id", "as_of")
    of_cases = ledger.of_cases(frames["events"], told, today=today, place=place)
    of_debtors = ledger.of_debtors(frames["events"], told, today=today, place=place)
    read_on = pl.when(pl.col("reply") == "none").then("reply_day")
    counted_from = pl.max_horizontal("done_on", "freed_on", read_on, "free_since")
    told = (
        cases.join(of_cases, on="case_id", how="left")
        .join(of_debtors, on="debtor_id", how="left")
        .join(holds.freed(frames["holds"], today=today), on="case_id", how="left")
        .join(_decided(frames["events"], today), on="debtor_id", how="left")
        .join(history.preferred(frames["events"], today=today), on="debtor_id", how="left")
        .with_columns(counted_from=pl.when(pl.col("done_on").is_not_null()).then(counted_from))
    )
    stood = holds.stopped(frames["holds"], told.select("case_id", "counted_from"), today=today)
    counted = (pl.lit(today) - pl.col("counted_from")).dt.total_days()
    return told.join(stood, on="case_id", how="left").with_columns(
        days_since_step=(counted - pl.col("stopped").fill_null(0)).cast(pl.Int64)
    )


def _decided(events: pl.DataFrame, today: date) -> pl.DataFrame:
    """Decisions that still stand today."""
    return hand_over.decided(events, today=today).filter(pl.col("decided_until") > today)


def _with_amounts(cases: pl.DataFrame, credits_: pl.DataFrame) -> pl.DataFrame:
    """Amounts per case, and per account net of credits and of what is disputed.

    A credit that names an invoice counts against the overdue total only once that invoice is
    overdue; one that names none, or a closed one, counts at once.
    """
    cases = cases.with_columns(
        amount_due=(pl.col("balance") - pl.col("disputed").fill_null(0)).clip(lower_bound=0)
    )
    tied = (
        credits_.filter(pl.col("invoice_number").fill_null("") != "")
        .group_by("debtor_id", "currency", "invoice_number")
        .agg(tied=pl.col("amount").sum())
        .rename({"invoice_number": "number"})
    )
    keys = ["debtor_id", "currency", "number"]
    waiting = cases.group_by(keys).agg(waiting=(pl.col("signed_late") <= 0).all()).filter("waiting")
    counting = (
        credits_.rename({"invoice_number": "tied_to", "number": "credit"})
        .with_columns(number=pl.col("tied_to"))
        .join(waiting, on=keys, how="anti")
        .group_by("debtor_id", "currency")
        .agg(credit=pl.col("amount").sum())
    )
    claimed = pl.col("amount_due").filter(
        pl.col("signed_late") > 0, pl.col("dispute").fill_null("none") != "open"
    )
    gross, credit = claimed.sum().over("account"), pl.col("credit").fill_null(0)
    return (
        cases.join(tied, on=keys, how="left")
        .join(counting, on=["debtor_id", "currency"], how="left")
        .with_columns(
            credited=pl.col("tied").fill_null(0)
            >= pl.col("balance").sum().over("debtor_id", "currency", "number"),
            debtor_overdue=(gross - credit).clip(lower_bound=0),
            debtor_credit=pl.when(credit == 0)
            .then(pl.lit("none"))
            .when((gross > 0) & (credit >= gross))
            .then(pl.lit("covers"))
            .otherwise(pl.lit("part")),
        )
    )


def _limitation(today: date) -> pl.Expr:
    """Days before the claim is time-barred; against public bodies the years end in December."""
    years = {kind: f"{years}y" for kind, years in LIMITATION_YEARS.items()}
    span = pl.col("legal_kind").replace_strict(
        years, default=f"{OTHERS_YEARS}y", return_dtype=pl.String
    )
    end = pl.col("due").dt.offset_by(span)
    december = pl.date(end.dt.year(), 12, 31)
    limit = pl.when(pl.col("legal_kind") == "public_body").then(december).otherwise(end)
    return (limit - pl.lit(today)).dt.total_days().alias("limitation_days")


def _typed(fact: Fact, present: list[str], rulebook: Rulebook) -> pl.Expr:
    """A fact's column: typed, its default where nothing is recorded, cut to its bounds."""
    wanted = dtype(fact, rulebook)
    if fact.name not in present:
        default = fact.default if fact.has_default else None
        return pl.lit(default, dtype=wanted).alias(fact.name)
    column = pl.col(fact.name)
    if isinstance(wanted, pl.Enum):
        column = column.cast(wanted, strict=False)
    elif fact.type is FactType.BOOL:
        column = extra.truth_of(column)
    else:
        column = column.cast(pl.Int64, strict=False)
    if fact.source is not Source.COLUMN:
        column = _completed(column, fact, wanted)
    return column.alias(fact.name)


def _completed(column: pl.Expr, fact: Fact, wanted: pl.DataType) -> pl.Expr:
    if fact.has_default and fact.default is not None:
        column = column.fill_null(pl.lit(fact.default, dtype=wanted))
    if fact.minimum is not None or fact.maximum is not None:
        column = column.clip(fact.minimum, fact.maximum)
    return column


def _filled(name: str) -> pl.Expr:
    return pl.col(name).fill_null("") != ""
