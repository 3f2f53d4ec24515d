"""When a provider is asked again about a message, and what its answers prove."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from dispatcher.ports import Accepted, NotAccepted, Outcome


#: After an attempt whose outcome nobody knows; later it is a person's.
LOOK_UPS: Final = (
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=24),
)

#: After an acceptance of which nothing was heard; later it is left alone.
POLLS: Final = (timedelta(hours=6), timedelta(hours=30), timedelta(hours=54))
POLLS_END: Final = timedelta(days=3)

#: How often "not there" has to be said before it is believed.
DENIALS: Final = 2


class Answer(StrEnum):
    """What a provider said when it was asked."""

    FOUND = "found"  # it has the message
    ABSENT = "absent"  # it does not have it, for all it knows now
    UNSAID = "unsaid"  # no answer, or one that says nothing
    NEWS = "news"  # of a message that it took: something
    SILENT = "silent"  # of a message that it took: nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One question that was put to a provider, and its answer."""

    at: datetime
    answer: Answer


def next_asking(
    since: datetime,
    asked: Sequence[datetime],
    *,
    offsets: Sequence[timedelta] = LOOK_UPS,
    least: timedelta = timedelta(0),
) -> datetime | None:
    """When to ask next, of a message that waits since then; None: never again.

    Two questions lie as far apart as the schedule wants them, and never less than `least`: a house
    that runs once a day asks once a day.
    """
    done = len(asked)
    if done >= len(offsets):
        return None
    due = since + max(offsets[done], least)
    if not asked:
        return due
    apart = offsets[done] - offsets[done - 1]
    return max(due, max(asked) + max(apart, least))


def answer_of(outcome: Outcome | None) -> Answer:
    """What the outcome of a look-up says."""
    match outcome:
        case Accepted():
            return Answer.FOUND
        case NotAccepted():  # and no other: a refusal may be one of our own question
            return Answer.ABSENT
        case _:
            return Answer.UNSAID


def is_denied(asked: Sequence[Asking], *, least: timedelta) -> bool:
    """Whether "not there" was said often enough, far enough apart, and nothing else but silence."""
    if any(each.answer is Answer.FOUND for each in asked):
        return False
    counted: list[datetime] = []
    for each in sorted(asked, key=lambda one: one.at):
        if each.answer is Answer.ABSENT and (not counted or each.at - counted[-1] >= least):
            counted.append(each.at)
    return len(counted) >= DENIALS
