"""The only module that names concrete stores, files, clocks and channels."""

import fcntl
import os
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as hours
from importlib.metadata import entry_points
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dispatcher.config.read import read_config
from dispatcher.errors import BadInput, Busy, StoreFault
from dispatcher.home import Home, texts, unwritable
from dispatcher.model.problem import Level, Place, Problem
from dispatcher.model.settings import ChannelSettings, Environment, Settings, SourceSettings
from dispatcher.nodes.read import decode
from dispatcher.problems.registry import level
from dispatcher.problems.suggest import nearest


if TYPE_CHECKING:
    from dispatcher.app import House, InFile, Post, Progress
    from dispatcher.compose.library import Library
    from dispatcher.freeze import Render
    from dispatcher.policy.names import Names
    from dispatcher.policy.terms import Rulebook
    from dispatcher.ports import Channel, Clock
    from dispatcher.store.connection import Store
    from dispatcher.store.verify import Verified


CHANNELS = "relance.channels"

#: Messages an hour or a day apart would be a clock's fault; a simulated day begins at ten.
MORNING = hours(10)


# -- what a home says ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Writings:
    """All that operators wrote, read and checked; parts that cannot be used are None.

    `sources` maps file names, as they stand in problems, to their text.
    """

    home: Home
    settings: Settings | None
    rulebook: "Rulebook | None"
    library: "Library | None"
    templates: Mapping[str, str]
    problems: tuple[Problem, ...]
    sources: Mapping[str, str]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep a file from being used."""
        return tuple(problem for problem in self.problems if level(problem) is Level.ERROR)


def read_settings(home: Home) -> tuple[Settings | None, tuple[Problem, ...], Mapping[str, str]]:
    """The configuration of a home, its problems, and its text by file name."""
    name = home.config.name
    text, unread = decode(_bytes(home.config), file=name)
    if text is None:
        return None, unread, {}
    settings, problems = read_config(text, file=name, home=home.folder)
    return settings, (*unread, *problems), {name: text}


def language_of(home: Home) -> str:
    """The language that a home's configuration sets; French where it cannot be read."""
    settings, _, _ = read_settings(home)
    return "fr" if settings is None else settings.language


def read_writings(home: Home) -> Writings:
    """Everything that operators wrote, with every mistake of every file."""
    from dispatcher.compose.library import load  # noqa: PLC0415 - Jinja, only when templates are read
    from dispatcher.policy.read import read_rules  # noqa: PLC0415 - as above

    settings, problems, sources = read_settings(home)
    templates, unread = _decoded(home.templates, "*.j2")
    library, wrong = load(templates)
    rules, unreadable = _decoded(home.rules, "*.yaml", "*.yml")
    names = None if settings is None or library is None else _names(settings, library)
    rulebook, faults = read_rules(rules, names=names)
    if not rules:
        faults = (Problem(code="home/no-rules", fields={"folder": str(home.rules)}),)
    return Writings(
        home=home,
        settings=settings,
        rulebook=rulebook,
        library=library,
        templates=templates,
        problems=(
            *problems,
            *_placed(home.templates, (*unread, *wrong)),
            *_placed(home.rules, (*unreadable, *faults)),
        ),
        sources={
            **sources,
            **{f"{home.templates.name}/{name}": text for name, text in templates.items()},
            **{f"{home.rules.name}/{name}": text for name, text in rules.items()},
        },
    )


def _decoded(folder: Path, *patterns: str) -> tuple[dict[str, str], tuple[Problem, ...]]:
    found, problems = {}, list[Problem]()
    for name, content in texts(folder, *patterns).items():
        text, unread = decode(content, file=name)
        problems += unread
        if text is not None:
            found[name] = text
    return found, tuple(problems)


def _placed(folder: Path, problems: Sequence[Problem]) -> Iterator[Problem]:
    """The problems with their files named from the home, as a person opens them."""

    def moved(place: Place | None) -> Place | None:
        return None if place is None else replace(place, file=f"{folder.name}/{place.file}")

    for each in problems:
        yield replace(each, place=moved(each.place), second=moved(each.second))


