"""A small home whose deeds can be killed: laid down once, copied for every death.

Every copy lies in the same place, so what operators wrote is read once for all of them. The home
is in production, its channels are providers of `provider`, its clock is set by hand.
"""

import importlib
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast
from zoneinfo import ZoneInfo

import dispatcher.backup
import dispatcher.hearing
import dispatcher.people.unknowns
import dispatcher.posting
import dispatcher.restoring
from dispatcher import wiring
from dispatcher.compose.library import Library
from dispatcher.compose.render import NotRendered, render
from dispatcher.home import Home
from dispatcher.house import House
from dispatcher.messages.freeze import Render
from dispatcher.model.settings import Environment, Settings
from dispatcher.ports import Channel, Claim, Message, News
from dispatcher.render.job import Job, Rendered
from dispatcher.store.book import Book
from dispatcher.store.connection import Store
from dispatcher.store.open import open_store
from dispatcher.store.outcomes import Presented
from dispatcher.writings import Usable, without_errors
from tests.day.situation_town import SOFT, Row, Town, founded, row
from tests.faults.provider import Deed, Kind, Log, Provider, provider, takes


if TYPE_CHECKING:
    from dispatcher.messages.guard import Recheck


PARIS: Final = ZoneInfo("Europe/Paris")
DAY: Final = date(2026, 11, 24)  # a Tuesday
MORNING: Final = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

#: Debtors by name, in the order of their messages: plain ones, and one whose message a person
#: has to approve.
PLAIN: Final = ("A", "B", "C", "D", "E")
APPROVED: Final = "K"


@dataclass(slots=True, kw_only=True)
class Hands:
    """A clock that is set by hand."""

    instant: datetime = MORNING

    def now(self) -> datetime:
        return self.instant

    def today(self) -> date:
        return self.instant.astimezone(PARIS).date()


@dataclass(slots=True, kw_only=True)
class World:
    """One home, its provider, and the hour.

    `folder` is where the copy that is worked with stands; `script` says what the provider does
    with a first attempt.
    """

    folder: Path
    kind: Kind = "none"
    script: Callable[[Message], Deed] = takes
    clock: Hands = field(default_factory=Hands)

    @property
    def home(self) -> Home:
        return Home(folder=self.folder / "home")

    @property
    def store(self) -> Path:
        return self.home.var / "relance.sqlite"

    @property
    def log(self) -> Log:
        return Log(self.folder / "provider.log")

    def provider(self) -> Provider:
        return provider(
            self.kind, log=self.log, now=self.clock.now, script=self.script, told=self.told
        )

    def told(self, *news: News) -> None:
        """News come in, in a process of their own as `relance listen` has one."""
        store = open_store(self.store, environment=Environment.PRODUCTION, check=False)
        with closing(store):
            Book(store, day_of=day_of).hear(news, now=self.clock.now())

    def called_back(self) -> None:
        """The provider reports all that it took, once more."""
        if self.kind == "callbacks":
            made = self.provider()
            self.told(*(made.callback(each.token) for each in self.log.taken()))

    @contextmanager
    def opened(self, *, guarded: bool = True) -> Iterator[House]:
        """The house, as a command that writes has it; without its guard everything may go."""
        with wiring.opened_house(self.home, writes=True) as house:
            ready = replace(house, rendering=lambda: nullcontext(in_process(house.library)))
            yield ready if guarded else replace(ready, guard=cast("Recheck", AllGo()))

    def exports(self, *names: str, paid: Sequence[str] = ()) -> None:
        """This morning's file: an item each, without those that are paid."""
        Town(home=self.home).exports(self.clock.today(), *rows(names, paid))

    def rows(self, query: str) -> list[Any]:
        """What stands in the store."""
        with closing(sqlite3.connect(f"file:{self.store}?mode=ro", uri=True)) as driver:
            return driver.execute(query).fetchall()

    def passes(self, **span: float) -> None:
        """Time goes on."""
        self.clock.instant += timedelta(**span)


