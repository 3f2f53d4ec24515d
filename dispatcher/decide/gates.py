"""Contacts to days: limits postpone and say why and until when; they never drop one."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Final

import polars as pl

from dispatcher.decide import history, taken_over
from dispatcher.decide.contacts import DESCENDING, LEADING
from dispatcher.decide.open_days import on_open_days, outside_quiet_hours
from dispatcher.model.settings import Totals
from dispatcher.policy.terms import AtMost, Limits, Policy, Rulebook
from dispatcher.ports import Frames


#: Who gets what is scarce: the most advanced step, then the larger debtor.
SCARCE: Final = ("legal", "position", "owed_by_debtor", "case_id")
SCARCE_DESCENDING: Final = (True, True, True, False)


def pass_gates(
    contacts: pl.DataFrame,
    rows: pl.DataFrame,
    frames: Frames,
    rulebook: Rulebook,
    totals: Totals,
    *,
    today: date,
    now: datetime,
) -> pl.DataFrame:
    """The contacts with `day`, `gate` (why not today; empty: today) and `not_before` (UTC).

    `contacts` have a channel; `rows` are all evaluated cases, `frames` say what was sent before.
    """
    foreign = taken_over.contacts(frames["events"], today=today)
    past = pl.concat([history.contacts(frames["messages"], today=today), foreign])
    before = taken_over.steps_done(frames["events"], today=today)
    steps = pl.concat([history.steps_done(frames["lines"], today=today), before])
    spread = taken_over.not_before(frames["events"], today=today)
    steps = steps.join(rows.select("case_id", "debtor_id"), on="case_id", how="inner")
    dated = [
        _dated(mine, policy.limits, steps, past, spread, today=today, now=now)
        for policy, mine in _by_policy(contacts, rulebook)
    ]
    taken = _in_turn(pl.concat(dated or [_ungated(contacts)]), rulebook, today)
    handed = [
        _handed_out(mine, policy, past, today) for policy, mine in _by_policy(taken, rulebook)
    ]
    return _hand_out_totals(pl.concat(handed or [taken]), totals, past, rulebook, today)


def _by_policy(contacts: pl.DataFrame, rulebook: Rulebook) -> Iterator[tuple[Policy, pl.DataFrame]]:
    for policy in rulebook.policies.values():
        mine = contacts.filter(pl.col("policy") == policy.name)
        if not mine.is_empty():
            yield policy, mine


def _ungated(contacts: pl.DataFrame) -> pl.DataFrame:
    return contacts.with_columns(
        day=pl.lit(None, dtype=pl.Date),
        gate=pl.lit(""),
        not_before=pl.lit(None, dtype=pl.Datetime("us", "UTC")),
    )


def _dated(
    contacts: pl.DataFrame,
    limits: Limits,
    steps: pl.DataFrame,
    past: pl.DataFrame,
    spread: pl.DataFrame,
    *,
    today: date,
    now: datetime,
) -> pl.DataFrame:
    """The first day that is open to each contact for itself."""
    gated = _latest(contacts, limits, steps, past, spread, today=today)
    gated = on_open_days(gated, limits, today)
    gated = outside_quiet_hours(gated, limits, today, now)
    return on_open_days(gated, limits, today)


def _in_turn(contacts: pl.DataFrame, rulebook: Rulebook, today: date) -> pl.DataFrame:
    """Two accounts of one debtor share his patience: of those that may go today one goes.

    One that has to wait itself keeps nobody back.
    """
    gaps = {policy.name: _gap(policy.limits) for policy in rulebook.policies.values()}
    ready = pl.col("day") == today
    gap = pl.col("policy").replace_strict(gaps, default=1, return_dtype=pl.Int64)
    second = ready & (ready.cum_sum().over("debtor_id") > 1)
    return contacts.sort(LEADING, descending=DESCENDING).with_columns(
        day=pl.when(second).then(pl.lit(today) + pl.duration(days=gap)).otherwise("day"),
        gate=pl.when(second).then(pl.lit("gap")).otherwise("gate"),
        not_before=pl.when(~second).then("not_before"),
    )


def _handed_out(
    contacts: pl.DataFrame, policy: Policy, past: pl.DataFrame, today: date
) -> pl.DataFrame:
    """What is scarce, handed out; the rest goes on the first open day after today."""
    gated = contacts
    for what, count in policy.limits.per_day.items():
        done = past.filter(pl.col("day") == today, pl.col("policy") == policy.name)
        used = done.filter(pl.col("channel") == what).height
        gated = _hand_out(
            gated, pl.col("channel") == what, count - used, f"capacity: {what}", today
        )
    for what, limit, counted in _per_run(policy):
        gated = _hand_out(gated, counted, limit, f"per_run: {what}", today)
    return on_open_days(gated, policy.limits, today)


def _per_run(policy: Policy) -> Iterator[tuple[str, int, pl.Expr]]:
    """What one run of a policy may do, beyond which the rest goes on the following days."""
    safety = policy.safety
    if safety.legal_effect is not None:
        yield "legal_effect", safety.legal_effect, pl.col("legal")
    if safety.debtors is not None:
        yield "debtors", safety.debtors, pl.lit(value=True)


# -- limits that look back ----------------------------------------------------------------------


def _latest(
    contacts: pl.DataFrame,
    limits: Limits,
    steps: pl.DataFrame,
    past: pl.DataFrame,
    spread: pl.DataFrame,
    *,
    today: date,
) -> pl.DataFrame:
    """The latest day of all limits that look back, and the name of the one that gave it."""
    names: dict[str, str] = {}
    looking_back = [*_looking_back(limits, steps, past), ("first-day", spread)]
    for place, (reason, days) in enumerate(looking_back):
        names[f"limit_{place}"] = reason
        contacts = contacts.join(days.rename({"day": f"limit_{place}"}), on="debtor_id", how="left")
    contacts = contacts.with_columns(_only_where_counted(limits, names))
    contacts = contacts.with_columns(limit_today=pl.lit(today))
    columns = ["limit_today", *names]
    named = {"limit_today": ""} | names
    day = pl.max_horizontal(columns)
    gate = pl.coalesce(
        pl.when(pl.col(column) == pl.col("day")).then(pl.lit(named[column])) for column in columns
    )
    return _ungated(contacts).with_columns(day=day).with_columns(gate=gate).drop(columns)


def _looking_back(
    limits: Limits, steps: pl.DataFrame, past: pl.DataFrame
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Each limit's reason, and the first day it leaves to each debtor it touches."""
    for step, days in limits.after.items():
        yield (
            f"after: {step}",
            # Whatever was done since: its claim runs as long as the case is open.
            steps.filter(pl.col("step") == step)
            .group_by("debtor_id")
            .agg(day=pl.col("done_on").max() + pl.duration(days=days)),
        )
    yield (
        "gap",
        past.group_by("debtor_id").agg(day=pl.col("day").max() + timedelta(days=_gap(limits))),
    )
    for cap in limits.at_most:
        yield f"cap: {cap.what}", _capped(past.filter(counts(cap.what)), cap)


