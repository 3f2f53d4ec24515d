"""Messages that a limit keeps until tomorrow: they stay what they are, with a later hour."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, update

from dispatcher.model.message import LIMIT
from dispatcher.store.instants import to_ms
from dispatcher.store.tables import message
from dispatcher.store.trail import Entry, append


#: A limit is one of a day: about the same hour of the next is soon enough, and early enough for a
#: command that comes at the same time every day. The limit is asked again then.
LATER: Final = timedelta(hours=23)


def postpone(
    connection: Connection, reasons: Mapping[int, str], *, now: datetime
) -> Mapping[int, str]:
    """Let those whose reason is a limit wait until tomorrow, and give the others back.

    An approval that was given stays given: nothing about the message changes but its hour.
    """
    waiting = {number: why for number, why in reasons.items() if why.startswith(LIMIT)}
    if not waiting:
        return reasons
    until = to_ms(now + LATER)
    later = update(message).where(message.c.id == bindparam("of_id")).values(next_at=until)
    connection.execute(later, [{"of_id": number} for number in waiting])
    told = [
        Entry("message-postponed", {"message": number, "reason": why, "until": until})
        for number, why in waiting.items()
    ]
    append(connection, told, at=now)
    return {number: why for number, why in reasons.items() if number not in waiting}
