"""What people, debtors and providers do to a home, told to the model in the same breath."""

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from dispatcher import app, restoring, stopping
from dispatcher.errors import StoreFault, WantsPerson
from dispatcher.home import Home
from dispatcher.house import House
from dispatcher.people import approval, calls, happened, unknowns
from dispatcher.people import outbox as outbox_of
from dispatcher.people.numbered import message_number
from dispatcher.ports import News, NewsKind
from dispatcher.restoring import Recovery
from dispatcher.store.interventions import LETS, Deed
from dispatcher.store.stops import remember
from dispatcher.wiring import copy_store, opened_store, verified
from dispatcher.writings import read_settings
from tests.day.situation_town import Row
from tests.machine.machine_calendar import wall
from tests.machine.machine_home import DEBTORS, NUMBERS, edit, row
from tests.machine.machine_model import ENDED, Key, Known, Left, Model, debtor_of
from tests.machine.machine_world import PARIS, Hands, World


PERSON: Final = "Claire Martin"  # who holds the role that approves

LINES: Final = """
SELECT m.token, m.channel, m.state, i.number, l.step, l.cycle, l.live
FROM message AS m JOIN line AS l ON l.message_id = m.id JOIN invoice AS i ON i.id = l.invoice_id
ORDER BY m.id, i.number
"""


