"""What people say of the calls and visits they made: a step is done by the outcome they enter."""

import json
import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, Row, func, insert, select, update

from dispatcher.model.message import HUMAN_CHANNELS, State
from dispatcher.model.record import SALT_BYTES, Content, commitment
from dispatcher.store.events import NewEvent, record_events
from dispatcher.store.instants import to_ms
from dispatcher.store.numbers import ids
from dispatcher.store.passage import Move, move
from dispatcher.store.sealed import Own
from dispatcher.store.tables import attempt, message
from dispatcher.store.trail import Entry, append


NO_ANSWER: Final = "no_answer"  # an attempt, not a step
WRONG_NUMBER: Final = "wrong_number"  # nobody can be reached this way
CALLBACK: Final = "callback"  # to be made again on a day: no step, and no attempt that counts

BY_PERSON: Final = "person"


def finish(
    connection: Connection,
    message_id: int,
    *,
    outcome: str,
    person: str,
    note: str,
    now: datetime,
    day: date,
    until: date | None = None,
    followed_by: Sequence[NewEvent] = (),
) -> State:
    """Enter the outcome of a call or visit, and return the state it is in then.

    `followed_by` is what was said in it: it stands in the book with the outcome or not at all.
    `callback` leaves the call with the person until the day `until`. `no_answer` counts as an
    attempt and the call stays with the person until its attempts are used up; then, as with
    `wrong_number`, it has failed and its keys are free. Every other outcome means that somebody was
    reached: the step is done on `day`.

    Raises:
        ValueError: no person has that message in hand.
    """
    row = connection.execute(select(message).where(message.c.id == message_id)).first()
    if row is None or row.state != State.ACCEPTED or row.channel not in HUMAN_CHANNELS:
        raise ValueError(f"no person has message {message_id} in hand")
    salt = secrets.token_bytes(SALT_BYTES)
    number = _write_attempt(
        connection, row, outcome=outcome, person=person, note=note, now=now, salt=salt
    )
    told: dict[str, Content] = {
        "outcome": outcome,
        "person": person,
        "attempt": number,
        "evidence": commitment(salt=salt, content=_evidence(note).encode()),
    }
    to = _next(connection, row, outcome)
    if to is State.ACCEPTED:
        entries = [Entry("call-attempted", {**told, "message": message_id})]
        if outcome == CALLBACK:
            later = update(message).where(message.c.id == message_id)
            connection.execute(later.values(due_on=until))
    else:
        entries = move(connection, [_move(row, to, day, outcome, told)], now=now)
    append(connection, entries, at=now)
    record_events(connection, followed_by, now=now)
    return to


def _next(connection: Connection, row: Row[tuple[object, ...]], outcome: str) -> State:
    if outcome == WRONG_NUMBER:
        return State.FAILED
    if outcome == CALLBACK:
        return State.ACCEPTED
    if outcome != NO_ANSWER:
        return State.SENT
    tried = select(func.count()).where(
        attempt.c.message_id == row.id, attempt.c.outcome == NO_ANSWER
    )
    used_up = connection.execute(tried).scalar_one() >= row.attempts
    return State.FAILED if used_up else State.ACCEPTED


def _move(
    row: Row[tuple[object, ...]], to: State, day: date, outcome: str, told: dict[str, Content]
) -> Move:
    reached = to is State.SENT
    return Move(
        message_id=row.id,
        start=State.ACCEPTED,
        to=to,
        reason=outcome,
        # A call that reached nobody was made all the same, but it is no contact.
        columns={"contact_on": day if reached else None, "fault": "" if reached else "recipient"},
        done_on=day if reached else None,
        content=told,
    )


def _write_attempt(
    connection: Connection,
    row: Row[tuple[object, ...]],
    *,
    outcome: str,
    person: str,
    note: str,
    now: datetime,
    salt: bytes,
) -> int:
    last = select(func.max(attempt.c.number)).where(attempt.c.message_id == row.id)
    number = int(connection.execute(last).scalar() or 0) + 1
    values = {
        "id": next(ids(connection, attempt)),
        "message_id": row.id,
        "number": number,
        "stage": "closed",
        "owner": BY_PERSON,
        "started_at": to_ms(now),
        "ended_at": to_ms(now),
        "outcome": outcome,
        "evidence": Own(row.debtor_id, _evidence(note)),
        "salt": salt,
        "person": person,
    }
    connection.execute(insert(attempt), values)
    return number


def _evidence(note: str) -> str:
    return json.dumps({"note": note}, ensure_ascii=False)
