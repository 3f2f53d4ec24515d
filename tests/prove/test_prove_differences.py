"""Differences of two versions: empty exactly when no case differs, and each one really differs."""

from collections.abc import Mapping
from dataclasses import replace
from random import Random

import pytest

from dispatcher.model.vocabulary import Value
from dispatcher.policy.terms import All, Between, Either, Policy, Rulebook
from dispatcher.prove.exact.differences import Difference, differences
from dispatcher.prove.exact.outcomes import OUTSIDE, Outcome, answered, rows_of
from dispatcher.prove.exact.sampling import cases
from dispatcher.prove.exact.space import space_of
from dispatcher.prove.exact.table import analyse
from tests.agreement.policies import any_policy
from tests.prove.test_prove_tables import SHIPPED, generated


def changed(old: Policy, new: Policy, rulebook: Rulebook) -> tuple[Difference, ...]:
    """What changes between two policies over one vocabulary."""
    return differences(analyse(old, rulebook), analyse(new, rulebook))


def said(policy: Policy, rulebook: Rulebook, case: Mapping[str, Value]) -> Outcome | None:
    """What a policy answers of a case, naively; None: it is not its case."""
    found = answered(rows_of(policy, rulebook), case)
    return None if found.layer in OUTSIDE else found


@pytest.mark.parametrize("seed", range(8))
def test_two_policies_differ_exactly_where_the_naive_reading_does(seed: int) -> None:
    rulebook = generated(seed)
    old = rulebook.policies["b2b"]
    new = _edited(old, seed)
    found = {(d.old, d.new) for d in changed(old, new, rulebook)}
    for each in changed(old, new, rulebook):
        assert answered(rows_of(old, rulebook), each.case) == each.old
        assert answered(rows_of(new, rulebook), each.case) == each.new
    rows = (*rows_of(old, rulebook), *rows_of(new, rulebook))
    space = space_of([row.when for row in rows], rulebook.facts)
    for case in cases(space, count=400, seed=seed):
        one, other = said(old, rulebook, case), said(new, rulebook, case)
        if one != other:
            assert one is not None
            assert other is not None
            assert (one, other) in found, case


def _edited(policy: Policy, seed: int) -> Policy:
    """The policy with the steps of another one, from some rung on."""
    random = Random(seed)
    other = any_policy(random, "b2b", kinds=("business", "non_professional"))
    mine = {step.id for step in policy.steps}
    steps = [step for step in other.steps if step.id in mine]
    kept = {step.id: step for step in policy.steps}
    if steps:
        kept[steps[-1].id] = replace(steps[-1], after=kept[steps[-1].id].after)
    return replace(policy, steps=tuple(kept.values()))


@pytest.mark.parametrize("name", [policy.name for policy in SHIPPED.active])
def test_a_policy_said_otherwise_is_no_difference(name: str) -> None:
    policy = SHIPPED.policies[name]
    nested = tuple(
        replace(step, when=All(parts=(Either(parts=(step.when, step.when)), All())))
        for step in policy.steps
    )
    stops = (*policy.stops, policy.stops[0])  # it never comes to the second one
    assert changed(policy, replace(policy, steps=nested, stops=stops), SHIPPED) == ()


def test_a_cent_is_a_difference_and_the_only_one() -> None:
    old = SHIPPED.policies["consumers"]
    steps = list(old.steps)
    (place,) = [n for n, step in enumerate(steps) if step.id == "reminder"]
    small = Between(fact="debtor_overdue", at_most=99_98)
    choose = [
        replace(rule, when=small) if rule.id == "reminder/small" else rule
        for rule in steps[place].choose
    ]
    assert choose != list(steps[place].choose)
    steps[place] = replace(steps[place], choose=tuple(choose))
    found = changed(old, replace(old, steps=tuple(steps)), SHIPPED)
    assert found
    for each in found:
        assert each.old.rule == "reminder/small"
        assert each.case["debtor_overdue"] == 99_99
        assert all("debtor_overdue: 99.99" in region.text for region in each.regions)


def test_a_rule_taken_out_shows_what_answers_instead() -> None:
    old = SHIPPED.policies["b2b-standard"]
    new = replace(old, stops=tuple(rule for rule in old.stops if rule.id != "stops/promise"))
    found = changed(old, new, SHIPPED)
    assert {each.old.rule for each in found} == {"stops/promise"}
    assert all(each.case["promise"] == "open" for each in found)
    assert {each.new.rule for each in found} >= {"reminder/standard", "formal-notice/registered"}