@dataclass
class Town:
    """A home in its world, and the model beside it."""

    home: Home
    clock: Hands
    due: date  # of all invoices
    model: Model = field(default_factory=Model)
    gone: set[str] = field(default_factory=set)  # paid: the export does not name them any more
    copies: list[tuple[Path, Known]] = field(default_factory=list)
    told: list[News] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)  # how much of each provider was looked at

    def __post_init__(self) -> None:
        self.world = World(home=self.home, clock=self.clock, rows=self.rows)

    @property
    def store(self) -> Path:
        return self.home.var / "relance.sqlite"

    # -- commands of the home

    @contextmanager
    def mortal(self, kill: int) -> Iterator[None]:
        """What happens within ends at the worker's tick of that number (0: it lives on)."""
        life = self.world.life
        life.point, life.ticks, life.dead = kill, 0, False
        try:
            yield
        except BaseException:
            if not life.dead:
                raise
        finally:
            life.point, life.dead = 0, False
            self.look()

    def run(self, kill: int = 0) -> None:
        """`relance run`; every open case has one answer."""
        with self.mortal(kill), self.world.house() as house:
            if "" in self.model.stopped:
                self.refused(house)
                return
            self.model.known.paid = set(self.gone)
            # By a copy that was put back the last run is long ago: a person knows better.
            report = app.run(house, accepted=["clock"])
            answers = [str(each) for each in report.plan.answers["number"].to_list()]
            self.model.answered(answers, self.numbers())
            assert not report.frozen.unrendered
            self.settled()

    def send(self, kill: int = 0) -> None:
        """`relance send`."""
        with self.mortal(kill), self.world.house() as house:
            if "" in self.model.stopped:
                self.refused(house)
                return
            app.send(house)
            self.settled()

    def settled(self) -> None:
        """What dead workers left behind is settled by whoever comes next."""
        assert "sending" not in {state for _, _, state, *_ in self.lines()}

    @staticmethod
    def refused(house: House) -> None:
        try:
            app.send(house)
        except WantsPerson:
            return
        raise AssertionError("it sent although everything was stopped")

    def morning(self, days: int) -> None:
        """Half past nine on the wall, so many days later."""
        then = datetime.combine(self.clock.today() + timedelta(days=days), time(9, 30), PARIS)
        self.clock.instant = max(self.clock.instant, then)

    def answers(self, answers: Sequence[str]) -> None:
        """What providers say to the next messages; the same by text as by e-mail."""
        for name in ("email", "sms"):
            self.world.providers[name].answers = list(answers)

    def edit(self, edition: int) -> None:
        edit(self.home, edition)

    # -- what debtors do

    def numbers(self) -> Sequence[str]:
        """Every invoice so far."""
        return NUMBERS

    def rows(self) -> list[Row]:
        """The export of this hour."""
        return [row(number, self.due) for number in NUMBERS if number not in self.gone]

    def exports(self, *, gone: set[str]) -> None:
        """An export of this hour in which these are paid."""
        if len(gone) < len(NUMBERS):  # one without a row is another story
            self.gone = gone
            with self.world.house() as house:
                self.model.known.paid = set(gone)
                app.take_in(house, accepted=["open_items"])

    def happens(self, number: str, kind: str, **told: Any) -> None:  # noqa: ANN401 - options of the command
        """What a debtor does, as people enter it or the export says it."""
        if kind.startswith("paid"):
            self.exports(gone=self.gone | {number} if kind == "paid" else self.gone - {number})
            return
        with self.world.house() as house:
            if house.book.case_id(number) is not None and number not in self.model.known.paid:
                happened.record(house, number, happened.Told(kind=kind, person="Paul", **told))
                self.notes(number, kind, **told)

    def notes(self, number: str, kind: str, **told: str) -> None:
        known, debtor = self.model.known, debtor_of(number)
        match kind:
            case "dispute_opened":
                known.disputed.add(number)
            case "dispute_settled":
                known.disputed.discard(number)
            case "promise_made":
                known.promised[number] = date.fromisoformat(told["until"])
            case "opted_out":
                known.out.add((debtor, told["channel"]))
            case "reply_read":
                known.replied.discard(debtor)

    # -- what comes back

    def hears(self, left: Left, kind: NewsKind) -> None:
        """A provider tells of a message that left."""
        number = len(self.told)
        self.told.append(
            News(
                source=left.channel,
                reference=f"n{number}",
                kind=kind,
                at=self.clock.now(),
                channel=left.channel,
                token=left.token,
                provider_id=f"p-{left.token}",
            )
        )
        self.tells(number)

    def tells(self, number: int) -> None:
        """That piece of news arrives, perhaps not for the first time."""
        news = self.told[number]
        with self.world.house() as house:
            house.book.hear([news], now=self.clock.now())
        (left, *_) = [each for each in self.model.left if each.token == news.token]
        match news.kind:
            case NewsKind.BOUNCED:
                self.model.came_back.add(left.token)
            case NewsKind.REPLY:
                self.model.known.replied.add(left.debtor)
            case NewsKind.OPTED_OUT:
                self.model.known.out.add((left.debtor, left.channel))

    # -- what people do

    def resolves(self, choice: str) -> None:
        """A person says of the oldest unknown message what he found out, and is right."""
        with self.world.house() as house:
            for unknown in house.book.unknown()[:1]:
                token = unknown.claim.token
                gone = any(each.token == token for each in self.model.left)
                said = (
                    choice if choice in {"send-again", "leave"} else "sent" if gone else "not-sent"
                )
                if said == "send-again":
                    self.model.once_more[token] += 1
                named = f"M{unknown.claim.id}"
                for person in ("Claire Martin", "Luc Petit")[: 1 + unknown.claim.legal_effect]:
                    word = unknowns.Said(choice=said, reason="asked", person=person, proof=b"p")
                    unknowns.resolve(house, named, word)

    def people(self, deed: str) -> None:
        """What can be done to the first message that lets it be done."""
        if deed in {"approve", "refuse"}:
            self.approves(yes=deed == "approve")
        elif deed in set(Deed):
            self.intervenes(Deed(deed))
        else:
            self.calls(deed)

    def approves(self, *, yes: bool) -> None:
        """The first that waits gets its yes or no."""
        with self.world.house() as house:
            for each in approval.waiting(house)[:1]:
                if yes:
                    approval.approve(house, each.number, code=each.code, person=PERSON)
                else:
                    approval.refuse(
                        house,
                        each.number,
                        code=each.code,
                        person=PERSON,
                        reason="no",
                        until=str(self.clock.today() + timedelta(days=3)),
                    )

    def intervenes(self, deed: Deed) -> None:
        with self.world.house() as house:
            fit = [each for each in house.book.lying() if each.state in LETS[deed]]
            for each in fit[:1]:
                named = message_number(each.id)
                outbox_of.intervene(house, named, deed, person="Paul", reason="so")

    def calls(self, outcome: str) -> None:
        """A person enters what came of a call."""
        with self.world.house() as house:
            for each in house.book.calls()[:1]:
                calls.enter(house, each, calls.Heard(outcome=outcome, person="Paul"))

    def stops(self, channel: str) -> None:
        now = self.clock.now()
        stopping.stop(self.home.stop, channel=channel, reason="so", person="Anne", now=now)
        self.model.stopped.add(channel)
        self.chain()

    def resumes(self) -> None:
        now = self.clock.now()
        for channel in sorted(self.model.stopped):
            stopping.resume(self.home.stop, channel=channel, person="Anne", now=now)
        self.model.stopped.clear()
        self.chain()

    def chain(self) -> None:
        """What was said of stopping goes into the trail by our clock."""
        settings, _, _ = read_settings(self.home)
        assert settings is not None
        now = self.clock.now()
        with opened_store(settings, create=False, now=now) as store, store.writing() as connection:
            stopping.tell(self.home.stop, lambda words: remember(connection, words, now=now))

    # -- the disk

    def copies_store(self) -> None:
        copy = self.home.folder / f"copy-{len(self.copies)}.sqlite"
        copy_store(self.store, copy)
        self.copies.append((copy, self.model.kept()))

    def puts_back(self, number: int) -> None:
        """The store is put back from a copy; nothing leaves by it before it is recovered."""
        copy, known = self.copies[number]
        shutil.copyfile(copy, self.store)
        found = self.recover()
        if found.needed is not None:
            try:
                self.send()
            except StoreFault:
                pass
            else:
                raise AssertionError("it sent by a store that has forgotten something")
            assert self.recover(confirm=found.digest, person="Paul").done
            assert self.recover().needed is None
        self.model.known = deepcopy(known)
        self.model.states = {}  # of what was forgotten nobody can say where it stood

    def recover(self, **said: str) -> Recovery:
        """`relance recover`, by our clock."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(restoring, "clock_of", lambda *_, **__: self.clock)
            return restoring.recover(self.home, **said)

    # -- looking

    def look(self) -> None:
        """Tell the model what has left since the last time somebody looked."""
        keys = dict[str, list[Key]]()
        for token, channel, state, number, step, cycle, _ in self.lines():
            keys.setdefault(token, []).append((number, step, cycle))
            if channel == "call" and state in ENDED:
                self.model.came_back.add(token)  # a call that nobody made, or that nobody took
        for channel, provider in self.world.providers.items():
            for token in provider.left[self.seen.get(channel, 0) :]:
                postcode = DEBTORS[debtor_of(keys[token][0][0])].postcode
                each = Left(
                    token=token,
                    channel=channel,
                    claimed=self.world.claimed[token].astimezone(wall(postcode)),
                    postcode=postcode,
                    keys=tuple(keys[token]),
                )
                self.model.leaves(each)
            self.seen[channel] = len(provider.left)

    def lines(self) -> list[tuple[str, str, str, str, str, int, bool]]:
        if not self.store.exists():
            return []
        with closing(sqlite3.connect(f"file:{self.store}?mode=ro", uri=True)) as store:
            return store.execute(LINES).fetchall()

    def check(self) -> None:
        """What holds after every step."""
        lines = self.lines()
        states = {token: state for token, _, state, *_ in lines}
        self.model.stand(states)
        self.model.hold_keys(
            ((number, step, cycle), state, bool(live))
            for _, _, state, number, step, cycle, live in lines
        )
        if self.store.exists():
            proof = verified(self.home)
            assert proof.first_fault is None, proof.first_fault
