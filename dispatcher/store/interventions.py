"""What a named person does to a message that has not left: hold it, let it go, withdraw it."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, Row, insert, or_, select

from dispatcher.model.message import State
from dispatcher.model.record import SALT_BYTES, commitment
from dispatcher.store.instants import from_ms, to_ms
from dispatcher.store.numbers import ids
from dispatcher.store.passage import PENDING, Move, move
from dispatcher.store.sealed import Own
from dispatcher.store.tables import approval, intervention, message
from dispatcher.store.trail import Entry, append


class Deed(StrEnum):
    """What a person may do."""

    HOLD = "hold"
    RELEASE = "release"
    WITHDRAW = "withdraw"


#: In which states a message lets each of them be done: never once anything may have left.
LETS: Final[Mapping[Deed, frozenset[State]]] = {
    Deed.HOLD: frozenset(PENDING) - {State.HOLD},
    Deed.RELEASE: frozenset({State.HOLD, State.QUARANTINED}),
    Deed.WITHDRAW: frozenset(PENDING),
}

BY_PERSON: Final = "by-person"  # why the message stands where it does


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedRow:
    """What one person did to a message, and why, at an instant UTC."""

    deed: Deed
    person: str
    note: str
    at: datetime


def intervene(
    connection: Connection, message_id: int, deed: Deed, *, person: str, note: str, now: datetime
) -> State:
    """Do it to the message and to what goes beside it, and return the state that follows.

    One that still lacks an approval waits for it again when it is let go.

    Raises:
        ValueError: the message is in no state that lets it.
    """
    rows = _contact(connection, message_id, LETS[deed])
    if not rows or rows[0].id != message_id:
        raise ValueError(f"message {message_id} cannot be put to {deed}")
    moves = [
        Move(
            message_id=row.id,
            start=State(row.state),
            to=_goal(connection, row, deed),
            reason=BY_PERSON,
        )
        for row in rows
        if row.state in LETS[deed]
    ]
    entry = _say(connection, rows[0], deed, person=person, note=note, now=now)
    append(connection, [entry, *move(connection, moves, now=now)], at=now)
    state = select(message.c.state).where(message.c.id == message_id)
    return State(connection.execute(state).scalar_one())


def deeds(connection: Connection, numbers: Sequence[int]) -> Mapping[int, Sequence[DeedRow]]:
    """What was done to each of these messages, oldest first."""
    found: dict[int, list[DeedRow]] = {}
    statement = select(intervention).where(intervention.c.message_id.in_(numbers))
    for row in connection.execute(statement.order_by(intervention.c.id)):
        told = DeedRow(deed=Deed(row.deed), person=row.person, note=row.note, at=from_ms(row.at))
        found.setdefault(row.message_id, []).append(told)
    return found


def _contact(
    connection: Connection, message_id: int, states: frozenset[State]
) -> Sequence[Row[tuple[object, ...]]]:
    """The message, if it is in one of these states, and those beside it that are."""
    statement = select(message).where(
        or_(message.c.id == message_id, message.c.main_id == message_id),
        message.c.state.in_([state.value for state in states]),
    )
    return connection.execute(statement.order_by(message.c.id)).all()


def _goal(connection: Connection, row: Row[tuple[object, ...]], deed: Deed) -> State:
    if deed is Deed.HOLD:
        return State.HOLD
    if deed is Deed.WITHDRAW:
        return State.WITHDRAWN
    needs = set(json.loads(row.needs_approval))
    said = select(approval.c.role).where(
        approval.c.message_id == (row.main_id or row.id), approval.c.granted
    )
    given = set(connection.execute(said).scalars()) if needs else set[str]()
    return State.AWAITING if needs - given else State.PLANNED


def _say(
    connection: Connection,
    row: Row[tuple[object, ...]],
    deed: Deed,
    *,
    person: str,
    note: str,
    now: datetime,
) -> Entry:
    salt, number = secrets.token_bytes(SALT_BYTES), next(ids(connection, intervention))
    values = {
        "id": number,
        "message_id": row.id,
        "deed": deed.value,
        "person": person,
        "salt": salt,
        "note": Own(row.debtor_id, note),
        "at": to_ms(now),
    }
    connection.execute(insert(intervention), values)
    told = {
        "intervention": number,
        "message": row.id,
        "deed": deed.value,
        "person": person,
        "note": commitment(salt=salt, content=note.encode()),
    }
    return Entry("intervention", told)
