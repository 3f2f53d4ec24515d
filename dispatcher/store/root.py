"""The record `root`: one hash over all records before it, so that one of them can be proved alone.

A checkpoint that names such a record vouches for all that went before, and a short path of hashes
leads from any record to it, without a word of the others.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, select

from dispatcher.model.merkle import Roots
from dispatcher.store.tables import audit
from dispatcher.store.trail import Entry, append, head


def chain_root(connection: Connection, *, now: datetime) -> tuple[int, bytes]:
    """Chain a root over all records; number and hash of its record. A second in a row is none."""
    newest = select(audit.c.body).order_by(audit.c.seq.desc()).limit(1)
    body = connection.execute(newest).scalar()
    if body is None or b'"kind":"root"' not in body:
        roots = Roots()
        for each in hashes(connection):
            roots.add(each)
        root = roots.root().hex()
        append(connection, [Entry("root", {"size": roots.size, "root": root})], at=now)
    return head(connection)


def hashes(connection: Connection, *, before: int | None = None) -> Iterator[bytes]:
    """The hashes of all records in their order, or of those before one."""
    statement = select(audit.c.hash).order_by(audit.c.seq)
    if before is not None:
        statement = statement.where(audit.c.seq < before)
    yield from connection.execute(statement).scalars()
