"""Spreading contacts over days: never more than there is room for, no day left half empty."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatcher.decide.calendars import closing
from dispatcher.decide.spread import Wanted, room, spread
from dispatcher.model.settings import Totals
from dispatcher.policy.terms import Limits, Safety
from tests.decide.decide_world import TODAY, policy


FAR = 400
TUESDAY, WEDNESDAY, FRIDAY = TODAY, TODAY + timedelta(days=1), TODAY + timedelta(days=3)
MONDAY = TODAY + timedelta(days=6)


def wants(debtor: int, channel: str = "email", *, name: str = "b2b", days: int = 0) -> Wanted:
    day = TODAY + timedelta(days=days)
    return Wanted(debtor_id=debtor, policy=name, channel=channel, earliest=day)


def test_each_day_takes_its_number_in_order() -> None:
    given_days = spread([wants(n) for n in range(5)], {("b2b", ""): 2}, start=TODAY, place="FR")
    # Thursday the 14th is Ascension Day
    assert given_days == {0: TUESDAY, 1: TUESDAY, 2: WEDNESDAY, 3: WEDNESDAY, 4: FRIDAY}


def test_a_scarce_channel_keeps_no_other_back() -> None:
    asked = [wants(1, "call"), wants(2, "call"), wants(3), wants(4)]
    limits = {("b2b", "call"): 1, ("", ""): 2}
    assert spread(asked, limits, start=TODAY, place="FR") == {
        1: TUESDAY,
        2: WEDNESDAY,
        3: TUESDAY,
        4: WEDNESDAY,
    }


def test_what_may_not_go_yet_leaves_its_room_to_others() -> None:
    asked = [wants(1, days=3), wants(2), wants(3)]
    assert spread(asked, {("", ""): 1}, start=TODAY, place="FR") == {
        1: FRIDAY,
        2: TUESDAY,
        3: WEDNESDAY,
    }


def test_a_debtor_has_one_day() -> None:
    asked = [wants(1, name="b2b"), wants(1, name="b2c", days=6)]
    assert spread(asked, {}, start=TODAY, place="FR") == {1: TUESDAY}


def test_a_start_on_a_day_off_waits_for_the_next() -> None:
    saturday = TODAY + timedelta(days=4)
    assert spread([wants(1)], {}, start=saturday, place="FR") == {1: MONDAY}


ROOM = [
    pytest.param({}, 100, {("b2b", ""): 20}, id="half of the share"),
    pytest.param({}, 19, {}, id="few debtors"),
    pytest.param({"debtors": 7}, 100, {("b2b", ""): 7}, id="per run"),
    pytest.param({"debtors": 0}, 19, {("b2b", ""): 1}, id="never nothing"),
]


@pytest.mark.parametrize(("safety", "debtors", "expected"), ROOM)
def test_the_room_of_a_day_is_what_limits_leave(
    safety: dict[str, int], debtors: int, expected: dict[tuple[str, str], int]
) -> None:
    rules = policy(safety=Safety(share_of_debtors=40, **safety), limits=Limits())
    assert room([rules], Totals(), {"b2b": debtors}) == expected


def test_the_room_knows_channels_and_totals() -> None:
    rules = policy(safety=Safety(), limits=Limits(per_day={"call": 40}))
    totals = Totals(per_run=90, per_day={"call": 60})
    assert room([rules], totals, {}) == {("b2b", "call"): 40, ("", "call"): 60, ("", ""): 90}


KEYS = [("b2b", "call"), ("b2b", ""), ("b2c", "email"), ("", "call"), ("", "")]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["b2b", "b2c"]), st.sampled_from(["call", "email"]), st.integers(0, 9)
        ),
        max_size=60,
    ),
    st.dictionaries(st.sampled_from(KEYS), st.integers(1, 5)),
)
def test_no_day_is_overfull_and_nobody_waits_for_nothing(
    asked: list[tuple[str, str, int]], limits: dict[tuple[str, str], int]
) -> None:
    wanted = [wants(n, channel, name=name, days=d) for n, (name, channel, d) in enumerate(asked)]
    found = spread(wanted, limits, start=TODAY, place="FR")
    assert len(found) == len(wanted)
    used: Counter[tuple[date, str, str]] = Counter()
    for each in wanted:  # the plain reference: the first open day with room, in order
        keys = [(each.policy, each.channel), (each.policy, ""), ("", each.channel), ("", "")]
        day = next(
            day
            for day in (TODAY + timedelta(days=n) for n in range(FAR))
            if day >= each.earliest
            and not closing(day, "FR")
            and all(used[day, *key] < limits[key] for key in keys if key in limits)
        )
        used.update((day, *key) for key in keys)
        assert found[each.debtor_id] == day
