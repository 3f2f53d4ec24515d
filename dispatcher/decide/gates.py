"""Contacts to days: limits postpone and say why and until when; they never drop one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import polars as pl

from dispatcher.decide import history, notices, taken_over
from dispatcher.decide.contacts import DESCENDING, LEADING
from dispatcher.decide.costs import PARTS, dearest
from dispatcher.decide.open_days import on_open_days, outside_quiet_hours
from dispatcher.model.settings import Settings, Totals
from dispatcher.policy.terms import AtMost, Limits, Policy, Rulebook
from dispatcher.ports import Frames


#: What of a contact limits read: its row has some hundred columns, and is put in order often.
READ: Final = (
    *("leader", "case_id", "debtor_id", "policy", "step", "channel", "also"),
    *("territory", "zone"),
    *("legal", "position", "signed_late", "owed", "owed_by_debtor"),
)

#: Who gets what is scarce: the most advanced step, then the larger debtor.
SCARCE: Final = ("legal", "position", "owed_by_debtor", "case_id")
SCARCE_DESCENDING: Final = (True, True, True, False)

#: What a cap counts by contact; everything else is a channel and counts by message.
OF_CONTACTS: Final = ("contacts", "legal_effect")

EVERY_ONE: Final = ("contacts", "debtors")  # one contact a day is one debtor

#: What capacities tell contacts of today apart by.
DONE: Final = ("policy", "channel", "legal_effect")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """Contacts before what is scarce is handed out, and how many today has already (`DONE`).

    `beside` counts today's messages by `channel`, those beside a contact too: each costs.
    """

    contacts: pl.DataFrame
    done: pl.DataFrame
    beside: pl.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What limits look back at, ours and what was taken over.

    `steps` are the steps done of open cases, `contacts` what counts as one, `messages` the same
    with those that stood beside a contact, `spread` the first days that a start gave.
    """

    steps: pl.DataFrame
    contacts: pl.DataFrame
    messages: pl.DataFrame
    spread: pl.DataFrame


def dated(
    contacts: pl.DataFrame,
    rows: pl.DataFrame,
    frames: Frames,
    rulebook: Rulebook,
    *,
    today: date,
    now: datetime,
) -> Dated:
    """The first day open to each contact for itself, and what counts as done today.

    `contacts` have a channel and the columns of `READ`; `rows` are all evaluated cases, `frames`
    say what was sent before. Each debtor is looked at for himself.
    """
    recent = frames["messages"].filter(_recent(rulebook, today))
    every_one = _contacts(recent, frames, today)
    done = every_one.filter(pl.col("day") == today).group_by(DONE).agg(done=pl.len())
    beside = _messages_of(recent, today)
    if contacts.is_empty():
        return Dated(contacts=_ungated(contacts), done=done, beside=beside)
    past = Past(
        steps=_steps(rows, frames, rulebook, today),
        contacts=every_one,
        messages=_contacts(recent, frames, today, beside=True),
        spread=taken_over.not_before(frames["events"], today=today),
    )
    parts = [
        _latest(mine, policy.limits, past, today) for policy, mine in _by_policy(contacts, rulebook)
    ]
    gated = on_open_days(pl.concat(parts), rulebook, today)
    gated = outside_quiet_hours(gated, rulebook, today, now)
    return Dated(
        contacts=_in_turn(on_open_days(gated, rulebook, today), rulebook, today),
        done=done,
        beside=beside,
    )


def handed_out(
    dated: Sequence[Dated], rulebook: Rulebook, settings: Settings, *, today: date
) -> pl.DataFrame:
    """The contacts of all debtors with `day`, `gate` (why not today; empty: today), `not_before`.

    What is scarce goes to the most advanced and the largest of them all; `not_before` is in UTC.
    """
    contacts = pl.concat([part.contacts for part in dated])
    if contacts.is_empty():
        return contacts
    done = pl.concat([part.done for part in dated])
    for policy in rulebook.policies.values():
        contacts = _handed_out(contacts, policy, done, today)
    contacts = on_open_days(contacts, rulebook, today)
    totalled = _hand_out_totals(contacts, settings.totals, done, today)
    totalled = _hand_out_money(totalled, settings, pl.concat(x.beside for x in dated), today)
    return totalled if totalled is contacts else on_open_days(totalled, rulebook, today)


