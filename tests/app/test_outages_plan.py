"""From when on a channel that is out of order is left out of a plan."""

from datetime import UTC, datetime, timedelta

import pytest

from dispatcher.model.health import Health
from dispatcher.model.settings import ChannelSettings
from dispatcher.outages import reachable
from tests.decide.decide_world import settings


TUESDAY = datetime(2026, 11, 24, 9, tzinfo=UTC)
FRIDAY = datetime(2026, 11, 27, 9, tzinfo=UTC)

HOUSE = settings(
    channels={name: ChannelSettings(name=name, adapter=name) for name in ("email", "sms")}
)


def shut(since: datetime, tried: datetime) -> Health:
    until = tried + timedelta(hours=1)
    return Health(channel="email", is_open=True, since=since, tried_at=tried, open_until=until)


CASES = {
    "an hour": (TUESDAY, TUESDAY, timedelta(hours=1), True),
    "just a business day": (TUESDAY, TUESDAY, timedelta(days=1), True),
    "longer": (TUESDAY, TUESDAY, timedelta(days=1, minutes=1), False),
    "over a weekend": (FRIDAY, FRIDAY + timedelta(days=2), timedelta(days=2, hours=23), True),
    "and longer": (FRIDAY, FRIDAY + timedelta(days=2), timedelta(days=3, hours=1), False),
    "nobody has tried for two days": (TUESDAY, TUESDAY, timedelta(days=2), True),
}


@pytest.mark.parametrize(("since", "tried", "span", "counted_on"), CASES.values(), ids=CASES)
def test_after_a_business_day_a_plan_counts_on_it_no_more(
    since: datetime, tried: datetime, span: timedelta, counted_on: bool
) -> None:
    found = reachable(HOUSE, [shut(since, tried)], since + span)
    assert found == ({"email", "sms"} if counted_on else {"sms"})


def test_one_that_works_is_always_counted_on() -> None:
    well = Health(channel="email", in_a_row=4, tried_at=TUESDAY, since=TUESDAY)
    assert reachable(HOUSE, [well], TUESDAY + timedelta(days=30)) == {"email", "sms"}
