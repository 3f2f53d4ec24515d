"""The trail's pen: records are appended in the transaction that does what they tell."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, insert, select

from dispatcher.model.record import Content, Record, first_hash, seal
from dispatcher.store.instants import to_ms
from dispatcher.store.tables import audit, store


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
    records: list[Record] = []
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
        records.append(record)
    connection.execute(
        insert(audit), [{"seq": r.seq, "at": r.at, "body": r.body, "hash": r.hash} for r in records]
    )


def head(connection: Connection) -> tuple[int, bytes]:
    """Number and hash of the last record; zero and the store's own hash before the first."""
    last = select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)
    row = connection.execute(last).first()
    if row is not None:
        return row.seq, row.hash
    return 0, first_hash(connection.execute(select(store.c.id)).scalar_one())
