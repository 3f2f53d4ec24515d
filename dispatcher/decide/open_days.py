"""Days and hours on which a debtor may be contacted: seasons, days off, quiet hours."""

from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl

from dispatcher.decide import calendars
from dispatcher.model.decision import Action
from dispatcher.policy.terms import Closed, Limits, Rulebook


FAR: Final = 400  # days; a closed season never lasts a year
HAND_OVER: Final = "hand_over"  # how a closed season names handing over among its steps


#: What of a contact says whether a day is open to it.
KEYS: Final = ["policy", "territory", "step", "day"]


def on_open_days(contacts: pl.DataFrame, rulebook: Rulebook, today: date) -> pl.DataFrame:
    """Each contact's day moved to the next one on which its debtor may be contacted."""
    moved = _opened(contacts, rulebook)
    if moved is None:
        return contacts
    waits_already = (pl.col("day") > today) & (pl.col("gate") != "")
    return (
        contacts.lazy()
        .join(moved.lazy(), on=KEYS, how="left", nulls_equal=True, maintain_order="left")
        .with_columns(
            gate=pl.when(waits_already | (pl.col("why") == "")).then("gate").otherwise("why"),
            day=pl.col("open_day"),
        )
        .drop("open_day", "why")
        .collect(engine="in-memory")
    )


