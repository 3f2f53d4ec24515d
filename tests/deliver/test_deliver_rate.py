from datetime import timedelta

from dispatcher.deliver.rate import Pace
from dispatcher.model.settings import Rate
from tests.deliver.doubles import NOW, after


TEN = Rate(count=10, span=timedelta(seconds=1))
THREE_HUNDRED = Rate(count=300, span=timedelta(hours=1))


def test_no_more_than_the_rate_in_any_span() -> None:
    pace = Pace(TEN)
    taken = []
    at = NOW
    while at < after(seconds=5):
        free = pace.free(at)
        pace.take(free, at)
        taken += [at] * free
        at += timedelta(milliseconds=130)
    for begin in taken:
        assert sum(begin <= each < begin + TEN.span for each in taken) <= 10
    assert len(taken) >= 40


def test_it_waits_just_until_one_more_may_go() -> None:
    pace = Pace(TEN)
    pace.take(10, NOW)
    assert pace.free(NOW) == 0
    wait = pace.wait(NOW)
    assert timedelta(0) < wait <= timedelta(seconds=1.01)
    assert pace.free(NOW + wait) == 10
    assert pace.wait(NOW + wait) == timedelta(0)


def test_what_another_process_handed_over_counts() -> None:
    pace = Pace(THREE_HUNDRED, [after(minutes=-10)] * 290 + [after(minutes=-70)] * 5)
    assert pace.free(NOW) == 10
    pace.take(10, NOW)
    assert pace.wait(NOW) > timedelta(minutes=49)
    assert pace.free(after(minutes=51)) == 290
