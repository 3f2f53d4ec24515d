"""What left and what was answered, in one append-only file beside the store.

The store says what was intended; the journal narrows what a killed worker leaves open. Three
kinds of lines, JSON:

* `{"batch": [[id, attempt], ...]}`, on the disk before the first byte of the batch;
* `{"going": id, "attempt": n}`, just before the byte that cannot be taken back;
* `{"gone": id, "attempt": n, "outcome": {...}}`, just after the answer.

The last two are not synced: a killed process loses nothing that it wrote, and after a power cut
the boot id tells that the file may be behind.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from dispatcher.ports import Accepted, Claim, NotAccepted, Outcome, Rejected, Unknown


#: A claim's id and attempt: what a line is about.
Key = tuple[int, int]

#: The file is emptied, when nothing is open, once it has grown over this many bytes.
LARGE = 4_000_000

_KINDS: Final[Mapping[str, type[Outcome]]] = {
    "accepted": Accepted,
    "rejected": Rejected,
    "not_accepted": NotAccepted,
    "unknown": Unknown,
}
_WORDS: Final = {kind: word for word, kind in _KINDS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """How far an attempt is known to have come; `outcome` None: no answer was noted."""

    going: bool = False
    outcome: Outcome | None = None


class Journal:
    """An open journal. Several workers may hold the same file.

    Raises:
        OSError: the file cannot be opened, written or synced.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = path
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        self._file = os.open(path, flags, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_SH)
        self._end_torn_line()

    def open_batch(self, claims: Sequence[Claim]) -> None:
        """Note what may leave next; on the disk when this returns."""
        self._append({"batch": [[claim.id, claim.attempt] for claim in claims]})
        os.fdatasync(self._file)

    def going(self, claim: Claim) -> None:
        """Note that the next byte cannot be taken back."""
        self._append({"going": claim.id, "attempt": claim.attempt})

    def gone(self, claim: Claim, outcome: Outcome) -> None:
        """Note the answer."""
        content = {"kind": _WORDS[type(outcome)], **asdict(outcome)}
        self._append({"gone": claim.id, "attempt": claim.attempt, "outcome": content})

    def read(self) -> Mapping[Key, Trace]:
        """Every attempt in the file. Lines cut off or spoilt are passed over: they say nothing."""
        traces: dict[Key, Trace] = {}
        for line in _lines(self._content()):
            for key, trace in _traces(line):
                traces[key] = _later(traces.get(key), trace)
        return traces

    def compact(self, nothing_open: Callable[[], bool], *, over: int = LARGE) -> bool:
        """Empty the file if it is large, no other worker holds it, and `nothing_open` says so.

        The question is asked while nobody else can open the journal, so nobody can have begun a
        batch after the answer. Call it between batches only.
        """
        if os.fstat(self._file).st_size <= over or not self._alone():
            return False
        try:
            if not nothing_open():
                return False
            os.ftruncate(self._file, 0)
            os.fsync(self._file)
            return True
        finally:
            fcntl.flock(self._file, fcntl.LOCK_SH)

    def close(self) -> None:
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

    def _append(self, line: Mapping[str, object]) -> None:
        content = json.dumps(line, separators=(",", ":")).encode() + b"\n"
        written = os.write(self._file, content)
        if written != len(content):  # a full disk takes what fits
            self._end_torn_line()
            message = f"{written} of {len(content)} bytes of a line were written"
            raise OSError(message)

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


def outcome_word(outcome: Outcome) -> str:
    """`accepted`, `rejected`, `not_accepted` or `unknown`."""
    return _WORDS[type(outcome)]


def _lines(content: bytes) -> Iterator[dict[str, object]]:
    for line in content.split(b"\n"):
        try:
            value = json.loads(line)
        except ValueError:
            continue
        if isinstance(value, dict):
            yield value


def _traces(line: Mapping[str, object]) -> Iterator[tuple[Key, Trace]]:
    match line:
        case {"batch": list(pairs)}:
            for pair in pairs:
                match pair:
                    case [int(message), int(attempt)]:
                        yield (message, attempt), Trace()
        case {"going": int(message), "attempt": int(attempt)}:
            yield (message, attempt), Trace(going=True)
        case {"gone": int(message), "attempt": int(attempt), "outcome": dict(content)}:
            yield (message, attempt), Trace(going=True, outcome=_outcome(content))


def _outcome(content: Mapping[str, object]) -> Outcome:
    fields = {name: value for name, value in content.items() if name != "kind"}
    try:
        return _KINDS[str(content["kind"])](**fields)  # type: ignore[arg-type]  # as written
    except (KeyError, TypeError):
        return Unknown(stage="journal", evidence="an outcome of another version of the journal")


def _later(known: Trace | None, new: Trace) -> Trace:
    if known is None:
        return new
    return Trace(going=known.going or new.going, outcome=new.outcome or known.outcome)
