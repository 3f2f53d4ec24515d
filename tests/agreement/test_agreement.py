"""The day in columns and the naive reference say the same of every generated portfolio.

A world is one day with its policies and many debtors, each a portfolio of his own; worlds are
large so that the fixed cost of the columns is shared. `./run test` reads some thousand portfolios;
a million and more:

    RELANCE_PORTFOLIOS=1000000 ./run test -m slow tests/agreement

`RELANCE_SEED` is the first seed of that run (default 1000). A failure names its seed and prints
the smallest world, with debtors, rows, rules and limits dropped, that still differs.
"""

import os
from functools import lru_cache
from pathlib import Path
from random import Random

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatcher.decide.plan import Plan
from dispatcher.policy import columns, interpret
from dispatcher.policy.function import compile_policy
from dispatcher.policy.read import read_rules
from dispatcher.policy.terms import Policy, Rulebook, Verdict
from dispatcher.problems.render import as_text as in_words
from tests.agreement.compare import differences, planned, smallest, told
from tests.agreement.policies import any_policies
from tests.agreement.policy_texts import as_text
from tests.agreement.portfolios import World, any_world, any_world_of
from tests.agreement.reference_rules import Facts, Ruling, ruling, truth


FACTS = Path(__file__).resolve().parents[2] / "rules" / "facts.yaml"
DEBTORS = 250  # of one world
SEEDS = (*range(12), 22)  # the last one lies in a closed season
PORTFOLIOS = int(os.environ.get("RELANCE_PORTFOLIOS", "100000"))
FIRST_SEED = int(os.environ.get("RELANCE_SEED", "1000"))


@lru_cache(maxsize=len(SEEDS))
def decided(seed: int) -> tuple[World, Plan]:
    """The world of a seed and its day; several tests read the same."""
    world = any_world(seed, debtors=DEBTORS)
    return world, planned(world)


def agree(world: World, seed: object, made: Plan | None = None) -> None:
    found = differences(world, made)
    if found:
        least = smallest(world, found[0])
        pytest.fail(f"seed {seed}: {len(found)} differences\n{told(least)}", pytrace=False)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_day_is_what_the_reference_says(seed: int) -> None:
    world, made = decided(seed)
    agree(world, seed, made)


@pytest.mark.slow
@pytest.mark.timeout(0)
def test_the_day_is_what_the_reference_says_of_very_many() -> None:
    for seed in range(FIRST_SEED, FIRST_SEED + max(PORTFOLIOS // DEBTORS, 1)):
        agree(any_world(seed, debtors=DEBTORS), seed)


@given(st.randoms(use_true_random=False))
@settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_the_day_of_two_debtors_is_what_the_reference_says(random: Random) -> None:
    """The same worlds, found and shrunk by hypothesis."""
    assert differences(any_world_of(random, debtors=2)) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_columns_function_interpreter_and_reference_give_one_verdict(seed: int) -> None:
    world, made = decided(seed)
    facts = made.facts.head(150)
    rows = facts.to_dicts()
    names = world.rulebook.facts
    for policy in world.rulebook.active:
        naive = [_verdict(policy, ruling(policy, row)) for row in rows]
        decide = compile_policy(policy, names)
        assert [decide(row) for row in rows] == naive
        assert [interpret.interpret(policy, row) for row in rows] == naive
        said = facts.with_columns(columns.verdicts(policy, names))
        chosen = said.select("stop", "stop_on_unknown", "hand_over", "choice").to_dicts()
        assert [Verdict(**row) for row in chosen] == naive


def _verdict(policy: Policy, said: Ruling) -> Verdict:
    choices = [rule.id for step in policy.steps for rule in step.choose]
    return Verdict(
        stop=None if said.stop is None else policy.stops.index(said.stop),
        stop_on_unknown=bool(said.unknown),
        hand_over=None if said.hand_over is None else policy.hand_over.index(said.hand_over),
        choice=None if said.choice is None else choices.index(said.choice.id),
    )


# -- from text ----------------------------------------------------------------------------------


def _read(rulebook: Rulebook) -> tuple[Rulebook, str]:
    texts = {f"{name}.yaml": as_text(one, rulebook) for name, one in rulebook.policies.items()}
    texts["facts.yaml"] = FACTS.read_text(encoding="utf-8")
    found, problems = read_rules(texts)
    whole = "\n".join(texts[f"{name}.yaml"] for name in rulebook.policies)
    assert found is not None, "\n".join(in_words(one, sources=texts) for one in problems) + whole
    return found, whole


@pytest.mark.parametrize("seed", range(20))
def test_what_is_written_down_is_read_again(seed: int) -> None:
    written = any_policies(Random(seed))[0]
    read, _ = _read(written)
    for name, policy in written.policies.items():
        again = read.policies[name]
        assert again.limits == policy.limits
        assert again.safety == policy.safety
        assert again.same_as == policy.same_as
        assert _plain(again) == _plain(policy)


def _plain(policy: Policy) -> list[object]:
    """All that is no condition."""
    rules = [*policy.stops, *policy.choices, *policy.hand_over]
    steps = [(step.id, step.after, step.optional) for step in policy.steps]
    return [*((rule.id, rule.then) for rule in rules), *steps]


@pytest.mark.parametrize("seed", range(4))
def test_policies_read_from_text_decide_the_same_day(seed: int) -> None:
    world = any_world(seed, debtors=DEBTORS // 5)
    rulebook, _ = _read(world.rulebook)
    rows = planned(world).facts.head(60).to_dicts()
    for name, policy in world.rulebook.policies.items():
        again = rulebook.policies[name]
        for row in rows:
            assert _truths(again, row) == _truths(policy, row)
    again_world = world.reading(rulebook)
    agree(again_world, f"{seed}, from text")


def _truths(policy: Policy, row: Facts) -> list[bool | None]:
    conditions = [rule.when for rule in (*policy.stops, *policy.hand_over, *policy.choices)]
    return [truth(condition, row) for condition in (policy.start, *conditions)]


def test_the_generated_days_show_every_answer_and_most_reasons() -> None:
    """A generator that never gets to a corner proves nothing about it."""
    said = pl.concat([decided(seed)[1].answers for seed in SEEDS])
    shown = set(said.select(pl.concat_str("action", "reason", separator=": "))["action"])
    seen = {word.partition(": ")[0] for word in shown}
    assert seen == {
        "contact",
        "task",
        "hand_over",
        "under way",
        "wait",
        "hold",
        "nothing yet",
    }
    wanted = {
        "wait: gap",
        "wait: after: formal-notice",
        "wait: cap: contacts",
        "wait: cap: call",
        "wait: closed",
        "wait: weekend",
        "wait: holiday",
        "wait: quiet-hours",
        "wait: capacity: call",
        "wait: per_run: debtors",
        "wait: first-day",
        "wait: round",
        "task: no-channel",
        "hold: contradiction",
        "hold: no-policy",
        "hold: credit",
        "hold: unknown-step",
        "hold: unknown: insolvency",
        "hold: promise",
        "hold: dispute",
    }
    assert wanted - shown == set()
    assert said["carried_by"].drop_nulls().len() > 0
    again = pl.concat([decided(seed)[1].stands["sent_back"] for seed in SEEDS])
    assert again.height > 0
    contacts = [contact for seed in SEEDS for contact in decided(seed)[1].contacts]
    assert any(line.cycle > 0 for contact in contacts for line in contact.lines)
