"""Ways out of the unknown: what a provider proved, what people said, and what follows from it."""

import secrets
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, Row, func, insert, select

from dispatcher.model.message import State
from dispatcher.model.record import SALT_BYTES, Content, commitment
from dispatcher.store.claims import rows_of
from dispatcher.store.doubt import GUESSES, RESEND, SEND_AGAIN
from dispatcher.store.instants import from_ms, to_ms
from dispatcher.store.numbers import ids
from dispatcher.store.outcomes import DONE_BY_ACCEPTANCE, Presented
from dispatcher.store.passage import Move, move
from dispatcher.store.sealed import Own
from dispatcher.store.tables import attempt, line, resolution
from dispatcher.store.trail import Entry, append


#: What people may say.
SENT: Final = "sent"
NOT_SENT: Final = "not-sent"
LEAVE: Final = "leave"  # it counts as gone, and is never sent again
CHOICES: Final = (SENT, NOT_SENT, SEND_AGAIN, LEAVE)

#: What a provider proved when it was asked.
FOUND: Final = "found"
NOT_THERE: Final = "not-there"

#: The message counts as gone.
GONE: Final = frozenset({SENT, LEAVE, FOUND})

#: It is proven that no attempt so far reached anybody.
DISPROOFS: Final = frozenset({NOT_SENT, NOT_THERE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What somebody said of an unknown message after that attempt; `proof` is a digest or empty.

    `person` is empty where it was a provider or the policy. `taken`: it took effect.
    """

    message_id: int
    attempt: int
    choice: str
    person: str = ""
    reason: str = ""
    proof: str = ""
    at: datetime
    taken: bool = True


def words_of(connection: Connection, numbers: Collection[int]) -> Mapping[int, list[Word]]:
    """What was said of these messages, oldest first."""
    found: dict[int, list[Word]] = defaultdict(list)
    statement = select(resolution).where(resolution.c.message_id.in_(numbers))
    for row in connection.execute(statement.order_by(resolution.c.id)):
        word = Word(
            message_id=row.message_id,
            attempt=row.attempt,
            choice=row.choice,
            person=row.person,
            reason=row.reason.decode(),
            proof=row.proof,
            at=from_ms(row.at),
            taken=row.taken,
        )
        found[row.message_id].append(word)
    return found


def disproved(connection: Connection, numbers: Collection[int]) -> Mapping[int, int]:
    """Up to which attempt it is proven that nothing reached anybody, by message."""
    proven = (
        select(resolution.c.message_id, func.max(resolution.c.attempt).label("last"))
        .where(
            resolution.c.message_id.in_(numbers),
            resolution.c.choice.in_(sorted(DISPROOFS)),
            resolution.c.taken,
        )
        .group_by(resolution.c.message_id)
    )
    return {row.message_id: row.last for row in connection.execute(proven)}


def resent(connection: Connection, message_id: int) -> bool:
    """Whether the policy has had this message sent once more already."""
    found = select(resolution.c.id).where(
        resolution.c.message_id == message_id, resolution.c.choice == RESEND
    )
    return connection.execute(found.limit(1)).first() is not None


def is_open(connection: Connection, word: Word) -> bool:
    """Whether the message is unknown still, after the attempt that the word is about."""
    row = rows_of(connection, [word.message_id]).get(word.message_id)
    return row is not None and (row.state, row.attempted) == (State.UNKNOWN, word.attempt)


def settle(
    connection: Connection,
    word: Word,
    *,
    now: datetime,
    day_of: Callable[[datetime], date],
    presented: Presented,
    provider_id: str = "",
) -> State:
    """Write the word down and, where it is `taken`, do what it says; the state that follows.

    `sent`, `leave`, `found`: the step is done on the day of the attempt. `not-sent`, `not-there`:
    tried again at once, guarded as always. `send-again`, `resend`: the same, but it stays in doubt
    whether an earlier attempt left, so that the keys never fall by a failure of the next one.

    Raises:
        ValueError: that message is not unknown, or the word is about another attempt.
    """
    if not is_open(connection, word):
        raise ValueError(f"message {word.message_id} is not unknown after that attempt")
    row = rows_of(connection, [word.message_id])[word.message_id]
    number, entry = _say(connection, word, row.debtor_id)
    if not word.taken:
        append(connection, [entry], at=now)
        return State.UNKNOWN
    told: dict[str, Content] = {"resolution": number}
    if word.choice in GONE:
        step = _gone(connection, row, word, told, day_of, presented, provider_id)
    else:
        step = _once_more(row, word, told, now)
    # The word first: the passage asks it whether an earlier attempt stays in doubt.
    append(connection, [entry, *move(connection, [step], now=now)], at=now)
    return step.to


def _gone(  # noqa: PLR0917 - one step of `settle`
    connection: Connection,
    row: Row[tuple[object, ...]],
    word: Word,
    told: dict[str, Content],
    day_of: Callable[[datetime], date],
    presented: Presented,
    provider_id: str,
) -> Move:
    day = day_of(_began(connection, row))
    to = State.SENT if row.channel in DONE_BY_ACCEPTANCE else State.ACCEPTED
    has_lines = select(line.c.id).where(line.c.message_id == row.id).limit(1)
    done = None
    if connection.execute(has_lines).first() is not None:
        done = day if to is State.SENT else presented(row.channel, day) or day
    columns: dict[str, object] = {"next_at": None, "contact_on": day}
    if provider_id:
        columns["provider_id"] = provider_id
        told["provider"] = provider_id
    return Move(
        message_id=row.id,
        start=State.UNKNOWN,
        to=to,
        reason=word.choice,
        columns=columns,
        done_on=done,
        content=told,
    )


def _once_more(
    row: Row[tuple[object, ...]], word: Word, told: dict[str, Content], now: datetime
) -> Move:
    columns: dict[str, object] = {"next_at": to_ms(now)}
    if word.choice not in GUESSES:
        columns["contact_on"] = None  # proven: it reached nobody
    return Move(
        message_id=row.id,
        start=State.UNKNOWN,
        to=State.DEFERRED,
        reason=word.choice,
        columns=columns,
        content=told,
    )


def _began(connection: Connection, row: Row[tuple[object, ...]]) -> datetime:
    """When the first attempt began of which nothing is proven."""
    cleared = disproved(connection, [row.id]).get(row.id, 0)
    first = select(func.min(attempt.c.started_at)).where(
        attempt.c.message_id == row.id,
        attempt.c.number > cleared,
        attempt.c.outcome == State.UNKNOWN.value,
    )
    at = connection.execute(first).scalar()
    return from_ms(row.changed_at if at is None else at)


def _say(connection: Connection, word: Word, debtor_id: int) -> tuple[int, Entry]:
    salt, reason = secrets.token_bytes(SALT_BYTES), word.reason.encode()
    number = next(ids(connection, resolution))
    values = {
        "id": number,
        "message_id": word.message_id,
        "attempt": word.attempt,
        "choice": word.choice,
        "person": word.person,
        "salt": salt,
        "reason": Own(debtor_id, reason),
        "proof": word.proof,
        "at": to_ms(word.at),
        "taken": word.taken,
    }
    connection.execute(insert(resolution), values)
    told: dict[str, Content] = {
        "resolution": number,
        "message": word.message_id,
        "attempt": word.attempt,
        "choice": word.choice,
        "person": word.person,
        "proof": word.proof,
        "taken": int(word.taken),
        "reason": commitment(salt=salt, content=reason),
    }
    return number, Entry("resolution", told, word.at)
