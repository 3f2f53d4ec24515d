"""Messages as the sending side sees them: rows, lines and content as `Claim`."""

import base64
import hashlib
import hmac
from collections import Counter, defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection, Row, func, select

from dispatcher.model.message import Line
from dispatcher.ports import Claim
from dispatcher.store.instants import from_ms
from dispatcher.store.sealed import load_keys
from dispatcher.store.tables import attempt, content, line, message


TOKEN_BYTES = 20  # 160 bits, 32 letters
NOT_ACCEPTED = "not-accepted"  # as the row of an attempt says it
DIED = "died"  # its worker did, and nothing had left


def token(secret: bytes, message_id: int) -> str:
    """The public name of a message: unguessable without the store's secret, always the same."""
    digest = hmac.digest(secret, b"message:%d" % message_id, hashlib.sha256)
    return base64.b32encode(digest[:TOKEN_BYTES]).decode().lower()


def claims(
    connection: Connection,
    secret: bytes,
    rows: Sequence[Row[tuple[object, ...]]],
    *,
    further: int = 0,
) -> list[Claim]:
    """The claims of these rows of `message`, in their order; `further` attempts are to be made."""
    numbers = [row.id for row in rows]
    load_keys(connection, {row.debtor_id for row in rows})
    frozen = select(content.c.message_id, content.c.body).where(content.c.message_id.in_(numbers))
    bodies = {row.message_id: row.body for row in connection.execute(frozen)}
    lines = _lines(connection, numbers)
    ended = _ended(connection, numbers)
    return [
        Claim(
            id=row.id,
            token=token(secret, row.id),
            debtor_id=row.debtor_id,
            channel=row.channel,
            to=row.recipient,
            policy=row.policy,
            policy_hash=row.policy_hash,
            rule=row.rule,
            template=row.template,
            tone=row.tone,
            legal_effect=row.legal_effect,
            attempt=row.attempted + further,
            created_at=from_ms(row.created_at),
            printed=row.printed,
            content=bodies.get(row.id, b""),
            lines=tuple(lines[row.id]),
            main_id=row.main_id,
            event_id=row.event_id,
            deferrals=ended[row.id, NOT_ACCEPTED],
            deaths=ended[row.id, DIED],
        )
        for row in rows
    ]


def _ended(connection: Connection, numbers: Sequence[int]) -> Counter[tuple[int, str]]:
    """How often each was proven not accepted, and how often its worker died."""
    statement = (
        select(attempt.c.message_id, attempt.c.outcome, func.count().label("times"))
        .where(attempt.c.message_id.in_(numbers), attempt.c.outcome.in_((NOT_ACCEPTED, DIED)))
        .group_by(attempt.c.message_id, attempt.c.outcome)
    )
    rows = connection.execute(statement)
    return Counter({(row.message_id, row.outcome): row.times for row in rows})


def _lines(connection: Connection, numbers: Sequence[int]) -> dict[int, list[Line]]:
    found: dict[int, list[Line]] = defaultdict(list)
    statement = select(line).where(line.c.message_id.in_(numbers)).order_by(line.c.id)
    for row in connection.execute(statement):
        found[row.message_id].append(
            Line(
                case_id=row.invoice_id,
                step=row.step,
                choice=row.choice,
                cycle=row.cycle,
                amount=row.amount,
                claimed=row.claimed,
            )
        )
    return found


def rows_of(connection: Connection, numbers: Sequence[int]) -> dict[int, Row[tuple[object, ...]]]:
    """The rows of these messages, by id."""
    statement = select(message).where(message.c.id.in_(numbers))
    return {row.id: row for row in connection.execute(statement)}
