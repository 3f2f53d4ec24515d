"""Limits of the home: what a day may cost, and how much of it may have legal effect."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from dispatcher.decide.costs import dearest
from dispatcher.decide.plan import Plan
from dispatcher.model.settings import ChannelSettings, Totals
from dispatcher.policy.terms import ALWAYS
from tests.decide.decide_world import contact, done, frames, plan, policy, rulebook, settings, step


#: A letter first, and then a formal notice, each 2 euros; e-mails cost nothing.
LETTERS = (
    step("reminder", "none", ALWAYS, ("paper", ALWAYS, contact("letter"))),
    step(
        "formal-notice",
        "reminder",
        ALWAYS,
        ("paper", ALWAYS, contact("letter", template="formal-notice")),
    ),
)

PRICES = {"letter": "2", "sms": "0.075"}


def asked(*, debtors: int = 3, notices: int = 0, **limits: Any) -> Plan:  # noqa: ANN401 - Totals
    """The plan of so many debtors, the last of whom are due a notice; the first owe the most."""
    told = settings(totals=Totals(**limits))
    priced = {
        name: ChannelSettings(name=name, adapter=name, price=Decimal(price))
        for name, price in PRICES.items()
    }
    world = frames(
        debtors=[{} for _ in range(debtors)],
        invoices=[
            {"debtor_id": n, "balance": (10 - n) * 100_00, "number": f"F{n}"}
            for n in range(1, debtors + 1)
        ],
        lines=[done(debtors - n, "reminder", days=9, message=n + 1) for n in range(notices)],
    )
    rules = rulebook(policy(steps=LETTERS))
    return plan(world, rules, settings=replace(told, channels={**told.channels, **priced}))


def going(made: Plan) -> list[int]:
    return sorted(each.debtor_id for each in made.contacts)


@pytest.mark.parametrize("limit", ["cost_per_run", "cost_per_day"])
@pytest.mark.parametrize(
    ("euros", "left"),
    [("6", [1, 2, 3]), ("5.99", [1, 2]), ("4", [1, 2]), ("1.99", []), ("0", [])],
)
def test_what_is_too_dear_waits_and_says_why(limit: str, euros: str, left: list[int]) -> None:
    wanted: dict[str, Any] = {limit: Decimal(euros)}
    made = asked(**wanted)
    assert going(made) == left
    waiting = made.answers.filter(made.answers["action"] == "wait")
    assert set(waiting["reason"]) == ({f"limit: {limit}"} if len(left) < 3 else set())


def test_the_most_advanced_is_paid_first() -> None:
    assert going(asked(notices=1, cost_per_day=Decimal(2))) == [3]


def test_what_costs_nothing_goes_all_the_same() -> None:
    free = (step("reminder", "none", ALWAYS, ("mail", ALWAYS, contact("email"))),)
    world = frames(debtors=[{}, {}], invoices=[{}, {"debtor_id": 2}])
    told = settings(totals=Totals(cost_per_day=Decimal(0), cost_per_run=Decimal(0)))
    assert going(plan(world, rulebook(policy(steps=free)), settings=told)) == [1, 2]


def test_the_second_message_of_a_contact_is_paid_too() -> None:
    both = (step("reminder", "none", ALWAYS, ("x", ALWAYS, contact("email", also="letter"))),)
    told = settings(totals=Totals(cost_per_day=Decimal(3)))
    letter = ChannelSettings(name="letter", adapter="letter", price=Decimal(2))
    told = replace(told, channels={**told.channels, "letter": letter})
    world = frames(debtors=[{}, {}], invoices=[{}, {"debtor_id": 2}])
    made = plan(world, rulebook(policy(steps=both)), settings=told)
    assert [(each.debtor_id, each.also) for each in made.contacts] == [(1, "letter")]


@pytest.mark.parametrize("limit", ["cost_per_day", "cost_per_run"])
def test_what_left_today_counts_for_the_day_and_not_for_the_run(limit: str) -> None:
    wanted: dict[str, Any] = {limit: Decimal(4)}
    told = settings(totals=Totals(**wanted))
    letter = ChannelSettings(name="letter", adapter="letter", price=Decimal(2))
    told = replace(told, channels={**told.channels, "letter": letter})
    world = frames(
        debtors=[{}, {}, {}],
        invoices=[{"debtor_id": n} for n in (1, 2, 3)],
        messages=[{"id": 1, "debtor_id": 3, "channel": "letter", "state": "unknown", "days": 0}],
    )
    made = plan(world, rulebook(policy(steps=LETTERS)), settings=told)
    assert going(made) == ([1] if limit == "cost_per_day" else [1, 2])


@pytest.mark.parametrize("most", [2, 1, 0])
def test_only_so_many_have_legal_effect(most: int) -> None:
    made = asked(notices=2, legal_effect_per_day=most)
    assert len(made.contacts) == 1 + most
    reasons = set(made.answers.filter(made.answers["action"] == "wait")["reason"])
    assert reasons == ({"limit: legal_effect_per_day"} if most < 2 else set())
    assert sum(each.legal_effect for each in made.contacts) == most


def test_an_sms_counts_with_all_its_segments_and_a_channel_without_price_is_free() -> None:
    told = settings()
    sms = ChannelSettings(name="sms", adapter="sms", price=Decimal("0.075"), max_segments=3)
    call = ChannelSettings(name="call", adapter="call")
    prices = dearest(replace(told, channels={"sms": sms, "call": call}))
    assert prices == {"sms": Decimal("0.225")}


def test_a_free_one_goes_behind_one_that_is_too_dear() -> None:
    either = (step("reminder", "none", ALWAYS, ("x", ALWAYS, contact("letter", "email"))),)
    letter = ChannelSettings(name="letter", adapter="letter", price=Decimal(2))
    told = settings(totals=Totals(cost_per_day=Decimal(1)))
    told = replace(told, channels={**told.channels, "letter": letter})
    world = frames(debtors=[{}, {"address": ""}], invoices=[{}, {"debtor_id": 2}])
    made = plan(world, rulebook(policy(steps=either)), settings=told)
    assert [(each.debtor_id, each.channel) for each in made.contacts] == [(2, "email")]
