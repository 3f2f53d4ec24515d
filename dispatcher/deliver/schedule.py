"""When a message that was proven not accepted is tried again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from dispatcher.ports import NotAccepted


#: Gives a number from 0 to under 1; `random.random` outside tests.
Draw = Callable[[], float]

_MINUTES = timedelta(minutes=1)
_HOURS = timedelta(hours=1)

#: What a provider may ask for: never at once, never later than a day.
SOONEST = _MINUTES
LATEST = 24 * _HOURS


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Delays after the first, second, ... deferral, and what is at fault once they are used up.

    `steady` is the share of a delay that is kept; the rest is drawn, so that messages deferred
    together do not come back together. 0 is full jitter.
    """

    delays: tuple[timedelta, ...]
    steady: float = 0.0
    at_fault: Literal["recipient", "message"] = "recipient"


SCHEDULES: Final[Mapping[str, Schedule]] = {
    # A relay or a mailbox that is busy, away or cautious (greylisting).
    "standard": Schedule(
        delays=(
            *(n * _MINUTES for n in (5, 15, 45)),
            *(n * _HOURS for n in (2, 4, 8, 12, 24)),
        )
    ),
    # A full mailbox is emptied by a person, not by minutes.
    "mailbox_full": Schedule(delays=(24 * _HOURS, 24 * _HOURS), steady=0.8),
    # A refusal without a reason: believed when it comes twice in a day.
    "once_more": Schedule(delays=(24 * _HOURS,), steady=0.8),
    # Their policy against this text or this sender: not the debtor's address.
    "blocked": Schedule(delays=(4 * _HOURS, 24 * _HOURS), steady=0.8, at_fault="message"),
}


def schedule_of(outcome: NotAccepted) -> Schedule:
    """The schedule that the outcome names, `standard` if nobody knows the name."""
    return SCHEDULES.get(outcome.schedule, SCHEDULES["standard"])


def next_try(outcome: NotAccepted, *, deferrals: int, now: datetime, draw: Draw) -> datetime | None:
    """When a message not accepted at `now`, after so many earlier deferrals, is tried again.

    What the provider asked for wins over the schedule. None: the schedule is used up.
    """
    schedule = schedule_of(outcome)
    if deferrals >= len(schedule.delays):
        return None
    if outcome.retry_after is not None:
        asked = timedelta(seconds=outcome.retry_after)
        return now + min(max(asked, SOONEST), LATEST)
    drawn = schedule.steady + (1 - schedule.steady) * draw()
    return now + max(schedule.delays[deferrals] * drawn, SOONEST)