@dataclass(slots=True)
class AllGo:
    """A guard that lets everything go: what it would say is none of a kill's business."""

    withdrawn: dict[int, str] = field(default_factory=dict)
    postponed: dict[int, str] = field(default_factory=dict)
    where: dict[int, tuple[str, str]] = field(default_factory=dict)
    spent: dict[int, int] = field(default_factory=dict)

    def __call__(self, _claims: Sequence[Claim]) -> Mapping[int, str]:
        return {}


def day_of(instant: datetime) -> date:
    return instant.astimezone(PARIS).date()


def rows(names: Iterable[str], paid: Sequence[str] = ()) -> list[Row]:
    """An item of each debtor, ten days late."""
    return [
        row(
            f"{name}-1",
            Compte=name,
            Profil="Grand compte" if name == APPROVED else "PME",
        )
        | {"E-mail": f"{name.lower()}@debtor.example", "Raison sociale": f"Société {name}"}
        for name in names
        if name not in paid
    ]


def in_process(library: Library) -> Render:
    """The port `Render` without processes of its own: a fork that dies would leave them behind."""

    def rendered(jobs: Iterable[Job]) -> Iterator[Rendered]:
        for index, job in enumerate(jobs):
            try:
                parts = render(
                    library,
                    job.template,
                    channel=job.channel,
                    tone=job.tone,
                    lang=job.lang,
                    data=job.data,
                )
                yield Rendered(index=index, parts=parts)
            except NotRendered as refused:
                yield Rendered(index=index, problem=refused.problem)

    return rendered


# -- laid down, read once, copied ------------------------------------------------------------------


def lay_down(folder: Path) -> Home:
    """A home of firms; what large accounts get waits for a person."""
    town = founded(folder)
    large = town.home.rules / "large-accounts.yaml"
    text = large.read_text("utf-8")
    asked = SOFT.replace("}", ", needs_approval: [credit_manager]}")
    large.write_text(text.replace(SOFT, asked), "utf-8")
    return town.home


def by_itself(_settings: Settings) -> Presented:
    """When post arrives, without a calendar: nothing goes by post here, and Polars counts days."""
    return lambda _channel, day: day


def settle_in(world: World) -> None:
    """From here on every house of this process and its forks is that world's."""
    writings = without_errors(world.home)
    settings = replace(writings.settings, environment=Environment.PRODUCTION)
    usable = replace(writings, settings=settings)

    def read(_home: Home) -> Usable:
        return usable

    @contextmanager
    def channels(*_: object) -> Iterator[Mapping[str, Channel]]:
        yield {"email": world.provider()}

    def clock(*_: object, **__: object) -> Hands:
        return world.clock

    for module, name, stands_in in (
        (wiring, "without_errors", read),
        (dispatcher.posting, "presented", by_itself),
        (dispatcher.hearing, "presented", by_itself),
        (dispatcher.people.unknowns, "presented", by_itself),
        (dispatcher.restoring, "presented", by_itself),
        (wiring, "open_channels", channels),
        (wiring, "clock_of", clock),
        (dispatcher.backup, "clock_of", clock),
        (dispatcher.backup, "read_settings", lambda _home: (settings, (), {})),
        (dispatcher.restoring, "clock_of", clock),
        (dispatcher.restoring, "read_settings", lambda _home: (settings, (), {})),
    ):
        assert hasattr(module, name)
        setattr(module, name, stands_in)


def copied(world: World, template: Path) -> None:
    """The world as that template has it, and nothing of what was there."""
    shutil.rmtree(world.folder, ignore_errors=True)
    shutil.copytree(template, world.folder)


def load(names: Iterable[str]) -> None:
    """Import here what a fork has needed, so that no other needs to."""
    for name in names:
        with suppress(ImportError):
            importlib.import_module(name)


def loaded() -> list[str]:
    """What this process has imported."""
    return [name for name, module in list(sys.modules.items()) if hasattr(module, "__file__")]


def opened(world: World) -> Store:
    """The world's store by itself."""
    return open_store(world.store, environment=Environment.PRODUCTION, check=False)