def reopened(waiting: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """`case_id` and `day`: the day of each waiting case, or the next on which its step may go.

    `waiting` holds `case_id`, `policy`, `territory`, `step` and `day`.
    """
    moved = _opened(waiting, rulebook)
    if moved is None:
        return waiting.select("case_id", "day")
    return waiting.join(moved, on=KEYS, how="left").select("case_id", day="open_day")


def _opened(contacts: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame | None:
    """`open_day` and `why` of all that differ in `KEYS`; None: every day is open."""
    asked = contacts.select(KEYS).unique(maintain_order=True)
    found = [
        _open_day(place, step, day, limits=rulebook.policies[policy].limits)
        for policy, place, step, day in asked.iter_rows()
    ]
    if not any(why for _, why in found):
        return None
    return asked.with_columns(
        open_day=pl.Series([day for day, _ in found], dtype=pl.Date),
        why=pl.Series([why for _, why in found], dtype=pl.String),
    )


def _open_day(place: str, step: str, day: date, *, limits: Limits) -> tuple[date, str]:
    """The first open day from `day` on, and why that is not `day` itself."""
    first = ""
    for later in range(FAR):
        candidate = day + timedelta(days=later)
        why = shut(candidate, place, step, limits)
        first = first or why
        if not why:
            return candidate, first
    message = f"no open day within {FAR} days of {day}"
    raise ValueError(message)


def shut(day: date, place: str, step: str, limits: Limits) -> str:
    """Why nobody is contacted that day: `closed`, `weekend`, `holiday`, or an empty text."""
    if any(
        _in_season(day, season) and step in (season.steps or (step,)) for season in limits.closed
    ):
        return "closed"
    return calendars.closing(day, place) if limits.business_days else ""


def _in_season(day: date, season: Closed) -> bool:
    point = (day.month, day.day)
    if season.start <= season.end:
        return season.start <= point <= season.end
    return point >= season.start or point <= season.end


def outside_quiet_hours(
    contacts: pl.DataFrame, rulebook: Rulebook, today: date, now: datetime
) -> pl.DataFrame:
    """Contacts of today in a quiet hour get the hour it ends, or the next day when that is over."""
    keys = ["policy", "zone", "channel"]
    asked = contacts.select(keys).unique(maintain_order=True)
    hours = [
        quiet_until(now, zone, rulebook.policies[policy].limits.quiet_hours.get(name))
        for policy, zone, name in asked.iter_rows()
    ]
    if not any(hours):  # nor has anything a `not_before` yet (`gates.dated`)
        return contacts
    local = [_local_day(end, zone) for end, zone in zip(hours, asked["zone"], strict=True)]
    told = asked.with_columns(
        ends=pl.Series(hours, dtype=pl.Datetime("us", "UTC")),
        ends_on=pl.Series(local, dtype=pl.Date),
    )
    quiet_today = (pl.col("day") == today) & pl.col("ends").is_not_null()
    over = quiet_today & (pl.col("ends_on") > today)
    return (
        contacts.lazy()
        .join(told.lazy(), on=keys, how="left", maintain_order="left")
        .with_columns(
            not_before=pl.when(quiet_today & ~over).then("ends"),
            day=pl.when(over).then("ends_on").otherwise("day"),
            gate=pl.when(over).then(pl.lit("quiet-hours")).otherwise("gate"),
        )
        .drop("ends", "ends_on")
        .collect(engine="in-memory")
    )


def _local_day(instant: datetime | None, zone: str) -> date | None:
    return None if instant is None else instant.astimezone(ZoneInfo(zone)).date()


def opening(
    at: datetime, *, territory: str, zone: str, step: str, channel: str, limits: Limits
) -> datetime:
    """The first instant from `at` on at which a channel may contact a debtor for that step.

    Raises:
        ValueError: there is none for more than a year.
    """
    quiet = limits.quiet_hours.get(channel)
    found, last = at, at + timedelta(days=FAR)
    while found < last:
        local = found.astimezone(ZoneInfo(zone))
        if shut(local.date(), territory, step, limits):
            after = local.date() + timedelta(days=1)
            morning = datetime(after.year, after.month, after.day, tzinfo=ZoneInfo(zone))
            found = morning.astimezone(ZoneInfo("UTC"))
            continue
        ends = quiet_until(found, zone, quiet)
        if ends is None:
            return found
        found = ends
    message = f"no open hour within {FAR} days of {at}"
    raise ValueError(message)


def quiet_until(now: datetime, zone: str, hours: tuple[int, int] | None) -> datetime | None:
    """When the quiet hours that hold at `now` end; None outside them.

    `hours` are minutes after midnight in the debtor's zone; they may cross midnight.
    """
    if hours is None:
        return None
    local = now.astimezone(ZoneInfo(zone))
    start, end = hours
    minute = local.hour * 60 + local.minute
    crossing = start > end
    quiet = (minute >= start or minute < end) if crossing else start <= minute < end
    if not quiet:
        return None
    day = local.date() + timedelta(days=int(crossing and minute >= start))
    ends = datetime(day.year, day.month, day.day, end // 60, end % 60, tzinfo=ZoneInfo(zone))
    found = ends.astimezone(ZoneInfo("UTC"))
    if found > now:
        return found
    # In the night in which the clock is set back the hour was on the wall before: it comes again.
    return ends.replace(fold=1).astimezone(ZoneInfo("UTC"))


def postpone_hand_overs(rows: pl.DataFrame, rulebook: Rulebook, *, today: date) -> pl.DataFrame:
    """The rows with hand-overs waiting where their policy closes a season to them."""
    reopened = {
        policy.name: day
        for policy in rulebook.policies.values()
        for seasons in [[x for x in policy.limits.closed if HAND_OVER in x.steps]]
        for day, why in [_open_day("", HAND_OVER, today, limits=Limits(closed=tuple(seasons)))]
        if why
    }
    if not reopened:
        return rows
    waits = (pl.col("action") == Action.HAND_OVER.value) & pl.col("policy").is_in(list(reopened))
    day = pl.col("policy").replace_strict(reopened, default=None, return_dtype=pl.Date)
    return rows.with_columns(
        action=pl.when(waits).then(pl.lit(Action.WAIT.value)).otherwise("action"),
        reason=pl.when(waits).then(pl.lit("closed")).otherwise("reason"),
        task=pl.when(waits).then(pl.lit("")).otherwise("task"),
        until=pl.when(waits).then(day).otherwise("until"),
    )