def _names(settings: Settings, library: "Library") -> "Names":
    from dispatcher.policy.names import Names, TemplateWords  # noqa: PLC0415 - as above

    return Names(
        templates={
            name: TemplateWords(
                channels=library.channels(name), legal_effect=library.legal_effect(name)
            )
            for name in library.templates
        },
        channels=frozenset(settings.channels),
        tasks=frozenset(settings.tasks),
        roles=frozenset(settings.people),
    )


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(unwritable(path, error)) from error


# -- time ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemClock:
    """The machine's time, and the day it is in the home's zone."""

    zone: ZoneInfo

    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> date:
        return self.now().astimezone(self.zone).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetClock:
    """A day that a person chose: it begins at ten in the morning and passes as time does."""

    zone: ZoneInfo
    day: date
    started: float

    def now(self) -> datetime:
        morning = datetime.combine(self.day, MORNING, tzinfo=self.zone).astimezone(UTC)
        return morning + timedelta(seconds=time.monotonic() - self.started)

    def today(self) -> date:
        return self.day


def a_day(text: str) -> date:
    """The day that a person wrote, or today where he wrote none.

    Raises:
        BadInput: there is no such day.
    """
    if not text:
        return datetime.now().astimezone().date()
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a civil day
    except ValueError:
        raise BadInput(Problem(code="run/date", fields={"value": text})) from None


def clock_of(settings: Settings, day: str, *, writes: bool) -> "Clock":
    """The system's clock, or one set to a day for looking ahead and for the sandbox.

    Raises:
        BadInput: no such day, or a day was chosen where messages leave for good.
    """
    zone = ZoneInfo(settings.timezone)
    if not day:
        return SystemClock(zone=zone)
    chosen = a_day(day)
    if writes and settings.environment is Environment.PRODUCTION:
        raise BadInput(Problem(code="run/date-in-production", fields={"value": day}))
    return SetClock(zone=zone, day=chosen, started=time.monotonic())


# -- one at a time -------------------------------------------------------------------------------


