"""When a provider is asked again, and when its "not there" is believed."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from dispatcher.deliver.reconcile import (
    LOOK_UPS,
    POLLS,
    Answer,
    Asking,
    answer_of,
    is_denied,
    next_asking,
)
from dispatcher.ports import Accepted, NotAccepted, Outcome, Rejected, Unknown


NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)


def minutes(*counts: float) -> list[datetime]:
    return [NOW + timedelta(minutes=count) for count in counts]


def asked_on(
    looks: Sequence[datetime],
    *,
    offsets: Sequence[timedelta] = LOOK_UPS,
    least: timedelta = timedelta(0),
) -> list[datetime]:
    """When a house that looks at these instants asks."""
    asked: list[datetime] = []
    for look in looks:
        due = next_asking(NOW, asked, offsets=offsets, least=least)
        if due is not None and due <= look:
            asked.append(look)
    return asked


def test_a_house_that_looks_every_minute_asks_after_2_10_60_minutes_and_a_day() -> None:
    looks = minutes(*range(3 * 24 * 60))
    assert asked_on(looks) == minutes(2, 10, 60, 24 * 60)


def test_a_house_that_looks_once_a_day_asks_once_a_day_and_four_times() -> None:
    looks = minutes(*(day * 24 * 60 for day in range(9)))
    assert asked_on(looks) == looks[1:5]


def test_no_two_questions_lie_closer_than_the_provider_needs_to_know() -> None:
    found = asked_on(minutes(*range(60)), least=timedelta(minutes=15))
    assert found == minutes(15, 30)


def test_of_a_silent_message_is_asked_after_six_hours_then_daily() -> None:
    looks = minutes(*range(0, 10 * 24 * 60, 10))
    assert asked_on(looks, offsets=POLLS) == minutes(6 * 60, 30 * 60, 54 * 60)


ANSWERS: list[tuple[Outcome | None, Answer]] = [
    (Accepted(), Answer.FOUND),
    (NotAccepted(code="", evidence=""), Answer.ABSENT),
    (Rejected(code="", evidence=""), Answer.UNSAID),  # of us or of the question, perhaps
    (Unknown(stage="", evidence=""), Answer.UNSAID),
    (None, Answer.UNSAID),
]


@pytest.mark.parametrize(("outcome", "answer"), ANSWERS)
def test_an_outcome_says(outcome: Outcome | None, answer: Answer) -> None:
    assert answer_of(outcome) is answer


DENIED = [
    pytest.param([], False, id="nothing was asked"),
    pytest.param([(2, "absent")], False, id="once"),
    pytest.param([(2, "absent"), (10, "absent")], True, id="twice"),
    pytest.param([(2, "absent"), (3, "absent")], False, id="twice too close"),
    pytest.param([(2, "absent"), (3, "absent"), (4, "absent")], True, id="the third is far enough"),
    pytest.param([(2, "absent"), (10, "unsaid")], False, id="then silence"),
    pytest.param([(2, "unsaid"), (10, "absent"), (60, "absent")], True, id="silence first"),
    pytest.param([(2, "found"), (10, "absent"), (60, "absent")], False, id="it was there"),
    pytest.param([(10, "absent"), (2, "absent")], True, id="in any order"),
]


@pytest.mark.parametrize(("told", "denied"), DENIED)
def test_not_there_is_believed_when_it_is_said_twice_far_apart(
    told: Sequence[tuple[int, str]], *, denied: bool
) -> None:
    asked = [Asking(at=minutes(at)[0], answer=Answer(word)) for at, word in told]
    assert is_denied(asked, least=timedelta(minutes=2)) is denied
