"""What lies in the outbox, as people look at it: every message without an end, and its story."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select

from dispatcher.model.message import State
from dispatcher.store.instants import from_ms, to_ms
from dispatcher.store.interventions import DeedRow, deeds
from dispatcher.store.late import TWICE
from dispatcher.store.tables import attempt, debtor, invoice, line, message, report


#: The states that `relance outbox` lists, those first about which a person has to do something.
LYING: Final = (
    State.UNKNOWN,
    State.QUARANTINED,
    State.HOLD,
    State.AWAITING,
    State.SENDING,
    State.DEFERRED,
    State.PLANNED,
)

MANY: Final = 900  # values in one statement; every SQL takes as many


@dataclass(frozen=True, slots=True, kw_only=True)
class LyingRow:
    """One message; `amount` is what it claims, in minor units, instants are UTC.

    `cases` are numbers of invoices, with `/term` after the first. `next_at` is when it may be
    tried, `last` when it expires. `held` is the last thing that a person did to it.
    """

    id: int
    state: State
    reason: str
    debtor: str
    reference: str
    cases: tuple[str, ...]
    steps: tuple[str, ...]
    channel: str
    template: str
    legal_effect: bool
    amount: int
    currency: str
    since: datetime
    last: datetime
    tries: int
    next_at: datetime | None = None
    held: DeedRow | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TryRow:
    """One attempt: how far it came, what was answered and in which words."""

    number: int
    stage: str
    outcome: str
    code: str
    provider_id: str
    said: str
    person: str
    began: datetime
    ended: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BackRow:
    """One report that came back for a message, and what it was taken for."""

    kind: str
    word: str
    code: str
    verdict: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One message with all that happened to it."""

    row: LyingRow
    tries: tuple[TryRow, ...]
    back: tuple[BackRow, ...]
    deeds: tuple[DeedRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TwiceRow:
    """A contact that its debtor got twice, found out at an instant UTC."""

    id: int
    debtor: str
    channel: str
    at: datetime


def lying(connection: Connection, states: Collection[State] = LYING) -> tuple[LyingRow, ...]:
    """Every message in these states, in the order of `LYING`, oldest first."""
    wanted = select(message).where(message.c.state.in_([state.value for state in states]))
    found = _rows(connection, connection.execute(wanted.order_by(message.c.id)).all())
    return tuple(sorted(found, key=lambda row: (LYING.index(row.state), row.id)))


def story(connection: Connection, message_id: int) -> Story | None:
    """One message in whatever state, with its attempts and what came back; None: no such one."""
    rows = connection.execute(select(message).where(message.c.id == message_id)).all()
    if not rows:
        return None
    return Story(
        row=_rows(connection, rows)[0],
        tries=tuple(_tries(connection, message_id)),
        back=tuple(_back(connection, message_id)),
        deeds=tuple(deeds(connection, [message_id]).get(message_id, ())),
    )


def twice(connection: Connection, *, since: datetime | None = None) -> tuple[TwiceRow, ...]:
    """Contacts that went out twice, found out since then or ever, oldest first."""
    statement = (
        select(
            message.c.id,
            message.c.channel,
            debtor.c.name,
            debtor.c.reference,
            func.max(attempt.c.ended_at).label("at"),
        )
        .join(message, message.c.id == attempt.c.message_id)
        .join(debtor, debtor.c.id == message.c.debtor_id)
        .where(attempt.c.outcome == TWICE)
        .group_by(message.c.id, message.c.channel, debtor.c.name, debtor.c.reference)
        .order_by(message.c.id)
    )
    if since is not None:
        statement = statement.where(attempt.c.ended_at >= to_ms(since))
    return tuple(
        TwiceRow(
            id=row.id, debtor=row.name or row.reference, channel=row.channel, at=from_ms(row.at)
        )
        for row in connection.execute(statement)
    )


def _rows(connection: Connection, rows: Sequence[Row[tuple[object, ...]]]) -> list[LyingRow]:
    names = _debtors(connection, {row.debtor_id for row in rows})
    carried = _lines(connection, {row.main_id or row.id for row in rows})
    done = deeds(connection, [row.id for row in rows if row.state == State.HOLD])
    return [
        _row(row, names[row.debtor_id], carried[row.main_id or row.id], done.get(row.id, ()))
        for row in rows
    ]


def _row(
    row: Row[tuple[object, ...]],
    whose: tuple[str, str],
    lines: Sequence[Any],
    done: Sequence[DeedRow],
) -> LyingRow:
    state = State(row.state)
    waits = state in {State.PLANNED, State.DEFERRED}
    own = () if row.main_id is not None else lines  # an `also` claims nothing of its own
    return LyingRow(
        id=row.id,
        state=state,
        reason=row.reason,
        debtor=whose[0] or whose[1],
        reference=whose[1],
        cases=tuple(
            each.number if each.term == 1 else f"{each.number}/{each.term}" for each in lines
        ),
        steps=tuple(dict.fromkeys(each.step for each in lines)),
        channel=row.channel,
        template=row.template,
        legal_effect=row.legal_effect,
        amount=sum(each.amount for each in own if each.claimed),
        currency=lines[0].currency if lines else "",
        since=from_ms(row.changed_at),
        last=from_ms(row.valid_until),
        tries=row.attempted,
        next_at=from_ms(max(row.not_before, row.next_at or 0)) if waits else None,
        held=done[-1] if done else None,
    )


def _debtors(connection: Connection, numbers: Collection[int]) -> Mapping[int, tuple[str, str]]:
    found: dict[int, tuple[str, str]] = {}
    for some in _portions(numbers):
        statement = select(debtor.c.id, debtor.c.name, debtor.c.reference)
        for row in connection.execute(statement.where(debtor.c.id.in_(some))):
            found[row.id] = (row.name, row.reference)
    return found


def _lines(connection: Connection, numbers: Collection[int]) -> Mapping[int, Sequence[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    columns = (line.c.message_id, line.c.step, line.c.amount, line.c.claimed)
    for some in _portions(numbers):
        statement = (
            select(*columns, invoice.c.number, invoice.c.term, invoice.c.currency)
            .join(invoice, invoice.c.id == line.c.invoice_id)
            .where(line.c.message_id.in_(some))
        )
        for row in connection.execute(statement.order_by(line.c.id)):
            found[row.message_id].append(row)
    return found


def _portions(numbers: Collection[int]) -> Iterable[Sequence[int]]:
    ordered = sorted(numbers)
    return (ordered[start : start + MANY] for start in range(0, len(ordered), MANY))


def _tries(connection: Connection, message_id: int) -> Iterable[TryRow]:
    statement = select(attempt).where(attempt.c.message_id == message_id)
    for row in connection.execute(statement.order_by(attempt.c.id)):
        yield TryRow(
            number=row.number,
            stage=row.stage,
            outcome=row.outcome,
            code=row.code,
            provider_id=row.provider_id,
            said=_said(row.evidence),
            person=row.person,
            began=from_ms(row.started_at),
            ended=None if row.ended_at is None else from_ms(row.ended_at),
        )


def _said(evidence: str) -> str:
    """The words of an attempt's evidence; those of an erased debtor are gone."""
    try:
        told = json.loads(evidence or "{}")
    except ValueError:
        return ""
    return str(told.get("said", "")) if isinstance(told, dict) else ""


def _back(connection: Connection, message_id: int) -> Iterable[BackRow]:
    statement = select(report).where(report.c.message_id == message_id)
    for row in connection.execute(statement.order_by(report.c.said_at, report.c.id)):
        yield BackRow(
            kind=row.kind,
            word=row.word,
            code=row.code,
            verdict=row.verdict,
            at=from_ms(row.said_at),
        )
