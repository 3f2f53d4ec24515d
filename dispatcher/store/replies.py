"""Events that an answer may follow, and none has yet."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Row, Select, select

from dispatcher.model.event import EventKind
from dispatcher.model.message import NOTHING_REACHED
from dispatcher.model.reply import Happening
from dispatcher.store.instants import from_ms, to_ms
from dispatcher.store.tables import event, invoice, message


#: Kinds of events that a policy's `answers`, or the `follow_up` of a call, may speak to.
ANSWERED: Final = (
    EventKind.DISPUTE_OPENED,
    EventKind.PROMISE_MADE,
    EventKind.PLAN_AGREED,
    EventKind.PART_PAID,
    EventKind.ALL_PAID,
    EventKind.SPOKEN,
)

#: What was said in a call or visit: its events come from this source, and their reference begins
#: with the number of the call.
CALL: Final = "call"
OF_MESSAGE: Final = "C"


def unanswered(connection: Connection, *, since: datetime) -> tuple[Happening, ...]:
    """Those recorded since then that no message answers, or none that may have reached anybody."""
    live = select(message.c.event_id).where(
        message.c.event_id == event.c.id,
        message.c.state.not_in([state.value for state in NOTHING_REACHED]),
    )
    statement = _happenings().where(event.c.recorded_at >= to_ms(since), ~live.exists())
    return tuple(_read(connection.execute(statement)))


def happened(connection: Connection, event_ids: Sequence[int]) -> tuple[Happening, ...]:
    """These events, answered or not."""
    return tuple(_read(connection.execute(_happenings().where(event.c.id.in_(event_ids)))))


def _happenings() -> Select[tuple[object, ...]]:
    return (
        select(event, invoice.c.currency)
        .join(invoice, invoice.c.id == event.c.invoice_id, isouter=True)
        .where(event.c.kind.in_([kind.value for kind in ANSWERED]))
        .order_by(event.c.id)
    )


def _read(rows: "Iterator[Row[tuple[object, ...]]]") -> Iterator[Happening]:
    for row in rows:
        number = row.reference.removeprefix(OF_MESSAGE).partition("-")[0]
        spoken = row.source == CALL and number.isdigit()
        yield Happening(
            event_id=row.id,
            kind=row.kind,
            debtor_id=row.debtor_id,
            day=row.day,
            recorded_at=from_ms(row.recorded_at),
            case_id=row.invoice_id,
            currency=row.currency or "",
            until=row.until,
            amount=row.amount,
            detail=row.detail,
            note=row.note,
            person=row.person,
            message_id=int(number) if spoken else None,
        )
