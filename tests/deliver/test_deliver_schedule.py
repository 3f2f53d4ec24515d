from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatcher.deliver.schedule import (
    LATEST,
    SCHEDULES,
    SOONEST,
    AnyHour,
    next_try,
    read_schedules,
    schedule_of,
)
from dispatcher.deliver.settle import settled
from dispatcher.ports import Claim, NotAccepted, Rejected
from tests.deliver.doubles import NOW, after, claim


BUSY = NotAccepted(code="smtp/451", evidence="451 busy")

DELAYS = {
    0: timedelta(minutes=5),
    1: timedelta(minutes=15),
    2: timedelta(minutes=45),
    3: timedelta(hours=2),
    4: timedelta(hours=4),
    5: timedelta(hours=8),
    6: timedelta(hours=12),
    7: timedelta(hours=24),
}


@pytest.mark.parametrize(("deferrals", "longest"), DELAYS.items())
def test_the_standard_schedule_at_its_longest_draw(deferrals: int, longest: timedelta) -> None:
    due = next_try(BUSY, claim=claim(1), deferrals=deferrals, now=NOW, draw=lambda: 1.0)
    assert due == NOW + longest


@given(
    st.sampled_from(sorted(SCHEDULES)),
    st.integers(0, 20),
    st.floats(0, 1, exclude_max=True),
    st.none() | st.integers(-5, 10**7),
)
def test_a_next_try_lies_ahead_and_within_a_day_or_there_is_none(
    name: str, deferrals: int, drawn: float, asked: int | None
) -> None:
    outcome = NotAccepted(code="x", evidence="", retry_after=asked, schedule=name)
    due = next_try(outcome, claim=claim(1), deferrals=deferrals, now=NOW, draw=lambda: drawn)
    assert (due is None) == (deferrals >= len(SCHEDULES[name].delays))
    if due is not None:
        assert NOW + SOONEST <= due <= NOW + LATEST


def test_what_the_provider_asks_for_wins() -> None:
    outcome = NotAccepted(code="x", evidence="", retry_after=600)
    assert next_try(outcome, claim=claim(1), deferrals=5, now=NOW, draw=lambda: 0.9) == after(
        minutes=10
    )


def test_a_name_nobody_knows_is_the_standard_schedule() -> None:
    outcome = NotAccepted(code="x", evidence="", schedule="whenever")
    assert next_try(outcome, claim=claim(1), deferrals=0, now=NOW, draw=lambda: 0.5) == after(
        minutes=2.5
    )


FAULTS = {
    "standard": "recipient",
    "greylisting": "recipient",
    "throttled": "recipient",
    "mailbox_full": "recipient",
    "once_more": "recipient",
    "blocked": "message",
}


@pytest.mark.parametrize(("name", "scope"), FAULTS.items())
def test_a_schedule_used_up_is_a_refusal_of_what_is_at_fault(name: str, scope: str) -> None:
    outcome = NotAccepted(code="smtp/450", evidence="450 no", schedule=name)
    used_up = len(SCHEDULES[name].delays)
    ended = settled(claim(1, deferrals=used_up), outcome, at=NOW, draw=lambda: 0.5)
    assert isinstance(ended.outcome, Rejected)
    assert (ended.outcome.code, ended.outcome.scope) == ("exhausted/smtp/450", scope)
    assert ended.next_at is None


def test_attempts_that_were_only_put_back_use_nothing_up() -> None:
    ended = settled(claim(1, attempt=200, deferrals=0), BUSY, at=NOW, draw=lambda: 0.5)
    assert ended.outcome is BUSY
    assert ended.next_at == after(minutes=2.5)


def test_without_a_count_of_deferrals_attempts_are_counted() -> None:
    ended = settled(claim(1, attempt=3), BUSY, at=NOW, draw=lambda: 1.0)
    assert ended.next_at == after(minutes=45)


def first(schedule: str, drawn: float, channel: str = "email") -> datetime | None:
    outcome = NotAccepted(code="x", evidence="", schedule=schedule)
    return next_try(
        outcome, claim=claim(1, channel=channel), deferrals=0, now=NOW, draw=lambda: drawn
    )


def test_after_greylisting_the_first_try_comes_in_five_to_fifteen_minutes() -> None:
    assert first("greylisting", 0.0) == after(minutes=15 * 0.34)
    assert first("greylisting", 1.0) == after(minutes=15)


def test_full_jitter_spreads_what_was_refused_together_over_the_whole_delay() -> None:
    assert first("standard", 0.0) == NOW + SOONEST
    assert first("standard", 0.999) == after(minutes=5 * 0.999)


def test_paper_is_tried_three_times_in_all() -> None:
    refused = NotAccepted(code="letter/folder", evidence="")
    assert len(schedule_of(refused, "letter").delays) == 2
    assert len(schedule_of(refused, "email").delays) == 8
    assert first("standard", 1.0, "letter") == after(hours=1)
    assert schedule_of(refused, "letter").at_fault == "recipient"


class Office(AnyHour):
    """Open from seven on the second day; a business day takes three."""

    def opening(self, _claim: Claim, at: datetime) -> datetime:
        return max(at, after(days=1, hours=-2))

    def business_days(self, _claim: Claim, at: datetime, days: int) -> datetime:
        return at + timedelta(days=3 * days)


HOURS = {
    "drawn": (BUSY, after(days=1, hours=-2)),
    "asked": (NotAccepted(code="x", evidence="", retry_after=600), after(days=1, hours=-2)),
    "business": (NotAccepted(code="x", evidence="", schedule="mailbox_full"), after(days=3)),
}


@pytest.mark.parametrize(("outcome", "due"), HOURS.values(), ids=HOURS)
def test_a_try_comes_due_when_the_debtor_may_be_reached(
    outcome: NotAccepted, due: datetime
) -> None:
    ended = settled(claim(1), outcome, at=NOW, draw=lambda: 0.5, hours=Office())
    assert ended.next_at == due


ROW = "{delays: [5 min], steady: 0, at_fault: recipient, provider: counts}"

BAD = {
    "no standard": "schedules: {}\nchannels: {}",
    "a key too many": f"schedules: {{standard: {ROW}}}\nchannels: {{}}\nmore: 1",
    "an unknown unit": f"schedules: {{standard: {ROW.replace('min', 's')}}}\nchannels: {{}}",
    "no delay": f"schedules: {{standard: {ROW.replace('5 min', '')}}}\nchannels: {{}}",
    "mixed": f"schedules: {{standard: {ROW.replace('5 min', '5 min, 1 days')}}}\nchannels: {{}}",
    "a share of 2": f"schedules: {{standard: {ROW.replace('y: 0', 'y: 2')}}}\nchannels: {{}}",
    "nobody at fault": f"schedules: {{standard: {ROW.replace('recipient', 'x')}}}\nchannels: {{}}",
    "another word": f"schedules: {{standard: {ROW.replace('counts', 'x')}}}\nchannels: {{}}",
    "of no schedule": f"schedules: {{standard: {ROW}}}\nchannels: {{letter: {{slow: [1 h]}}}}",
    "no table": "schedules: [1]\nchannels: {}",
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_a_table_that_is_not_as_its_head_says_is_refused(text: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        read_schedules(text)


def test_the_least_table_is_read() -> None:
    named, own = read_schedules(f"schedules: {{standard: {ROW}}}\nchannels: {{}}")
    assert (list(named), own) == (["standard"], {})
