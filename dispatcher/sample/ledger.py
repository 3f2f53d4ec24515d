"""What is owed and what was paid: invoices of two years and the day on which each will be paid."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from dispatcher.sample.debtors import Debtor


YEARS: Final = 2
DAYS: Final = 365 * YEARS
SATURDAY: Final = 5

ROUND: Final = 0.25  # amounts that are round sums, of one

#: How many invoices, of one, nobody ever pays.
GIVEN_UP: Final = 0.001


@dataclass(slots=True, kw_only=True)
class Invoice:
    """One invoice, in cents. `pays_on`: the day on which its debtor will pay by himself, if any.

    `step` and `step_on` are what an earlier tool has done about it. `balance` is what is due.
    """

    number: str
    debtor: Debtor
    issued: date
    due: date
    amount: int
    balance: int
    pays_on: date | None
    step: str = ""
    step_on: date | None = None
    status: str = ""

    def is_open(self, day: date) -> bool:
        """Whether the export of that morning names it."""
        return self.issued < day and (self.pays_on is None or self.pays_on >= day)

    def days_late(self, day: date) -> int:
        """0 up to the due day."""
        return max(0, (day - self.due).days)


def business(day: date) -> date:
    """The day, or the Monday after it: banks book nothing on weekends."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= SATURDAY else 0)


def invoices(chance: Random, debtor: Debtor, *, since: date, until: date) -> list[Invoice]:
    """His invoices of these days, in order; their numbers come later."""
    found, day = list[Invoice](), since
    while True:
        day += timedelta(days=1 + int(chance.expovariate(debtor.kind.a_month / 30)))
        if day > until:
            return found
        issued = business(day)
        found.append(an_invoice(chance, debtor, issued, issued + timedelta(days=debtor.term)))


def an_invoice(chance: Random, debtor: Debtor, issued: date, due: date) -> Invoice:
    """One invoice of a likely amount, paid as its debtor is used to."""
    amount = _amount(chance, debtor.kind.median)
    return Invoice(
        number="",
        debtor=debtor,
        issued=issued,
        due=due,
        amount=amount,
        balance=amount,
        pays_on=_pays_on(chance, debtor, issued, due),
    )


def _amount(chance: Random, median: float) -> int:
    """Log-normal; one in four is a round sum."""
    cents = int(median * 100 * chance.lognormvariate(0, 0.75))
    return max(1500, round(cents, -3) if chance.random() < ROUND else cents)


def _pays_on(chance: Random, debtor: Debtor, issued: date, due: date) -> date | None:
    habit = debtor.habit
    if chance.random() < GIVEN_UP:
        return None
    if chance.random() * 100 < habit.never:  # this one he pays when he is pressed
        return business(due + timedelta(days=chance.randint(35, 120)))
    late = round(chance.gauss(habit.days, habit.spread))
    return business(max(issued + timedelta(days=1), due + timedelta(days=late)))
