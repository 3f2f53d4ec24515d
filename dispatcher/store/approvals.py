"""Messages that wait for people's word, and what people said: yes by every role, or no."""

import json
import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, func, insert, select

from dispatcher.model.message import State
from dispatcher.model.record import SALT_BYTES, Content, commitment
from dispatcher.ports import Claim
from dispatcher.store.claims import claims
from dispatcher.store.instants import from_ms, to_ms
from dispatcher.store.numbers import ids
from dispatcher.store.passage import Move, move
from dispatcher.store.sealed import Own
from dispatcher.store.tables import approval, content, invoice, line, message
from dispatcher.store.trail import Entry, append


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitingRow:
    """One contact that waits: its message and what goes beside it, with their commitments.

    `needs` are the roles that must say yes, `given` who said so already, by role. `amount` is what
    its lines claim, in minor units. After `valid_until` (UTC) nobody can approve it any more.
    """

    id: int
    debtor_id: int
    amount: int
    currency: str
    planned_on: str
    valid_until: datetime
    needs: tuple[str, ...]
    given: Mapping[str, str]
    messages: tuple[Claim, ...]
    commitments: tuple[str, ...]

    @property
    def lacks(self) -> tuple[str, ...]:
        """The roles that have not said yes."""
        return tuple(role for role in self.needs if role not in self.given)


def awaiting(connection: Connection, secret: bytes) -> tuple[AwaitingRow, ...]:
    """Every contact that waits for an approval, oldest first."""
    rows = connection.execute(
        select(message).where(message.c.state == State.AWAITING.value).order_by(message.c.id)
    ).all()
    mains = [row for row in rows if row.main_id is None]
    by_main = defaultdict(list)
    for row in rows:
        by_main[row.main_id or row.id].append(row)
    given = _given(connection, [row.id for row in mains])
    return tuple(_row(connection, secret, by_main[row.id], given[row.id]) for row in mains)


def approve(
    connection: Connection, message_id: int, *, role: str, person: str, now: datetime
) -> State:
    """Write down the yes of a role; once all have given it, the contact may leave.

    Raises:
        ValueError: the message waits for nothing of that role, or is no longer valid.
    """
    rows = _waiting(connection, message_id, now)
    main = rows[0]
    needs = json.loads(main.needs_approval)
    given = _given(connection, [message_id])[message_id]
    if role not in needs or role in given:
        raise ValueError(f"message {message_id} does not wait for {role}")
    entry = _say(connection, rows, role=role, person=person, granted=True, note="", now=now)
    if set(needs) - {*given, role}:
        append(connection, [entry], at=now)
        return State.AWAITING
    moves = [
        Move(message_id=row.id, start=State.AWAITING, to=State.PLANNED, reason="approved")
        for row in rows
    ]
    append(connection, [entry, *move(connection, moves, now=now)], at=now)
    return State.PLANNED


def refuse(
    connection: Connection, message_id: int, *, role: str, person: str, note: str, now: datetime
) -> None:
    """Write down the no of a role: the contact is withdrawn, its keys are free.

    Raises:
        ValueError: the message waits for nothing of that role, or is no longer valid.
    """
    rows = _waiting(connection, message_id, now)
    if role not in json.loads(rows[0].needs_approval):
        raise ValueError(f"message {message_id} does not wait for {role}")
    entry = _say(connection, rows, role=role, person=person, granted=False, note=note, now=now)
    ends = [
        Move(message_id=row.id, start=State.AWAITING, to=State.WITHDRAWN, reason="refused")
        for row in rows
    ]
    append(connection, [entry, *move(connection, ends, now=now)], at=now)


def _waiting(
    connection: Connection, message_id: int, now: datetime
) -> Sequence[Row[tuple[object, ...]]]:
    """The message and those beside it, which wait with it; the main one first."""
    rows = connection.execute(
        select(message)
        .where(
            (message.c.id == message_id) | (message.c.main_id == message_id),
            message.c.state == State.AWAITING.value,
            message.c.valid_until >= to_ms(now),
        )
        .order_by(message.c.id)
    ).all()
    if not rows or rows[0].id != message_id or rows[0].main_id is not None:
        raise ValueError(f"message {message_id} does not wait for an approval")
    return rows


def _say(
    connection: Connection,
    rows: Sequence[Row[tuple[object, ...]]],
    *,
    role: str,
    person: str,
    granted: bool,
    note: str,
    now: datetime,
) -> Entry:
    salt = secrets.token_bytes(SALT_BYTES)
    sealed = _commitments(connection, [row.id for row in rows])
    values = {
        "id": next(ids(connection, approval)),
        "message_id": rows[0].id,
        "role": role,
        "person": person,
        "granted": granted,
        "note": Own(rows[0].debtor_id, note),
        "salt": salt,
        "at": to_ms(now),
    }
    connection.execute(insert(approval), values)
    told: dict[str, Content] = {
        "message": rows[0].id,
        "role": role,
        "person": person,
        "granted": int(granted),
        "content": [sealed[row.id] for row in rows],
        "note": commitment(salt=salt, content=note.encode()),
    }
    return Entry("approval", told)


def _row(
    connection: Connection,
    secret: bytes,
    rows: Sequence[Row[tuple[object, ...]]],
    given: Mapping[str, str],
) -> AwaitingRow:
    main = rows[0]
    amount, currency = connection.execute(
        select(func.sum(line.c.amount), func.min(invoice.c.currency))
        .join(invoice, invoice.c.id == line.c.invoice_id)
        .where(line.c.message_id == main.id, line.c.claimed)
    ).one()
    sealed = _commitments(connection, [row.id for row in rows])
    return AwaitingRow(
        id=main.id,
        debtor_id=main.debtor_id,
        amount=amount or 0,
        currency=currency or "",
        planned_on=main.planned_on,
        valid_until=from_ms(main.valid_until),
        needs=tuple(json.loads(main.needs_approval)),
        given=given,
        messages=tuple(claims(connection, secret, rows)),
        commitments=tuple(sealed[row.id] for row in rows),
    )


def _given(connection: Connection, numbers: Sequence[int]) -> Mapping[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = defaultdict(dict)
    said = select(approval).where(approval.c.message_id.in_(numbers), approval.c.granted)
    for row in connection.execute(said.order_by(approval.c.id)):
        found[row.message_id][row.role] = row.person
    return found


def _commitments(connection: Connection, numbers: Sequence[int]) -> dict[int, str]:
    sealed = select(content.c.message_id, content.c.commitment).where(
        content.c.message_id.in_(numbers)
    )
    return {row.message_id: row.commitment for row in connection.execute(sealed)}
