"""What our own people do on a day: approve notices, make calls, finish tasks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Final

from dispatcher.house import House
from dispatcher.model.plan import HAND_OVER
from dispatcher.month.debtors import Debtors
from dispatcher.month.told import Notable
from dispatcher.people import approval, happened, work
from dispatcher.people.hand_overs import lacking
from dispatcher.people.work import Todo
from dispatcher.sample.ledger import Invoice, business


PERSON: Final = "Paul Durand"

#: What comes of a call, of a hundred.
CALLED: Final = (("no_answer", 34), ("promise", 36), ("reached", 14), ("paid", 9), ("dispute", 7))

HANDED_OVER: Final = 0.7  # proposals that get their yes, of one
PAYS_THEN: Final = 0.5  # disputes whose end is followed by the payment, of one
REFUSED: Final = 0.08  # notices that are not approved, of one
DONE_TODAY: Final = 0.45  # tasks that are not urgent and done on a day, of one


@dataclass(slots=True, kw_only=True)
class Team:
    """Our people, at work in one house on one day."""

    house: House
    debtors: Debtors
    chance: Random

    def work(self) -> Iterator[Notable]:
        """Everything that they do today, in the order of the list of work."""
        for todo in work.todo(self.house):
            if todo.approves:
                yield from self._approve(todo)
            elif todo.channel:
                yield from self._call(todo)
            elif todo.name == HAND_OVER:
                yield from self._decide(todo)
            elif self.chance.random() < DONE_TODAY:
                yield from self._task(todo)

    def _task(self, todo: Todo) -> Iterator[Notable]:
        known = {"read-reply": self._read, "answer-dispute": self._settle}
        return known.get(todo.name, self._finish)(todo)

    def _approve(self, todo: Todo) -> Iterator[Notable]:
        """Every role says yes, each another person, or the first one no."""
        waits = approval.waits(self.house, todo.number)
        if self.chance.random() < REFUSED:
            until = business(self.house.clock.today() + timedelta(days=10))
            reason, person = "Geste commercial", waits.who[0][1][0]
            approval.refuse(
                self.house, todo.number, code=waits.code, person=person, reason=reason,
                until=str(until),
            )  # fmt: skip
            yield Notable(what="refused", debtor=todo.debtor, day=until)
            return
        for person in _each_another(waits.who):
            approval.approve(self.house, todo.number, code=waits.code, person=person)
        self.debtors.reminded(todo.cases, "registered_letter", self.house.clock.today())
        yield Notable(what="approved", debtor=todo.debtor, count=len(todo.cases))

    def _call(self, todo: Todo) -> Iterator[Notable]:
        outcome = self.chance.choices(
            [each for each, _ in CALLED], weights=[share for _, share in CALLED]
        )[0]
        today, theirs = self.house.clock.today(), self._invoices(todo)
        until = business(today + timedelta(days=self.chance.randint(3, 9)))
        promised = until if outcome == "promise" else None
        work.finish(
            self.house, todo.number, outcome=outcome, person=PERSON, note="", until=promised
        )
        if outcome == "promise":
            self.debtors.promise(theirs, until)
        elif outcome == "dispute":
            self.debtors.dispute(theirs)
        elif outcome == "paid":
            self.debtors.pay(theirs, today + timedelta(days=1))
        yield Notable(what=f"called/{outcome}", debtor=todo.debtor, day=promised)

    def _decide(self, todo: Todo) -> Iterator[Notable]:
        """A hand-over, or four weeks more."""
        yes = self.chance.random() < HANDED_OVER
        today = self.house.clock.today()
        rows = {f"{work.TASK}{row.id}": row for row in self.house.book.tasks()}
        people = self.house.settings.people
        for role in lacking(self.house, rows[todo.number]):
            work.finish(
                self.house,
                todo.number,
                outcome="handed_over" if yes else "refused",
                person=people[role].name,
                note="",
                until=None if yes else today + timedelta(days=28),
            )
            if not yes:
                break
        yield Notable(what="handed_over" if yes else "kept", debtor=todo.debtor)

    def _read(self, todo: Todo) -> Iterator[Notable]:
        self._say(todo.cases[0], "reply_read")
        yield Notable(what="reply_read", debtor=todo.debtor)

    def _settle(self, todo: Todo) -> Iterator[Notable]:
        """Half of those whose dispute is settled pay soon."""
        for invoice in self._invoices(todo):
            self._say(invoice.number, "dispute_settled")
            if self.chance.random() < PAYS_THEN:
                soon = self.chance.randint(2, 8)
                self.debtors.pay([invoice], self.house.clock.today() + timedelta(days=soon))
        yield Notable(what="dispute_settled", debtor=todo.debtor)

    def _finish(self, todo: Todo) -> Iterator[Notable]:
        work.finish(self.house, todo.number, outcome="done", person=PERSON, note="")
        yield Notable(what="task", debtor=todo.debtor)

    def _say(self, number: str, kind: str) -> None:
        happened.record(self.house, number, happened.Told(kind=kind, person=PERSON))

    def _invoices(self, todo: Todo) -> list[Invoice]:
        found = (self.debtors.invoice(each) for each in todo.cases)
        return [each for each in found if each is not None]


def _each_another(who: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[str]:
    """For each role somebody who may speak for it, and for no role before."""
    spoken = set[str]()
    for _role, names in who:
        person = next(name for name in names if name not in spoken)
        spoken.add(person)
        yield person
