"""What is noted of a store outside of it, and whether the store has forgotten it."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from dispatcher.model.mark import Mark, Named
from dispatcher.ports import Claim
from dispatcher.store import tables
from dispatcher.store.connection import Store, raw
from dispatcher.store.instants import to_ms
from dispatcher.store.numbers import last_id
from dispatcher.store.trail import head


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a store says of itself beside its trail.

    `copied` tells a copy that nobody has recovered, `journalled` that its journal carries marks,
    `sent` that messages were handed over.
    """

    id: str
    copied: bool
    journalled: bool
    sent: bool


def standing(connection: Connection) -> Standing:
    """What the store says of itself."""
    row = connection.execute(
        select(tables.store.c.id, tables.store.c.copied_at, tables.store.c.journal_at)
    ).one()
    # What people enter by hand has no owner and needs no journal.
    handed = select(tables.attempt.c.id).where(tables.attempt.c.owner != "").limit(1)
    return Standing(
        id=row.id,
        copied=row.copied_at is not None,
        journalled=row.journal_at is not None,
        sent=connection.execute(handed).first() is not None,
    )


def knows(connection: Connection, mark: Mark) -> bool:
    """Whether the trail contains exactly that head, of this very store."""
    if connection.execute(select(tables.store.c.id)).scalar_one() != mark.store:
        return False
    record = select(tables.audit.c.hash).where(tables.audit.c.seq == mark.seq)
    found = connection.execute(record).scalar()
    return found is not None and bytes(found).hex() == mark.hash


def mark_of(connection: Connection, *, now: datetime) -> Mark:
    """Where the trail stands."""
    seq, digest = head(connection)
    return Mark(
        store=connection.execute(select(tables.store.c.id)).scalar_one(),
        seq=seq,
        hash=digest.hex(),
        at=to_ms(now),
        last=last_id(connection, tables.message),
    )


def journal_begins(connection: Connection, *, now: datetime) -> None:
    """From now on a journal without marks is not this store's."""
    connection.execute(update(tables.store).values(journal_at=to_ms(now)))


def named(store: Store, claims: Sequence[Claim], *, now: datetime) -> Named:
    """The head of the trail and the public names of what is claimed.

    Without SQLAlchemy's statements, which take longer than all the rest of a line.
    """
    with store.reading() as connection:
        driver = raw(connection)
        seq, digest = driver.execute("SELECT seq, hash FROM audit ORDER BY seq DESC").fetchone()
        given = driver.execute(
            "SELECT max(coalesce((SELECT max(id) FROM message), 0), last_id) FROM store"
        )
        last = given.fetchone()[0]
        mark = Mark(store=store.id, seq=seq, hash=digest.hex(), at=to_ms(now), last=last)
        return Named(
            mark=mark,
            debtors=_debtors(driver, sorted({each.debtor_id for each in claims})),
            cases=_cases(driver, sorted({line.case_id for each in claims for line in each.lines})),
            events=_events(driver, sorted({each.event_id for each in claims if each.event_id})),
        )


def _debtors(driver: sqlite3.Connection, numbers: Sequence[int]) -> Mapping[int, str]:
    query = f"SELECT id, reference FROM debtor WHERE id IN ({_marks(numbers)})"  # noqa: S608 - ?
    return dict(driver.execute(query, numbers))


def _cases(driver: sqlite3.Connection, numbers: Sequence[int]) -> Mapping[int, tuple[str, int]]:
    query = f"SELECT id, number, term FROM invoice WHERE id IN ({_marks(numbers)})"  # noqa: S608 - ?
    return {number: (name, term) for number, name, term in driver.execute(query, numbers)}


def _events(
    driver: sqlite3.Connection, numbers: Sequence[int]
) -> Mapping[int, tuple[str | int | None, ...]]:
    if not numbers:
        return {}
    query = f"""
        SELECT event.id, event.source, event.reference, kind, day, until, event.amount,
            coalesce(invoice.number, ''), coalesce(invoice.term, 0)
        FROM event LEFT JOIN invoice ON invoice.id = event.invoice_id
        WHERE event.id IN ({_marks(numbers)})
    """  # noqa: S608 - question marks only
    return {number: tuple(rest) for number, *rest in driver.execute(query, numbers)}


def _marks(numbers: Sequence[int]) -> str:
    return ",".join("?" * len(numbers))
