"""What providers were asked about messages and what they said, each question with its record."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert

from dispatcher.model.record import Content
from dispatcher.store.instants import to_ms
from dispatcher.store.numbers import ids
from dispatcher.store.tables import inquiry
from dispatcher.store.trail import Entry, append
from dispatcher.store.unknown import Inquired


def note(connection: Connection, asked: Sequence[Inquired], *, now: datetime) -> None:
    """Write these questions down."""
    if not asked:
        return
    numbers = ids(connection, inquiry)
    rows, entries = [], []
    for each in asked:
        number = next(numbers)
        names = ("message_id", "attempt", "kind", "answer", "said")
        row = {name: getattr(each, name) for name in names}
        rows.append({**row, "id": number, "at": to_ms(each.at)})
        entries.append(Entry("inquiry", _told(number, each), each.at))
    connection.execute(insert(inquiry), rows)
    append(connection, entries, at=now)


def _told(number: int, each: Inquired) -> dict[str, Content]:
    return {
        "inquiry": number,
        "message": each.message_id,
        "attempt": each.attempt,
        "about": each.kind,
        "answer": each.answer,
        "said": each.said,
    }
