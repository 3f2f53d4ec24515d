"""What happened outside, once each."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, insert, select

from dispatcher.model.event import EventKind
from dispatcher.model.record import SALT_BYTES, Content, commitment
from dispatcher.store.instants import to_ms
from dispatcher.store.numbers import ids
from dispatcher.store.tables import event
from dispatcher.store.trail import Entry, append


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """One event to record. `source` and `reference` name it: the same pair is the same event.

    `invoice_id` None means all cases of the debtor. `amount` is in minor units. `detail` is free
    text and may be personal; `person` is who of ours entered it.
    """

    source: str
    reference: str
    kind: EventKind
    debtor_id: int
    day: date
    invoice_id: int | None = None
    until: date | None = None
    amount: int | None = None
    detail: str = ""
    person: str = ""


def record_event(connection: Connection, new: NewEvent, *, now: datetime) -> int | None:
    """Write the event with its record; None where it is known already."""
    known = select(event.c.id).where(
        event.c.source == new.source, event.c.reference == new.reference
    )
    if connection.execute(known).first() is not None:
        return None
    number = next(ids(connection, event))
    salt = secrets.token_bytes(SALT_BYTES)
    values = {name: getattr(new, name) for name in NewEvent.__dataclass_fields__}
    values |= {"kind": new.kind.value, "id": number, "salt": salt, "recorded_at": to_ms(now)}
    connection.execute(insert(event), values)
    append(connection, [_entry(number, new, salt)], at=now)
    return number


def _entry(number: int, new: NewEvent, salt: bytes) -> Entry:
    told: dict[str, Content] = {
        "event": number,
        "event_kind": new.kind.value,
        "source": new.source,
        "reference": new.reference,
        "debtor": new.debtor_id,
        "day": new.day.isoformat(),
        "person": new.person,
        "detail": commitment(salt=salt, content=new.detail.encode()),
    }
    if new.invoice_id is not None:
        told["case"] = new.invoice_id
    if new.until is not None:
        told["until"] = new.until.isoformat()
    if new.amount is not None:
        told["amount"] = new.amount
    return Entry("event", told)
