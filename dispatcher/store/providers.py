"""Health of providers in the store: it outlives processes, and every change of it is a record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, Row, delete, insert, select

from dispatcher.model.health import Health
from dispatcher.store.connection import Store
from dispatcher.store.instants import from_ms, to_ms
from dispatcher.store.outcomes import WITHHELD
from dispatcher.store.tables import attempt, message, provider
from dispatcher.store.trail import Entry, append


if TYPE_CHECKING:
    from dispatcher.model.record import Content


OPEN: Final = "open"
CLOSED: Final = "closed"


@dataclass(frozen=True, slots=True)
class StoredProviders:
    """`deliver.breaker.Providers` on a store."""

    store: Store

    def health(self, channel: str) -> Health:
        """What is known of that channel; all well where nothing is."""
        with self.store.reading() as connection:
            found = select(provider).where(provider.c.name == channel)
            row = connection.execute(found).first()
        return Health(channel=channel) if row is None else _health(row)

    def every(self) -> tuple[Health, ...]:
        """All channels of which anything is known, by name."""
        with self.store.reading() as connection:
            rows = connection.execute(select(provider).order_by(provider.c.name)).all()
        return tuple(_health(row) for row in rows)

    def keep(self, health: Health, *, was: Health, now: datetime) -> None:
        """Write it down, with a record where it opened, stayed shut or closed."""
        if health == was:
            return
        with self.store.writing() as connection:
            connection.execute(delete(provider).where(provider.c.name == health.channel))
            connection.execute(insert(provider), _row(health, now))
            append(connection, _told(health, was), at=now)

    def lately(self, channel: str, *, most: int, span: timedelta, now: datetime) -> list[datetime]:
        """When the channel's last attempts within that span began, at most so many."""
        with self.store.reading() as connection:
            return _lately(connection, channel, most, to_ms(now - span))


def _lately(connection: Connection, channel: str, most: int, since: int) -> list[datetime]:
    newest = (
        select(attempt.c.started_at, attempt.c.outcome, message.c.channel)
        .join(message, message.c.id == attempt.c.message_id)
        .order_by(attempt.c.id.desc())  # as they were begun: the walk ends at the first too old
    )
    found: list[datetime] = []
    with connection.execute(newest) as rows:
        for row in rows:
            if row.started_at <= since or len(found) == most:
                break
            if row.channel == channel and row.outcome != WITHHELD:
                found.append(from_ms(row.started_at))
    return found


def _health(row: Row[tuple[object, ...]]) -> Health:
    return Health(
        channel=row.name,
        is_open=row.breaker == OPEN,
        in_a_row=row.in_a_row,
        recent=row.recent,
        openings=row.openings,
        since=_from(row.since),
        open_until=_from(row.open_until),
        tried_at=_from(row.tried_at),
        reason=row.reason,
    )


def _row(health: Health, now: datetime) -> dict[str, object]:
    return {
        "name": health.channel,
        "breaker": OPEN if health.is_open else CLOSED,
        "changed_at": to_ms(now),
        "in_a_row": health.in_a_row,
        "recent": health.recent,
        "openings": health.openings,
        "since": _to(health.since),
        "open_until": _to(health.open_until),
        "tried_at": _to(health.tried_at),
        "reason": health.reason,
    }


def _told(health: Health, was: Health) -> Sequence[Entry]:
    """A record of what changed; counts alone are no news. Only the code is chained, not words."""
    if not health.is_open and not was.is_open:
        return []
    content: dict[str, Content] = {
        "channel": health.channel,
        "from": OPEN if was.is_open else CLOSED,
    }
    if not health.is_open:
        return [Entry("provider-closed", content)]
    if health.open_until is not None:
        content["until"] = health.open_until.isoformat(timespec="seconds")
    if health.reason:
        content["reason"] = health.reason.split()[0]
    return [Entry("provider-opened", {**content, "openings": health.openings})]


def _to(instant: datetime | None) -> int | None:
    return None if instant is None else to_ms(instant)


def _from(number: int | None) -> datetime | None:
    return None if number is None else from_ms(number)
