"""Messages that were sent once more though nobody knows whether they had left before."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import Connection, select

from dispatcher.store.tables import resolution


#: A named person wants it once more, though nothing is proven.
SEND_AGAIN: Final = "send-again"

#: The policy wants it once more: a courteous e-mail, with the same name and the same bytes.
RESEND: Final = "resend"

GUESSES: Final = frozenset({SEND_AGAIN, RESEND})


def doubtful(connection: Connection, message_ids: Collection[int]) -> frozenset[int]:
    """Those of them whose last settlement was such a guess: an earlier attempt may have left."""
    said = (
        select(resolution.c.message_id, resolution.c.choice)
        .where(resolution.c.message_id.in_(message_ids), resolution.c.taken)
        .order_by(resolution.c.id)
    )
    last = {row.message_id: row.choice for row in connection.execute(said)}
    return frozenset(number for number, choice in last.items() if choice in GUESSES)
