"""Frames to facts: one row per open case, one typed column per fact of the vocabulary."""

from collections.abc import Iterable, Iterator
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
    netting,
    payers,
    placing,
    taken_over,
)
from dispatcher.model.vocabulary import Fact, FactType, Owner, Source
from dispatcher.policy.dtypes import dtype
from dispatcher.policy.once import once
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

CURRENCIES: Final = 2**24  # codes of three letters

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
    cases = _open_cases(frames, rulebook, today)
    told = cases.select("case_id", "debtor_id", "as_of")
    heard = ledger.heard(frames["events"], told, today=today, place=place)
    cases = _with_debtors(cases, heard, frames, rulebook, today=today, timezone=timezone)
    cases = _with_clock(cases, _told_of_cases(frames, heard, today=today), frames["holds"], today)
    due = (pl.col("balance") - pl.col("disputed").fill_null(0)).clip(lower_bound=0)
    covered = netting.covered(cases.lazy(), frames["credits"])
    cases = cases.with_columns(
        amount_due=due,
        owed=due,
        credited=pl.col("case_id").is_in(covered.implode()),
        limitation_days=_limitation(today),
    )
    whole = _with_accounts(cases, frames, rulebook)
    schema = whole.collect_schema()
    truths = frozenset(name for name, kind in schema.items() if kind == pl.Boolean)
    facts = _facts(rulebook, frozenset(schema), truths)
    return whole.select(*IDENTITY, *facts).collect(engine="in-memory")


def _open_cases(frames: Frames, rulebook: Rulebook, today: date) -> pl.DataFrame:
    """What is open, by ascending id."""
    return (
        extra.unfold(frames["invoices"].lazy(), Owner.INVOICE, rulebook.facts, today=today)
        .filter(pl.col("balance") > 0)
        .rename({"id": "case_id"})
        .sort("case_id")
        .collect(engine="in-memory")
    )


def _with_debtors(
    cases: pl.DataFrame,
    heard: ledger.Heard,
    frames: Frames,
    rulebook: Rulebook,
    *,
    today: date,
    timezone: str,
) -> pl.DataFrame:
    """The cases with all that is known of their debtors."""
    debtors = _debtors(frames["debtors"], timezone)
    debtors = extra.unfold(debtors, Owner.DEBTOR, rulebook.facts, today=today).drop("as_of")
    for told in _told_of_debtors(frames, heard, today=today):
        debtors = ledger.joined(debtors, told, "debtor_id")
    debtors = payers.with_habits(debtors, frames["payments"], frames["events"], today=today)
    late = (pl.lit(today) - pl.col("due")).dt.total_days()
    return (
        cases.lazy()
        .join(debtors, on="debtor_id", how="inner", maintain_order="left")
        .with_columns(
            account=_account(cases),
            signed_late=late,
            days_late=late.clip(lower_bound=0),
            days_before_due=pl.when(late <= 0).then(-late),
        )
        .collect(engine="in-memory")
    )


def _debtors(debtors: pl.DataFrame, timezone: str) -> pl.LazyFrame:
    return (
        debtors.lazy()
        .with_columns(territory=_TERRITORY)
        .select(
            "legal_kind",
            "profile",
            "extra",
            "as_of",
            "territory",
            debtor_id="id",
            debtor="reference",
            zone=calendars.zone(pl.col("territory"), home=timezone),
            **_REACHED,
        )
    )


def _account(cases: pl.DataFrame) -> pl.Expr:
    """A number per debtor and currency, the same whoever else has cases."""
    letters = {code: int.from_bytes(code.encode()) for code in cases["currency"].unique()}
    if not letters:  # of no case there is no mapping to read a type from
        return pl.col("debtor_id")
    code = pl.col("currency").replace_strict(letters, return_dtype=pl.Int64).cast(pl.Int64)
    return pl.col("debtor_id") * CURRENCIES + code


def _told_of_debtors(frames: Frames, heard: ledger.Heard, *, today: date) -> Iterator[pl.DataFrame]:
    """What was sent to debtors and said of them: tables by `debtor_id`."""
    events = frames["events"]
    contacts = history.contacts_30d(frames["messages"], today=today)
    yield taken_over.with_contacts(contacts, events, today=today)
    yield ledger.of_debtors(heard)
    decided = hand_over.decided(events, today=today)
    yield decided.filter(pl.col("decided_until") > today)  # it still stands
    yield history.preferred(events, today=today)