def _recent(rulebook: Rulebook, today: date) -> pl.Expr:
    """Whether a message may still hold back a contact: most of two years cannot any more."""
    limits = [policy.limits for policy in rulebook.policies.values()]
    looked_at = [_gap(each) for each in limits] + [x.per for each in limits for x in each.at_most]
    since = pl.lit(today) - pl.duration(days=max(looked_at, default=0))
    return pl.col("contact_on").is_null() | (pl.col("contact_on") > since)


def _contacts(
    messages: pl.DataFrame, frames: Frames, today: date, *, beside: bool = False
) -> pl.DataFrame:
    """What counts as a contact, ours and what was taken over."""
    ours = history.contacts(messages, today=today, beside=beside)
    return pl.concat([ours, taken_over.contacts(frames["events"], today=today)])


def _messages_of(messages: pl.DataFrame, today: date) -> pl.DataFrame:
    """How many messages of ours today has, by `channel`."""
    ours = history.contacts(messages, today=today, beside=True)
    return ours.filter(pl.col("day") == today).group_by("channel").agg(count=pl.len())


def _steps(rows: pl.DataFrame, frames: Frames, rulebook: Rulebook, today: date) -> pl.DataFrame:
    """The steps done of open cases after which a limit counts."""
    terms = frozenset(step for each in rulebook.policies.values() for step in each.limits.after)
    done = notices.steps_done(frames, terms, today)
    return done.join(rows.select("case_id", "debtor_id"), on="case_id", how="inner")


def _by_policy(contacts: pl.DataFrame, rulebook: Rulebook) -> Iterator[tuple[Policy, pl.DataFrame]]:
    parts = contacts.partition_by("policy", as_dict=True)
    for policy in rulebook.policies.values():
        mine = parts.get((policy.name,))
        if mine is not None:
            yield policy, mine


def _ungated(contacts: pl.DataFrame) -> pl.DataFrame:
    return contacts.with_columns(
        day=pl.lit(None, dtype=pl.Date),
        gate=pl.lit(""),
        not_before=pl.lit(None, dtype=pl.Datetime("us", "UTC")),
    )


def _in_turn(contacts: pl.DataFrame, rulebook: Rulebook, today: date) -> pl.DataFrame:
    """Two accounts of one debtor share his patience: of those that may go today one goes.

    One that has to wait itself keeps nobody back.
    """
    gaps = {policy.name: _gap(policy.limits) for policy in rulebook.policies.values()}
    ready = contacts.select("debtor_id", *LEADING).filter(contacts["day"] == today)
    # Most debtors have one: the others alone are put in order.
    rivals = ready.filter(pl.col("debtor_id").is_duplicated())
    if rivals.is_empty():
        return contacts
    first = rivals.sort(LEADING, descending=DESCENDING).unique("debtor_id", keep="first")
    behind = rivals.join(first, on="case_id", how="anti")
    gap = pl.col("policy").replace_strict(gaps, default=1, return_dtype=pl.Int64)
    second = pl.col("case_id").is_in(behind["case_id"].implode())
    return contacts.with_columns(
        day=pl.when(second).then(pl.lit(today) + pl.duration(days=gap)).otherwise("day"),
        gate=pl.when(second).then(pl.lit("gap")).otherwise("gate"),
        not_before=pl.when(~second).then("not_before"),
    )


def _handed_out(
    contacts: pl.DataFrame, policy: Policy, done: pl.DataFrame, today: date
) -> pl.DataFrame:
    """What is scarce in a policy, handed out; the rest goes tomorrow at the earliest."""
    mine, its = done.filter(pl.col("policy") == policy.name), pl.col("policy") == policy.name
    for what, count in policy.limits.per_day.items():
        left = count - _used(mine, pl.col("channel") == what)
        counted = its & (pl.col("channel") == what)
        contacts = _hand_out(contacts, counted, left, f"capacity: {what}", today)
    for what, limit, counted in _per_run(policy):
        left = limit - _used(mine, counts(what))
        contacts = _hand_out(contacts, its & counted, left, f"per_run: {what}", today)
    return contacts


