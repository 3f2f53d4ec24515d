"""How much goes out: what left on a day, and what runs of the past wanted to send."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, func, select

from dispatcher.model.message import MAY_HAVE_LEFT, State
from dispatcher.store.instants import from_ms
from dispatcher.store.tables import audit, message, run


#: Records looked at for the newest instant: one of them may tell of something earlier.
LAST: Final = 100

RUN_BEGUN: Final = "run-begun"  # as the trail says it

#: Messages that nobody was meant to get in the end.
TAKEN_BACK: Final = (State.WITHDRAWN.value, State.EXPIRED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """So many messages of one kind; `main`: they are contacts, and not beside one or an answer."""

    channel: str
    legal_effect: bool
    main: bool
    count: int


def left_on(connection: Connection, day: date) -> tuple[Handed, ...]:
    """What may have left on that day, in the transaction at work where there is one."""
    states = sorted(state.value for state in MAY_HAVE_LEFT)
    main = message.c.main_id.is_(None) & message.c.event_id.is_(None)
    kinds = (message.c.channel, message.c.legal_effect, main.label("main"))
    rows = connection.execute(
        select(*kinds, func.count().label("count"))
        .where(message.c.contact_on == day, message.c.state.in_(states))
        .group_by(*kinds)
    )
    return tuple(
        Handed(channel=each, legal_effect=bool(legal), main=bool(of_contact), count=count)
        for each, legal, of_contact, count in rows
    )


def wanted_by_runs(
    connection: Connection, *, day: date, days: int
) -> Mapping[date, tuple[Handed, ...]]:
    """What the runs wrote on that day and on the last `days` before it that contacted somebody."""
    counted = (message.c.event_id.is_(None), message.c.state.not_in(TAKEN_BACK))
    of_run = message.c.run_id == run.c.id
    anybody = select(message.c.id).where(of_run, message.c.main_id.is_(None), *counted).exists()
    before = (
        select(run.c.day)
        .where(run.c.day < day, anybody)
        .group_by(run.c.day)
        .order_by(run.c.day.desc())
        .limit(days)
    )
    known = [day, *connection.execute(before).scalars()]
    main = message.c.main_id.is_(None)
    kinds = (run.c.day, message.c.channel, message.c.legal_effect, main.label("main"))
    rows = connection.execute(
        select(*kinds, func.count().label("count"))
        .join(run, of_run)
        .where(run.c.day.in_(known), *counted)
        .group_by(*kinds)
    )
    found: dict[date, list[Handed]] = {}
    for on, channel, legal, of_contact, count in rows:
        kind = Handed(channel=channel, legal_effect=bool(legal), main=bool(of_contact), count=count)
        found.setdefault(on, []).append(kind)
    return {on: tuple(handed) for on, handed in found.items()}


def newest(connection: Connection) -> datetime | None:
    """The latest instant of which the end of the trail tells; None while it is empty.

    It ends where the last run began: what was later than that then, a person has accepted.
    """
    last = select(audit.c.at, audit.c.body).order_by(audit.c.seq.desc()).limit(LAST)
    instants: list[int] = []
    for at, body in connection.execute(last):
        instants.append(at)
        if json.loads(body)["kind"] == RUN_BEGUN:
            break
    return from_ms(max(instants)) if instants else None
