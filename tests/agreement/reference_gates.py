"""Channels and gates for one contact with one debtor, read naively from `language.md`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays

from dispatcher.policy.terms import Closed, Contact, Limits


Row = Mapping[str, Any]

#: Channel -> (what has to be known of the debtor, what is said where it is not).
NEEDS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "email": (("email",), "no-email"),
    "sms": (("mobile",), "no-mobile"),
    "call": (("phone", "mobile"), "no-phone"),  # one of them
    "letter": (("address", "postcode", "city"), "no-address"),
    "registered_letter": (("address", "postcode", "city"), "no-address"),
    "visit": (("address", "postcode", "city"), "no-address"),
}

#: Postcode (its first figures) -> subdivision of the calendar of holidays, zone.
PLACES: Mapping[str, tuple[str, str]] = {
    "75": ("", "Europe/Paris"),
    "67": ("57", "Europe/Paris"),
    "971": ("971", "America/Guadeloupe"),
    "974": ("974", "Indian/Reunion"),
    "976": ("976", "Indian/Mayotte"),
}

HAS_LEFT = {"sending", "accepted", "sent", "delivered", "unknown", "bounced"}
STILL_TO_GO = {"awaiting", "planned", "sending", "deferred", "unknown", "hold", "quarantined"}


# -- the past -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One contact of the past that counts."""

    day: date
    channel: str
    legal_effect: bool


def past_contacts(messages: Sequence[Row], today: date, *, beside: bool = False) -> list[Past]:
    """What may have left or was made by people; answers never; what is to go counts as today's.

    A second message belongs to its contact; `beside` counts it too.
    """
    return [
        Past(
            day=row["contact_on"] or today, channel=row["channel"], legal_effect=row["legal_effect"]
        )
        for row in messages
        if (beside or row["main_id"] is None)
        and not row["rule"].startswith("answers/")
        and (
            row["state"] in STILL_TO_GO
            or row["state"] == "accepted"
            or (row["state"] in HAS_LEFT and row["contact_on"] is not None)
        )
    ]


def foreign_contacts(events: Sequence[Row], today: date) -> list[Past]:
    """Contacts that were not ours; they count as ours."""
    return [
        Past(day=row["day"], channel=row["detail"], legal_effect=False)
        for row in events
        if row["kind"] == "contacted" and row["day"] <= today
    ]


def first_spread(events: Sequence[Row], today: date) -> date | None:
    """The first day that a start gave him; the newest word counts."""
    told = [row for row in events if row["kind"] == "not_before" and row["day"] <= today]
    told = [row for row in told if row["until"] is not None]
    return max(told, key=lambda row: (row["day"], row["id"]))["until"] if told else None


# -- channels -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How a contact reaches the debtor; an empty channel: not at all."""

    channel: str
    also: str
    refused: tuple[tuple[str, str], ...]


def choose_channel(
    then: Contact,
    debtor: Row,
    shut: Mapping[str, str],
    reach: frozenset[str],
    *,
    prefers: str,
    full: frozenset[str],
) -> Reached:
    """The first channel that he can receive, his own preference first among those allowed.

    Each one refused leaves its reason. `full` holds the channels whose cap is reached today: that
    leaves out an `also`, and never changes the main channel.
    """
    refused = []
    chosen = ""
    for channel in sorted(then.channels, key=lambda name: name != prefers):
        why = why_not(channel, debtor, shut, reach)
        if not why:
            chosen = channel
            break
        refused.append((channel, why))
    also = then.also if chosen else ""
    if also:
        why = "same-channel" if also == chosen else why_not(also, debtor, shut, reach)
        why = why or ("cap" if also in full else "")
        if why:
            refused.append((also, why))
            also = ""
    return Reached(channel=chosen, also=also, refused=tuple(refused))


def why_not(channel: str, debtor: Row, shut: Mapping[str, str], reach: frozenset[str]) -> str:
    """Why a channel cannot be used for this debtor; an empty text where it can."""
    if channel not in reach:
        return "no-adapter"
    needed, missing = NEEDS[channel]
    wanted = any if channel == "call" else all
    if not wanted(debtor[name] for name in needed):
        return missing
    return shut.get(channel, "") or shut.get("", "")


