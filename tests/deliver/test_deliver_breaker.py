from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from dispatcher.deliver.breaker import MENDED, PATIENCE, PAUSES, WINDOW, is_shut, judged
from dispatcher.model.health import Health
from dispatcher.ports import Accepted, NotAccepted, Outcome, Rejected, Unknown
from tests.deliver.doubles import NOW, after


WELL = Health(channel="email")

GONE = Accepted()
AWAY = NotAccepted(code="smtp/connect", evidence="ConnectionRefusedError")
LOST = Unknown(stage="content", evidence="after the last byte")
NO_USER = Rejected(code="smtp/5.1.1", evidence="550 who?")
NO_TEXT = Rejected(code="smtp/5.6.0", evidence="554 content", scope="message")
WRONG = Rejected(code="smtp/535", evidence="535 no", scope="configuration")
GREYLISTED = NotAccepted(code="smtp/4.7.1", evidence="451", schedule="greylisting", retry_after=300)
FULL = NotAccepted(code="smtp/4.2.2", evidence="452", schedule="mailbox_full")
THROTTLED = NotAccepted(code="sms/429", evidence="429", schedule="throttled", retry_after=600)


def seen(
    health: Health, *batches: Sequence[Outcome], now: datetime = NOW, draw: float = 0.0
) -> Health:
    for outcomes in batches:
        health = judged(health, outcomes, now=now, draw=lambda: draw)
    return health


@pytest.mark.parametrize("outcome", [AWAY, LOST], ids=["not accepted", "unknown"])
def test_five_troubles_in_a_row_open_it_whatever_batches_they_came_in(outcome: Outcome) -> None:
    almost = seen(WELL, *[[outcome]] * (PATIENCE - 1))
    assert not almost.is_open
    opened = seen(almost, [outcome])
    assert opened.is_open
    assert (opened.since, opened.tried_at, opened.openings) == (NOW, NOW, 1)
    assert opened.open_until == NOW + PAUSES[0]


@pytest.mark.parametrize(
    "answer", [GONE, NO_USER, NO_TEXT, FULL, GREYLISTED], ids=lambda each: type(each).__name__
)
def test_an_answer_between_begins_the_count_anew(answer: Outcome) -> None:
    before = [AWAY] * (PATIENCE - 1)
    assert not seen(WELL, before, [answer], before).is_open


@pytest.mark.parametrize("answer", [NO_USER, NO_TEXT, FULL, GREYLISTED])
def test_what_is_said_of_one_recipient_or_text_never_opens_it(answer: Outcome) -> None:
    assert not seen(WELL, [answer] * WINDOW).is_open


def test_one_in_five_of_the_last_fifty_opens_it() -> None:
    four: list[Outcome] = [AWAY, GONE, GONE, GONE, GONE]
    almost = seen(WELL, *[four] * 9)
    assert not almost.is_open
    assert seen(almost, [AWAY]).is_open


def test_fewer_than_one_in_five_never_do() -> None:
    six: list[Outcome] = [AWAY, GONE, GONE, GONE, GONE, GONE]
    assert not seen(WELL, *[six] * 100).is_open


def test_each_failed_try_leaves_it_alone_for_longer_up_to_an_hour() -> None:
    health, waits = seen(WELL, [AWAY] * PATIENCE), []
    for _ in range(6):
        assert health.open_until is not None
        assert health.tried_at is not None
        waits.append(health.open_until - health.tried_at)
        health = seen(health, [AWAY], now=health.open_until)
    assert waits == [*PAUSES, PAUSES[-1], PAUSES[-1]]
    assert health.since == NOW


def test_pauses_are_drawn_so_that_homes_do_not_come_back_together() -> None:
    opened = seen(WELL, [AWAY] * PATIENCE, draw=0.5)
    assert opened.open_until == NOW + PAUSES[0] * 1.1


def test_an_acceptance_closes_it_and_forgets_all() -> None:
    opened = seen(WELL, [AWAY] * PATIENCE)
    closed = seen(opened, [GONE])
    assert closed == Health(channel="email", recent=".")


def test_a_recipient_who_is_refused_proves_nothing_of_the_provider() -> None:
    opened = seen(WELL, [AWAY] * PATIENCE)
    assert seen(opened, [NO_USER]) == opened


def test_a_refused_configuration_opens_it_at_once_and_shortly_every_time() -> None:
    health = seen(WELL, [GONE, WRONG])
    for _ in range(5):
        assert health.is_open
        assert health.open_until == NOW + MENDED
        assert health.reason == "smtp/535 535 no"
        health = seen(health, [WRONG])


ASKS = {
    "throttled": (THROTTLED, timedelta(seconds=600)),
    "throttled, without a time": (
        NotAccepted(code="smtp/421", evidence="421", schedule="throttled"),
        PAUSES[0],
    ),
    "a long retry-after": (
        NotAccepted(code="smtp/4.3.2", evidence="451", retry_after=7200),
        timedelta(hours=2),
    ),
    "never longer than a day": (
        NotAccepted(code="sms/429", evidence="429", schedule="throttled", retry_after=10**8),
        timedelta(days=1),
    ),
}


@pytest.mark.parametrize(("outcome", "span"), ASKS.values(), ids=ASKS)
def test_a_pause_that_the_provider_asks_for_holds_for_the_whole_channel(
    outcome: NotAccepted, span: timedelta
) -> None:
    opened = seen(WELL, [GONE, outcome, GONE])
    assert opened.open_until == NOW + span
    assert is_shut(opened, NOW + span - timedelta(seconds=1))
    assert not is_shut(opened, NOW + span)


def test_a_short_retry_after_is_that_message_s_own() -> None:
    short = NotAccepted(code="smtp/4.3.2", evidence="451", retry_after=30)
    assert not seen(WELL, [short]).is_open


def test_nobody_knows_the_words_of_an_unknown_outcome() -> None:
    told = Unknown(stage="content", evidence="jean@example.test")
    assert seen(WELL, [told] * PATIENCE).reason == "unknown/content"


def test_nothing_handed_over_says_nothing() -> None:
    opened = seen(WELL, [AWAY] * PATIENCE)
    assert seen(opened, []) == opened
    assert not is_shut(WELL, after(days=1))
