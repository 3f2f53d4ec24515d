"""What the store remembers of a policy is the policy again: the same text, the same verdicts."""

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatcher.model.vocabulary import Fact, FactType, Value
from dispatcher.policy.canonical import canonical, sealed
from dispatcher.policy.interpret import interpret
from dispatcher.policy.read import read_rules
from dispatcher.policy.remembered import policy_of
from dispatcher.policy.terms import Policy
from tests.agreement.policies import any_policies


UNKNOWN, HALF = 0.2, 0.5

ROOT = Path(__file__).parents[2]


def shipped() -> list[Policy]:
    texts = {path.name: path.read_text("utf-8") for path in (ROOT / "rules").glob("*.yaml")}
    rulebook, _ = read_rules(texts)
    assert rulebook is not None
    return list(rulebook.policies.values())


@pytest.mark.parametrize("policy", shipped(), ids=lambda policy: policy.name)
def test_a_shipped_policy_is_remembered_whole(policy: Policy) -> None:
    again = policy_of(policy.text)
    assert (again.text, again.hash, canonical(again)) == (policy.text, policy.hash, policy.text)
    assert again.limits == policy.limits
    assert [rule.id for rule in again.choices] == [rule.id for rule in policy.choices]
    assert [rule.then for rule in again.choices] == [rule.then for rule in policy.choices]


def value(fact: Fact, chance: Random) -> Value:
    """Any value of a fact, often unknown."""
    if chance.random() < UNKNOWN:
        return None
    if fact.type is FactType.BOOL:
        return chance.random() < HALF
    if fact.type in (FactType.INT, FactType.MONEY):
        return chance.choice((0, 1, 3, 5, 8, 15, 30, 60, 20_000, 500_000))
    return chance.choice(fact.values)


@given(seed=st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_any_policy_is_remembered_with_its_verdicts(seed: int) -> None:
    chance = Random(seed)
    rulebook, _ = any_policies(chance)
    for policy in map(sealed, rulebook.policies.values()):
        again = policy_of(policy.text)
        assert again.hash == policy.hash
        assert again.limits == policy.limits
        assert [rule.then for rule in again.choices] == [rule.then for rule in policy.choices]
        for _ in range(20):
            case = {name: value(fact, chance) for name, fact in rulebook.facts.items()}
            assert interpret(again, case) == interpret(policy, case)


@pytest.mark.parametrize(
    "text",
    ["[]", '{"is": "Hold", "reason": "x"}', '{"is": "Policy"}', "{", '{"is": "Rule", "od": 1}'],
)
def test_what_is_no_policy_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - its text is not for people
        policy_of(text)