def _used(done: pl.DataFrame, counted: pl.Expr) -> int:
    """How many contacts of today a limit counts."""
    if done.is_empty():
        return 0
    return int(done.filter(counted)["done"].sum())


def _per_run(policy: Policy) -> Iterator[tuple[str, int, pl.Expr]]:
    """What the runs of a day may do, beyond which the rest goes on the following days."""
    safety = policy.safety
    if safety.legal_effect is not None:
        yield "legal_effect", safety.legal_effect, pl.col("legal")
    if safety.debtors is not None:
        yield "debtors", safety.debtors, pl.lit(value=True)


# -- limits that look back ----------------------------------------------------------------------


def _latest(contacts: pl.DataFrame, limits: Limits, past: Past, today: date) -> pl.DataFrame:
    """The latest day of all limits that look back, and the name of the one that gave it."""
    names: dict[str, str] = {}
    gated = _ungated(contacts).lazy()
    for place, (reason, days) in enumerate(_looking_back(limits, past)):
        names[f"limit_{place}"] = reason
        limit = days.rename({"day": f"limit_{place}"})
        gated = gated.join(limit, on="debtor_id", how="left", maintain_order="left")
    gated = gated.with_columns(_only_where_counted(limits, names), limit_today=pl.lit(today))
    named = {"limit_today": ""} | names
    gate = pl.coalesce(
        pl.when(pl.col(column) == pl.col("day")).then(pl.lit(reason))
        for column, reason in named.items()
    )
    return (
        gated.with_columns(day=pl.max_horizontal(*named))
        .with_columns(gate=gate)
        .drop(*named)
        .collect(engine="in-memory")
    )


def _looking_back(limits: Limits, past: Past) -> Iterator[tuple[str, pl.LazyFrame]]:
    """Each limit's reason, and the first day it leaves to each debtor it touches.

    A cap of contacts counts each contact once, that of a channel every message on it. What has
    nothing to look back at is left out.
    """
    for step, days in limits.after.items() if past.steps.height else ():
        yield (
            f"after: {step}",
            # Whatever was done since: its claim runs as long as the case is open.
            past.steps.lazy()
            .filter(pl.col("step") == step)
            .group_by("debtor_id")
            .agg(day=pl.col("done_on").max() + pl.duration(days=days)),
        )
    if past.contacts.height:
        last = pl.col("day").max() + timedelta(days=_gap(limits))
        yield "gap", past.contacts.lazy().group_by("debtor_id").agg(day=last)
    for cap in limits.at_most if past.messages.height else ():
        counted = past.contacts if cap.what in OF_CONTACTS else past.messages
        yield f"cap: {cap.what}", _capped(counted.lazy().filter(counts(cap.what)), cap)
    if past.spread.height:
        yield "first-day", past.spread.lazy()


def _gap(limits: Limits) -> int:
    """Days between two contacts with a debtor; never two on one day."""
    return max(limits.gap, 1)


def counts(what: str) -> pl.Expr:
    """Which contacts a limit counts: all, those with legal effect, or those on a channel."""
    if what in EVERY_ONE:
        return pl.lit(value=True)
    return pl.col("legal_effect" if what == "legal_effect" else "channel") == (
        True if what == "legal_effect" else what
    )


def _capped(past: pl.LazyFrame, cap: AtMost) -> pl.LazyFrame:
    """The day on which the oldest contact that fills the cap leaves its window."""
    return (
        past.sort("day", descending=True)
        .group_by("debtor_id", maintain_order=True)
        .agg(day=pl.col("day").slice(cap.count - 1, 1).first() + timedelta(days=cap.per))
        .filter(pl.col("day").is_not_null())
    )


