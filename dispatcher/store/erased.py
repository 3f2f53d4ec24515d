"""What an erased value leaves in its place, and what proves that it was erased and not removed."""

import sqlite3
from collections.abc import Mapping
from typing import Any, Final

from dispatcher.errors import StoreFault
from dispatcher.model.record import commitment
from dispatcher.store.keys import Keys
from dispatcher.store.sealed import ERASED, opened, opened_text


#: How the reference of an erased debtor begins.
GONE: Final = "erased-"

#: How many values of each debtor were erased, in the parts that the record `erased` gives.
ERASED_ROWS: Final = (
    """SELECT 'messages', debtor_id, count(*) FROM content JOIN message ON id = message_id
    WHERE length(salt) = 0 GROUP BY debtor_id""",
    "SELECT 'events', debtor_id, count(*) FROM event WHERE length(salt) = 0 GROUP BY debtor_id",
    *(
        f"""SELECT '{table}s', message.debtor_id, count(*) FROM {table}
        JOIN message ON message.id = {table}.message_id
        WHERE length(salt) = 0 GROUP BY message.debtor_id"""  # noqa: S608 - our names
        for table in ("attempt", "approval", "resolution", "intervention")
    ),
    """SELECT 'reports', coalesce(report.debtor_id, message.debtor_id), count(*) FROM report
    LEFT JOIN message ON message.id = report.message_id WHERE length(salt) = 0
    GROUP BY coalesce(report.debtor_id, message.debtor_id)""",
)

COUNTED: Final = (
    "messages",
    "events",
    "attempts",
    "approvals",
    "resolutions",
    "interventions",
    "reports",
)


def standing(salt: bytes | None, value: str | bytes | None) -> str:
    """The commitment to a value, or the one that it left when it was erased; empty for neither."""
    if value is None or salt is None:
        return ""
    content = value.encode() if isinstance(value, str) else value
    if not salt:
        return content.removeprefix(ERASED.encode()).decode("ascii", "replace")
    return commitment(salt=salt, content=content)


def can_open(connection: sqlite3.Connection, keys: Keys) -> None:
    """Let queries say `opened('table.column', value)`; NULL where it cannot be opened."""
    connection.create_function("opened", 2, lambda purpose, value: _opened(keys, purpose, value))


def counted(record: Mapping[str, Any]) -> list[tuple[str, int, int]]:
    """The parts of `ERASED_ROWS` that a record `erased` tells."""
    return [(name, record["debtor"], record[name]) for name in COUNTED if record[name]]


def to_erase_again(connection: sqlite3.Connection, keys: Keys) -> list[int]:
    """Debtors whose keys were destroyed and who stand in the tables all the same."""
    gone = keys.destroyed()
    if not gone:
        return []
    there = connection.execute(f"SELECT id FROM debtor WHERE reference NOT LIKE '{GONE}%'")  # noqa: S608 - our word
    return sorted(number for (number,) in there if number in gone)


def _opened(keys: Keys, purpose: str, value: str | bytes | None) -> str | bytes | None:
    if not value:
        return value
    try:
        if isinstance(value, str):
            return value if value.startswith(ERASED) else opened_text(keys, purpose, value)
        return value if value.startswith(ERASED.encode()) else opened(keys, purpose, value)
    except StoreFault:
        return None
