from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatcher.deliver.schedule import LATEST, SCHEDULES, SOONEST, next_try
from dispatcher.deliver.settle import settled
from dispatcher.ports import NotAccepted, Rejected
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
    due = next_try(BUSY, deferrals=deferrals, now=NOW, draw=lambda: 1.0)
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
    due = next_try(outcome, deferrals=deferrals, now=NOW, draw=lambda: drawn)
    assert (due is None) == (deferrals >= len(SCHEDULES[name].delays))
    if due is not None:
        assert NOW + SOONEST <= due <= NOW + LATEST


def test_what_the_provider_asks_for_wins() -> None:
    outcome = NotAccepted(code="x", evidence="", retry_after=600)
    assert next_try(outcome, deferrals=5, now=NOW, draw=lambda: 0.9) == after(minutes=10)


def test_a_name_nobody_knows_is_the_standard_schedule() -> None:
    outcome = NotAccepted(code="x", evidence="", schedule="whenever")
    assert next_try(outcome, deferrals=0, now=NOW, draw=lambda: 0.5) == after(minutes=2.5)


FAULTS = {
    "standard": "recipient",
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
