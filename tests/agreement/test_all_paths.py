"""Every path says the same of one generator's policies and portfolios.

Interpreter, generated function, columns and the analyser's table; a policy before and after `fmt`;
a refutation, and its witness as the day decides it; a day, and the same day made again later.

`./run test` looks at some thousand cases, all in a few seconds; much longer:

    RELANCE_WORLDS=400 python -m pytest -m slow tests/agreement/test_all_paths.py
"""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from random import Random

import polars as pl
import pytest

from dispatcher.decide import judge
from dispatcher.decide.again import Again, again
from dispatcher.decide.evaluate import on_ladder
from dispatcher.decide.facts import build_facts
from dispatcher.decide.plan import Plan, plan_day
from dispatcher.model.vocabulary import Value
from dispatcher.policy import columns, interpret
from dispatcher.policy.formatting import formatted
from dispatcher.policy.function import compile_policy
from dispatcher.policy.promises import Invariant
from dispatcher.policy.read import read_rules
from dispatcher.policy.terms import Policy, Rule, Rulebook, Verdict
from dispatcher.prove.exact.outcomes import OUTSIDE, Layer, Outcome, answered
from dispatcher.prove.exact.properties import Refuted, broken, prove_all
from dispatcher.prove.exact.reach import channel_of
from dispatcher.prove.exact.says import Says, by_contact, said
from dispatcher.prove.exact.table import Table, analyse
from dispatcher.prove.trials.alone import whole
from tests.agreement.compare import planned
from tests.agreement.policies import any_policies
from tests.agreement.policy_texts import as_text
from tests.agreement.portfolios import World, any_world
from tests.decide.decide_world import LEGAL, NOW, REACH, TODAY, frames, settings
from tests.prove.test_prove_merging import PROMISES
from tests.prove.test_prove_tables import generated


WORLDS = int(os.environ.get("RELANCE_WORLDS", "60"))
FIRST = 5_000
SEEDS = (0, 1, 10, 17, 25)  # in the last three a contact takes cases along early
DEBTORS = 60
FACTS = Path(__file__).resolve().parents[2] / "rules" / "facts.yaml"

Case = Mapping[str, Value]

#: Column of a debtor -> the fact that says whether it is filled.
ADDRESSES = {
    "email": "has_email",
    "mobile": "has_mobile",
    "phone": "has_phone",
    "address": "has_address",
}


@lru_cache(maxsize=len(SEEDS))
def decided(seed: int) -> tuple[World, Plan]:
    """The world of a seed and its day."""
    world = any_world(seed, debtors=DEBTORS)
    return world, planned(world)


# -- one verdict --------------------------------------------------------------------------------


def rule_of(policy: Policy, verdict: Verdict) -> Rule | None:
    """The rule that answers, in the language's order."""
    if verdict.stop is not None:
        return policy.stops[verdict.stop]
    if verdict.hand_over is not None:
        return policy.hand_over[verdict.hand_over]
    return None if verdict.choice is None else policy.choices[verdict.choice]


def one_verdict(policy: Policy, rulebook: Rulebook, facts: pl.DataFrame) -> Counter[str]:
    """Compare all four on the cases of a policy; how many of each layer were seen."""
    rows = on_ladder(facts, policy)
    cases = rows.select(*rulebook.facts).to_dicts()
    naive = [interpret.interpret(policy, case) for case in cases]
    decide = compile_policy(policy, rulebook.facts)
    assert [decide(case) for case in cases] == naive
    chosen = rows.select(columns.verdicts(policy, rulebook.facts))
    assert [Verdict(**row) for row in chosen.to_dicts()] == naive
    # In these worlds any fact may be missing, whatever the vocabulary says.
    missing = {name: replace(fact, nullable=True) for name, fact in rulebook.facts.items()}
    table = analyse(policy, replace(rulebook, facts=missing))
    seen: Counter[str] = Counter()
    for case, verdict in zip(cases, naive, strict=True):
        seen[told(table, case, policy, verdict).layer] += 1
    return seen


def told(table: Table, case: Case, policy: Policy, verdict: Verdict) -> Outcome:
    """What the table says of a case, compared with the verdict and with its rows read naively."""
    outcome = table.told(case)
    assert outcome == answered(table.rows, case)
    if outcome.layer not in {*OUTSIDE, Layer.LADDER}:
        rule = rule_of(policy, verdict)
        assert outcome.rule == ("" if rule is None else rule.id), case
    if outcome.layer is Layer.STOP:
        assert outcome.reason.startswith("unknown: ") is verdict.stop_on_unknown, case
    return outcome


@pytest.mark.parametrize("seed", SEEDS)
def test_interpreter_function_columns_and_table_give_one_verdict(seed: int) -> None:
    world, made = decided(seed)
    seen = sum(
        (one_verdict(policy, world.rulebook, made.facts) for policy in world.rulebook.active),
        Counter(),
    )
    assert {Layer.STOP, Layer.CHOICE, Layer.NOTHING, Layer.ELSEWHERE} <= set(seen)


# -- fmt ----------------------------------------------------------------------------------------


def meant(texts: Mapping[str, str]) -> Mapping[str, str]:
    """The hash of each policy's meaning."""
    rulebook, problems = read_rules({**texts, "facts.yaml": FACTS.read_text("utf-8")})
    assert rulebook is not None, problems
    return {policy.name: policy.hash for policy in rulebook.policies.values()}


def keeps_its_meaning(seed: int) -> int:
    """Compare what is meant before and after `fmt`; how many files it wrote otherwise."""
    rulebook = any_policies(Random(seed))[0]
    before = {f"{name}.yaml": as_text(p, rulebook) for name, p in rulebook.policies.items()}
    after = {name: formatted(text, file=name)[0] or "" for name, text in before.items()}
    assert meant(after) == meant(before), seed
    return sum(after[name] != text for name, text in before.items())