def shut_channels(
    messages: Sequence[Row], events: Sequence[Row], debtor: Row, today: date
) -> dict[str, str]:
    """Channels a debtor is out of (`""`: all): the newest wish, and the newest that came back."""
    known = [row for row in events if row["day"] <= today]
    known.sort(key=lambda row: (row["day"], row["id"]))
    wished = [word for row in known for word in wish(row)]
    back = [word for row in messages for word in came_back(row, debtor)]
    back += [word for row in known for word in closing(row, debtor, today)]
    found: dict[str, tuple[date, str]] = {}
    for words in (back, wished):
        newest = {channel: (day, why) for day, channel, why in sorted(words, key=lambda w: w[0])}
        for channel, (day, why) in newest.items():
            if why and (channel not in found or day >= found[channel][0]):
                found[channel] = (day, why)
    return {channel: why for channel, (_, why) in found.items()}


def wish(row: Row) -> list[tuple[date, str, str]]:
    """What the debtor wants."""
    why = {"opted_out": "opted-out", "opted_in": ""}.get(row["kind"])
    return [] if why is None else [(row["day"], row["detail"], why)]


def came_back(row: Row, debtor: Row) -> list[tuple[date, str, str]]:
    """A message that says that his address is not good."""
    fault, state = row.get("fault"), row["state"]
    bounced = state == "bounced" and fault not in {"message", "configuration", "passing"}
    if not bounced and (state, fault) != ("failed", "recipient"):
        return []
    if not is_present(row["channel"], row.get("recipient") or "", debtor):
        return []
    return [(row["contact_on"] or date.min, row["channel"], "bounced")]


def closing(row: Row, debtor: Row, today: date) -> list[tuple[date, str, str]]:
    """What was said of a channel, until a day or for good."""
    if row["kind"] in {"opted_in", "channel_released"}:
        return [(row["day"], row["detail"], "")]
    over = row["until"] is not None and row["until"] < today
    if row["kind"] != "channel_closed" or over:
        return []
    channel, _, address = row["detail"].partition(" ")
    told = (row["day"], channel, "bounced" if address else "closed-by-hand")
    return [told] if is_present(channel, address, debtor) else []


def is_present(channel: str, address: str, debtor: Row) -> bool:
    """Whether what came back concerns the address that he has now."""
    return not address or (channel in NEEDS and address == written(channel, debtor))


def written(channel: str, debtor: Row) -> str:
    """The address to which a channel writes; of letters this knows none."""
    own = {"email": debtor["email"], "sms": debtor["mobile"]}
    own["call"] = debtor["phone"] or debtor["mobile"]
    return own.get(channel) or ""


def preference(events: Sequence[Row], today: date) -> str:
    """The channel that he asked for last."""
    told = [row for row in events if row["kind"] == "prefers" and row["day"] <= today]
    return str(max(told, key=lambda row: (row["day"], row["id"]))["detail"]) if told else ""


def full_channels(limits: Limits, past: Sequence[Past], today: date) -> frozenset[str]:
    """The channels that may not be used today because their own cap is reached."""
    return frozenset(
        cap.what
        for cap in limits.at_most
        if sum(
            today - timedelta(days=cap.per) < one.day <= today
            for one in past
            if one.channel == cap.what
        )
        >= cap.count
    )


# -- days ---------------------------------------------------------------------------------------


def place_of(debtor: Row) -> tuple[str, str]:
    """The calendar and the zone of a debtor's postcode."""
    found = (place for start, place in PLACES.items() if debtor["postcode"].startswith(start))
    return next(found)


@cache
def _holidays(part: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("FR", subdiv=part or None, years=year))


def day_off(day: date, debtor: Row, limits: Limits, step: str) -> str:
    """Why no contact by this step leaves on a day; an empty text where it may."""
    if any(is_closed(season, day) for season in limits.closed if _covers(season, step)):
        return "closed"
    if limits.business_days and day.isoweekday() > 5:
        return "weekend"
    part, _ = place_of(debtor)
    return "holiday" if limits.business_days and day in _holidays(part, day.year) else ""


