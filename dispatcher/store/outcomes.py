"""Outcomes of attempts into the store: what each makes of its message, and the proof kept."""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import singledispatch
from typing import Final

from sqlalchemy import Connection, Row, bindparam, insert, update

from dispatcher.model.message import State
from dispatcher.model.record import SALT_BYTES, Content, commitment
from dispatcher.ports import Accepted, Attempted, NotAccepted, Outcome, Rejected, Unknown
from dispatcher.store.claims import DIED, NOT_ACCEPTED, rows_of
from dispatcher.store.instants import to_ms
from dispatcher.store.late import (
    LATE_OF,
    TWICE,
    Acceptance,
    Believed,
    acceptances,
    believed,
    is_another,
    next_number,
)
from dispatcher.store.numbers import ids
from dispatcher.store.passage import Move, move
from dispatcher.store.sealed import Own
from dispatcher.store.tables import attempt
from dispatcher.store.trail import Entry, append


#: Channels whose step is done when the provider takes the message.
DONE_BY_ACCEPTANCE: Final = frozenset({"email", "sms"})

WITHHELD: Final = "withheld"

#: Why a message is set aside whose workers died again and again.
WORKER_DIED: Final = "worker-died"

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
    again = [row.id for row in rows.values() if row.attempted > 1 or row.state != State.SENDING]
    before = acceptances(connection, again)
    page = _Page(connection=connection, day_of=day_of, presented=presented)
    for each in attempted:
        row = rows[each.claim.id]
        earlier = before.get(row.id, ())
        if _in_time(each, row, owner):
            page.answered(each, earlier)
        else:
            page.late(each, row, earlier)
    page.write(max(each.at for each in attempted))


def _in_time(each: Attempted, row: Row[tuple[object, ...]], owner: str) -> bool:
    """Whether the message still is where this answer finds it."""
    mine = bool(row.owner == owner and row.attempted == each.claim.attempt)
    return mine and row.state == State.SENDING


@dataclass(slots=True, kw_only=True)
class _Page:
    """What one transaction writes: moves, attempts that end, attempts that nobody knew, records."""

    connection: Connection
    day_of: Callable[[datetime], date]
    presented: Presented
    moves: list[Move] = field(default_factory=list)
    closed: list[dict[str, object]] = field(default_factory=list)
    added: list[dict[str, object]] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    def answered(self, each: Attempted, earlier: Sequence[Acceptance]) -> None:
        """An answer to the attempt at work. If an earlier one was accepted, it is out anyway."""
        salt, number = secrets.token_bytes(SALT_BYTES), each.claim.attempt
        told, closed = _told(each, salt, number), _closed(each, salt, number)
        seen = each
        if not isinstance(each.outcome, Accepted):
            if earlier:
                was = Accepted(provider_id=earlier[0].provider_id)
                seen = replace(each, outcome=was, aside=False)
        elif is_another(earlier, number, each.outcome.provider_id):
            closed["outcome"] = told["outcome"] = TWICE
            self.entries.append(_twice(each, number))
        self._move(seen, State.SENDING, told)
        self.closed.append(closed)

    def late(
        self, each: Attempted, row: Row[tuple[object, ...]], earlier: Sequence[Acceptance]
    ) -> None:
        """An answer that finds its message elsewhere: only an acceptance changes anything."""
        if isinstance(each.outcome, Accepted):
            number, provider_id = each.claim.attempt, each.outcome.provider_id
            follows = believed(self.connection, row, earlier, number, provider_id)
            if not follows.known:
                self._believe(each, row, follows)
                return
        told = _told(each, secrets.token_bytes(SALT_BYTES), each.claim.attempt)
        content = {**told, "state": row.state, "message": row.id}
        self.entries.append(Entry("late-answer", content, each.at))

    def _believe(self, each: Attempted, row: Row[tuple[object, ...]], follows: Believed) -> None:
        """The first answer stays as it was; this one is written beside it."""
        salt, number = secrets.token_bytes(SALT_BYTES), next_number(self.connection, row.id)
        each = replace(each, evidence={**each.evidence, LATE_OF: str(each.claim.attempt)})
        told, added = _told(each, salt, number), _closed(each, salt, number)
        if follows.twice:
            added["outcome"] = told["outcome"] = TWICE
        self.added.append(added)
        if follows.moves:
            self.moves += follows.instead
            self._move(each, State(row.state), told)
        elif follows.twice:
            self.entries.append(_twice(each, number, follows.beside, told))
        else:
            content = {**told, "message": row.id}
            self.entries.append(Entry("late-acceptance", content, each.at))

    def _move(self, each: Attempted, start: State, told: dict[str, Content]) -> None:
        self.moves.append(_move(each, start, self.day_of(each.at), told, self.presented))

    def write(self, now: datetime) -> None:
        moved = move(self.connection, self.moves, now=now)
        _close(self.connection, self.closed)
        _add(self.connection, self.added)
        append(self.connection, [*moved, *self.entries], at=now)


def _twice(
    each: Attempted,
    number: int,
    beside: Sequence[int] = (),
    told: Mapping[str, Content] | None = None,
) -> Entry:
    """The record of a contact that the debtor has got twice; `beside`: by which other messages."""
    content: dict[str, Content] = {"message": each.claim.id, "attempt": number, **(told or {})}
    if beside:
        content["beside"] = list(beside)
    return Entry(TWICE, content, each.at)


def _move(
    each: Attempted, start: State, day: date, told: dict[str, Content], presented: Presented
) -> Move:
    to = _next(each)
    columns: dict[str, object] = {"next_at": None}
    if to in {State.PLANNED, State.DEFERRED, State.FAILED, State.QUARANTINED}:
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
        reason=_reason(each),
        columns=columns,
        done_on=_done_on(each, to, day, presented),
        content=told,
        at=each.at,
    )


def _reason(each: Attempted) -> str:
    if each.aside:
        return WORKER_DIED
    return "" if each.outcome is None else _result(each.outcome).code


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
            return State.QUARANTINED if each.aside else State.PLANNED
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
        "evidence": Own(each.claim.debtor_id, _evidence(each)),
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
    if each.outcome is not None:
        return _result(each.outcome)
    return Result(outcome=DIED if each.died else WITHHELD)


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
