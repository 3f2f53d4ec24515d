"""What debtors do when they are reminded: pay, promise, dispute, write back, or nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Final

from dispatcher.sample.company import Company
from dispatcher.sample.ledger import Invoice, business
from dispatcher.sample.said import Said


KEPT: Final = 0.75  # how many promises, of one, are kept
WRITTEN: Final = ("email", "sms", "letter", "registered_letter")

#: What else may come of a reminder, of one.
PROMISES: Final = 0.07
DISPUTES: Final = 0.02
REPLIES: Final = 0.03
PLANS: Final = 0.02

POST: Final = 3  # days that a letter takes


@dataclass(slots=True, kw_only=True)
class Debtors:
    """The debtors of a company as they live: `heard` waits for the day on which we hear of it."""

    company: Company
    chance: Random
    heard: list[Said] = field(default_factory=list)
    by_number: dict[str, Invoice] = field(init=False)

    def __post_init__(self) -> None:
        self.by_number = {each.number: each for each in self.company.invoices}

    def invoice(self, number: str) -> Invoice | None:
        """The invoice of that number, if it is one of the company's."""
        return self.by_number.get(number)

    def said_by(self, day: date) -> list[Said]:
        """What they have said by that morning, of invoices that are still open."""
        due = [each for each in self.heard if each.on <= day]
        self.heard = [each for each in self.heard if each.on > day]
        return [each for each in due if self.by_number[each.number].is_open(day)]

    def reminded(self, numbers: Iterable[str], channel: str, day: date) -> None:
        """A reminder of these invoices reached one of them."""
        theirs = [found for each in numbers if (found := self.invoice(each)) is not None]
        if not theirs or theirs[0].debtor.procedure:
            return
        arrives = day + timedelta(days=POST if "letter" in channel else 0)
        drawn = self.chance.random()
        for share, reaction in ((PROMISES, self._promises), (DISPUTES, self._disputes),
                                (REPLIES, self._replies), (PLANS, self._agrees)):  # fmt: skip
            if drawn < share:
                reaction(theirs, business(arrives + timedelta(days=1)))
                return
            drawn -= share
        if self.chance.random() < theirs[0].debtor.habit.heeds:
            self.pay(theirs, arrives + timedelta(days=self.chance.randint(1, 6)))

    def pay(self, theirs: Iterable[Invoice], day: date) -> None:
        """They pay on that day what they would have paid later."""
        for each in theirs:
            if each.pays_on is None or each.pays_on > day:
                each.pays_on = business(day)

    def promise(self, theirs: Iterable[Invoice], until: date) -> None:
        """They will pay on the day promised, or not before long."""
        kept = self.chance.random() < KEPT
        for each in theirs:
            later = until + timedelta(days=self.chance.randint(15, 40))
            each.pays_on = until if kept else business(later)

    def dispute(self, theirs: Iterable[Invoice]) -> None:
        """Nothing of it is paid until it is settled."""
        for each in theirs:
            each.pays_on = None

    def _promises(self, theirs: list[Invoice], on: date) -> None:
        until = business(on + timedelta(days=self.chance.randint(4, 10)))
        self.promise(theirs, until)
        self.heard += [
            Said(number=each.number, kind="promise_made", on=on, until=until) for each in theirs
        ]

    def _disputes(self, theirs: list[Invoice], on: date) -> None:
        one = self.chance.choice(theirs)
        self.dispute([one])
        note = self.chance.choice(("Marchandise abîmée", "Prix non conforme", "Déjà payée"))
        self.heard.append(Said(number=one.number, kind="dispute_opened", on=on, note=note))

    def _replies(self, theirs: list[Invoice], on: date) -> None:
        note = self.chance.choice(
            ("Demande la facture", "Change de comptable", "Pose une question")
        )
        self.heard.append(Said(number=theirs[0].number, kind="reply_received", on=on, note=note))

    def _agrees(self, theirs: list[Invoice], on: date) -> None:
        first = business(on + timedelta(days=self.chance.randint(7, 15)))
        for each in theirs:
            each.pays_on = business(first + timedelta(days=61))
            self.heard.append(
                Said(number=each.number, kind="plan_agreed", on=on, until=first, instalments="3")
            )