def test_fmt_never_changes_what_a_policy_means() -> None:
    assert all(keeps_its_meaning(seed) for seed in range(8))


# -- refutations --------------------------------------------------------------------------------


def says_of(policy: Policy, rulebook: Rulebook, case: Case) -> Says:
    """What the interpreter says of a case by itself, in the words of promises."""
    rule = rule_of(policy, interpret.interpret(policy, case))
    assert rule is not None
    table = analyse(policy, rulebook)
    outcome = next(each for each in table.winners() if each.rule == rule.id)
    contact = outcome.contact
    channel = "" if contact is None else channel_of(contact, case, frozenset(rulebook.facts))
    return said(outcome, channel)


def behaves(invariant: Invariant, proof: Refuted, policy: Policy, rulebook: Rulebook) -> str:
    """See that a refutation is right; whether its case is alone or goes with another."""
    case = whole(proof.case, rulebook.facts)
    if proof.leader is None:
        says = says_of(policy, rulebook, case)
        assert (says.action, says.rule, says.channel) == (proof.action, proof.rule, proof.channel)
        assert broken(invariant, case, says)
        return "alone"
    leader = whole(proof.leader, rulebook.facts)
    answers = met([leader, case], policy, rulebook).answers.sort("case_id").to_dicts()
    first, second = answers
    assert (first["action"], first["rule"]) == ("contact", proof.leader_rule)
    assert (second["action"], second["rule"]) == ("contact", proof.rule)
    assert second["carried_by"] == first["case_id"]
    assert second["channel"] == first["channel"] == proof.channel
    contact = next(rule.then for rule in policy.choices if rule.id == proof.leader_rule)
    own = Says(action="contact", rule=proof.rule)
    assert broken(invariant, case, by_contact(own, contact, proof.channel))  # type: ignore[arg-type] # it did contact
    return "early" if proof.early else "merged"


def met(cases: Sequence[Case], policy: Policy, rulebook: Rulebook) -> Plan:
    """The day of one debtor of whom these facts are true, by `plan_day` itself."""
    rows = [
        {"id": n, "number": f"F{n}", "due": TODAY, "balance": 100_000}
        for n in range(1, len(cases) + 1)
    ]
    missing = {field: "" for field, fact in ADDRESSES.items() if cases[0][fact] is not True}
    known = frames(debtors=[{"id": 1, **missing}], invoices=rows)
    alone = Rulebook(
        facts=rulebook.facts, invariants=rulebook.invariants, policies={policy.name: policy}
    )
    facts = build_facts(known, alone, today=TODAY, timezone=settings().timezone)
    given = {name: [case[name] for case in cases] for name in rulebook.facts}
    own = [pl.Series(name, values, facts.schema[name]) for name, values in given.items()]
    late = [int(case["days_late"] or 0) or -int(case["days_before_due"] or 0) for case in cases]
    facts = facts.with_columns(
        *own, signed_late=pl.Series(late), recorded=pl.Series(given["last_step"])
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judge, "build_facts", lambda *_, **__: facts)
        return plan_day(
            known, alone, settings(), today=TODAY, now=NOW, reach=REACH | {"visit"}, legal=LEGAL
        )


def refuted(seed: int) -> Counter[str]:
    """See that every refutation of a policy is right; how many there were of each kind."""
    rulebook = generated(seed)
    made = rulebook.policies["b2b"]
    made = replace(made, hand_over=(), limits=replace(made.limits, gather=3 + seed % 5))
    proofs = prove_all(PROMISES, made, rulebook, legal=LEGAL)
    return Counter(
        behaves(invariant, proof, made, rulebook)
        for invariant, proof in zip(PROMISES, proofs, strict=True)
        if isinstance(proof, Refuted)
    )


def test_a_refutation_behaves_as_said() -> None:
    seen = sum((refuted(seed) for seed in (0, 1, 2, 10, 15, 18)), Counter())
    assert set(seen) == {"alone", "merged", "early"}


# -- made again ---------------------------------------------------------------------------------


def made_again(world: World, made: Plan) -> Again:
    """The answers of a day compared with what the rules say once more."""
    answers, facts = made.parts[0].for_file()
    return again(answers, facts, world.rulebook, default_policy="", today=world.today)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_day_made_again_is_the_same(seed: int) -> None:
    found = made_again(*decided(seed))
    assert found.differences == ()
    assert found.compared > DEBTORS


def test_a_day_made_again_by_other_rules_or_of_other_facts_is_not() -> None:
    world, made = decided(SEEDS[0])
    answers, facts = made.parts[0].for_file()
    bare = {name: replace(one, stops=()) for name, one in world.rulebook.policies.items()}
    rules = replace(world.rulebook, policies=bare)
    found = again(answers, facts, rules, default_policy="", today=world.today)
    assert {each.field for each in found.differences} >= {"rule", "answer"}
    late = facts.with_columns(pl.col("amount_due") + 1)
    other = again(answers, late, world.rulebook, default_policy="", today=world.today)
    assert {each.field for each in other.differences} >= {"facts"}
    assert len(other.differences) >= other.compared


@pytest.mark.slow
@pytest.mark.timeout(0)
def test_all_paths_agree_on_very_many() -> None:
    for seed in range(FIRST, FIRST + WORLDS):
        world = any_world(seed, debtors=DEBTORS)
        made = planned(world)
        assert made_again(world, made).differences == (), seed
        for policy in world.rulebook.active:
            one_verdict(policy, world.rulebook, made.facts)
        keeps_its_meaning(seed)
        refuted(seed)
