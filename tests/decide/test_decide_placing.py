"""Which policy a debtor is in from day to day, and what a case keeps when he moves."""

# ruff: noqa: ANN401 - any key of a policy, any cell of a table

from datetime import timedelta
from typing import Any

import pytest

from dispatcher.decide.placing import steps_in_use
from dispatcher.decide.plan import Plan
from dispatcher.model.vocabulary import Fact, FactType, Owner, Source
from dispatcher.policy.terms import ALWAYS, Policy, Rulebook, Step
from tests.decide.decide_days import Diary, fact, on
from tests.decide.decide_world import (
    LADDER,
    STEPS,
    TODAY,
    Row,
    answer,
    contact,
    done,
    frames,
    is_,
    least,
    plan,
    policy,
    rulebook,
    step,
)


BEFORE = Fact(
    name="policy_before",
    type=FactType.POLICY,
    of=Owner.DEBTOR,
    source=Source.LEDGER,
    values=("large", "small"),
    nullable=True,
)

#: By amount: who pays a part of a large debt would fall into the policy of small ones.
LARGE = policy("large", applies_to=least("debtor_overdue", 100_000))
SMALL = policy("small", applies_to=least("debtor_overdue", high=99_999))


def rules(*policies: Policy, steps: tuple[str, ...] = STEPS) -> Rulebook:
    return rulebook(*policies, facts=(BEFORE,), steps=steps)


def kept(**changes: Any) -> Rulebook:
    return rules(policy("large", applies_to=LARGE.applies_to, keep=True, **changes), SMALL)


def paid_down(book: Rulebook, **placement: Any) -> Plan:
    """He was in the policy of large debts and owes little now."""
    world = frames(
        debtors=[{}],
        invoices=[{"balance": 40_000}],
        placements=[{"policy": "large", **placement}],
    )
    return plan(world, book)


def test_without_keep_a_payment_moves_him() -> None:
    assert answer(paid_down(rules(LARGE, SMALL)))["policy"] == "small"


def test_once_in_he_stays_until_nothing_is_overdue() -> None:
    assert answer(paid_down(kept()))["policy"] == "large"


@pytest.mark.parametrize(
    ("placement", "policy_now"),
    [
        pytest.param({"policy": "small"}, "small", id="only-the-policy-that-keeps"),
        pytest.param({"legal_kind": "consumer"}, "small", id="not-across-a-change-of-law"),
        pytest.param(
            {"settled_on": TODAY - timedelta(days=3)}, "small", id="not-once-all-was-paid"
        ),
        pytest.param({"currency": "USD"}, "small", id="per-currency"),
        pytest.param({"debtor_id": 2}, "small", id="per-debtor"),
    ],
)
def test_what_does_not_keep_him(placement: Row, policy_now: str) -> None:
    assert answer(paid_down(kept(), **placement))["policy"] == policy_now


def test_nothing_overdue_lets_him_go() -> None:
    world = frames(
        debtors=[{}],
        invoices=[{"balance": 40_000, "late": 0}],
        placements=[{"policy": "large"}],
    )
    assert answer(plan(world, kept()))["policy"] == "small"


def test_a_policy_that_was_renamed_keeps_him_under_its_new_name() -> None:
    made = paid_down(kept(was="big"), policy="big")
    assert answer(made)["policy"] == "large"
    assert fact(made, "policy_before") == "large"


def test_the_policy_before_is_a_fact_and_unknown_at_first() -> None:
    assert fact(paid_down(kept()), "policy_before") == "large"
    world = frames(debtors=[{}], invoices=[{}])
    assert fact(plan(world, kept()), "policy_before") is None


def test_the_book_is_told_the_policy_of_each_account_once() -> None:
    world = frames(
        debtors=[{}, {"legal_kind": "consumer", "profile": "consumer"}],
        invoices=[{}, {"late": 3}, {"debtor_id": 2}],
    )
    made = plan(world)  # nobody is for consumers
    assert made.stands["placements"].rows() == [(1, "EUR", "b2b", "business")]


def test_a_move_keeps_the_step() -> None:
    diary = Diary(rules(LARGE, SMALL))
    diary.runs(0, 7)
    diary.tables["invoices"][0]["balance"] = 40_000
    assert answer(diary.run(8))["policy"] == "small"
    diary.runs(13, 14)
    assert diary.steps() == [
        (0, "reminder", 0),
        (7, "second-reminder", 0),
        (14, "third-reminder", 0),
    ]