def _only_where_counted(limits: Limits, names: Mapping[str, str]) -> list[pl.Expr]:
    """Caps hold back only what they count: a cap on calls lets an e-mail go."""
    caps = {f"cap: {cap.what}": cap.what for cap in limits.at_most}
    where = {
        what: pl.col("legal") if what == "legal_effect" else pl.col("channel") == what
        for what in caps.values()
        if what != "contacts"
    }
    return [
        pl.when(where[caps[reason]]).then(column).alias(column)
        for column, reason in names.items()
        if caps.get(reason) in where
    ]


# -- what is scarce -----------------------------------------------------------------------------


def _hand_out(
    contacts: pl.DataFrame, counted: pl.Expr, count: int, reason: str, today: date
) -> pl.DataFrame:
    """Today's contacts beyond a count wait; the most advanced, then the largest, go first."""
    if contacts.height <= count:
        return contacts
    going = counted & (pl.col("day") == today)
    if contacts.select(going.sum()).item() <= max(count, 0):
        return contacts
    ordered = contacts.sort(SCARCE, descending=SCARCE_DESCENDING)
    beyond = going & (going.cum_sum() > max(count, 0))
    return _tomorrow(ordered, beyond, reason, today)


def _tomorrow(contacts: pl.DataFrame, beyond: pl.Expr, reason: str, today: date) -> pl.DataFrame:
    """The contacts, those beyond a limit on the next day and with the reason."""
    return contacts.with_columns(
        day=pl.when(beyond).then(pl.lit(today + timedelta(days=1))).otherwise("day"),
        gate=pl.when(beyond).then(pl.lit(reason)).otherwise("gate"),
        not_before=pl.when(~beyond).then("not_before"),
    )


def _hand_out_totals(
    contacts: pl.DataFrame, totals: Totals, done: pl.DataFrame, today: date
) -> pl.DataFrame:
    """The limits of the home over all policies."""
    for what, count in totals.per_day.items():
        counted = pl.col("channel") == what
        left = count - _used(done, counted)
        contacts = _hand_out(contacts, counted, left, f"capacity: {what}", today)
    if totals.legal_effect_per_day is not None:
        left = totals.legal_effect_per_day - _used(done, pl.col("legal_effect"))
        reason = "limit: legal_effect_per_day"
        contacts = _hand_out(contacts, pl.col("legal"), left, reason, today)
    if totals.per_run is not None:
        everyone = pl.lit(value=True)
        left = totals.per_run - _used(done, everyone)
        contacts = _hand_out(contacts, everyone, left, "per_run: contacts", today)
    return contacts


def _hand_out_money(
    contacts: pl.DataFrame, settings: Settings, beside: pl.DataFrame, today: date
) -> pl.DataFrame:
    """What the home pays in one run and on one day; what costs nothing always goes."""
    totals = settings.totals
    prices = {name: int(price * PARTS) for name, price in dearest(settings).items()}
    spent = sum(prices.get(name, 0) * count for name, count in beside.iter_rows())
    for limit, before, name in (
        (totals.cost_per_day, spent, "cost_per_day"),
        (totals.cost_per_run, 0, "cost_per_run"),
    ):
        if limit is not None:
            left = int(limit * PARTS) - before
            contacts = _hand_out_paid(contacts, prices, left, f"limit: {name}", today)
    return contacts


def _hand_out_paid(
    contacts: pl.DataFrame, prices: Mapping[str, int], left: int, reason: str, today: date
) -> pl.DataFrame:
    """Today's contacts that cost more than is left wait; the most advanced are paid first."""
    price = sum(
        pl.col(name).replace_strict(prices, default=0, return_dtype=pl.Int64)
        for name in ("channel", "also")
    )
    going = pl.when(pl.col("day") == today).then(price).otherwise(0)
    if contacts.select(going.sum()).item() <= max(left, 0):
        return contacts
    ordered = contacts.sort(SCARCE, descending=SCARCE_DESCENDING)
    return _tomorrow(ordered, (going > 0) & (going.cum_sum() > max(left, 0)), reason, today)
