"""How a message passes from state to state: one table of ways, one statement that takes them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, select

from dispatcher.model.message import NOTHING_REACHED, State
from dispatcher.model.record import Content
from dispatcher.store.connection import raw
from dispatcher.store.doubt import doubtful
from dispatcher.store.instants import to_ms
from dispatcher.store.tables import message
from dispatcher.store.trail import Entry


#: What proves that a message left, whatever the book thought of it.
_PROVEN: Final = frozenset({State.ACCEPTED, State.SENT})

#: Where a message goes that was sent once more on a guess and did not leave this time.
_DOUBT: Final = frozenset({State.UNKNOWN})

#: What may follow each state. What is not here never happens.
#:
#: A proof that it left is believed in every state: an answer may come after a person has said that
#: nothing left, and even after the message was given up.
WAYS: Final[Mapping[State, frozenset[State]]] = {
    State.AWAITING: frozenset({State.PLANNED, State.WITHDRAWN, State.EXPIRED, State.HOLD})
    | _PROVEN
    | _DOUBT,
    State.PLANNED: frozenset({State.SENDING, State.WITHDRAWN, State.EXPIRED, State.HOLD})
    | _PROVEN
    | _DOUBT,
    State.DEFERRED: frozenset({State.SENDING, State.WITHDRAWN, State.EXPIRED, State.HOLD})
    | _PROVEN
    | _DOUBT,
    State.SENDING: frozenset(
        {
            State.PLANNED,
            State.ACCEPTED,
            State.SENT,
            State.DEFERRED,
            State.FAILED,
            State.UNKNOWN,
            State.QUARANTINED,
        }
    ),
    # Only a call or visit that a person has not made yet can still be withdrawn.
    State.ACCEPTED: frozenset(
        {State.SENT, State.DELIVERED, State.BOUNCED, State.FAILED, State.WITHDRAWN}
    ),
    State.SENT: frozenset({State.DELIVERED, State.BOUNCED}),
    State.DELIVERED: frozenset({State.BOUNCED}),
    State.UNKNOWN: frozenset({State.DEFERRED, State.FAILED}) | _PROVEN,
    # What a person lets go again waits for the approvals that it had not got. Time alone ends
    # neither this nor what was set aside: planned anew, it would do what a person has to prevent.
    State.HOLD: frozenset({State.PLANNED, State.AWAITING, State.WITHDRAWN}) | _PROVEN | _DOUBT,
    State.QUARANTINED: frozenset({State.PLANNED, State.HOLD, State.WITHDRAWN}) | _PROVEN | _DOUBT,
    State.BOUNCED: frozenset(),
    State.FAILED: _PROVEN,
    State.WITHDRAWN: _PROVEN,
    State.EXPIRED: _PROVEN,
}

#: Ends that say that nothing left, by what is known of the last attempt.
_ENDED_UNSENT: Final = frozenset({State.WITHDRAWN, State.EXPIRED, State.FAILED})

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
    moves = _with_doubt(connection, moves)
    moves = [*moves, *_withdrawn_with(connection, moves)]
    for each in moves:
        if each.to not in WAYS[each.start]:
            raise ValueError(f"no way from {each.start} to {each.to}")
    _write_messages(connection, moves, now)
    _write_lines(connection, moves)
    return [_entry(each) for each in moves]


def _with_doubt(connection: Connection, moves: Sequence[Move]) -> Sequence[Move]:
    """The moves, but what was sent once more on a guess does not end as if nothing had left.

    That its second try reached nobody says nothing of the first: it is unknown again, and counts.
    """
    ended = [m.message_id for m in moves if m.start is not State.UNKNOWN and _forgets(m)]
    doubts = doubtful(connection, ended) if ended else frozenset()
    return [_doubted(each) if each.message_id in doubts else each for each in moves]


def _forgets(each: Move) -> bool:
    """Whether a move says that nothing left so far."""
    if each.to in _PROVEN:
        return False
    return each.to in _ENDED_UNSENT or each.columns.get("contact_on", ...) is None


def _doubted(each: Move) -> Move:
    kept = {
        name: value for name, value in each.columns.items() if name not in {"contact_on", "fault"}
    }
    if each.to not in _ENDED_UNSENT:
        return replace(each, columns=kept)
    reason = f"{each.to}: {each.reason}" if each.reason else each.to.value
    return replace(each, to=State.UNKNOWN, reason=reason, columns=kept)


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
    # Through the driver: SQLAlchemy takes longer for a row than SQLite.
    alike: dict[tuple[str, ...], list[tuple[object, ...]]] = defaultdict(list)
    for each in moves:
        kept = tuple(map(_stored, each.columns.values()))
        values = (each.to.value, each.reason, to_ms(each.at or now), *kept)
        alike[tuple(each.columns)].append((*values, each.message_id, each.start.value))
    for names, rows in alike.items():
        sets = ", ".join(f"{message.c[name].name} = ?" for name in (*_ALWAYS, *names))
        statement = f"UPDATE message SET {sets} WHERE id = ? AND state = ?"  # noqa: S608 - our names
        if raw(connection).executemany(statement, rows).rowcount != len(rows):
            raise RuntimeError("a message is not in the state that it should leave")


_ALWAYS: Final = ("state", "reason", "changed_at")


def _stored(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _write_lines(connection: Connection, moves: Sequence[Move]) -> None:
    driver = raw(connection)
    for each in ("done_on", "taken_back_on"):
        days = [(getattr(m, each), m.message_id) for m in moves if getattr(m, each) is not None]
        if days:
            rows = [(day.isoformat(), number) for day, number in days]
            driver.executemany(f"UPDATE line SET {each} = ? WHERE message_id = ?", rows)  # noqa: S608 - one of two
    freed = [m for m in moves if m.to in NOTHING_REACHED]
    # Given up, and it had left after all: its keys are its own again.
    taken = [m for m in moves if m.start in NOTHING_REACHED and m.to not in NOTHING_REACHED]
    for live, those in ((False, freed), (True, taken)):
        if those:
            keys = [(live, m.message_id) for m in those]
            driver.executemany("UPDATE line SET live = ? WHERE message_id = ?", keys)


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
