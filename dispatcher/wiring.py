"""The only module that names concrete stores, files, clocks and channels."""

import fcntl
import os
import signal
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dispatcher.ahead import begin_journal, refuse_restored
from dispatcher.clocks import SystemClock, clock_of
from dispatcher.errors import Busy, RelanceError, StoreFault
from dispatcher.home import Home, steady, unwritable
from dispatcher.inboxes import open_mailboxes
from dispatcher.model.problem import Problem
from dispatcher.model.settings import Settings, SourceSettings
from dispatcher.outlets import open_channels
from dispatcher.writings import Usable, with_rules, without_errors


if TYPE_CHECKING:
    from dispatcher.house import House, InFile, Post, Progress
    from dispatcher.messages.freeze import Render
    from dispatcher.model.stop import Said
    from dispatcher.policy.terms import Rulebook
    from dispatcher.ports import Clock
    from dispatcher.store.connection import Store
    from dispatcher.store.verify import Verified


#: Seconds for one message with its pictures; nobody waits for a day's run behind it.
DRAWN_IN = 20.0

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
def opened_store(
    settings: Settings, *, create: bool, now: datetime, keys: Path | None = None
) -> Iterator["Store"]:
    """The home's store; with `create` an empty one where there is none.

    `keys` are those of the store that this one is a passing copy of.
    """
    from dispatcher.store.open import create_store, open_store  # noqa: PLC0415 - SQLAlchemy, 200 ms

    if create and not settings.store.exists():
        _make_folder(settings.store.parent)
        store = create_store(settings.store, environment=settings.environment, now=now)
    else:
        store = open_store(settings.store, environment=settings.environment, check=False, keys=keys)
    try:
        yield store
    finally:
        store.close()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreFault(unwritable(folder, error)) from error


def copy_keys(settings: Settings, to: Path, *, now: datetime) -> int:
    """Copy the keys of a store's debtors into a new file; how many they are.

    Raises:
        StoreFault: they cannot be read, or the file not written.
    """
    with opened_store(settings, create=False, now=now) as store:
        return store.keys.copy(to)


def copy_store(path: Path, copy: Path) -> None:
    """A consistent copy of a store that others may be writing to.

    Raises:
        StoreFault: it cannot be read.
    """
    from dispatcher.store.faults import disk_faults  # noqa: PLC0415 - SQLAlchemy, 200 ms

    with (
        disk_faults(path),
        closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)


def verified(home: Home, *, against: str = "") -> "Verified":
    """What the proof of a home's trail found; `against` as `proving.verified` takes it.

    Raises:
        BadInput: the configuration cannot be read, or nothing has come in yet.
    """
    from dispatcher.proving import verified as proved  # noqa: PLC0415 - SQLAlchemy, 200 ms

    return proved(home, against=against)


def tell_stops(home: Home, settings: Settings) -> None:
    """What people said of stopping into the trail; a run may be at work meanwhile.

    Raises:
        StoreFault: the store cannot be reached now.
    """
    with opened_store(settings, create=False, now=datetime.now(UTC)) as store:
        _tell(home, store)


def _tell(home: Home, store: "Store") -> None:
    from dispatcher.stopping import tell  # noqa: PLC0415 - SQLAlchemy, 200 ms
    from dispatcher.store.stops import remember  # noqa: PLC0415 - as above

    def into_trail(words: Sequence["Said"]) -> None:
        with store.writing() as connection:
            remember(connection, words, now=datetime.now(UTC))

    tell(home.stop, into_trail)


# -- the house -----------------------------------------------------------------------------------


@contextmanager
def opened_house(
    home: Home,
    *,
    day: str = "",
    writes: bool,
    progress: "Progress | None" = None,
    recovered: bool = True,
) -> Iterator["House"]:
    """The whole house on a home; with `writes` nobody else runs meanwhile and a store is made.

    A store that has forgotten what its journal knows is not written to before it is recovered,
    unless `recovered` is waived: an import comes first.

    Raises:
        BadInput: what operators wrote cannot be used, with everything that is wrong.
        Busy: another run is at work.
        StoreFault: the store was put back from a copy, or its journal is missing.
    """
    writings = without_errors(home)
    clock = clock_of(writings.settings, day, writes=writes)
    with ExitStack() as stack:
        if writes:
            stack.enter_context(alone(home))
        now = clock.now()
        store = stack.enter_context(opened_store(writings.settings, create=writes, now=now))
        if writes and recovered:
            refuse_restored(home, writings.settings, store)
        if writes:
            _tell(home, store)
        stopped = stack.enter_context(_asked_to_stop())
        yield _house(writings, store, clock, progress=progress or _quiet, stopped=stopped)


@contextmanager
def looking(
    home: Home,
    *,
    day: str = "",
    progress: "Progress | None" = None,
    rulebook: "Rulebook | None" = None,
) -> Iterator["House"]:
    """The house on a copy of its store that is thrown away: to look ahead and change nothing.

    With `rulebook` it decides by those rules instead of the home's.

    Raises:
        BadInput: what operators wrote cannot be used, with everything that is wrong.
    """
    from dispatcher.store.keys import keys_beside  # noqa: PLC0415 - SQLAlchemy, 200 ms

    writings = without_errors(home) if rulebook is None else with_rules(home, rulebook)
    clock = clock_of(writings.settings, day, writes=False)
    with TemporaryDirectory(prefix="relance-") as folder, ExitStack() as stack:
        copy = Path(folder) / "copy.sqlite"
        keys = None
        if writings.settings.store.exists():
            copy_store(writings.settings.store, copy)
            keys = keys_beside(writings.settings.store)
        settings = replace(writings.settings, store=copy)
        opened = opened_store(settings, create=True, now=clock.now(), keys=keys)
        with _told_of(writings.settings.store, instead_of=copy):
            store = stack.enter_context(opened)
        yield _house(writings, store, clock, progress=progress or _quiet, stopped=lambda: False)


