"""The exact tables of policies against the naive reading, on every combination that there is."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path
from random import Random

import pytest

from dispatcher.model.vocabulary import Value
from dispatcher.policy.interpret import interpret
from dispatcher.policy.read import read_rules
from dispatcher.policy.terms import Policy, Rulebook, Verdict
from dispatcher.prove.exact.diagram import OverBudget
from dispatcher.prove.exact.outcomes import OUTSIDE, Layer, Outcome, answered
from dispatcher.prove.exact.regions import in_words
from dispatcher.prove.exact.sampling import cases
from dispatcher.prove.exact.space import Space
from dispatcher.prove.exact.table import Table, analyse
from tests.agreement.policies import any_policies
from tests.policy.policy_world import HEAD, read


ROOT = Path(__file__).parents[2]

#: A ladder in which two rules together hide a third, and no pair does.
SHADOWED = f"""{HEAD}steps:
  - id: reminder
    choose:
      - {{id: small, when: {{overdue: under 150}}, then: {{task: look, due_in: 1 day}}}}
      - {{id: large, when: {{overdue: 150+}}, then: {{task: look, due_in: 1 day}}}}
      - {{id: hidden, when: {{overdue: 100 to under 200}}, then: {{task: look, due_in: 1 day}}}}
      - {{id: rest, when: any, then: {{task: look, due_in: 1 day}}}}
"""


def shipped() -> Rulebook:
    """The rules of a fresh home."""
    texts = {path.name: path.read_text("utf-8") for path in (ROOT / "rules").glob("*.yaml")}
    rulebook, problems = read_rules(texts)
    assert rulebook is not None, problems
    return rulebook


SHIPPED = shipped()


def generated(seed: int) -> Rulebook:
    """Policies at random; days that may be unknown, as the shipped vocabulary has them."""
    rulebook, _ = any_policies(Random(seed))
    unknown = ("days_before_due", "days_since_step", "limitation_days")
    facts = {name: replace(rulebook.facts[name], nullable=True) for name in unknown}
    return replace(rulebook, facts={**rulebook.facts, **facts})


def every(space: Space) -> Iterator[Mapping[str, Value]]:
    """One case of every combination of atoms."""
    for values in product(*space.values.values()):
        yield dict(zip(space.values, values, strict=True))


def of_interpreter(policy: Policy, verdict: Verdict) -> str:
    """The rule that answers, by the naive interpreter alone."""
    if verdict.stop is not None:
        return policy.stops[verdict.stop].id
    if verdict.hand_over is not None:
        return policy.hand_over[verdict.hand_over].id
    return "" if verdict.choice is None else policy.choices[verdict.choice].id


def agrees(table: Table, case: Mapping[str, Value]) -> None:
    """The diagram says of a case what its rows say, and what the interpreter says."""
    told = table.told(case)
    assert told == answered(table.rows, case), case
    if told.layer not in {*OUTSIDE, Layer.LADDER}:
        assert told.rule == of_interpreter(table.policy, interpret(table.policy, case)), case


# -- against brute force ------------------------------------------------------------------------


def test_every_cell_of_a_small_policy_is_answered_as_the_rows_say() -> None:
    (policy,) = read(SHADOWED).policies.values()
    table = analyse(policy, read(SHADOWED))
    found = [table.told(case) for case in every(table.diagrams.space)]
    assert len(found) == table.cells()
    for case in every(table.diagrams.space):
        agrees(table, case)
    won = dict.fromkeys(outcome for outcome in found if outcome.layer not in OUTSIDE)
    assert set(won) == set(table.winners())


@pytest.mark.parametrize("seed", range(12))
def test_generated_policies_are_answered_as_the_interpreter_says(seed: int) -> None:
    rulebook = generated(seed)
    for policy in rulebook.policies.values():
        table = analyse(policy, rulebook)
        for case in cases(table.diagrams.space, count=150, seed=seed):
            agrees(table, case)
        for outcome in table.winners():
            if outcome.rule:
                witness = table.witness(outcome.rule)
                assert witness is not None
                agrees(table, witness)
                assert table.told(witness).rule == outcome.rule


@pytest.mark.parametrize("seed", range(6))
def test_no_sampled_case_is_answered_by_a_rule_that_never_answers(seed: int) -> None:
    rulebook = generated(seed)
    for policy in rulebook.policies.values():
        table = analyse(policy, rulebook)
        never = {rule.id for rule in table.unreachable()}
        for case in cases(table.diagrams.space, count=300, seed=seed):
            assert answered(table.rows, case).rule not in never


@pytest.mark.parametrize("seed", range(4))
def test_the_boxes_of_a_rule_hold_its_cases_and_no_others(seed: int) -> None:
    rulebook = generated(seed)
    policy = next(iter(rulebook.policies.values()))
    table = analyse(policy, rulebook)
    space = table.diagrams.space
    aside = {Layer.STOP, *OUTSIDE}
    for rule in policy.choices:
        boxes = [region.box for region in table.region(rule.id, limit=500)]
        for case in cases(space, count=100, seed=seed):
            told = table.told(case)
            inside = any(_in(box, case, space) for box in boxes)
            assert inside or told.rule != rule.id, case
            assert not inside or told.rule == rule.id or told.layer in aside, case


def _in(box: Mapping[str, int], case: Mapping[str, Value], space: Space) -> bool:
    return all(mask & space.atom(name, case[name]) for name, mask in box.items())


# -- what is found ------------------------------------------------------------------------------


def test_a_rule_hidden_by_two_others_together_is_found() -> None:
    rulebook = read(SHADOWED)
    table = analyse(rulebook.policies["standard"], rulebook)
    assert [rule.id for rule in table.unreachable()] == ["reminder/hidden", "reminder/rest"]
    assert table.witness("reminder/hidden") is None
    assert table.region("reminder/hidden") == ()


def test_a_region_is_said_as_a_condition() -> None:
    rulebook = read(SHADOWED)
    table = analyse(rulebook.policies["standard"], rulebook)
    (region,) = table.region("reminder/small")
    assert region.text == "last_step: none, overdue: under 150.00"
    assert in_words({}, table.diagrams.space) == "any"


def test_a_case_that_waits_for_ever_is_a_gap() -> None:
    text = f"""{HEAD}steps:
  - id: reminder
    choose:
      - {{id: large, when: {{overdue: 150+}}, then: {{task: look, due_in: 1 day}}}}
      - {{id: small, when: {{overdue: under 149.99}}, then: {{task: look, due_in: 1 day}}}}
