"""The e-mails that a debtor has got: a further one of the same conversation names them."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, or_, select

from dispatcher.model.mail import ENVELOPE, EarlierMail
from dispatcher.model.message import State
from dispatcher.store.claims import token
from dispatcher.store.sealed import load_keys
from dispatcher.store.tables import content, line, message


ARRIVED: Final = (State.ACCEPTED, State.SENT, State.DELIVERED)
MANY: Final = 900  # values in one statement; every SQL takes as many
ENOUGH: Final = 16_384  # bytes: the envelope stands first, and of a long one only its end is lost

_OPENING: Final = f'{{"{ENVELOPE}":'
_decoder = json.JSONDecoder()


def earlier_mails(
    connection: Connection, secret: bytes, debtor_ids: Sequence[int]
) -> dict[int, tuple[EarlierMail, ...]]:
    """The e-mails of these debtors that were accepted, by debtor, oldest first."""
    found: dict[int, list[EarlierMail]] = defaultdict(list)
    for start in range(0, len(debtor_ids), MANY):
        for debtor_id, mail in _some(connection, secret, debtor_ids[start : start + MANY]):
            found[debtor_id].append(mail)
    return {debtor_id: tuple(mails) for debtor_id, mails in found.items()}


def _some(
    connection: Connection, secret: bytes, debtor_ids: Sequence[int]
) -> Iterator[tuple[int, EarlierMail]]:
    mine = message.c.debtor_id.in_(debtor_ids) & (message.c.channel == "email")
    arrived = mine & message.c.state.in_([state.value for state in ARRIVED])
    carried = select(message.c.id, line.c.invoice_id).join(
        line, or_(line.c.message_id == message.c.id, line.c.message_id == message.c.main_id)
    )
    cases: dict[int, set[int]] = defaultdict(set)
    for row in connection.execute(carried.where(arrived)):
        cases[row.id].add(row.invoice_id)
    load_keys(connection, debtor_ids)
    frozen = (
        select(message.c.id, message.c.debtor_id, content.c.body)
        .join(content, content.c.message_id == message.c.id)
        .where(arrived)
        .order_by(message.c.id)
    )
    for each in connection.execute(frozen):
        envelope = envelope_of(each.body[:ENOUGH])
        if envelope:
            domain = envelope["sender"]["address"].rpartition("@")[2]
            yield (
                each.debtor_id,
                EarlierMail(
                    message_id=f"{token(secret, each.id)}@{domain}",
                    subject=envelope["subject"],
                    cases=frozenset(cases[each.id]),
                ),
            )


def words_of(connection: Connection, provider_id: str) -> Mapping[str, str]:
    """The text parts of the message of that name; none where there is no such message."""
    named = select(content.c.body).join(message, content.c.message_id == message.c.id)
    body = connection.execute(named.where(message.c.provider_id == provider_id)).scalar()
    parts = {} if body is None else json.loads(body)
    return {name: text for name, text in parts.items() if isinstance(text, str)}


def envelope_of(body: bytes) -> Mapping[str, Any]:
    """The envelope with which a frozen content begins; empty where there is none, or not whole."""
    text = body.decode("utf-8", "ignore")
    if not text.startswith(_OPENING):
        return {}
    try:
        envelope, _ = _decoder.raw_decode(text, len(_OPENING))
    except ValueError:
        return {}
    return envelope if isinstance(envelope, dict) else {}
