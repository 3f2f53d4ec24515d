"""Providers that are out of order: which channels a plan leaves out, and what is told of them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from dispatcher.decide import calendars
from dispatcher.model.health import Health
from dispatcher.model.settings import Settings


#: A provider that nobody has tried for longer may work again: a plan counts on it once more, and
#: its first message shows.
STALE: Final = timedelta(hours=36)


def reachable(settings: Settings, known: Iterable[Health], now: datetime) -> frozenset[str]:
    """The channels on which a plan may count: all but those out of order for a business day."""
    away = {each.channel for each in known if is_away(each, settings, now)}
    return frozenset(settings.channels) - away


def is_away(health: Health, settings: Settings, now: datetime) -> bool:
    """Whether a channel has been shut for longer than a business day, and was tried lately."""
    if not health.is_open or health.since is None or health.tried_at is None:
        return False
    return now - health.tried_at <= STALE and now > _patience_ends(health.since, settings)


def _patience_ends(since: datetime, settings: Settings) -> datetime:
    """The same hour of the creditor's next business day."""
    place = calendars.territory_of(calendars.HOME, settings.creditor.postcode)
    local = since.astimezone(ZoneInfo(settings.timezone))
    day = calendars.add_business_days(local.date(), 1, place)
    return local.replace(year=day.year, month=day.month, day=day.day)
