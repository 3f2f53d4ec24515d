"""When a message that was proven not accepted is tried again: `schedules.yaml`, read strictly."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Final, Literal, Protocol, get_args

import yaml

from dispatcher.ports import Claim, NotAccepted


#: Gives a number from 0 to under 1; `random.random` outside tests.
Draw = Callable[[], float]

#: What gives up when a schedule is used up.
AtFault = Literal["recipient", "message"]

#: What a refusal says of its provider: it works, it may be away, it wants less of us.
OfProvider = Literal["nothing", "counts", "pauses"]

#: What a provider may ask for: never at once, never later than a day.
SOONEST: Final = timedelta(minutes=1)
LATEST: Final = timedelta(hours=24)

STANDARD: Final = "standard"

_UNITS: Final = {
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "days": timedelta(days=1),
}
_DELAY: Final = re.compile(r"([1-9][0-9]{0,2}) (min|h|days)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Delays after the first, second, ... deferral, and what is at fault once they are used up.

    With `business` they are whole business days of the debtor. `steady` is the share of a delay
    that is kept; the rest is drawn.
    """

    delays: tuple[timedelta, ...]
    steady: float = 0.0
    at_fault: AtFault = "recipient"
    provider: OfProvider = "counts"
    business: bool = False


class Hours(Protocol):
    """When a debtor may be reached by the channel of a claim."""

    def opening(self, claim: Claim, at: datetime) -> datetime:
        """The first instant from `at` on at which he may be."""
        ...

    def business_days(self, claim: Claim, at: datetime, days: int) -> datetime:
        """So many of his business days after `at`."""
        ...


class AnyHour:
    """Hours of nobody: every day and hour will do."""

    def opening(self, _claim: Claim, at: datetime) -> datetime:
        """That very instant."""
        return at

    def business_days(self, _claim: Claim, at: datetime, days: int) -> datetime:
        """So many days of 24 hours."""
        return at + days * _UNITS["days"]


ANY_HOUR: Final = AnyHour()


def schedule_of(outcome: NotAccepted, channel: str = "") -> Schedule:
    """The schedule that the outcome names, on that channel; `standard` if nobody knows it."""
    name = outcome.schedule if outcome.schedule in SCHEDULES else STANDARD
    return OF_CHANNEL.get((channel, name), SCHEDULES[name])


def next_try(
    outcome: NotAccepted,
    *,
    claim: Claim,
    deferrals: int,
    now: datetime,
    draw: Draw,
    hours: Hours = ANY_HOUR,
) -> datetime | None:
    """When a message not accepted at `now`, after so many earlier deferrals, is tried again.

    What the provider asked for wins over the schedule, the debtor's hours over both. None: the
    schedule is used up.
    """
    schedule = schedule_of(outcome, claim.channel)
    if deferrals >= len(schedule.delays):
        return None
    if outcome.retry_after is not None:
        asked = timedelta(seconds=outcome.retry_after)
        return hours.opening(claim, now + min(max(asked, SOONEST), LATEST))
    delay = schedule.delays[deferrals]
    if schedule.business:
        return hours.opening(claim, hours.business_days(claim, now, delay.days))
    drawn = schedule.steady + (1 - schedule.steady) * draw()
    return hours.opening(claim, now + max(delay * drawn, SOONEST))


# -- reading the table --------------------------------------------------------------------------


def read_schedules(
    text: str,
) -> tuple[Mapping[str, Schedule], Mapping[tuple[str, str], Schedule]]:
    """The schedules by name, and those of a channel and a name.

    Raises:
        ValueError: anything in it is not as its head says.
    """
    written = _keys(yaml.safe_load(text), {"schedules", "channels"})
    named = {
        _word(name): _schedule(_keys(row, {"delays", "steady", "at_fault", "provider"}))
        for name, row in _map(written["schedules"]).items()
    }
    if STANDARD not in named:
        raise ValueError("no standard schedule")
    own = {
        (_word(channel), _known(name, tuple(named))): _with_delays(named[str(name)], delays)
        for channel, rows in _map(written["channels"]).items()
        for name, delays in _map(rows).items()
    }
    return named, own


def _schedule(row: Mapping[object, object]) -> Schedule:
    steady = row["steady"]
    if not isinstance(steady, int | float) or not 0 <= steady <= 1:
        raise ValueError(f"not a share: {steady!r}")
    blank = Schedule(
        delays=(),
        steady=float(steady),
        at_fault=_known(row["at_fault"], get_args(AtFault)),  # type: ignore[arg-type]  # one of them
        provider=_known(row["provider"], get_args(OfProvider)),  # type: ignore[arg-type]  # as above
    )
    return _with_delays(blank, row["delays"])


def _with_delays(schedule: Schedule, written: object) -> Schedule:
    if not isinstance(written, list) or not written:
        raise ValueError(f"not delays: {written!r}")
    found = [_DELAY.fullmatch(str(each)) for each in written]
    parts = [each.groups() for each in found if each is not None]
    units = {unit for _, unit in parts}
    if len(parts) != len(written) or ("days" in units and len(units) > 1):
        raise ValueError(f"not delays: {written!r}")
    delays = tuple(int(count) * _UNITS[unit] for count, unit in parts)
    return replace(schedule, delays=delays, business="days" in units)


def _map(written: object) -> Mapping[object, object]:
    if not isinstance(written, dict):
        raise ValueError(f"not a table: {written!r}")  # noqa: TRY004 - of a file, not of a caller
    return written


def _keys(written: object, wanted: set[str]) -> Mapping[object, object]:
    found = _map(written)
    if set(found) != wanted:
        raise ValueError(f"not exactly {sorted(wanted)}: {written!r}")
    return found


def _known(word: object, allowed: tuple[str, ...]) -> str:
    if word not in allowed:
        raise ValueError(f"not one of {allowed}: {word!r}")
    return str(word)


def _word(name: object) -> str:
    if not isinstance(name, str):
        raise ValueError(f"not a name: {name!r}")  # noqa: TRY004 - as above
    return name


_READ: Final = read_schedules(
    files("dispatcher.deliver").joinpath("schedules.yaml").read_text(encoding="utf-8")
)

#: By name, as outcomes name them.
SCHEDULES: Final[Mapping[str, Schedule]] = _READ[0]

#: By channel and name, where a channel has delays of its own.
OF_CHANNEL: Final[Mapping[tuple[str, str], Schedule]] = _READ[1]
