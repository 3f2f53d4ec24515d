"""What one day of the month was, as values: a command puts it into words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Notable:
    """Something worth a line: what it was (`promise_made`, `stopped`, ...), whose, how much."""

    what: str
    debtor: str = ""
    number: str = ""
    day: date | None = None
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """One day: what came in, what went out, what people did. Amounts are in cents.

    `contacts` counts what left or was taken up by channel, `held` open cases that hold, `overdue`
    what is late that morning.
    """

    day: date
    contacts: Mapping[str, int] = field(default_factory=dict)
    answers: int = 0  # messages that answer to what happened
    tasks: int = 0  # new ones
    done: int = 0  # calls and tasks that people finished
    payments: int = 0
    paid: int = 0
    held: int = 0
    open_cases: int = 0
    overdue: int = 0
    notables: tuple[Notable, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """All days together."""

    days: int
    contacts: Mapping[str, int]
    answers: int
    payments: int
    paid: int
    done: int
    overdue_before: int
    overdue_after: int


def summary(days: list[Lived]) -> Summary:
    """The sum of these days, of which there is one at least."""
    channels = sorted({name for day in days for name in day.contacts})
    return Summary(
        days=len(days),
        contacts={name: sum(day.contacts.get(name, 0) for day in days) for name in channels},
        answers=sum(day.answers for day in days),
        payments=sum(day.payments for day in days),
        paid=sum(day.paid for day in days),
        done=sum(day.done for day in days),
        overdue_before=days[0].overdue,
        overdue_after=days[-1].overdue,
    )
