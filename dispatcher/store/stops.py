"""What people said of stopping, chained: each word once."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select

from dispatcher.model.record import commitment
from dispatcher.model.stop import Said
from dispatcher.store.instants import to_ms
from dispatcher.store.numbers import ids
from dispatcher.store.tables import stop
from dispatcher.store.trail import Entry, append


SALT_BYTES = 16


def remember(connection: Connection, words: Sequence[Said], *, now: datetime) -> int:
    """Write what the book does not know yet; how many words that were."""
    known = set(connection.execute(select(stop.c.token)).scalars())
    new = [each for each in words if each.token not in known]
    if not new:
        return 0
    numbers = ids(connection, stop)
    salts = [secrets.token_bytes(SALT_BYTES) for _ in new]
    rows = [
        {
            "id": next(numbers),
            "token": each.token,
            "act": each.act.value,
            "channel": each.channel,
            "reason": each.reason,
            "salt": salt,
            "person": each.person,
            "said_at": to_ms(each.at),
        }
        for each, salt in zip(new, salts, strict=True)
    ]
    connection.execute(insert(stop), rows)
    told = [_entry(each, salt) for each, salt in zip(new, salts, strict=True)]
    append(connection, told, at=now)
    return len(new)


def _entry(said: Said, salt: bytes) -> Entry:
    return Entry(
        "stop",
        {
            "stop": said.token,
            "act": said.act.value,
            "channel": said.channel,
            "person": said.person,
            "said_at": to_ms(said.at),
            "reason": commitment(salt=salt, content=said.reason.encode()),
        },
    )