@contextmanager
def _told_of(path: Path, *, instead_of: Path) -> Iterator[None]:
    """What is wrong with a copy is wrong with its original, which people know."""
    try:
        yield
    except RelanceError as error:
        raise type(error)([_about(path, each, instead_of) for each in error.problems]) from error


def _about(path: Path, problem: Problem, instead_of: Path) -> Problem:
    fields = problem.fields.items()
    return replace(
        problem, fields={name: text.replace(str(instead_of), str(path)) for name, text in fields}
    )


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
    from dispatcher.house import House  # noqa: PLC0415 - Polars and SQLAlchemy, 400 ms
    from dispatcher.messages.guard import Recheck  # noqa: PLC0415 - as above
    from dispatcher.outages import reachable  # noqa: PLC0415 - as above
    from dispatcher.policy.function import compile_policy  # noqa: PLC0415 - as above
    from dispatcher.posting import presented  # noqa: PLC0415 - as above
    from dispatcher.stopping import Watch  # noqa: PLC0415 - as above
    from dispatcher.store.answers import (  # noqa: PLC0415 - as above
        answers_path,
        read_answers,
        write_answers,
    )
    from dispatcher.store.aside import SetAside  # noqa: PLC0415 - as above
    from dispatcher.store.blobs import Blobs  # noqa: PLC0415 - as above
    from dispatcher.store.book import Book  # noqa: PLC0415 - as above
    from dispatcher.store.outbox import StoredOutbox  # noqa: PLC0415 - as above
    from dispatcher.store.providers import StoredProviders  # noqa: PLC0415 - as above

    settings, rulebook, library = writings.settings, writings.rulebook, writings.library
    home, zone = writings.home, ZoneInfo(settings.timezone)

    watch = Watch(home.stop)

    def day_of(instant: datetime) -> date:
        return instant.astimezone(zone).date()

    book = Book(store, day_of=day_of)
    reach = reachable(settings, StoredProviders(store).every(), clock.now())
    guard = Recheck(
        book=book,
        rulebook=rulebook,
        settings=settings,
        clock=clock,
        compiled={p.name: compile_policy(p, rulebook.facts) for p in rulebook.active},
        day_of=day_of,
        reach=reach,
    )
    return House(
        settings=settings,
        rulebook=rulebook,
        library=library,
        book=book,
        blobs=Blobs(home.blobs),
        outbox=StoredOutbox(store, day_of=day_of, presented=presented(settings)),
        clock=clock,
        guard=guard,
        incoming=lambda: [
            _incoming(source, clock)
            for source in settings.sources
            if not source.optional or source.file.exists()
        ],
        rendering=lambda: rendering(writings.templates),
        drawing=lambda: drawing(writings.templates),
        post=lambda: _post(settings, home, store, clock),
        mailboxes=lambda: open_mailboxes(settings, home),
        keep_answers=lambda day, run, parts: write_answers(
            home.answers, parts, day=day, run_id=run
        ),
        aside=lambda frame: SetAside(frame, folder=home.var),
        read_answers=lambda day, run, sha256: read_answers(
            answers_path(home.answers, day=day, run_id=run), sha256=sha256
        ),
        stopped=lambda: stopped() or watch.everything(),
        halted=watch,
        progress=progress,
        reach=reach,
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


def _incoming(source: SourceSettings, clock: "Clock") -> "InFile":
    """The file and its day; a day that was chosen in the past has its files of that day."""
    from dispatcher.house import InFile  # noqa: PLC0415 - Polars, 180 ms

    content, written = steady(source.file)
    day = written.date() if isinstance(clock, SystemClock) else min(written.date(), clock.today())
    return InFile(source=source, content=content, written_on=day)


@contextmanager
def rendering(templates: Mapping[str, str]) -> Iterator["Render"]:
    """Rendering processes as a day's run has them."""
    from dispatcher.render.pool import Pool  # noqa: PLC0415 - only when something is rendered

    with Pool(templates) as pool:
        yield pool.render


@contextmanager
def drawing(templates: Mapping[str, str]) -> Iterator["Render"]:
    """Rendering processes for the eyes of a person: with a picture of each page of a letter."""
    from dispatcher.render.drawing import DRAWING  # noqa: PLC0415 - only when something is rendered
    from dispatcher.render.pool import Pool  # noqa: PLC0415 - as above

    with Pool(templates, entry=DRAWING, seconds=DRAWN_IN) as pool:
        yield pool.render


@contextmanager
def _post(settings: Settings, home: Home, store: "Store", clock: "Clock") -> Iterator["Post"]:
    from dispatcher.deliver.journal import Journal  # noqa: PLC0415 - as above
    from dispatcher.deliver.owner import is_alive, living_owner, sweep  # noqa: PLC0415 - as above
    from dispatcher.house import Post  # noqa: PLC0415 - Polars, 180 ms
    from dispatcher.store.ahead import named  # noqa: PLC0415 - SQLAlchemy, 200 ms

    with ExitStack() as stack:
        owner = stack.enter_context(living_owner(home.locks))
        journal = Journal(home.journal, naming=lambda claims: named(store, claims, now=clock.now()))
        stack.callback(journal.close)
        begin_journal(journal, store, now=clock.now())
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