@contextmanager
def alone(home: Home) -> Iterator[None]:
    """Hold the home's run lock; the kernel frees it when the process dies.

    Raises:
        Busy: another run holds it.
    """
    try:
        home.var.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(home.run_lock, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise StoreFault(unwritable(home.run_lock, error)) from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(Problem(code="run/busy")) from None
        yield
    finally:
        os.close(lock)


# -- the store -----------------------------------------------------------------------------------


@contextmanager
def opened_store(settings: Settings, *, create: bool, now: datetime) -> Iterator["Store"]:
    """The home's store; with `create` an empty one where there is none."""
    from dispatcher.store.open import create_store, open_store  # noqa: PLC0415 - SQLAlchemy, 200 ms

    if create and not settings.store.exists():
        settings.store.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        store = create_store(settings.store, environment=settings.environment, now=now)
    else:
        store = open_store(settings.store, environment=settings.environment, check=False)
    try:
        yield store
    finally:
        store.close()


def copy_store(path: Path, copy: Path) -> None:
    """A consistent copy of a store that others may be writing to."""
    with (
        closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)


def verified(home: Home) -> "Verified":
    """What the proof of a home's trail found.

    Raises:
        BadInput: the configuration cannot be read, or nothing has come in yet.
    """
    from dispatcher.store.verify import verify  # noqa: PLC0415 - SQLAlchemy, 200 ms

    settings, problems, sources = read_settings(home)
    if settings is None:
        raise Unusable(problems, sources)
    return verify(settings.store)


# -- channels ------------------------------------------------------------------------------------


def adapters() -> Mapping[str, object]:
    """The installed adapters by name."""
    return {entry.name: entry for entry in entry_points(group=CHANNELS)}


def open_channel(settings: ChannelSettings, home: Home) -> "Channel":
    """One channel, its secrets resolved.

    Raises:
        BadInput: no such adapter, a secret is missing, or the adapter refuses its settings.
    """
    found = {entry.name: entry for entry in entry_points(group=CHANNELS)}
    if settings.adapter not in found:
        raise BadInput(
            Problem(
                code="config/no-adapter",
                place=settings.place,
                fields={"value": settings.adapter, "allowed": ", ".join(sorted(found))},
                suggestion=nearest(settings.adapter, found),
            )
        )
    secrets = {key: _secret(settings, key, home) for key in settings.secrets}
    told = replace(settings, options=_from_home(settings, home), secrets=secrets)
    channel: Channel = found[settings.adapter].load()(told)
    return channel


def _from_home(settings: ChannelSettings, home: Home) -> Mapping[str, str | int | bool]:
    """The options, with the paths of files taken from the home, wherever the command is run."""
    return {
        name: str(home.folder / value) if name.endswith("_file") else value
        for name, value in settings.options.items()
        if isinstance(value, str) or not name.endswith("_file")
    }


def _secret(settings: ChannelSettings, key: str, home: Home) -> str:
    reference = settings.secrets[key]
    kind, _, name = reference.partition(":")
    if kind == "env" and name in os.environ:
        return os.environ[name]
    path = home.folder / name
    if kind == "file" and path.is_file():
        return path.read_text("utf-8").rstrip("\r\n")
    fields = {"key": f"channels.{settings.name}.{key}", "reference": reference}
    raise BadInput(Problem(code="config/secret-missing", place=settings.place, fields=fields))


def _sandboxed(settings: ChannelSettings, port: int) -> ChannelSettings:
    """The same channel, delivering into the embedded mail server."""
    kept = {key: settings.options[key] for key in ("sender", "pool") if key in settings.options}
    options = {**kept, "host": "127.0.0.1", "port": port, "tls": "none"}
    return replace(settings, options=options, secrets={})


@contextmanager
def open_channels(settings: Settings, home: Home) -> Iterator[Mapping[str, "Channel"]]:
    """Every configured channel; in the sandbox e-mail ends in files under `var/sinks/email`."""
    with ExitStack() as stack:
        wanted = dict(settings.channels)
        if settings.environment is Environment.SANDBOX:
            from channels.sink import sink  # noqa: PLC0415 - a mail server, only in the sandbox

            mail = [name for name, each in wanted.items() if each.adapter == "email"]
            for name in mail:
                port = stack.enter_context(sink(home.sinks / name))
                wanted[name] = _sandboxed(wanted[name], port)
        yield {name: open_channel(each, home) for name, each in wanted.items()}


# -- the house -----------------------------------------------------------------------------------


@contextmanager
def opened_house(
    home: Home, *, day: str = "", writes: bool, progress: "Progress | None" = None
) -> Iterator["House"]:
    """The whole house on a home; with `writes` nobody else runs meanwhile and a store is made.

    Raises:
        BadInput: what operators wrote cannot be used, with everything that is wrong.
        Busy: another run is at work.
    """
    writings = _without_errors(home)
    clock = clock_of(writings.settings, day, writes=writes)
    with ExitStack() as stack:
        if writes:
            stack.enter_context(alone(home))
        now = clock.now()
        store = stack.enter_context(opened_store(writings.settings, create=writes, now=now))
        stopped = stack.enter_context(_asked_to_stop())
        yield _house(writings, store, clock, progress=progress or _quiet, stopped=stopped)


@contextmanager
def looking(home: Home, *, day: str = "", progress: "Progress | None" = None) -> Iterator["House"]:
    """The house on a copy of its store that is thrown away: to look ahead and change nothing.

    Raises:
        BadInput: what operators wrote cannot be used, with everything that is wrong.
    """
    writings = _without_errors(home)
    clock = clock_of(writings.settings, day, writes=False)
    with TemporaryDirectory(prefix="relance-") as folder, ExitStack() as stack:
        copy = Path(folder) / "copy.sqlite"
        if writings.settings.store.exists():
            copy_store(writings.settings.store, copy)
        settings = replace(writings.settings, store=copy)
        opened = opened_store(settings, create=True, now=clock.now())
        store = stack.enter_context(opened)
        yield _house(writings, store, clock, progress=progress or _quiet, stopped=lambda: False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usable:
    """What operators wrote, all of it without an error."""

    home: Home
    settings: Settings
    rulebook: "Rulebook"
    library: "Library"
    templates: Mapping[str, str]


def _without_errors(home: Home) -> Usable:
    writings = read_writings(home)
    settings, rulebook, library = writings.settings, writings.rulebook, writings.library
    if settings is None or rulebook is None or library is None or writings.errors:
        raise Unusable(writings.errors, writings.sources)
    return Usable(
        home=home,
        settings=settings,
        rulebook=rulebook,
        library=library,
        templates=writings.templates,
    )


class Unusable(BadInput):
    """What operators wrote has errors; carries the texts so that they can be shown."""

    def __init__(self, problems: Sequence[Problem], sources: Mapping[str, str]) -> None:
        super().__init__(problems)
        self.sources = sources


def _quiet(_stage: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


def _house(
    writings: Usable,
    store: "Store",
    clock: "Clock",
    *,
    progress: "Progress",
    stopped: Callable[[], bool],
) -> "House":
    from dispatcher.app import House  # noqa: PLC0415 - Polars and SQLAlchemy, 400 ms
    from dispatcher.guard import Recheck  # noqa: PLC0415 - as above
    from dispatcher.policy.function import compile_policy  # noqa: PLC0415 - as above
    from dispatcher.store.answers import write_answers  # noqa: PLC0415 - as above
    from dispatcher.store.book import Book  # noqa: PLC0415 - as above
    from dispatcher.store.outbox import StoredOutbox  # noqa: PLC0415 - as above

    settings, rulebook, library = writings.settings, writings.rulebook, writings.library
    home, zone = writings.home, ZoneInfo(settings.timezone)

    def day_of(instant: datetime) -> date:
        return instant.astimezone(zone).date()

    book = Book(store, day_of=day_of)
    guard = Recheck(
        book=book,
        rulebook=rulebook,
        settings=settings,
        clock=clock,
        compiled={p.name: compile_policy(p, rulebook.facts) for p in rulebook.active},
        day_of=day_of,
    )
    return House(
        settings=settings,
        rulebook=rulebook,
        library=library,
        book=book,
        outbox=StoredOutbox(store, day_of=day_of),
        clock=clock,
        guard=guard,
        incoming=lambda: [_incoming(source) for source in settings.sources],
        rendering=lambda: _rendering(writings.templates),
        post=lambda: _post(settings, home),
        keep_answers=lambda day, run, answers: (
            write_answers(home.answers, answers, day=day, run_id=run).sha256
        ),
        stopped=stopped,
        progress=progress,
        reach=frozenset(settings.channels),
        legal=frozenset(t for t in library.templates if library.legal_effect(t)),
        closing=_closing(rulebook),
    )


def _closing(rulebook: "Rulebook") -> frozenset[str]:
    """Rules whose tasks end by themselves; the task of a step ends by what a person enters."""
    from dispatcher.policy.terms import HandOver, Work  # noqa: PLC0415 - as above

    return frozenset(
        rule.id
        for policy in rulebook.active
        for rule in (*policy.stops, *policy.choices, *policy.hand_over)
        if not isinstance(rule.then, Work | HandOver)
    )


def _incoming(source: SourceSettings) -> "InFile":
    from dispatcher.app import InFile  # noqa: PLC0415 - Polars, 180 ms

    content = _bytes(source.file)
    written = datetime.fromtimestamp(source.file.stat().st_mtime, UTC)
    return InFile(source=source, content=content, written_on=written.date())


@contextmanager
def _rendering(templates: Mapping[str, str]) -> Iterator["Render"]:
    from dispatcher.render.pool import Pool  # noqa: PLC0415 - only when something is rendered

    with Pool(templates) as pool:
        yield pool.render


@contextmanager
def _post(settings: Settings, home: Home) -> Iterator["Post"]:
    from dispatcher.app import Post  # noqa: PLC0415 - Polars, 180 ms
    from dispatcher.deliver.journal import Journal  # noqa: PLC0415 - as above
    from dispatcher.deliver.owner import is_alive, living_owner, sweep  # noqa: PLC0415 - as above

    with ExitStack() as stack:
        owner = stack.enter_context(living_owner(home.locks))
        journal = Journal(home.journal)
        stack.callback(journal.close)
        channels = stack.enter_context(open_channels(settings, home))
        yield Post(
            channels=channels,
            journal=journal,
            owner=owner,
            is_alive=lambda token: is_alive(home.locks, token),
        )
        sweep(home.locks)


@contextmanager
def _asked_to_stop() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C or a termination was asked: what is on its way ends, nothing new leaves.

    Asked a second time, the process gives up where it stands; the next run settles the rest.
    """
    asked: list[int] = []

    def note(number: int, _frame: object) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
