"""Whom our messages were for: what a mail that came back is held against before it is believed."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, func, select

from dispatcher.model.event import EventKind
from dispatcher.model.mail import ENVELOPE
from dispatcher.model.message import State
from dispatcher.ports import NewsKind
from dispatcher.store.instants import to_ms
from dispatcher.store.sealed import load_keys
from dispatcher.store.tables import content, debtor, event, invoice, line, message, report


MANY: Final = 500  # values in one statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressed:
    """One message: its debtor, its recipient and who got a copy, in lower case."""

    debtor_id: int
    to: str
    copies: frozenset[str]


def addressed(connection: Connection, tokens: Collection[str]) -> Mapping[str, Addressed]:
    """The messages with these tokens, by token; those that are not ours are left out."""
    wanted = sorted(set(tokens) - {""})
    found: dict[str, Addressed] = {}
    for some in (wanted[at : at + MANY] for at in range(0, len(wanted), MANY)):
        named = select(message.c.id, message.c.token, message.c.debtor_id, message.c.recipient)
        rows = connection.execute(named.where(message.c.token.in_(some))).all()
        load_keys(connection, {row.debtor_id for row in rows})
        bodies = select(content.c.message_id, content.c.body).where(
            content.c.message_id.in_([row.id for row in rows])
        )
        copies = {row.message_id: _copies(row.body) for row in connection.execute(bodies)}
        found |= {
            row.token: Addressed(
                debtor_id=row.debtor_id,
                to=row.recipient.lower(),
                copies=copies.get(row.id, frozenset()),
            )
            for row in rows
        }
    return found


def bounced_before(
    connection: Connection, *, debtor_id: int, to: str, code: str, since: datetime
) -> int:
    """How often messages to this address of a debtor have come back with that code since then."""
    same = (
        select(func.count())
        .select_from(report)
        .join(message, message.c.id == report.c.message_id)
        .where(
            report.c.debtor_id == debtor_id,
            report.c.kind == NewsKind.BOUNCED.value,
            report.c.code == code,
            report.c.said_at >= to_ms(since),
            func.lower(message.c.recipient) == to,
        )
    )
    return int(connection.execute(same).scalar_one())


def debtor_named(connection: Connection, words: Collection[str]) -> int | None:
    """The only debtor whose invoice or reference is among these words; None: none, or several."""
    wanted = sorted(set(words))[:MANY]
    owing = select(invoice.c.debtor_id).where(invoice.c.number.in_(wanted))
    himself = select(debtor.c.id).where(debtor.c.reference.in_(wanted))
    found = set(connection.execute(owing.union(himself).limit(2)).scalars())
    return found.pop() if len(found) == 1 else None


def token_on_its_way(connection: Connection, case: int, channels: Collection[str]) -> str:
    """The token of the newest message of a case by these channels that left; empty: none did."""
    left = (State.ACCEPTED.value, State.SENT.value, State.DELIVERED.value)
    newest = (
        select(message.c.token)
        .join(line, line.c.message_id == message.c.id)
        .where(
            line.c.invoice_id == case,
            message.c.channel.in_(sorted(channels)),
            message.c.state.in_(left),
        )
        .order_by(message.c.id.desc())
    )
    return str(connection.execute(newest.limit(1)).scalar() or "")


def why_closed(connection: Connection, debtor_id: int, channel: str) -> str:
    """What speaks against a channel of a debtor: the newest report, else what a person said."""
    load_keys(connection, [debtor_id])
    told = (
        select(report.c.id, report.c.word, report.c.code)
        .where(
            report.c.debtor_id == debtor_id,
            report.c.kind.in_((NewsKind.BOUNCED.value, NewsKind.OPTED_OUT.value)),
            report.c.channel == channel,
        )
        .order_by(report.c.id.desc())
    )
    known = connection.execute(told.limit(1)).first()
    if known is not None:
        return " ".join(filter(None, (f"R{known.id}", known.code, known.word)))
    kinds = (EventKind.CHANNEL_CLOSED.value, EventKind.OPTED_OUT.value)
    mine = (event.c.debtor_id == debtor_id) & event.c.kind.in_(kinds)
    said = select(event.c.person, event.c.note).where(
        mine, (event.c.detail == channel) | event.c.detail.startswith(f"{channel} ")
    )
    row = connection.execute(said.order_by(event.c.id.desc()).limit(1)).first()
    return "" if row is None else ": ".join(filter(None, (row.person, row.note)))


def managers(connection: Connection) -> frozenset[str]:
    """What the debtors' rows say of our own account managers, where it is an address."""
    named = (
        select(debtor.c.account_manager).distinct().where(debtor.c.account_manager.contains("@"))
    )
    return frozenset(connection.execute(named).scalars())


def _copies(body: bytes | None) -> frozenset[str]:
    try:
        envelope = json.loads(body or b"{}").get(ENVELOPE)
    except (ValueError, AttributeError):
        return frozenset()
    if isinstance(envelope, str):
        envelope = json.loads(envelope)
    boxes = [*envelope["cc"], *envelope["bcc"]] if isinstance(envelope, dict) else []
    return frozenset(str(box["address"]).lower() for box in boxes)
