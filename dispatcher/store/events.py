"""What happened outside, once each."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, insert, select

from dispatcher.model.event import EventKind
from dispatcher.model.record import SALT_BYTES, Content, commitment
from dispatcher.store.instants import to_ms
from dispatcher.store.numbers import ids
from dispatcher.store.sealed import Own, have_keys, is_erased
from dispatcher.store.tables import event
from dispatcher.store.trail import Entry, append


ASKED: Final = 500  # references in one question


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """One event to record. `source` and `reference` name it: the same pair is the same event.

    `invoice_id` None means all cases of the debtor. `amount` is in minor units. `detail` is what
    rules read, `note` what people do; both may be personal. `person` is who of ours entered it.
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
    note: str = ""
    person: str = ""


def record_event(connection: Connection, new: NewEvent, *, now: datetime) -> int | None:
    """Write the event with its record; None where it is known already."""
    if _known(connection, [new]):
        return None
    number = next(ids(connection, event))
    _write(connection, {number: new}, now=now)
    return number


def record_events(connection: Connection, new: Sequence[NewEvent], *, now: datetime) -> int:
    """Write those that are not known, each once and with its record; how many they were."""
    known = _known(connection, new)
    fresh = {(each.source, each.reference): each for each in new}
    numbers = ids(connection, event)
    written = {next(numbers): each for name, each in fresh.items() if name not in known}
    _write(connection, written, now=now)
    return len(written)


def has_event(connection: Connection, *, source: str, beginning: str) -> bool:
    """Whether the source has an event whose reference begins so."""
    named = select(event.c.id).where(
        event.c.source == source, event.c.reference.startswith(beginning, autoescape=True)
    )
    return connection.execute(named.limit(1)).first() is not None


def _known(connection: Connection, new: Sequence[NewEvent]) -> set[tuple[str, str]]:
    """Source and reference of those that the book has."""
    found: set[tuple[str, str]] = set()
    for source in {each.source for each in new}:
        named = sorted({each.reference for each in new if each.source == source})
        for some in (named[at : at + ASKED] for at in range(0, len(named), ASKED)):
            rows = connection.execute(
                select(event.c.reference).where(
                    event.c.source == source, event.c.reference.in_(some)
                )
            )
            found |= {(source, reference) for (reference,) in rows}
    return found


def _write(connection: Connection, new: Mapping[int, NewEvent], *, now: datetime) -> None:
    have_keys(connection, {each.debtor_id for each in new.values() if each.note})
    rows, entries = [], []
    for number, told in new.items():
        erased = bool(told.note) and is_erased(connection, told.debtor_id)
        each = replace(told, note="") if erased else told
        salt = secrets.token_bytes(SALT_BYTES)
        values = {name: getattr(each, name) for name in NewEvent.__dataclass_fields__}
        note = {"note": Own(each.debtor_id, each.note)}
        rows.append(values | note | {"id": number, "salt": salt, "recorded_at": to_ms(now)})
        entries.append(_entry(number, each, salt))
    if rows:
        connection.execute(insert(event), rows)
        append(connection, entries, at=now)


def _entry(number: int, new: NewEvent, salt: bytes) -> Entry:
    told: dict[str, Content] = {
        "event": number,
        "event_kind": new.kind.value,
        "source": new.source,
        "reference": new.reference,
        "debtor": new.debtor_id,
        "day": new.day.isoformat(),
        "person": new.person,
        "detail": commitment(salt=salt, content=_text(new).encode()),
    }
    if new.invoice_id is not None:
        told["case"] = new.invoice_id
    if new.until is not None:
        told["until"] = new.until.isoformat()
    if new.amount is not None:
        told["amount"] = new.amount
    return Entry("event", told)


def _text(new: NewEvent) -> str:
    """What the trail commits to."""
    return f"{new.detail}\n{new.note}" if new.note else new.detail
