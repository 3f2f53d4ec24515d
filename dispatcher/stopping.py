"""`stop`: nothing more leaves, at once and from outside, until a person lets it go on.

What stands is one small file of the home, not a row of the store: it is written while a run holds
the store, and whoever is about to send looks at it with a single `stat`. What was said is chained
in the trail as soon as the store can be reached; until then the file keeps it.
"""

import fcntl
import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from dispatcher.model.problem import Problem
from dispatcher.model.stop import Act, Said
from dispatcher.store.synced import sync


#: A file that nobody can read stops everything: better a day late than a message too many.
UNREADABLE: Final = Said(
    token="",
    act=Act.STOP,
    channel="",
    reason="?",
    person="?",
    at=datetime.fromtimestamp(0, UTC),
)

#: Years beyond these overflow in some zone.
_OLDEST, _NEWEST = 1970, 9000

#: Which file it was that was read last; a new word is a new file.
Mark = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """All that the file says: the stops that stand, and what the trail has not been told yet."""

    stops: tuple[Said, ...] = ()
    untold: tuple[Said, ...] = ()

    def of(self, channel: str) -> Said | None:
        """The stop of just this channel; of everything where it is empty."""
        return next((each for each in self.stops if each.channel == channel), None)


NOTHING_SAID: Final = Word()


class Watch:
    """What stands now, for the price of one `stat` while nothing changes.

    A call gives the stops that stand. What cannot be read counts as a stop of everything.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._mark: Mark | None = None
        self._stops: tuple[Said, ...] = ()

    def __call__(self) -> tuple[Said, ...]:
        mark = _mark(self._path)
        if mark is None:
            self._mark, self._stops = None, ()
        elif mark != self._mark:
            self._stops = word(self._path).stops
            self._mark = mark
        return self._stops

    def everything(self) -> bool:
        """Whether nothing at all may leave."""
        return any(not each.channel for each in self())

    def held(self, channel: str) -> bool:
        """Whether nothing may leave by this channel, for itself or with all others."""
        return any(each.channel in {"", channel} for each in self())


def word(path: Path) -> Word:
    """What the file says; nothing where there is none."""
    try:
        read = json.loads(path.read_bytes())
        return Word(stops=_several(read["stops"]), untold=_several(read["untold"]))
    except FileNotFoundError:
        return NOTHING_SAID
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return Word(stops=(UNREADABLE,))


def stop(path: Path, *, channel: str, reason: str, person: str, now: datetime) -> Said | None:
    """Let nothing leave any more, or nothing by this channel; the stop that stood already, if any.

    It is on the disk when this returns.

    Raises:
        OSError: it cannot be written, so nothing is stopped.
    """
    said = _said(Act.STOP, channel=channel, reason=reason, person=person, now=now)
    with _changing(path):
        before = word(path)
        standing = before.of(channel)
        if standing is not None and standing.token:
            return standing
        stops = (*(each for each in before.stops if each.token), said)
        _write(path, Word(stops=stops, untold=(*before.untold, said)))
    return None


def resume(path: Path, *, channel: str, person: str, now: datetime) -> Said | None:
    """Let everything go on, or this channel; the stop that ends by it, None where none stood.

    Raises:
        OSError: it cannot be written, so the stop stands.
    """
    said = _said(Act.RESUME, channel=channel, reason="", person=person, now=now)
    with _changing(path):
        before = word(path)
        standing = before.of(channel)
        if standing is None:
            return None
        stops = tuple(each for each in before.stops if each is not standing)
        _write(path, Word(stops=stops, untold=(*before.untold, said)))
    return standing


def tell(path: Path, remember: Callable[[Sequence[Said]], object]) -> None:
    """Have what the trail has not been told yet remembered, each word once however often asked.

    `remember` knows a word again by its token. No lock is held meanwhile: a store that keeps us
    waiting must not keep anybody from stopping.
    """
    untold = word(path).untold
    if not untold:
        return
    remember(untold)
    told = {each.token for each in untold}
    with _changing(path):
        now = word(path)
        _write(path, replace(now, untold=tuple(x for x in now.untold if x.token not in told)))


def standing(said: Said, timezone: str) -> Problem:
    """A stop that stands: who, since when, why; on one line, for the mails of cron."""
    fields = {
        "person": said.person,
        "since": f"{said.at.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M}",
        "reason": said.reason,
    }
    if said.channel:
        return Problem(code="run/channel-stopped", fields={**fields, "channel": said.channel})
    return Problem(code="run/stopped", fields=fields)


@contextmanager
def _changing(path: Path) -> Iterator[None]:
    """One change after the other; the kernel frees the lock when its process dies."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _write(path: Path, found: Word) -> None:
    """The file whole or as it was, and on the disk; none where nothing is to be said."""
    if found == NOTHING_SAID:
        path.unlink(missing_ok=True)
        sync(path.parent)
        return
    aside = path.with_suffix(".new")
    with os.fdopen(os.open(aside, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
        file.write(_as_json(found))
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    sync(path.parent)


def _mark(path: Path) -> Mark | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    except OSError:
        return (-1, -1, -1, -1)  # it is read, which fails too: a stop of everything
    return (found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size)


def _said(act: Act, *, channel: str, reason: str, person: str, now: datetime) -> Said:
    return Said(
        token=secrets.token_hex(16),
        act=act,
        channel=channel,
        reason=reason,
        person=person,
        at=now,
    )


def _as_json(found: Word) -> bytes:
    whole = {"stops": _plain(found.stops), "untold": _plain(found.untold)}
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


def _plain(several: Sequence[Said]) -> list[dict[str, str]]:
    return [
        {
            "token": each.token,
            "act": each.act.value,
            "channel": each.channel,
            "reason": each.reason,
            "person": each.person,
            "at": each.at.astimezone(UTC).isoformat(),
        }
        for each in several
    ]


def _several(read: Sequence[Mapping[str, object]]) -> tuple[Said, ...]:
    return tuple(
        Said(
            token=_text(each["token"]),
            act=Act(_text(each["act"])),
            channel=_text(each["channel"]),
            reason=_text(each["reason"]),
            person=_text(each["person"]),
            at=_instant(_text(each["at"])),
        )
        for each in read
    )


def _text(value: object) -> str:
    """A text that can be printed and kept; anything else is no word of ours."""
    if not isinstance(value, str):
        raise TypeError("not a text")
    value.encode()  # half letters are a ValueError
    return value


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None or not _OLDEST <= at.year <= _NEWEST:  # as no zone can tell it
        raise ValueError("not an instant of ours")
    return at
