"""Erasing a debtor from the tables: his words and names go, the chain and its commitments stay.

What the trail committed to leaves that commitment in its place and loses its salt: the chain still
verifies, and nothing is left to guess from. Ids, invoice numbers, amounts, days, rules and states
stay: they are the proof of what was done, and no longer lead to a person.
"""

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Select,
    Table,
    func,
    or_,
    select,
    update,
)

from dispatcher.model.message import HUMAN_CHANNELS, UNFINISHED, State
from dispatcher.model.record import SALT_BYTES, Content, commitment
from dispatcher.store.claims import token
from dispatcher.store.erased import COUNTED, GONE
from dispatcher.store.named_files import names_in
from dispatcher.store.sealed import ERASED, SealedBytes
from dispatcher.store.tables import (
    approval,
    attempt,
    audit,
    content,
    credit,
    debtor,
    event,
    hold,
    intervention,
    invoice,
    message,
    report,
    resolution,
    task,
)
from dispatcher.store.trail import Entry, append


#: What is said of a debtor beside his id; `reference` becomes a word of ours.
SAID: Final = tuple(
    column.name
    for column in debtor.columns
    if column.name not in {"id", "reference", "as_of", "row", "extra", "legal_kind", "source"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """What the store has of a debtor: rows by kind, his messages' tokens and finished files.

    `files` are named by no message of anybody else. In the way are `open_cases`, and `pending`
    messages, calls and tasks that are not at their end.
    """

    debtor_id: int
    reference: str
    name: str
    messages: int
    events: int
    reports: int
    cases: int
    tokens: tuple[str, ...]
    message_ids: tuple[int, ...]
    files: tuple[str, ...]
    open_cases: int
    pending: int


def debtor_called(connection: Connection, reference: str) -> int | None:
    """The debtor with that reference."""
    return connection.execute(select(debtor.c.id).where(debtor.c.reference == reference)).scalar()


def traces(connection: Connection, secret: bytes, debtor_id: int) -> Traces:
    """Everything that there is of a debtor, and what is in the way of erasing him."""
    row = connection.execute(select(debtor).where(debtor.c.id == debtor_id)).one()
    numbers = _messages(connection, debtor_id)
    return Traces(
        debtor_id=debtor_id,
        reference=row.reference,
        name=row.name,
        messages=len(numbers),
        events=_count(connection, event, debtor_id),
        reports=len(_reports(connection, debtor_id, numbers)),
        cases=_count(connection, invoice, debtor_id),
        tokens=tuple(token(secret, number) for number in numbers),
        message_ids=tuple(numbers),
        files=_own_files(connection, debtor_id),
        open_cases=_open_cases(connection, debtor_id),
        pending=_pending(connection, debtor_id),
    )


def erase(
    connection: Connection, debtor_id: int, *, person: str, reason: str, now: datetime
) -> Mapping[str, int]:
    """Overwrite all that is personal and chain the record `erased`; how many values went, by kind.

    The commitments are those of the trail, so it works where the key is gone already.
    """
    numbers = _messages(connection, debtor_id)
    values = list(_committed(connection, debtor_id, numbers))
    told = _of_trail(connection, frozenset(each.where for each in values))
    counts = dict.fromkeys(COUNTED, 0)
    for each in values:
        _forget(connection, each, told.get(each.where, ""))
        counts[_PLURAL[each.column.table.name]] += 1
    _overwrite(connection, debtor_id, numbers)
    salt = secrets.token_bytes(SALT_BYTES)
    entry: dict[str, Content] = {
        "debtor": debtor_id,
        "person": person,
        "reason": commitment(salt=salt, content=reason.encode()),
        **counts,
    }
    append(connection, [Entry("erased", entry)], at=now)
    return counts


# -- what the trail commits to -------------------------------------------------------------------

Where = tuple[str, int, int | str]  # table, id, and what tells apart rows of one id


@dataclass(frozen=True, slots=True, kw_only=True)
class _Value:
    """One value with a salt: which commitment of the trail is its own, and its row."""

    where: Where
    column: Column[Any]
    row: ColumnElement[bool]


_PLURAL: Final = {
    "content": "messages",
    "event": "events",
    "attempt": "attempts",
    "approval": "approvals",
    "resolution": "resolutions",
    "intervention": "interventions",
    "report": "reports",
}


def _committed(connection: Connection, debtor_id: int, numbers: Sequence[int]) -> Iterator[_Value]:
    salted = select(content.c.message_id).where(
        content.c.message_id.in_(numbers), func.length(content.c.salt) > 0
    )
    for number in connection.execute(salted).scalars().all():
        row = content.c.message_id == number
        yield _Value(where=("content", number, ""), column=content.c.body, row=row)
    mine = select(event.c.id).where(event.c.debtor_id == debtor_id, func.length(event.c.salt) > 0)
    for number in connection.execute(mine).scalars().all():
        row = event.c.id == number
        yield _Value(where=("event", number, ""), column=event.c.note, row=row)
    for column, other in (
        (attempt.c.evidence, attempt.c.number),
        (approval.c.note, approval.c.role),
        (resolution.c.reason, resolution.c.id),
        (intervention.c.note, intervention.c.id),
    ):
        table = column.table
        found = select(table.c.id, table.c.message_id, other.label("other")).where(
            table.c.message_id.in_(numbers), func.length(table.c.salt) > 0
        )
        for each in connection.execute(found).all():
            where = (table.name, each.message_id, each.other)
            yield _Value(where=where, column=column, row=table.c.id == each.id)
    for number in _reports(connection, debtor_id, numbers):
        row = report.c.id == number
        yield _Value(where=("report", number, ""), column=report.c.evidence, row=row)


def _forget(connection: Connection, value: _Value, told: str) -> None:
    mark: str | bytes = ERASED + told
    if isinstance(value.column.type, SealedBytes):
        mark = (ERASED + told).encode()
    values: dict[str, object] = {"salt": b"", value.column.name: mark}
    if value.column.table is event:
        values["detail"] = ""
    connection.execute(update(value.column.table).where(value.row).values(**values))


def _of_trail(connection: Connection, wanted: frozenset[Where]) -> dict[Where, str]:
    """The commitments that the trail holds to these values."""
    found: dict[Where, str] = {}
    for body in connection.execute(select(audit.c.body).order_by(audit.c.seq)).scalars():
        record = json.loads(body)
        where = _where(record)
        if where in wanted:
            found[where] = record[_UNDER[record["kind"]]]
    return found


#: Under which name a record commits to a value.
_UNDER: Final[Mapping[str, str]] = {
    "message-frozen": "recipient",
    "message-moved": "evidence",
    "call-attempted": "evidence",
    "event": "detail",
    "approval": "note",
    "resolution": "reason",
    "intervention": "note",
    "sent-twice": "evidence",
    "late-acceptance": "evidence",
    "report": "evidence",
}


def _where(record: Mapping[str, Any]) -> Where | None:
    """Which value a record commits to."""
    kind = record["kind"]
    if kind not in _UNDER or _UNDER[kind] not in record:
        return None
    match kind:
        case "message-frozen":
            return "content", record["message"], ""
        case "event" | "report":
            return kind, record[kind], ""
        case "approval":
            return "approval", record["message"], record["role"]
        case "resolution" | "intervention":
            return kind, record["message"], record[kind]
    return "attempt", record["message"], record["attempt"]


# -- what only the tables say --------------------------------------------------------------------


def _overwrite(connection: Connection, debtor_id: int, numbers: Sequence[int]) -> None:
    """Everything else that names him or is said of him."""
    empty: dict[str, object] = dict.fromkeys(SAID, "")
    who = {"reference": f"{GONE}{debtor_id}", "extra": "{}", "row": None}
    connection.execute(update(debtor).where(debtor.c.id == debtor_id).values(**empty, **who))
    cases = select(invoice.c.id).where(invoice.c.debtor_id == debtor_id)
    for table, row, values in (
        (invoice, invoice.c.debtor_id == debtor_id, {"extra": "{}", "digest": ""}),
        (credit, credit.c.debtor_id == debtor_id, {"digest": ""}),
        (message, message.c.id.in_(numbers), {"recipient": ""}),
        (task, task.c.debtor_id == debtor_id, {"note": "", "reason": ""}),
        (hold, hold.c.invoice_id.in_(cases), {"reason": ""}),
        (report, report.c.id.in_(_said(debtor_id, numbers)), {"word": "", "code": ""}),
    ):
        connection.execute(update(table).where(row).values(**values))


# -- what there is -------------------------------------------------------------------------------


def _messages(connection: Connection, debtor_id: int) -> list[int]:
    mine = select(message.c.id).where(message.c.debtor_id == debtor_id).order_by(message.c.id)
    return list(connection.execute(mine).scalars())


def _said(debtor_id: int, numbers: Sequence[int]) -> Select[tuple[int]]:
    return select(report.c.id).where(
        or_(report.c.debtor_id == debtor_id, report.c.message_id.in_(numbers))
    )


def _reports(connection: Connection, debtor_id: int, numbers: Sequence[int]) -> list[int]:
    salted = _said(debtor_id, numbers).where(func.length(report.c.salt) > 0)
    return [row.id for row in connection.execute(salted)]


def _count(connection: Connection, table: Table, debtor_id: int) -> int:
    mine = select(func.count()).where(table.c.debtor_id == debtor_id)
    return connection.execute(mine).scalar_one()


def _open_cases(connection: Connection, debtor_id: int) -> int:
    mine = select(func.count()).where(invoice.c.debtor_id == debtor_id, invoice.c.open)
    return connection.execute(mine).scalar_one()


def _pending(connection: Connection, debtor_id: int) -> int:
    """His messages and calls that have not come to their end, and tasks about him."""
    unfinished = message.c.state.in_([state.value for state in UNFINISHED])
    in_hand = (message.c.state == State.ACCEPTED.value) & message.c.channel.in_(HUMAN_CHANNELS)
    messages = select(func.count()).where(
        message.c.debtor_id == debtor_id, or_(unfinished, in_hand)
    )
    tasks = select(func.count()).where(task.c.debtor_id == debtor_id, task.c.state == "open")
    return connection.execute(messages).scalar_one() + connection.execute(tasks).scalar_one()


def _own_files(connection: Connection, debtor_id: int) -> tuple[str, ...]:
    """The finished files that his messages name and nobody else's do."""
    bodies = select(content.c.body, message.c.debtor_id).join(
        message, message.c.id == content.c.message_id
    )
    mine: set[str] = set()
    for body, _ in connection.execute(bodies.where(message.c.debtor_id == debtor_id)):
        mine |= names_in(body)
    if not mine:
        return ()
    for body, _ in connection.execute(bodies.where(message.c.debtor_id != debtor_id)):
        mine -= names_in(body)
    return tuple(sorted(mine))
