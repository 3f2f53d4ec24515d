"""What left and what was answered, in one append-only file beside the store.

The store says what was intended; the journal narrows what a killed worker leaves open, and knows
what a store that was put back from a copy has forgotten. Its lines are JSON:

* `{"batch": [[id, attempt], ...], "mark": {...}, "what": [...]}`, on the disk before the first
  byte of the batch, and before anything of it is touched: the head of the trail after the claim,
  and each message without names or content, so that it can be known again. A claim may go in
  several batches: what stands in none was never on its way;
* `{"going": id, "attempt": n}`, just before the byte that cannot be taken back;
* `{"gone": id, "attempt": n, "outcome": {...}}`, just after the answer;
* `{"end": 1, "mark": {...}}`, when its worker ends in order;
* `{"mark": {...}, "why": "..."}`, where the trail stood when the file began, when older lines were
  moved away, or when a recovery had read them all.

`going` and `gone` are not synced: a killed process loses nothing that it wrote, and after a power
cut the boot id tells that the file may be behind.

A file that has grown is moved away, packed, beside itself; `deliver.journal_past` keeps those for
five weeks and reads them all.
"""

import errno
import fcntl
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from dispatcher.deliver.journal_lines import (
    Key,
    Naming,
    Told,
    Trace,
    batch_line,
    end_line,
    going_line,
    gone_line,
    later,
    mark_line,
    mark_of,
    numbered_lines,
    outcome_word,
    traces_of,
)
from dispatcher.deliver.journal_past import keep_away
from dispatcher.errors import RelanceError
from dispatcher.model.mark import Mark
from dispatcher.ports import Claim, Outcome


__all__ = ["LARGE", "Journal", "Key", "Told", "Trace", "newest_mark", "outcome_word"]

#: The file is moved away, when nothing is open, once it has grown over this many bytes.
LARGE = 4_000_000

#: The newest mark stands in the last bytes; a batch and its answers are some 15,000.
TAIL: Final = 262_144


class Journal:
    """An open journal. Several workers may hold the same file.

    `naming` is asked before each batch for what its line carries beside ids; without it the lines
    are of no use to a store that has forgotten the messages.

    Raises:
        OSError: the file cannot be opened, written or synced.
    """

    def __init__(self, path: Path, *, naming: Naming | None = None) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = path
        self._naming = naming
        self._batches = 0
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        self._file = os.open(path, flags, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_SH)
        self._end_torn_line()

    def open_batch(self, claims: Sequence[Claim]) -> None:
        """Note what may leave next; on the disk when this returns."""
        named = None if self._naming is None else self._naming(claims)
        self._append(batch_line(claims, named))
        self._sync()
        self._batches += 1

    def going(self, claim: Claim) -> None:
        """Note that the next byte cannot be taken back."""
        self._append(going_line(claim))

    def gone(self, claim: Claim, outcome: Outcome) -> None:
        """Note the answer."""
        self._append(gone_line(claim, outcome))

    def mark(self, mark: Mark, *, why: str) -> None:
        """Note where the trail stands; on the disk when this returns."""
        self._append(mark_line(mark, why))
        self._sync()

    def read(self) -> Mapping[Key, Trace]:
        """Every attempt in the file. Lines cut off or spoilt are passed over: they say nothing."""
        return self.told().traces

    def told(self) -> Told:
        """Every attempt in the file, and whether it would know of any other."""
        traces: dict[Key, Trace] = {}
        clean, whole = True, False
        for _number, line in numbered_lines(self._content()):
            clean = clean and line is not None
            # What lies before a synced line was on the disk with it: only damage can spoil it.
            whole = clean if "batch" in (line or {}) or "mark" in (line or {}) else whole
            for key, trace in traces_of(line or {}):
                traces[key] = later(traces.get(key), trace)
        return Told(traces=traces, whole=whole, clean=clean)

    def compact(self, nothing_open: Callable[[], bool], *, over: int = LARGE) -> bool:
        """Move many lines away if no other worker holds them and `nothing_open` says so.

        The question is asked while nobody else can open the journal, so nobody can have begun a
        batch after the answer. Call it between batches only.
        """
        if os.fstat(self._file).st_size <= over or not self._alone():
            return False
        try:
            if not nothing_open():
                return False
            content = self._content()
            mark, first = _newest(content), b""
            if mark is not None:
                keep_away(self.path, content, mark)
                first = _instead(mark_line(mark, "moved"), content)
                self._overwrite(first)
            # Cut here, lines stand in both places, which says the same.
            os.ftruncate(self._file, len(first))
            os.fsync(self._file)
            return True
        finally:
            fcntl.flock(self._file, fcntl.LOCK_SH)

    def close(self) -> None:
        """Say that this worker ends in order, if it sent anything, and let go of the file."""
        if self._batches and self._naming is not None:
            with suppress(OSError, RelanceError):  # then a recovery is only more careful
                self._append(end_line(self._naming(()).mark))
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _append(self, content: bytes) -> None:
        with _telling(self.path):
            written = os.write(self._file, content)
            if written != len(content):  # a full disk takes what fits
                self._end_torn_line()
                message = f"{written} of {len(content)} bytes of a line were written"
                raise OSError(errno.ENOSPC, message)

    def _overwrite(self, first: bytes) -> None:
        """Write the beginning anew, on the disk: the file is never without a mark."""
        beginning = os.open(self.path, os.O_WRONLY | os.O_CLOEXEC)  # ours only appends
        try:
            os.write(beginning, first)
            os.fsync(beginning)
        finally:
            os.close(beginning)

    def _sync(self) -> None:
        with _telling(self.path):
            os.fdatasync(self._file)

    def _end_torn_line(self) -> None:
        size = os.fstat(self._file).st_size
        if size and os.pread(self._file, 1, size - 1) != b"\n":
            os.write(self._file, b"\n")

    def _content(self) -> bytes:
        size = os.fstat(self._file).st_size
        parts: list[bytes] = []
        offset = 0
        while part := os.pread(self._file, size - offset, offset):
            parts.append(part)
            offset += len(part)
        return b"".join(parts)

    def _alone(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            # A refused change of a lock may have given up the lock that was held.
            fcntl.flock(self._file, fcntl.LOCK_SH)
            return False
        return True


@contextmanager
def _telling(path: Path) -> Iterator[None]:
    """A failure of an open file says which: by that a person is told, rather than a traceback."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(path)
        raise


def _instead(line: bytes, content: bytes) -> bytes:
    """The line, with blanks at its end, as long as whole lines at the beginning of the content."""
    end = content.find(b"\n", len(line) - 1) + 1
    return line[:-1].ljust(end - 1) + b"\n"


def newest_mark(path: Path) -> Mark | None:
    """Where the trail stood at the journal's newest line that says so; None: it does not say.

    Raises:
        OSError: the file is there and cannot be read.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - TAIL))
            found = _newest(file.read())
            if found is None and size > TAIL:
                file.seek(0)
                found = _newest(file.read())
    except FileNotFoundError:
        return None
    return found


def _newest(content: bytes) -> Mark | None:
    """The highest head; a mark that stands by itself begins anew: a recovery may go back."""
    newest: Mark | None = None
    for _number, line in numbered_lines(content):
        mark = mark_of(line or {})
        if mark is not None and line is not None:
            alone = "why" in line
            newest = mark if newest is None or alone or mark.seq >= newest.seq else newest
    return newest
