"""A past ledger lived again: invoices come when they were issued and go when they were paid.

What people really paid is not changed by what would have been sent, unless an assumption says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, TypeVar

import polars as pl

from dispatcher.decide.payers import YEARS
from dispatcher.decide.plan import Plan
from dispatcher.model.event import EventKind
from dispatcher.model.reply import Happening
from dispatcher.policy.terms import Rulebook
from dispatcher.prove.days.assumptions import Assumption, answered
from dispatcher.prove.days.book_rows import SCHEMAS, Assumed, Happens, empty_frames
from dispatcher.prove.days.virtual_book import Presented, VirtualBook


Kept = TypeVar("Kept")

HABITS: Final = timedelta(days=366 * YEARS)  # how far back debtors' habits are read


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Debtors, and invoices with two further columns: `settled_on` (null: never), `disputed`.

    `left_out` counts the invoices of debtors of whom nothing else is known.
    """

    debtors: pl.DataFrame
    invoices: pl.DataFrame
    left_out: int = 0

    @property
    def span(self) -> tuple[date, date]:
        """The first and the last day on which something happened."""
        told = self.invoices.select(pl.coalesce("issued", "due"), "due", "settled_on")
        days = sorted(day for row in told.iter_rows() for day in row if day is not None)
        return days[0], days[-1]


def opened(ledger: Ledger, rulebook: Rulebook, presented: Presented, start: date) -> VirtualBook:
    """The book on the morning of the first day: all debtors, and how they had paid before."""
    tables = empty_frames()
    before = ledger.invoices.filter(pl.col("settled_on").is_between(start - HABITS, start))
    tables["debtors"] = ledger.debtors.select(*SCHEMAS["debtors"])
    tables["payments"] = before.select("id", "debtor_id", "due", closed_on="settled_on")
    return VirtualBook(tables=tables, rulebook=rulebook, presented=presented)


@dataclass(slots=True, kw_only=True)
class Past:
    """The course of a ledger: what was issued, what was paid, what was disputed from its due day.

    `paid_on` is when each case was paid here: as in the ledger, or earlier where an assumption says
    that a step makes people pay.
    """

    ledger: Ledger
    assumption: Assumption = field(default_factory=Assumption)
    paid_on: dict[int, date] = field(default_factory=dict)
    _comes: dict[date, pl.DataFrame] = field(default_factory=dict)
    _goes: dict[date, dict[int, int]] = field(default_factory=dict)
    _contested: dict[date, list[Happens]] = field(default_factory=dict)

    def begin(self, start: date) -> None:
        """Everything by the day on which it becomes known; nothing that was over before `start`."""
        open_then = pl.col("settled_on").is_null() | (pl.col("settled_on") > start)
        mine = self.ledger.invoices.filter(open_then).with_columns(
            comes=pl.max_horizontal(pl.coalesce("issued", "due"), pl.lit(start))
        )
        rows = mine.select(*SCHEMAS["invoices"])
        for day in mine["comes"].unique():
            self._comes[day] = rows.filter(mine["comes"] == day).sort("id")
        told = mine.select("id", "settled_on", "balance", "debtor_id", "due", "comes", "disputed")
        for case, settled, balance, debtor, due, comes, disputed in told.iter_rows():
            if settled is not None:
                # Paid on the day it came: nobody has ever seen it open.
                self._settle(case, max(settled, comes), balance)
            if disputed:
                event = Happens(kind=EventKind.DISPUTE_OPENED.value, debtor_id=debtor, case_id=case)
                self._contested.setdefault(max(due, comes), []).append(event)

    def _settle(self, case: int, day: date, balance: int) -> None:
        before = self.paid_on.get(case)
        if before is not None:
            if before <= day:
                return
            del self._goes[before][case]
        self.paid_on[case] = day
        self._goes.setdefault(day, {})[case] = balance

    def morning(self, book: VirtualBook, day: date) -> Sequence[Happening]:
        """What was issued, disputed and paid since the last morning, in that order."""
        for _, coming in until(self._comes, day):
            book.bring({"invoices": coming})
        for _, contested in until(self._contested, day):
            book.happen(contested, day)
        going = until(self._goes, day)
        return [told for then, paid in going for told in book.pay(paid, then, told=False)]

    def people(self, book: VirtualBook, plan: Plan, day: date) -> Mapping[int, Assumed]:
        """People do what is usual."""
        del book, plan, day
        return {}

    def evening(
        self, book: VirtualBook, plan: Plan, day: date, assumed: Mapping[int, Assumed]
    ) -> None:
        """Where a step is assumed to make people pay, some pay earlier than they did."""
        del assumed
        if not self.assumption.after:
            return
        owed = dict(book.tables["invoices"].select("id", "balance").iter_rows())
        for case, later in answered(self.assumption, plan.contacts, day):
            if case in owed:
                self._settle(case, later, owed[case])


def until(waiting: dict[date, Kept], day: date) -> list[tuple[date, Kept]]:
    """What waits for a day up to that one, in order; it waits no more."""
    return [(each, waiting.pop(each)) for each in sorted(waiting) if each <= day]
