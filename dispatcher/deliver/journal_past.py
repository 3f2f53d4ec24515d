"""The whole past of a journal: its file, the packed ones before it, what became of each message.

Lines are moved away at some four megabytes, packed to a tenth, and kept for five weeks or 64
megabytes, whichever is less. From a copy that is older a store cannot be recovered whole.
"""

import gzip
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

from dispatcher.deliver.journal_lines import (
    Key,
    Line,
    Trace,
    later,
    mark_of,
    numbered_lines,
    traces_of,
)
from dispatcher.model.mark import Mark
from dispatcher.ports import Accepted, Outcome, Unknown


KEPT: Final = timedelta(days=35)
MOST: Final = 64_000_000  # bytes of packed files

#: A message of one store.
Name = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A line that nothing is taken from."""

    file: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Went:
    """One message as the journal knows it: its newest attempt, and what is certain of all of them.

    `outcome` is an acceptance, an unknown, or None: nothing left. `what` are the facts of its
    batch, empty in lines of an older version; `at` is when that batch began (ms).
    """

    store: str
    id: int
    attempt: int
    outcome: Accepted | Unknown | None
    what: Line
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """All that a journal knows. `first` and `newest` are its outermost heads of a trail."""

    went: tuple[Went, ...] = ()
    damage: tuple[Damage, ...] = ()
    first: Mark | None = None
    newest: Mark | None = None
    last: int = 0  # the highest id of a message of the newest mark's store


def packed_files(journal: Path) -> list[Path]:
    """The files with lines that were moved away, oldest first."""
    return sorted(journal.parent.glob(f"{journal.stem}-*{journal.suffix}.gz"))


def keep_away(journal: Path, content: bytes, mark: Mark) -> None:
    """Lay these lines, packed, beside the journal; on the disk when this returns."""
    at = datetime.fromtimestamp(mark.at / 1000, UTC)
    name = f"{journal.stem}-{at:%Y%m%dT%H%M%S}-{sha256(content).hexdigest()[:8]}"
    path = journal.with_name(f"{name}{journal.suffix}.gz")
    part = path.with_name(f".{path.name}.part")
    descriptor = os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor, so that nobody else reads
        file.write(gzip.compress(content, 6, mtime=0))
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    _sync(path.parent)
    _forget(journal, at)


def _forget(journal: Path, now: datetime) -> None:
    """Remove what is older than five weeks, and the oldest while there is too much."""
    newest, *older = reversed(packed_files(journal))
    room = MOST - newest.stat().st_size
    for path in older:
        room -= path.stat().st_size
        if room < 0 or now - _written(path, journal, now) > KEPT:
            path.unlink()


def _written(path: Path, journal: Path, otherwise: datetime) -> datetime:
    said = path.name.removeprefix(f"{journal.stem}-")[:15]
    try:
        return datetime.strptime(said, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return otherwise  # not named by us: kept


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# -- read --------------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class _Reading:
    """What the lines have said so far; `store` is the one that the lines are about."""

    boot_is_same: bool
    store: str = ""
    traces: dict[tuple[str, Key], Trace] = field(default_factory=dict)
    what: dict[tuple[str, Key], tuple[Line, int]] = field(default_factory=dict)
    silent: dict[str, set[tuple[str, Key]]] = field(default_factory=dict)  # of the open batches
    damage: list[Damage] = field(default_factory=list)
    first: Mark | None = None
    newest: Mark | None = None
    last: dict[str, int] = field(default_factory=dict)

    def take(self, line: Line) -> None:
        mark = mark_of(line)
        if mark is not None:
            self._marked(mark)
        if "end" in line:
            self.silent.clear()
        if "batch" in line:
            self._batch(line, 0 if mark is None else mark.at)
        for key, trace in traces_of(line):
            name = (self.store, key)
            self.traces[name] = later(self.traces.get(name), trace)

    def _marked(self, mark: Mark) -> None:
        self.first = self.first or mark
        self.newest, self.store = mark, mark.store
        self.last[mark.store] = max(mark.last, self.last.get(mark.store, 0))

    def _batch(self, line: Line, at: int) -> None:
        channels: dict[str, set[tuple[str, Key]]] = {}
        what = line.get("what", ())
        for each in what if isinstance(what, list) else ():
            match each:
                case {"id": int(number), "attempt": int(attempt), "channel": str(channel)}:
                    name = (self.store, (number, attempt))
                    self.what[name] = (each, at)
                    channels.setdefault(channel, set()).add(name)
        # A channel's batch begins when all answers of the one before it were noted and synced.
        self.silent |= channels


def read_past(journal: Path, *, same_boot: bool) -> Past:
    """Read the packed files and the journal, oldest first, and say what became of each message.

    With `same_boot` no line can be missing, so a message without a `going` did not leave. Else
    those of a batch that never ended may have left.

    Raises:
        OSError: a file cannot be read.
    """
    reading = _Reading(boot_is_same=same_boot)
    for path in (*packed_files(journal), journal):
        for number, line in _lines_of(path):
            if line is None:
                reading.damage.append(Damage(file=path.name, line=number))
            else:
                reading.take(line)
    newest = reading.newest
    return Past(
        went=tuple(_went(reading)),
        damage=tuple(reading.damage),
        first=reading.first,
        newest=newest,
        last=0 if newest is None else reading.last[newest.store],
    )


def _lines_of(path: Path) -> Iterator[tuple[int, Line | None]]:
    if not path.exists():
        return
    content = path.read_bytes()
    if path.suffix == ".gz":
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error):
            yield 0, None  # the whole file is spoilt
            return
    yield from numbered_lines(content)


def _went(reading: _Reading) -> Iterator[Went]:
    found: dict[Name, list[tuple[int, Trace]]] = {}
    for (store, (number, attempt)), trace in reading.traces.items():
        found.setdefault((store, number), []).append((attempt, trace))
    open_ones = set() if reading.boot_is_same else set().union(*reading.silent.values())
    for (store, number), attempts in sorted(found.items()):
        outcomes = [
            _certain(trace, perhaps=(store, (number, attempt)) in open_ones)
            for attempt, trace in sorted(attempts, key=lambda each: each[0])
        ]
        newest = max(attempt for attempt, _ in attempts)
        what, at = reading.what.get((store, (number, newest)), ({}, 0))
        yield Went(
            store=store,
            id=number,
            attempt=newest,
            outcome=_together(outcomes),
            what=what,
            at=at,
        )


def _certain(trace: Trace, *, perhaps: bool) -> Outcome | None:
    if trace.outcome is not None:
        return trace.outcome
    if trace.going:
        return Unknown(stage="going", evidence="the journal has no answer")
    if perhaps:
        return Unknown(stage="claimed", evidence="the journal may lack its last lines")
    return None


def _together(outcomes: list[Outcome | None]) -> Accepted | Unknown | None:
    """An acceptance is believed whenever it was given; of the rest the newest attempt counts.

    A later attempt is proof enough that the earlier one was settled as not having left.
    """
    accepted = [each for each in outcomes if isinstance(each, Accepted)]
    if accepted:
        return accepted[-1]
    newest = outcomes[-1]
    return newest if isinstance(newest, Unknown) else None