def _covers(season: Closed, step: str) -> bool:
    return not season.steps or step in season.steps


def is_closed(season: Closed, day: date) -> bool:
    """Both ends are included; a season may cross the new year."""
    now = (day.month, day.day)
    if season.start <= season.end:
        return season.start <= now <= season.end
    return now >= season.start or now <= season.end


def quiet_until(hours: tuple[int, int], now: datetime, zone: str) -> datetime | None:
    """When the quiet hours end that it is now at the debtor's; None: they do not run."""
    start, end = hours
    there = now.astimezone(ZoneInfo(zone))
    minute = there.hour * 60 + there.minute
    quiet = start <= minute < end if start <= end else minute >= start or minute < end
    if not quiet:
        return None
    at = datetime.combine(there.date(), time(end // 60, end % 60), ZoneInfo(zone))
    return at if minute < end else at + timedelta(days=1)


# -- gates --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """The first day on which a contact may leave, and which limit gave it (`""`: today)."""

    day: date
    gate: str
    not_before: datetime


def morning(day: date) -> datetime:
    """When a day of the home begins: what may leave at any hour may leave from then on."""
    return datetime.combine(day, time(), tzinfo=ZoneInfo("Europe/Paris")).astimezone(UTC)


def first_day(
    limits: Limits,
    *,
    past: Sequence[Past],
    messages: Sequence[Past],
    noticed: Sequence[tuple[str, date]],
    spread: date | None,
    channel: str,
    step: str,
    legal_effect: bool,
    debtor: Row,
    today: date,
    now: datetime,
) -> Passed:
    """The latest day of all limits; `noticed` holds the steps done on his open cases."""
    floors = _floors(
        limits, past, messages, noticed, channel=channel, today=today, legal=legal_effect
    )
    if spread is not None and spread > today:
        floors.append((spread, "first-day"))
    wanted = [(today, ""), *floors]
    day = max(found for found, _ in wanted)
    gate = next(reason for found, reason in wanted if found == day)
    while why := day_off(day, debtor, limits, step):
        gate = gate or why
        day += timedelta(days=1)
    if day > today or channel not in limits.quiet_hours:
        return Passed(day=day, gate=gate, not_before=morning(today))
    end = quiet_until(limits.quiet_hours[channel], now, place_of(debtor)[1])
    if end is None:
        return Passed(day=day, gate=gate, not_before=morning(today))
    later = end.astimezone(ZoneInfo("Europe/Paris")).date()
    if later <= today:
        return Passed(day=day, gate=gate, not_before=end.astimezone(UTC))
    while day_off(later, debtor, limits, step):
        later += timedelta(days=1)
    return Passed(day=later, gate="quiet-hours", not_before=end.astimezone(UTC))


def _floors(
    limits: Limits,
    past: Sequence[Past],
    messages: Sequence[Past],
    noticed: Sequence[tuple[str, date]],
    *,
    channel: str,
    today: date,
    legal: bool,
) -> list[tuple[date, str]]:
    """The day that each limit gives by itself, with its reason.

    `past` are contacts, `messages` their messages: what stands beside a contact counts on its own
    channel.
    """
    gap = max(limits.gap, 1)  # and never two a day
    floors = [
        (done + timedelta(days=limits.after[step]), f"after: {step}")
        for step, done in noticed
        if step in limits.after
    ]
    floors += [(one.day + timedelta(days=gap), "gap") for one in past]
    for cap in limits.at_most:
        if cap.what == "contacts":
            days = [one.day for one in past]
        elif cap.what == "legal_effect":
            days = [one.day for one in past if one.legal_effect] if legal else []
        else:
            days = [one.day for one in messages if one.channel == channel == cap.what]
        day = today
        while sum(day - timedelta(days=cap.per) < one <= day for one in days) >= cap.count:
            day += timedelta(days=1)
        floors.append((day, f"cap: {cap.what}"))
    return [(day, reason) for day, reason in floors if day > today]
