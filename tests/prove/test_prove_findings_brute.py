"""What is found in small policies made at random is what trying every case finds, and no more."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from random import Random

import pytest

from dispatcher.model.vocabulary import Fact, FactType, Owner, Value
from dispatcher.policy.terms import (
    ALWAYS,
    All,
    Between,
    Condition,
    Contact,
    Either,
    Hold,
    Known,
    NoneOf,
    OneOf,
    Policy,
    Rule,
    Rulebook,
    Step,
    Work,
)
from dispatcher.prove.exact.outcomes import OUTSIDE, Layer, Outcome, Row, answered, rows_of
from dispatcher.prove.findings.edits import edits
from dispatcher.prove.findings.look import seen
from dispatcher.prove.findings.scene import Scene, World
from dispatcher.prove.findings.stuck import stuck
from dispatcher.prove.findings.useless import looked


RUNGS = ("one", "two")
FACTS: Mapping[str, Fact] = {
    fact.name: fact
    for fact in (
        Fact(name="last_step", type=FactType.STEP, of=Owner.INVOICE, values=("none", *RUNGS)),
        Fact(name="days_late", type=FactType.INT, of=Owner.INVOICE, minimum=0, maximum=3),
        Fact(name="kind", type=FactType.ENUM, of=Owner.DEBTOR, values=("x", "y"), nullable=True),
        Fact(name="flag", type=FactType.BOOL, of=Owner.DEBTOR, nullable=True),
    )
}
DOMAIN: Mapping[str, tuple[Value, ...]] = {
    "last_step": ("none", *RUNGS),
    "days_late": (0, 1, 2, 3),
    "kind": ("x", "y", None),
    "flag": (True, False, None),
}
CASES = [dict(zip(DOMAIN, values, strict=True)) for values in product(*DOMAIN.values())]
SEEDS = range(100)


def leaf(chance: Random) -> Condition:
    low = chance.randint(0, 3)
    return chance.choice(
        (
            Between(fact="days_late", at_least=low),
            Between(fact="days_late", at_least=low, at_most=chance.randint(low, 3)),
            OneOf(fact="kind", values=(chance.choice(("x", "y")),)),
            NoneOf(fact="kind", values=("x",)),
            OneOf(fact="flag", values=(True,)),
            Known(fact="flag"),
        )
    )


def condition(chance: Random, depth: int = 2) -> Condition:
    if depth == 0 or chance.random() < 0.4:
        return leaf(chance)
    parts = tuple(condition(chance, depth - 1) for _ in range(chance.randint(1, 3)))
    return All(parts=parts) if chance.random() < 0.6 else Either(parts=parts)


def world(seed: int) -> Rulebook:
    """A policy of two steps with a stop and a hand-over, and perhaps cases that cannot be."""
    chance = Random(seed)
    deed = Contact(channels=("email",), template="t", tone="firm")

    def rule(name: str) -> Rule:
        when = ALWAYS if chance.random() < 0.2 else condition(chance)
        return Rule(id=name, when=when, then=deed)

    steps = tuple(
        Step(
            id=name,
            labels={},
            after=(before,),
            when=condition(chance) if chance.random() < 0.5 else ALWAYS,
            choose=tuple(rule(f"{name}/{n}") for n in range(chance.randint(1, 3))),
        )
        for before, name in zip(("none", *RUNGS), RUNGS, strict=False)
    )
    done = OneOf(fact="last_step", values=("two",))
    policy = Policy(
        name="small",
        version="2026.11.1",
        hash="",
        file="",
        applies_to=ALWAYS,
        stops=(Rule(id="stops/s", when=condition(chance), then=Hold(reason="s")),),
        start=condition(chance) if chance.random() < 0.5 else ALWAYS,
        steps=steps,
        hand_over=(
            Rule(
                id="hand_over/h",
                when=All(parts=(done, condition(chance))),
                then=Work(task="look"),
            ),
        ),
    )
    impossible = (condition(chance, 1),) if chance.random() < 0.3 else ()
    return Rulebook(facts=FACTS, invariants=impossible, policies={"small": policy})


def scene_of(book: Rulebook) -> Scene:
    return seen(book.policies["small"], book, World())


def answers(book: Rulebook) -> list[Outcome]:
    rows: tuple[Row, ...] = rows_of(book.policies["small"], book)
    return [answered(rows, case) for case in CASES]


def with_policy(book: Rulebook, policy: Policy) -> Rulebook:
    return replace(book, policies={"small": policy})


def variants(policy: Policy, won: frozenset[str]) -> Iterator[Policy]:
    """The policy without each part of its conditions in turn, in the order of the findings."""
    for stop in edited(policy.stops, won):
        yield replace(policy, stops=(stop,))
    for rule in edited(policy.hand_over, won):
        yield replace(policy, hand_over=(rule,))
    for step in policy.steps:
        for rule in edited(step.choose, won):
            yield _with_choice(policy, step, rule)
    for step in policy.steps:
        for edit in edits(step.when):
            yield _with_step(policy, replace(step, when=edit.rest))
    for edit in edits(policy.start):
        yield replace(policy, start=edit.rest)


def edited(rules: tuple[Rule, ...], won: frozenset[str]) -> Iterator[Rule]:
    for rule in rules:
        for edit in edits(rule.when) if rule.id in won else ():
            yield replace(rule, when=edit.rest)


def _with_choice(policy: Policy, step: Step, rule: Rule) -> Policy:
    choose = tuple(rule if each.id == rule.id else each for each in step.choose)
    return _with_step(policy, replace(step, choose=choose))


def _with_step(policy: Policy, step: Step) -> Policy:
    steps = tuple(step if each.id == step.id else each for each in policy.steps)
    return replace(policy, steps=steps)


@pytest.mark.parametrize("part", range(5))
def test_rules_are_said_to_be_useless_exactly_when_no_case_gets_them(part: int) -> None:
    for seed in SEEDS[part::5]:
        book = world(seed)
        scene = scene_of(book)
        won = {outcome.rule for outcome in answers(book) if outcome.layer not in OUTSIDE}
        bad = [each.problem for each in looked(scene) if each.key[0] == "rule"]
        named = {problem.fields["rule"] for problem in bad if problem is not None}
        assert named == {rule.id for rule in scene.rules} - won, seed


@pytest.mark.parametrize("part", range(5))
def test_a_condition_is_said_to_do_nothing_exactly_when_no_case_moves(part: int) -> None:
    for seed in SEEDS[part::5]:
        book = world(seed)
        scene = scene_of(book)
        parts = [each.problem for each in looked(scene) if each.key[0] == "part"]
        before = answers(book)
        policy = book.policies["small"]
        for problem, variant in zip(parts, variants(policy, scene.winners), strict=True):
            after = answers(with_policy(book, variant))
            inside = [pair for pair in zip(before, after, strict=True) if _ours(pair[0])]
            assert (problem is not None) == all(a == b for a, b in inside), (seed, variant)


def _ours(outcome: Outcome) -> bool:
    return outcome.layer not in OUTSIDE


@pytest.mark.parametrize("part", range(5))
def test_a_dead_end_is_said_exactly_where_a_case_stands_still_for_ever(part: int) -> None:
    for seed in SEEDS[part::5]:
        book = world(seed)
        found = {_stands(problem.code, problem.fields) for problem in stuck(scene_of(book))}
        still = {
            str(case["last_step"])
            for case, outcome in zip(CASES, answers(book), strict=True)
            if outcome.layer is Layer.NOTHING and case["days_late"] == 3
        }
        assert found == still, seed


def _stands(_code: str, fields: Mapping[str, str]) -> str:
    """The step on which the case of a finding stands."""
    written = fields["case"].partition("last_step: ")[2]
    return written.partition(",")[0].rstrip("}")
