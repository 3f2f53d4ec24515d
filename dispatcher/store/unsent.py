"""What is written and has not left: waiting for a person's yes, or for its day and hour."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, case, func, select

from dispatcher.model.message import State
from dispatcher.store.instants import from_ms, to_ms
from dispatcher.store.tables import message


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """Contacts that still lie in the outbox.

    `approvals` wait for a person; `later` for an hour, a day or another attempt, the next of them
    at `next_at` (UTC).
    """

    approvals: int = 0
    later: int = 0
    next_at: datetime | None = None


NOTHING_UNSENT: Final = Unsent()


def unsent(connection: Connection, now: datetime) -> Unsent:
    """How many contacts have not left and are still valid; an `also` is counted with its main."""
    again = func.coalesce(message.c.next_at, 0)
    due = case((again > message.c.not_before, again), else_=message.c.not_before)
    valid = (message.c.main_id.is_(None), message.c.valid_until >= to_ms(now))
    counted = select(func.count(), func.min(due)).where(*valid)
    waiting = message.c.state.in_([State.PLANNED.value, State.DEFERRED.value])
    approvals, _ = connection.execute(counted.where(message.c.state == State.AWAITING.value)).one()
    later, soonest = connection.execute(counted.where(waiting)).one()
    next_at = None if soonest is None else from_ms(soonest)
    return Unsent(approvals=approvals, later=later, next_at=next_at)
