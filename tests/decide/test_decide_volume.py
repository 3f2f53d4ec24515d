"""A day unlike the days before: when a person is asked."""

from decimal import Decimal

import pytest

from dispatcher.decide.volume import Volume, unusual
from dispatcher.model.settings import OutOfUsual, Totals
from tests.decide.decide_world import settings


def days(*contacts: int) -> list[Volume]:
    return [Volume(contacts=count) for count in contacts]


def asked(today: Volume, before: list[Volume], **wanted: int | None) -> list[str]:
    told = settings(totals=Totals(unusual=OutOfUsual(**wanted)))
    return [each.what for each in unusual(today, before, told)]


@pytest.mark.parametrize(
    ("today", "before", "found"),
    [
        pytest.param(121, [40] * 10, ["contacts"], id="above-three-times"),
        pytest.param(120, [40] * 10, [], id="just-three-times"),
        pytest.param(51, [0, 1, 0, 1, 0], ["contacts"], id="and-fifty-more"),
        pytest.param(50, [0, 1, 0, 1, 0], [], id="a-few-more-are-nothing"),
        pytest.param(900, [1] * 4, [], id="nobody-knows-what-is-usual"),
        pytest.param(900, [1] * 5, ["contacts"], id="five-days-are-enough"),
        pytest.param(200, [1000, 1, 1, 1, 1], [], id="it-is-the-mean"),
    ],
)
def test_many_more_contacts_than_usual(today: int, before: list[int], found: list[str]) -> None:
    assert asked(Volume(contacts=today), days(*before)) == found


def test_what_has_legal_effect_is_looked_at_by_channel() -> None:
    before = [Volume(contacts=500, legal={"letter": 20}) for _ in range(10)]
    today = Volume(contacts=500, legal={"letter": 90, "registered_letter": 51})
    assert asked(today, before) == ["letter", "registered_letter"]
    assert asked(Volume(contacts=500, legal={"letter": 60}), before) == []


def test_so_much_more_money_is_out_of_the_usual() -> None:
    before = [Volume(contacts=10, cost=Decimal(20)) for _ in range(10)]
    assert asked(Volume(contacts=10, cost=Decimal(71)), before) == ["cost"]
    assert asked(Volume(contacts=10, cost=Decimal(60)), before) == []


def test_a_home_says_what_is_usual() -> None:
    assert asked(Volume(contacts=9), days(*[2] * 5), times=2, over=5) == ["contacts"]
    assert asked(Volume(contacts=900), days(*[2] * 5), times=None) == []
