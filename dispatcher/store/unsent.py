"""What is written and has not left: waiting for a person's yes, or for its day and hour."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, case, func, select

from dispatcher.model.message import State
from dispatcher.store.instants import from_ms, to_ms
from dispatcher.store.outbox_rows import TwiceRow, twice
from dispatcher.store.tables import message


#: How long every run tells that a contact went out twice.
TOLD_FOR: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """Contacts that still lie in the outbox.

    `approvals` wait for a person; `later` for an hour, a day or another attempt, the next of them
    at `next_at` (UTC). `aside` were set aside because workers died with them, a person holds those
    that are `held`. `twice` are those that were found of late to have gone out twice.
    """

    approvals: int = 0
    later: int = 0
    next_at: datetime | None = None
    aside: int = 0
    held: int = 0
    twice: tuple[TwiceRow, ...] = ()


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
    return Unsent(
        approvals=approvals,
        later=later,
        next_at=None if soonest is None else from_ms(soonest),
        aside=_standing(connection, State.QUARANTINED),
        held=_standing(connection, State.HOLD),
        twice=twice(connection, since=now - TOLD_FOR),
    )


def _standing(connection: Connection, state: State) -> int:
    """How many contacts are in a state out of which only a person leads them, valid or not."""
    counted = select(func.count()).where(
        message.c.main_id.is_(None), message.c.state == state.value
    )
    return int(connection.execute(counted).scalar_one())
