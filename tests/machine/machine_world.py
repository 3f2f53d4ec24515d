"""The world around a home: its clock, its providers, workers that die, and what really left."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from dispatcher.ahead import begin_journal
from dispatcher.deliver.journal import Journal
from dispatcher.deliver.owner import is_alive, living_owner
from dispatcher.errors import StoreFault
from dispatcher.home import Home
from dispatcher.house import House, InFile, Post
from dispatcher.model.problem import Problem
from dispatcher.model.settings import Environment, Settings
from dispatcher.outages import reachable
from dispatcher.ports import (
    Accepted,
    Attempted,
    Claim,
    DeliveryClass,
    Going,
    Guard,
    Message,
    News,
    NotAccepted,
    Outcome,
    Rejected,
    Sought,
    Unknown,
)
from dispatcher.posting import presented
from dispatcher.sample.files import HEADINGS
from dispatcher.store.ahead import named
from dispatcher.store.outbox import StoredOutbox
from dispatcher.store.providers import StoredProviders
from dispatcher.wiring import opened_house
from tests.day.situation_town import Row
from tests.machine.machine_home import in_process


PARIS: Final = ZoneInfo("Europe/Paris")


@dataclass
class Hands:
    """A clock that is set by hand."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant

    def today(self) -> date:
        return self.local().date()

    def local(self) -> datetime:
        """The wall's hour in the home's zone."""
        return self.instant.astimezone(PARIS)

    def passes(self, **span: float) -> None:
        self.instant += timedelta(**span)


# -- workers that die ---------------------------------------------------------------------------


class Killed(BaseException):
    """The worker is gone; nothing that it has not written is known."""


@dataclass
class Life:
    """A worker's: it ends at the tick of that number (0: never), and the dead do nothing more."""

    point: int = 0
    ticks: int = 0
    dead: bool = False

    def tick(self) -> None:
        self.ticks += 1
        if self.dead or self.ticks == self.point:
            self.dead = True
            raise Killed


class MortalJournal(Journal):
    """A journal whose worker may die before and after each line."""

    life: Life

    def open_batch(self, claims: Sequence[Claim]) -> None:
        self.life.tick()
        super().open_batch(claims)
        self.life.tick()

    def going(self, claim: Claim) -> None:
        self.life.tick()
        super().going(claim)
        self.life.tick()

    def gone(self, claim: Claim, outcome: Outcome) -> None:
        self.life.tick()
        super().gone(claim, outcome)
        self.life.tick()


class MortalOutbox(StoredOutbox):
    """An outbox whose worker may die before, within and after each transaction."""

    life: Life
    noted: Callable[[Sequence[Claim]], None]

    def claim(
        self, *, channel: str, limit: int, owner: str, boot: str, now: datetime, guard: Guard
    ) -> Sequence[Claim]:
        taken = super().claim(
            channel=channel, limit=limit, owner=owner, boot=boot, now=now, guard=self.mortal(guard)
        )
        return self.taken(taken)

    def claim_suspect(
        self, *, channel: str, owner: str, boot: str, now: datetime, guard: Guard
    ) -> Sequence[Claim]:
        taken = super().claim_suspect(
            channel=channel, owner=owner, boot=boot, now=now, guard=self.mortal(guard)
        )
        return self.taken(taken)

    def mortal(self, guard: Guard) -> Guard:
        def asked(claims: Sequence[Claim]) -> Mapping[int, str]:
            self.life.tick()
            return guard(claims)

        return asked

    def taken(self, claims: Sequence[Claim]) -> Sequence[Claim]:
        self.noted(claims)
        self.life.tick()
        return claims

    def record(self, attempted: Sequence[Attempted], *, owner: str) -> None:
        self.life.tick()
        super().record(attempted, owner=owner)
        self.life.tick()


# -- providers ------------------------------------------------------------------------------------


#: What a provider does with one message.
ANSWERS: Final = ("accepted", "rejected", "not accepted", "left unsaid", "lost", "slow", "breaks")


