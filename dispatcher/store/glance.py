"""A store at a glance: what it is, its last run, whether its trail ends as it should."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Final
from urllib.parse import quote

from dispatcher.model.message import State
from dispatcher.model.record import chained, first_hash
from dispatcher.store.faults import disk_faults, fault
from dispatcher.store.instants import from_ms
from dispatcher.store.schema import APPLICATION_ID, VERSION


#: Records at the end of the trail that are chained again; `verify` proves all of them.
TAIL: Final = 200

#: The first schema whose table `provider` knows since when a channel is shut.
_WITH_HEALTH: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Shut:
    """A channel whose provider is left alone: since and until when (UTC), and what it said."""

    channel: str
    since: datetime
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What a store says of itself; `unknown` and `sending` count messages in those states.

    `trail` is how many records it has, `head` the hash of the last one (hex), `whole` whether the
    last ones hold together. `shut` are the channels that may not send. `older`: the next command
    that writes brings it to our schema.
    `last_run` is the day of the newest run that came to its end, `cut` that a newer one did not.
    """

    environment: str
    trail: int
    whole: bool
    head: str = ""
    last_run: date | None = None
    cut: bool = False
    unknown: int = 0
    sending: int = 0
    shut: tuple[Shut, ...] = ()
    older: bool = False


def glance(path: Path) -> Glance:
    """Look at a store without changing it.

    Raises:
        StoreFault: it cannot be read, is damaged, no store of ours, or of a newer version.
    """
    with disk_faults(path), closing(_looking(path)) as connection:
        if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise fault("store/not-ours", path, "")
        _refuse_unreadable(connection, path)
        environment = connection.execute("SELECT environment FROM store").fetchone()[0]
        last = connection.execute("SELECT max(day) FROM run WHERE ended_at IS NOT NULL").fetchone()[
            0
        ]
        newest = connection.execute("SELECT ended_at FROM run ORDER BY id DESC LIMIT 1").fetchone()
        return Glance(
            environment=environment,
            trail=connection.execute("SELECT count(*) FROM audit").fetchone()[0],
            whole=_holds(connection),
            head=_head(connection),
            last_run=None if last is None else date.fromisoformat(last),
            cut=newest is not None and newest[0] is None,
            unknown=_count(connection, State.UNKNOWN),
            sending=_count(connection, State.SENDING),
            shut=tuple(_shut(connection)),
            older=connection.execute("PRAGMA user_version").fetchone()[0] < VERSION,
        )


def trail_head(path: Path) -> tuple[str, int, str]:
    """The store's id, and number and hash (hex) of the last record of its trail.

    Raises:
        StoreFault: it cannot be read.
    """
    with disk_faults(path), closing(_looking(path)) as connection:
        store_id = connection.execute("SELECT id FROM store").fetchone()[0]
        last = "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1"
        found = connection.execute(last).fetchone()
        seq, digest = (0, first_hash(store_id)) if found is None else found
        return str(store_id), int(seq), bytes(digest).hex()


def _looking(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, isolation_level=None)


def _refuse_unreadable(connection: sqlite3.Connection, path: Path) -> None:
    """A store of a newer version, or one with a page that is not what was written."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise fault("store/newer", path, f"{version} > {VERSION}")
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise fault("store/corrupt", path, found)


def _count(connection: sqlite3.Connection, state: State) -> int:
    statement = "SELECT count(*) FROM message WHERE state = ?"
    return int(connection.execute(statement, (state.value,)).fetchone()[0])


def _shut(connection: sqlite3.Connection) -> Iterator[Shut]:
    if connection.execute("PRAGMA user_version").fetchone()[0] < _WITH_HEALTH:
        return
    statement = """SELECT name, since, open_until, reason FROM provider
        WHERE breaker = 'open' AND since IS NOT NULL AND open_until IS NOT NULL ORDER BY name"""
    for name, since, until, reason in connection.execute(statement):
        yield Shut(channel=name, since=from_ms(since), until=from_ms(until), reason=reason)


def _head(connection: sqlite3.Connection) -> str:
    found = connection.execute("SELECT hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    return "" if found is None else bytes(found[0]).hex()


def _holds(connection: sqlite3.Connection) -> bool:
    """Whether the last records follow each other, and the first one the store's own hash."""
    statement = "SELECT seq, body, hash FROM audit ORDER BY seq DESC LIMIT ?"
    rows = connection.execute(statement, (TAIL,)).fetchall()[::-1]
    if rows and rows[0][0] == 1:
        store_id = connection.execute("SELECT id FROM store").fetchone()[0]
        rows = [(0, b"", first_hash(store_id)), *rows]
    return bool(rows) and all(
        number == before + 1 and bytes(digest) == chained(bytes(previous), _bytes(body))
        for (before, _, previous), (number, body, digest) in pairwise(rows)
    )


def _bytes(body: bytes | str) -> bytes:
    return body.encode() if isinstance(body, str) else bytes(body)