def _gap(limits: Limits) -> int:
    """Days between two contacts with a debtor; never two on one day."""
    return max(limits.gap, 1)


def counts(what: str) -> pl.Expr:
    """Which contacts a cap counts: all, those with legal effect, or those on a channel."""
    if what == "contacts":
        return pl.lit(value=True)
    return pl.col("legal_effect" if what == "legal_effect" else "channel") == (
        True if what == "legal_effect" else what
    )


def _capped(past: pl.DataFrame, cap: AtMost) -> pl.DataFrame:
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
    going = counted & (pl.col("day") == today)
    ordered = contacts.sort(SCARCE, descending=SCARCE_DESCENDING)
    beyond = going & (going.cum_sum() > max(count, 0))
    return ordered.with_columns(
        day=pl.when(beyond).then(pl.lit(today + timedelta(days=1))).otherwise("day"),
        gate=pl.when(beyond).then(pl.lit(reason)).otherwise("gate"),
        not_before=pl.when(~beyond).then("not_before"),
    )


def _hand_out_totals(
    contacts: pl.DataFrame, totals: Totals, past: pl.DataFrame, rulebook: Rulebook, today: date
) -> pl.DataFrame:
    """The limits of the home over all policies."""
    done = past.filter(pl.col("day") == today)
    for what, count in totals.per_day.items():
        used = done.filter(pl.col("channel") == what).height
        counted = pl.col("channel") == what
        contacts = _hand_out(contacts, counted, count - used, f"capacity: {what}", today)
    if totals.per_run is not None:
        everyone = pl.lit(value=True)
        contacts = _hand_out(contacts, everyone, totals.per_run, "per_run: contacts", today)
    parts = [
        on_open_days(contacts.filter(pl.col("policy") == policy.name), policy.limits, today)
        for policy in rulebook.policies.values()
    ]
    return pl.concat(parts) if parts else contacts