@dataclass
class Provider:
    """A channel that answers as it is told; `left` are the names of what really went out.

    `mood` says what it answers when it was not told.
    """

    name: str
    clock: Hands
    life: Life
    answers: list[str] = field(default_factory=list)  # the next ones
    left: list[str] = field(default_factory=list)
    mood: Callable[[], str] = lambda: "accepted"
    delivery_class: DeliveryClass = "none"
    batch: int = 2

    async def send(self, message: Message, going: Going) -> Outcome:
        answer = self.answers.pop(0) if self.answers else self.mood()
        match answer:
            case "rejected":
                return Rejected(code="550", evidence="no such user")
            case "not accepted":
                return NotAccepted(code="451", evidence="later")
            case "slow":
                self.clock.passes(minutes=40)
        going()
        if answer == "lost":
            return Unknown(stage="data", evidence="nothing was said")
        self.life.tick()
        self.left.append(message.token)
        self.life.tick()
        if answer == "breaks":
            raise ConnectionResetError
        if answer == "left unsaid":
            return Unknown(stage="data", evidence="nothing was said")
        return Accepted(provider_id=f"p-{message.token}")

    async def close(self) -> None:
        pass


class Asked(Provider):
    """One that tells what became of a message."""

    settle: int = 120

    async def look_up(self, sought: Sought) -> Outcome | None:
        if sought.token in self.left:
            return Accepted(provider_id=f"p-{sought.token}")
        return NotAccepted(code="not-there", evidence="")

    async def poll(self, _provider_id: str) -> Sequence[News]:
        return ()


# -- the whole ------------------------------------------------------------------------------------


@dataclass
class World:
    """One home, and all that happens around it."""

    home: Home
    clock: Hands
    rows: Callable[[], Sequence[Row]]
    life: Life = field(default_factory=Life)
    boot: str = "boot"
    providers: dict[str, Provider] = field(default_factory=dict)
    claimed: dict[str, datetime] = field(default_factory=dict)  # when each was claimed, on the wall

    def __post_init__(self) -> None:
        for name, kind in (("email", Provider), ("sms", Asked), ("call", Provider)):
            self.providers[name] = kind(name=name, clock=self.clock, life=self.life)
        self.providers["sms"].delivery_class = "lookup"

    @contextmanager
    def house(self) -> Iterator[House]:
        """The house as in production, on our clock, with our providers and our mortality."""
        with opened_house(self.home, day=str(self.clock.today()), writes=True) as house:
            yield self.around(house)

    def around(self, house: House) -> House:
        """That house in this world."""
        settings = replace(house.settings, environment=Environment.PRODUCTION)
        reach = reachable(settings, StoredProviders(house.book.store).every(), self.clock.now())
        guard = replace(house.guard, clock=self.clock, settings=settings, reach=reach)
        outbox = MortalOutbox(
            house.book.store, day_of=house.guard.day_of, presented=presented(settings)
        )
        outbox.life, outbox.noted = self.life, self.notes
        return replace(
            house,
            settings=settings,
            clock=self.clock,
            guard=guard,
            outbox=outbox,
            reach=reach,
            incoming=lambda: self.incoming(settings),
            rendering=lambda: nullcontext(in_process(house.library)),
            post=lambda: self.post(house),
        )

    @contextmanager
    def post(self, house: House) -> Iterator[Post]:
        """The way out; a dead worker does not write that it ended in order."""

        def naming(claims: Sequence[Claim]) -> object:
            if self.life.dead:
                raise StoreFault(Problem(code="store/missing", fields={"path": ""}))
            return named(house.book.store, claims, now=self.clock.now())

        with living_owner(self.home.locks, boot=self.boot) as owner:
            journal = MortalJournal(self.home.journal, naming=naming)  # type: ignore[arg-type]  # it names
            journal.life = self.life
            with journal:
                begin_journal(journal, house.book.store, now=self.clock.now())
                yield Post(
                    channels=dict(self.providers),
                    journal=journal,
                    owner=owner,
                    is_alive=lambda token: is_alive(self.home.locks, token),
                )

    def incoming(self, settings: Settings) -> Sequence[InFile]:
        """The export of this morning."""
        text = io.StringIO()
        table = csv.DictWriter(text, HEADINGS, delimiter=";", lineterminator="\n")
        table.writeheader()
        table.writerows(self.rows())
        content = text.getvalue().encode()
        (source, *_) = settings.sources
        return [InFile(source=source, content=content, written_on=self.clock.today())]

    def notes(self, claims: Sequence[Claim]) -> None:
        self.claimed |= {each.token: self.clock.local() for each in claims}
