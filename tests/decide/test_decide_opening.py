"""When a debtor may be reached again: the hour to which a later try is moved."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatcher.decide.open_days import opening, quiet_until, shut
from dispatcher.policy.terms import Closed, Limits


PARIS = ZoneInfo("Europe/Paris")

LIMITS = Limits(
    quiet_hours={"sms": (20 * 60, 8 * 60), "email": (22 * 60, 6 * 60)},
    business_days=True,
    closed=(Closed(start=(12, 24), end=(1, 1), steps=()),),
)


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=PARIS)


def opens(instant: datetime, channel: str = "sms", territory: str = "FR") -> datetime:
    return opening(
        instant.astimezone(UTC),
        territory=territory,
        zone="Europe/Paris",
        step="reminder",
        channel=channel,
        limits=LIMITS,
    )


CASES = {
    "an open hour": (at(11, 24, 10, 30), at(11, 24, 10, 30)),
    "late in the evening": (at(11, 24, 21), at(11, 25, 8)),
    "in the night": (at(11, 24, 3), at(11, 24, 8)),
    "late on Friday": (at(11, 27, 21), at(11, 30, 8)),
    "on Saturday": (at(11, 28, 12), at(11, 30, 8)),
    "on a holiday": (at(11, 11, 9), at(11, 12, 8)),
    "in the closed season": (at(12, 23, 21), datetime(2027, 1, 4, 8, tzinfo=PARIS)),
    "the clock goes back that night": (at(10, 23, 23), at(10, 26, 8)),
}


@pytest.mark.parametrize(("asked", "opened"), CASES.values(), ids=CASES)
def test_a_try_is_moved_to_the_hour_at_which_he_may_be_reached(
    asked: datetime, opened: datetime
) -> None:
    assert opens(asked) == opened


def test_hours_are_those_of_the_channel_and_days_those_of_the_territory() -> None:
    assert opens(at(11, 24, 21), "email") == at(11, 24, 21)
    assert opens(at(12, 23, 9), territory="FR") == at(12, 23, 9)


@given(st.integers(0, 2 * 365 * 24 * 60), st.sampled_from(["sms", "email", "letter"]))
def test_what_opens_passes_the_guard(minutes: int, channel: str) -> None:
    asked = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    opened = opens(asked, channel)
    assert opened >= asked
    local: date = opened.astimezone(PARIS).date()
    assert not shut(local, "FR", "reminder", LIMITS)
    assert quiet_until(opened, "Europe/Paris", LIMITS.quiet_hours.get(channel)) is None


def test_a_house_that_is_never_open_is_an_error_and_no_endless_search() -> None:
    closed = Limits(closed=(Closed(start=(1, 1), end=(12, 31), steps=()),))
    with pytest.raises(ValueError, match="no open hour"):
        opening(at(1, 5, 9), territory="FR", zone="UTC", step="x", channel="sms", limits=closed)