def _told_of_cases(frames: Frames, heard: ledger.Heard, *, today: date) -> Iterator[pl.DataFrame]:
    """What was done about cases and said of them: tables by `case_id`."""
    events = frames["events"]
    before = taken_over.last_steps(events, today=today)
    yield history.last_steps(frames["lines"], frames["sent_back"], before, today=today)
    yield ledger.of_cases(heard, today=today)
    yield holds.freed(frames["holds"], today=today)


def _with_clock(
    cases: pl.DataFrame, told: Iterable[pl.DataFrame], known: pl.DataFrame, today: date
) -> pl.DataFrame:
    """Each case with what is `told` of it, its last step, and the days that count since then.

    Those on which a stop held it for what was unknown do not count.
    """
    read_on = pl.when(pl.col("reply") == "none").then("reply_day")
    counted_from = pl.max_horizontal("done_on", "freed_on", read_on, "free_since")
    whole = cases.lazy()
    for each in told:
        whole = ledger.joined(whole, each, "case_id")
    cases = whole.with_columns(
        pl.col("recorded").fill_null("none"),
        counted_from=pl.when(pl.col("done_on").is_not_null()).then(counted_from),
    ).collect(engine="in-memory")
    stood = holds.stopped(known, cases.select("case_id", "counted_from"), today=today)
    counted = (pl.lit(today) - pl.col("counted_from")).dt.total_days()
    if not stood.is_empty():
        cases = cases.join(stood, on="case_id", how="left", maintain_order="left")
        counted -= pl.col("stopped").fill_null(0)
    return cases.with_columns(last_step="recorded", days_since_step=counted)


def _with_accounts(cases: pl.DataFrame, frames: Frames, rulebook: Rulebook) -> pl.LazyFrame:
    """The cases with what is true of their whole account."""
    claims = pl.col("signed_late") > 0, pl.col("dispute").fill_null("none") != "open"
    accounts = (
        cases.lazy()
        .with_columns(claimed=pl.when(*claims).then("amount_due"))
        .group_by("account")
        .agg(pl.col(*netting.ACCOUNT, "legal_kind").first(), gross=pl.col("claimed").sum())
    )
    accounts = netting.net(accounts, cases.lazy(), frames["credits"])
    accounts = placing.placed(accounts, frames["placements"], rulebook)
    told = accounts.drop(*netting.ACCOUNT, "legal_kind").with_columns(
        owed_by_debtor="debtor_overdue"
    )
    return cases.lazy().join(told, on="account", how="left", maintain_order="left")


def _limitation(today: date) -> pl.Expr:
    """Days before the claim is time-barred; against public bodies the years end in December."""
    kind, due = pl.col("legal_kind"), pl.col("due")
    ends = [
        pl.when(kind == name).then(due.dt.offset_by(f"{years}y"))
        for name, years in LIMITATION_YEARS.items()
    ]
    end = pl.coalesce(*ends, due.dt.offset_by(f"{OTHERS_YEARS}y"))
    december = pl.date(end.dt.year(), 12, 31)
    limit = pl.when(kind == "public_body").then(december).otherwise(end)
    return (limit - pl.lit(today)).dt.total_days()


@once
def _facts(rulebook: Rulebook, present: frozenset[str], truths: frozenset[str]) -> list[pl.Expr]:
    """The columns of all facts, of which some are `present` and some of these are Boolean."""
    return [_typed(fact, present, truths, rulebook) for fact in rulebook.facts.values()]


def _typed(
    fact: Fact, present: frozenset[str], truths: frozenset[str], rulebook: Rulebook
) -> pl.Expr:
    """A fact's column: typed, its default where nothing is recorded, cut to its bounds."""
    wanted = dtype(fact, rulebook)
    if fact.name not in present:
        default = fact.default if fact.has_default else None
        return pl.lit(default, dtype=wanted).alias(fact.name)
    column = pl.col(fact.name)
    if isinstance(wanted, pl.Enum):
        column = column.cast(wanted, strict=False)
    elif fact.type is FactType.BOOL:
        column = column if fact.name in truths else extra.truth_of(column)
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


_TERRITORY: Final = calendars.territory(pl.col("country"), pl.col("postcode"))
_REACHED: Final = {
    "has_email": _filled("email"),
    "has_mobile": _filled("mobile"),
    "has_phone": _filled("phone") | _filled("mobile"),
    "has_address": _filled("address") & _filled("postcode") & _filled("city"),
}
