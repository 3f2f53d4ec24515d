"""Outcomes of attempts into the store: what each makes of its message, and the proof kept."""

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import singledispatch
from typing import Final

from sqlalchemy import Connection, Row, bindparam, insert, update

from dispatcher.model.message import State
from dispatcher.model.record import SALT_BYTES, Content, commitment
from dispatcher.ports import Accepted, Attempted, NotAccepted, Outcome, Rejected, Unknown
from dispatcher.store.claims import NOT_ACCEPTED, rows_of
from dispatcher.store.instants import to_ms
from dispatcher.store.numbers import ids
from dispatcher.store.passage import Move, move
from dispatcher.store.tables import attempt
from dispatcher.store.trail import Entry, append


#: Channels whose step is done when the provider takes the message.
DONE_BY_ACCEPTANCE: Final = frozenset({"email", "sms"})

WITHHELD: Final = "withheld"

#: The day on which what a channel took that day counts as presented; None: somebody has to say.
Presented = Callable[[str, date], date | None]


def unsaid(_channel: str, _day: date) -> date | None:
    """Nobody knows when it is presented."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """An outcome as the attempt's row keeps it."""

    outcome: str
    code: str = ""
    provider_id: str = ""
    evidence: str = ""


def write(
    connection: Connection,
    attempted: Sequence[Attempted],
    *,
    owner: str,
    day_of: Callable[[datetime], date],
    presented: Presented,
) -> None:
    """Close the attempts and move the messages, each at the instant it was answered."""
    rows = rows_of(connection, [each.claim.id for each in attempted])
    moves: list[Move] = []
    closed: list[dict[str, object]] = []
    added: list[dict[str, object]] = []  # a late acceptance: the first answer stays as it was
    late: list[Entry] = []
    for each in attempted:
        row = rows[each.claim.id]
        salt = secrets.token_bytes(SALT_BYTES)
        start = _start(each, row, owner)
        if start is None:
            told = {**_told(each, salt, each.claim.attempt), "state": row.state}
            late.append(Entry("late-answer", {**told, "message": row.id}, each.at))
            continue
        in_time = start is State.SENDING
        number = each.claim.attempt + (0 if in_time else 1)
        told = _told(each, salt, number)
        moves.append(_move(each, start, day_of(each.at), told, presented))
        (closed if in_time else added).append(_closed(each, salt, number))
    now = max(each.at for each in attempted)
    entries = move(connection, moves, now=now)
    _close(connection, closed)
    _add(connection, added)
    append(connection, entries + late, at=now)


def _start(each: Attempted, row: Row[tuple[object, ...]], owner: str) -> State | None:
    """The state that this answer may still move the message from; None: it comes too late."""
    if row.owner != owner or row.attempted != each.claim.attempt:
        return None
    state = State(row.state)
    believed = state is State.UNKNOWN and isinstance(each.outcome, Accepted)
    return state if believed or state is State.SENDING else None


def _move(
    each: Attempted, start: State, day: date, told: dict[str, Content], presented: Presented
) -> Move:
    to = _next(each)
    columns: dict[str, object] = {"next_at": None}
    if to in {State.PLANNED, State.DEFERRED, State.FAILED}:
        columns["contact_on"] = None  # proven: it reached nobody
    if to is State.DEFERRED and each.next_at is not None:
        columns["next_at"] = to_ms(each.next_at)
    if isinstance(each.outcome, Rejected):
        columns["fault"] = each.outcome.scope
    if isinstance(each.outcome, Accepted):
        columns |= {"contact_on": day, "provider_id": each.outcome.provider_id}
    return Move(
        message_id=each.claim.id,
        start=start,
        to=to,
        reason="" if each.outcome is None else _result(each.outcome).code,
        columns=columns,
        done_on=_done_on(each, to, day, presented),
        content=told,
        at=each.at,
    )


def _done_on(each: Attempted, to: State, day: date, presented: Presented) -> date | None:
    """When the step of its lines is done: a letter's only once it is in the debtor's hands."""
    if not each.claim.lines:
        return None
    if to is State.SENT:
        return day
    return presented(each.claim.channel, day) if to is State.ACCEPTED else None


def _next(each: Attempted) -> State:
    match each.outcome:
        case None:
            return State.PLANNED
        case Accepted():
            done = each.claim.channel in DONE_BY_ACCEPTANCE
            return State.SENT if done else State.ACCEPTED
        case NotAccepted() if each.next_at is not None:
            return State.DEFERRED
        case Rejected() | NotAccepted():  # proven, and no later try is wanted
            return State.FAILED
        case Unknown():
            return State.UNKNOWN


def _told(each: Attempted, salt: bytes, number: int) -> dict[str, Content]:
    result = _of(each)
    told: dict[str, Content] = {
        "attempt": number,
        "outcome": result.outcome,
        "evidence": commitment(salt=salt, content=_evidence(each).encode()),
    }
    if result.code:
        told["code"] = result.code
    if result.provider_id:
        told["provider"] = result.provider_id
    return told


def _closed(each: Attempted, salt: bytes, number: int) -> dict[str, object]:
    result = _of(each)
    return {
        "of_message": each.claim.id,
        "of_number": number,
        "stage": "closed",
        "ended_at": to_ms(each.at),
        "outcome": result.outcome,
        "code": result.code,
        "provider_id": result.provider_id,
        "evidence": _evidence(each),
        "salt": salt,
    }


def _close(connection: Connection, closed: Sequence[dict[str, object]]) -> None:
    if not closed:
        return
    names = [name for name in closed[0] if not name.startswith("of_")]
    statement = update(attempt).where(
        attempt.c.message_id == bindparam("of_message"), attempt.c.number == bindparam("of_number")
    )
    connection.execute(statement.values({name: bindparam(name) for name in names}), closed)


def _add(connection: Connection, added: Sequence[dict[str, object]]) -> None:
    if not added:
        return
    numbers = ids(connection, attempt)
    rows = [
        {
            **{name: value for name, value in each.items() if not name.startswith("of_")},
            "id": next(numbers),
            "message_id": each["of_message"],
            "number": each["of_number"],
            "started_at": each["ended_at"],
        }
        for each in added
    ]
    connection.execute(insert(attempt), rows)


def _evidence(each: Attempted) -> str:
    said = {**each.evidence, "said": _of(each).evidence}
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _of(each: Attempted) -> Result:
    return Result(outcome=WITHHELD) if each.outcome is None else _result(each.outcome)


@singledispatch
def _result(outcome: Outcome) -> Result:
    raise TypeError(f"not an outcome: {outcome!r}")


@_result.register
def _(outcome: Accepted) -> Result:
    return Result(outcome="accepted", provider_id=outcome.provider_id, evidence=outcome.receipt)


@_result.register
def _(outcome: Rejected) -> Result:
    return Result(outcome="rejected", code=outcome.code, evidence=outcome.evidence)


@_result.register
def _(outcome: NotAccepted) -> Result:
    return Result(outcome=NOT_ACCEPTED, code=outcome.code, evidence=outcome.evidence)


@_result.register
def _(outcome: Unknown) -> Result:
    return Result(outcome="unknown", code=outcome.stage, evidence=outcome.evidence)
