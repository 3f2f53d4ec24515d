"""Days of the sample company, one after the other, through the use cases of a real home."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import polars as pl

from dispatcher import app
from dispatcher.compose.library import Library
from dispatcher.errors import WantsPerson
from dispatcher.home import Home
from dispatcher.house import Came, Delivered, House, Report
from dispatcher.messages.freeze import Render
from dispatcher.model.decision import Action
from dispatcher.month.debtors import WRITTEN, Debtors
from dispatcher.month.team import PERSON, Team
from dispatcher.month.told import Lived, Notable
from dispatcher.people import happened
from dispatcher.sample.company import Company
from dispatcher.sample.files import OPEN_ITEMS, PAID_ITEMS, open_items, paid_items
from dispatcher.sample.ledger import SATURDAY
from dispatcher.sample.said import Said
from dispatcher.wiring import opened_house


ACCEPTED = "accepted"

MONDAY = 0

HOUR = 5  # when the accounting writes its files


def begin(home: Home, company: Company) -> tuple[Came, ...]:
    """The morning before anything is sent: what is open, what was paid, what had been said."""
    export(home, company, company.day, since=date.min)
    with opened_house(home, day=str(company.day), writes=True) as house:
        came = app.take_in(house)
        for each in company.said:
            record(house, each)
    return came


def play(home: Home, company: Company, *, days: int, seed: int) -> Iterator[Lived]:
    """So many days from the company's own on; `begin` has been called.

    The same company and seed, the same month.
    """
    chance = Random(seed)  # noqa: S311 - a sample, not a secret
    debtors = Debtors(company=company, chance=chance)
    with ExitStack() as stack:
        kept = _Kept(stack=stack)
        for ahead in range(days):
            day = company.day + timedelta(days=ahead)
            yield _Day(home=home, debtors=debtors, chance=chance, day=day, kept=kept).live()


def export(home: Home, company: Company, day: date, *, since: date) -> None:
    """The files of that morning, with what was paid since that day."""
    texts = {
        OPEN_ITEMS: open_items(company, day),
        PAID_ITEMS: paid_items(company, since=since, until=day),
    }
    written = datetime(day.year, day.month, day.day, HOUR, tzinfo=UTC).timestamp()
    for name, text in texts.items():
        path = home.incoming / name
        path.write_text(text, encoding="utf-8")
        os.utime(path, (written, written))


def record(house: House, said: Said) -> None:
    """What `relance event` does with it."""
    told = happened.Told(
        kind=said.kind,
        person=PERSON,
        on=str(said.on),
        until=str(said.until or ""),
        amount="" if said.amount is None else f"{said.amount // 100}.{said.amount % 100:02}",
        part=said.part,
        reason=said.reason,
        instalments=said.instalments,
        note=said.note,
    )
    happened.record(house, said.number, told)


@dataclass(slots=True, kw_only=True)
class _Kept:
    """What is made ready on the first day and the same on every other: a second each time."""

    stack: ExitStack
    render: Render | None = None
    library: Library | None = None

    def house(self, house: House) -> House:
        """The house, with the templates and rendering processes that are there already."""
        if self.render is None:
            self.render = self.stack.enter_context(house.rendering())
        self.library = self.library or house.library
        render = self.render
        return replace(house, rendering=lambda: nullcontext(render), library=self.library)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Day:
    """One day of the month."""

    home: Home
    debtors: Debtors
    chance: Random
    day: date
    kept: _Kept

    def live(self) -> Lived:
        """Files come, the mail is read, the run goes, people work, and what they did goes out.

        On a weekend the run goes over Friday's files, and nobody is there.
        """
        company = self.debtors.company
        if self._worked:
            export(self.home, company, self.day, since=company.day - timedelta(days=4))
        with opened_house(self.home, day=str(self.day), writes=True) as opened:
            house = self.kept.house(opened)
            said = [*self._mail(house)]
            report, stopped = _run(house)
            self._reached(report)
            worked = [*self._work(house)]
            later = [app.send(house)] if worked else []
        return self._told(report, later, [*said, *stopped, *worked], len(worked))

    def _work(self, house: House) -> Iterator[Notable]:
        if self._worked:
            yield from Team(house=house, debtors=self.debtors, chance=self.chance).work()

    @property
    def _worked(self) -> bool:
        return self.day.weekday() < SATURDAY

    def _mail(self, house: House) -> Iterator[Notable]:
        """What debtors said; nobody reads it on a weekend."""
        if not self._worked:
            return
        for each in self.debtors.said_by(self.day):
            record(house, each)
            who = self.debtors.by_number[each.number].debtor
            name = f"{who.name} ({who.reference})"
            yield Notable(what=each.kind, debtor=name, number=each.number, day=each.until)

    def _reached(self, report: Report) -> None:
        """Whoever was written to reacts; calls are made by people, notices wait for their yes."""
        names = dict(report.plan.answers.select("case_id", "number").iter_rows())
        for contact in report.plan.contacts:
            if contact.channel in WRITTEN and not contact.needs_approval:
                numbers = [names[line.case_id] for line in contact.lines]
                self.debtors.reminded(numbers, contact.channel, self.day)

    def _told(
        self, report: Report, later: Sequence[Delivered], notables: Sequence[Notable], done: int
    ) -> Lived:
        paid = self._paid()
        cases = report.plan.answers
        owed = self.debtors.company.open_on(self.day)
        return Lived(
            day=self.day,
            contacts=_left(report.delivered, *later),
            answers=report.replies.written + sum(each.replies.written for each in later),
            tasks=len(report.plan.tasks),
            done=done,
            payments=len(paid),
            paid=sum(paid),
            held=cases.filter(pl.col("action") == Action.HOLD.value).height,
            open_cases=cases.height,
            overdue=sum(each.balance for each in owed if each.days_late(self.day)),
            notables=tuple(notables),
        )

    def _paid(self) -> list[int]:
        """What this morning's export shows as paid that the one before did not."""
        if not self._worked:
            return []
        since = self.day - timedelta(days=3 if self.day.weekday() == MONDAY else 1)
        return [
            each.balance
            for each in self.debtors.company.invoices
            if each.pays_on is not None and since <= each.pays_on < self.day
        ]


def _left(*delivered: Delivered) -> Mapping[str, int]:
    """What a provider, the post or a list of calls has taken, by channel."""
    found = Counter[str]()
    for each in delivered:
        for turn in each.sent:
            for name, channel in turn.channels.items():
                found[name] += channel.counts.get(ACCEPTED, 0)
    return {name: count for name, count in sorted(found.items()) if count}


def _run(house: House) -> tuple[Report, list[Notable]]:
    """The run; where safety stops it, a person looks and confirms exactly that plan."""
    try:
        return app.run(house), []
    except WantsPerson as error:
        asked = [each.fields["digest"] for each in error.problems if "digest" in each.fields]
        if not asked:
            raise
        return app.run(house, confirm=asked[0]), [Notable(what="stopped", count=len(asked))]
