"""Clocks: the machine's, and one set to a day for looking ahead and for the sandbox."""

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as hours
from zoneinfo import ZoneInfo

from dispatcher.errors import BadInput
from dispatcher.model.problem import Problem
from dispatcher.model.settings import Environment, Settings
from dispatcher.ports import Clock


#: When a chosen day begins: within everybody's hours.
MORNING = hours(10)


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemClock:
    """The machine's time, and the day it is in the home's zone."""

    zone: ZoneInfo

    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> date:
        return self.now().astimezone(self.zone).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetClock:
    """A day that a person chose: it begins at ten in the morning and passes as time does."""

    zone: ZoneInfo
    day: date
    started: float

    def now(self) -> datetime:
        morning = datetime.combine(self.day, MORNING, tzinfo=self.zone).astimezone(UTC)
        return morning + timedelta(seconds=time.monotonic() - self.started)

    def today(self) -> date:
        return self.day


def a_day(text: str) -> date:
    """The day that a person wrote, or today where he wrote none.

    Raises:
        BadInput: there is no such day.
    """
    if not text:
        return datetime.now().astimezone().date()
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a civil day
    except ValueError:
        raise BadInput(Problem(code="run/date", fields={"value": text})) from None


def clock_of(settings: Settings, day: str, *, writes: bool) -> Clock:
    """The system's clock, or one set to a day for looking ahead and for the sandbox.

    Raises:
        BadInput: no such day, or a day was chosen where messages leave for good.
    """
    zone = ZoneInfo(settings.timezone)
    if not day:
        return SystemClock(zone=zone)
    chosen = a_day(day)
    if writes and settings.environment is Environment.PRODUCTION:
        raise BadInput(Problem(code="run/date-in-production", fields={"value": day}))
    return SetClock(zone=zone, day=chosen, started=time.monotonic())