def short(*steps: Step, **changes: Any) -> Policy:
    return policy("small", applies_to=SMALL.applies_to, steps=steps, hand_over=(), **changes)


CALL = step("call", "reminder", least("days_since_step", 7), ("one", ALWAYS, contact("call")))
WITH_CALL = (*STEPS, "call")


def test_a_step_of_another_ladder_counts_as_the_one_it_is_declared_to_be() -> None:
    small = short(LADDER[0], CALL, same_as={"second-reminder": "call"})
    diary = Diary(rules(LARGE, small, steps=WITH_CALL))
    diary.runs(0, 7)
    diary.tables["invoices"][0]["balance"] = 40_000
    moved = diary.run(8)
    assert answer(moved)["action"] == "nothing yet"
    assert answer(moved)["policy"] == "small"


def test_a_step_that_no_rung_of_the_new_ladder_is_holds_and_never_starts_anew() -> None:
    diary = Diary(rules(LARGE, short(LADDER[0], CALL), steps=WITH_CALL))
    diary.runs(0, 7)
    diary.tables["invoices"][0]["balance"] = 40_000
    moved = diary.run(8)
    assert answer(moved)["reason"] == "unknown-step"
    assert steps_in_use([(moved.facts, moved.answers)], diary.rules) == ()
    diary.runs(9, 15, 22, 40)
    assert len(diary.steps()) == 2


def test_a_step_that_was_renamed_is_not_done_twice() -> None:
    renamed = step(
        "letter",
        "reminder",
        least("days_since_step", 7),
        ("standard", ALWAYS, contact("letter")),
        was="second-reminder",
    )
    diary = Diary(rules(policy(steps=LADDER[:2], hand_over=())))
    diary.runs(0, 7)
    diary.rules = rules(
        policy(steps=(LADDER[0], renamed), hand_over=()), steps=("reminder", "letter")
    )
    made = diary.run(20)
    assert steps_in_use([(made.facts, made.answers)], diary.rules) == ()
    assert len(diary.steps()) == 2


STAND_ON_IT = [done(1, "second-reminder", days=3), done(2, "second-reminder", days=3)]


def without_second(*others: Policy) -> Rulebook:
    return rules(policy(steps=(LADDER[0],), hand_over=()), *others)


def problems(book: Rulebook, placements: list[Row]) -> list[dict[str, str]]:
    world = frames(debtors=[{}], invoices=[{}, {}, {}], lines=STAND_ON_IT, placements=placements)
    made = plan(world, book)
    return [dict(each.fields) for each in steps_in_use([(made.facts, made.answers)], book)]


STILL_HAS_IT = policy("consumers", applies_to=is_("legal_kind", "consumer"))


@pytest.mark.parametrize(
    ("others", "placements"),
    [([STILL_HAS_IT], [{"policy": "b2b"}]), ([], [])],
    ids=["the-policy-lost-it", "no-policy-has-it-any-more"],
)
def test_a_step_on_which_cases_stand_cannot_vanish(
    others: list[Policy], placements: list[Row]
) -> None:
    assert problems(without_second(*others), placements) == [
        {"policy": "b2b", "step": "second-reminder", "count": "2"}
    ]


def test_a_debtor_who_comes_from_another_ladder_is_not_meant() -> None:
    assert problems(without_second(STILL_HAS_IT), [{"policy": "consumers"}]) == []


def test_nobody_stands_on_what_was_settled() -> None:
    world = frames(
        debtors=[{}],
        invoices=[{"balance": 0}],
        lines=STAND_ON_IT[:1],
        placements=[{"policy": "b2b"}],
    )
    made = plan(world, without_second())
    assert steps_in_use([(made.facts, made.answers)], without_second()) == ()


def test_a_day_without_open_items_is_remembered_by_the_book() -> None:
    diary = Diary(kept())
    diary.run(0)
    diary.tables["placements"][0]["settled_on"] = on(5)  # as the store does
    diary.tables["invoices"][0]["balance"] = 40_000
    assert answer(diary.run(9))["policy"] == "small"
