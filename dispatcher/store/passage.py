"""How a message passes from state to state: one table of ways, one statement that takes them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, bindparam, select, update

from dispatcher.model.message import NOTHING_REACHED, State
from dispatcher.model.record import Content
from dispatcher.store.instants import to_ms
from dispatcher.store.tables import line, message
from dispatcher.store.trail import Entry


#: What may follow each state. What is not here never happens.
WAYS: Final[Mapping[State, frozenset[State]]] = {
    State.AWAITING: frozenset({State.PLANNED, State.WITHDRAWN, State.EXPIRED, State.HOLD}),
    State.PLANNED: frozenset({State.SENDING, State.WITHDRAWN, State.EXPIRED, State.HOLD}),
    State.DEFERRED: frozenset({State.SENDING, State.WITHDRAWN, State.EXPIRED, State.HOLD}),
    State.SENDING: frozenset(
        {
            State.PLANNED,
            State.ACCEPTED,
            State.SENT,
            State.DEFERRED,
            State.FAILED,
            State.UNKNOWN,
        }
    ),
    # Only a call or visit that a person has not made yet can still be withdrawn.
    State.ACCEPTED: frozenset(
        {State.SENT, State.DELIVERED, State.BOUNCED, State.FAILED, State.WITHDRAWN}
    ),
    State.SENT: frozenset({State.DELIVERED, State.BOUNCED}),
    State.DELIVERED: frozenset({State.BOUNCED}),
    State.UNKNOWN: frozenset({State.ACCEPTED, State.SENT, State.DEFERRED, State.FAILED}),
    State.HOLD: frozenset({State.PLANNED, State.WITHDRAWN, State.EXPIRED}),
    State.QUARANTINED: frozenset({State.WITHDRAWN, State.EXPIRED}),
    State.BOUNCED: frozenset(),
    State.FAILED: frozenset(),
    State.WITHDRAWN: frozenset(),
    State.EXPIRED: frozenset(),
}

#: States of a message that is not handed over and can still be taken back.
PENDING: Final = (State.AWAITING, State.PLANNED, State.DEFERRED, State.HOLD, State.QUARANTINED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One message from one state to the next.

    `columns` are set on the message, `done_on` and `taken_back_on` on its lines; `content` goes
    into the record beside the states. `at` is when, where that is not the instant of the whole
    transaction.
    """

    message_id: int
    start: State
    to: State
    reason: str = ""
    columns: Mapping[str, object] = field(default_factory=dict)
    done_on: date | None = None
    taken_back_on: date | None = None
    content: Mapping[str, Content] = field(default_factory=dict)
    at: datetime | None = None


def move(connection: Connection, moves: Sequence[Move], *, now: datetime) -> list[Entry]:
    """Take the ways, free the keys of what reached nobody, and return the records to append.

    The second message of a contact whose main one reached nobody is withdrawn with it.

    Raises:
        ValueError: there is no such way.
        RuntimeError: a message is not in the state that it should leave.
    """
    moves = [*moves, *_withdrawn_with(connection, moves)]
    for each in moves:
        if each.to not in WAYS[each.start]:
            raise ValueError(f"no way from {each.start} to {each.to}")
    _write_messages(connection, moves, now)
    _write_lines(connection, moves)
    return [_entry(each) for each in moves]


def _withdrawn_with(connection: Connection, moves: Sequence[Move]) -> list[Move]:
    ended = {each.message_id: each for each in moves if each.to in NOTHING_REACHED}
    if not ended:
        return []
    also = select(message.c.id, message.c.main_id, message.c.state).where(
        message.c.main_id.in_(ended), message.c.state.in_(PENDING), message.c.id.not_in(ended)
    )
    return [
        Move(
            message_id=row.id,
            start=State(row.state),
            to=State.WITHDRAWN,
            reason=f"main-{ended[row.main_id].to}",
        )
        for row in connection.execute(also.order_by(message.c.id))
    ]


def _write_messages(connection: Connection, moves: Sequence[Move], now: datetime) -> None:
    alike: dict[tuple[str, ...], list[dict[str, object]]] = defaultdict(list)
    for each in moves:
        values: dict[str, object] = {
            "to_state": each.to.value,
            "to_reason": each.reason,
            "at": to_ms(each.at or now),
        }
        values |= {f"new_{name}": value for name, value in each.columns.items()}
        values |= {"of_id": each.message_id, "of_state": each.start.value}
        alike[tuple(sorted(each.columns))].append(values)
    for names, rows in alike.items():
        statement = (
            update(message)
            .where(message.c.id == bindparam("of_id"), message.c.state == bindparam("of_state"))
            .values(
                state=bindparam("to_state"),
                reason=bindparam("to_reason"),
                changed_at=bindparam("at"),
                **{name: bindparam(f"new_{name}") for name in names},
            )
        )
        if connection.execute(statement, rows).rowcount != len(rows):
            raise RuntimeError("a message is not in the state that it should leave")


def _write_lines(connection: Connection, moves: Sequence[Move]) -> None:
    of_message = line.c.message_id == bindparam("of_message")
    freed = [{"of_message": m.message_id} for m in moves if m.to in NOTHING_REACHED]
    if freed:
        connection.execute(update(line).where(of_message).values(live=False), freed)
    for name in ("done_on", "taken_back_on"):
        rows = [
            {"of_message": m.message_id, "on": getattr(m, name)}
            for m in moves
            if getattr(m, name) is not None
        ]
        if rows:
            statement = update(line).where(of_message).values({name: bindparam("on")})
            connection.execute(statement, rows)


def _entry(each: Move) -> Entry:
    content: dict[str, Content] = {
        **each.content,
        "message": each.message_id,
        "from": each.start.value,
        "to": each.to.value,
    }
    for name in ("done_on", "taken_back_on"):
        day = getattr(each, name)
        if day is not None:
            content[name] = day.isoformat()
    if each.reason:
        content["reason"] = each.reason
    return Entry("message-moved", content, each.at)
