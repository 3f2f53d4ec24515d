"""The trail's pen: records are appended in the transaction that does what they tell."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import Connection, select

from dispatcher.model.record import Content, first_hash, seal
from dispatcher.store.connection import raw
from dispatcher.store.instants import to_ms
from dispatcher.store.tables import store


# Through the driver: several records are written for every message, and SQLAlchemy takes longer
# for one of them than the chain and SQLite together.
_WRITE: Final = "INSERT INTO audit (seq, at, body, hash) VALUES (?, ?, ?, ?)"
_HEAD: Final = "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1"


class Entry(NamedTuple):
    """What one record tells, before it is numbered and chained.

    `at` is when it happened, where that is not the instant of the whole transaction.
    """

    kind: str
    content: Mapping[str, Content]
    at: datetime | None = None


def append(connection: Connection, entries: Sequence[Entry], *, at: datetime) -> None:
    """Chain the entries to the head; `at` is the instant of those that have none of their own.

    The head is read here, under the write lock: nobody can have extended it meanwhile.
    """
    if not entries:
        return
    seq, previous = head(connection)
    rows: list[tuple[int, int, bytes, bytes]] = []
    for entry in entries:
        seq += 1
        record = seal(
            previous=previous,
            seq=seq,
            at=to_ms(entry.at or at),
            kind=entry.kind,
            content=entry.content,
        )
        previous = record.hash
        rows.append((record.seq, record.at, record.body, record.hash))
    raw(connection).executemany(_WRITE, rows)


def head(connection: Connection) -> tuple[int, bytes]:
    """Number and hash of the last record; zero and the store's own hash before the first."""
    row = raw(connection).execute(_HEAD).fetchone()
    if row is not None:
        return row[0], row[1]
    return 0, first_hash(connection.execute(select(store.c.id)).scalar_one())