"""
    whole = read(f"{text}      - {{id: rest, when: any, then: {{task: look, due_in: 1 day}}}}\n")
    policy = whole.policies["standard"]
    (step,) = policy.steps
    table = analyse(replace(policy, steps=(replace(step, choose=step.choose[:-1]),)), whole)
    gap = next(region for region in table.gaps() if "149.99" in region.text)
    assert gap.case["overdue"] == 149_99
    assert gap.text == "overdue: 149.99"


def test_a_policy_that_is_too_large_says_so() -> None:
    rulebook = SHIPPED
    with pytest.raises(OverBudget):
        analyse(rulebook.policies["b2b-standard"], rulebook, most=100)


# -- the policies that ship ---------------------------------------------------------------------


@pytest.mark.parametrize("name", [policy.name for policy in SHIPPED.active])
def test_every_rule_that_ships_answers_some_case_and_no_case_is_left(name: str) -> None:
    policy = SHIPPED.policies[name]
    table = analyse(policy, SHIPPED)
    assert table.unreachable() == ()
    assert table.gaps() == ()
    for outcome in table.winners():
        _agrees_at_witness(table, outcome)


def _agrees_at_witness(table: Table, outcome: Outcome) -> None:
    if not outcome.rule:
        return
    witness = table.witness(outcome.rule)
    assert witness is not None
    assert witness.keys() == table.rulebook.facts.keys()
    assert of_interpreter(table.policy, interpret(table.policy, witness)) == outcome.rule
