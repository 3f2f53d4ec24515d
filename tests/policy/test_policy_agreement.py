"""Columns, generated function and naive interpreter say the same of every policy and case."""

from collections.abc import Mapping
from itertools import product

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatcher.model.vocabulary import Fact, FactType, Owner, Value
from dispatcher.policy import columns, interpret
from dispatcher.policy.dtypes import dtype
from dispatcher.policy.function import compile_policy
from dispatcher.policy.terms import (
    All,
    Between,
    Condition,
    Either,
    Hold,
    Known,
    Lacks,
    Leaf,
    Named,
    NoneOf,
    OneOf,
    Policy,
    Rule,
    Rulebook,
    Step,
    Verdict,
    Wait,
)


STEPS = ("none", "one", "two", "three")
FACTS: Mapping[str, Fact] = {
    fact.name: fact
    for fact in (
        Fact(name="last_step", type=FactType.STEP, of=Owner.INVOICE, values=STEPS),
        Fact(name="kind", type=FactType.ENUM, of=Owner.DEBTOR, values=("a", "b", "c")),
        Fact(name="blocked", type=FactType.BOOL, of=Owner.DEBTOR),
        Fact(name="days", type=FactType.INT, of=Owner.INVOICE, minimum=-5, maximum=30),
        Fact(name="amount", type=FactType.MONEY, of=Owner.INVOICE, minimum=0, maximum=10_000),
    )
}
NUMBERS = ("days", "amount")
WORDS: Mapping[str, tuple[Value, ...]] = {
    "last_step": STEPS,
    "kind": ("a", "b", "c"),
    "blocked": (True, False),
    "days": (-5, 0, 1, 7, 30),
    "amount": (0, 1, 499, 500, 10_000),
}


def _ranges(fact: str) -> st.SearchStrategy[Leaf]:
    bounds = st.sampled_from([int(value) for value in WORDS[fact] if value is not None])
    return st.builds(
        lambda low, high: Between(fact=fact, at_least=low, at_most=high),
        st.none() | bounds,
        bounds,
    ) | st.builds(lambda low: Between(fact=fact, at_least=low), bounds)


def _words(fact: str) -> st.SearchStrategy[Leaf]:
    some = st.lists(st.sampled_from(WORDS[fact]), min_size=1, max_size=2, unique=True).map(tuple)
    return (
        st.builds(lambda values: OneOf(fact=fact, values=values), some)
        | st.builds(lambda values: NoneOf(fact=fact, values=values), some)
        | st.just(Known(fact=fact))
        | st.just(Lacks(fact=fact))
    )


LEAVES: st.SearchStrategy[Condition] = st.one_of(
    *[_words(fact) for fact in FACTS], *[_ranges(fact) for fact in NUMBERS]
)


def _joined(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    parts = st.lists(inner, max_size=3).map(tuple)
    some = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return (
        st.builds(lambda parts: All(parts=parts), parts)
        | st.builds(lambda parts: Either(parts=parts), some)
        | st.builds(lambda condition: Named(name="named", condition=condition), inner)
    )


CONDITIONS = st.recursive(LEAVES, _joined, max_leaves=5)
LISTS = st.lists(CONDITIONS, max_size=4)


def _rules(conditions: list[Condition], prefix: str) -> tuple[Rule, ...]:
    then = Hold(reason="held") if prefix == "stops" else Wait(reason="later")
    return tuple(
        Rule(id=f"{prefix}/{n}", when=when, then=then) for n, when in enumerate(conditions)
    )


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    steps = tuple(
        Step(
            id=name,
            labels={},
            after=tuple(draw(st.lists(st.sampled_from(STEPS[:3]), min_size=1, unique=True))),
            when=draw(CONDITIONS),
            choose=_rules(draw(LISTS), name),
            optional=draw(st.booleans()),
        )
        for name in STEPS[1:]
    )
    return Policy(
        name="generated",
        version="2026.01.1",
        hash="",
        file="",
        stops=_rules(draw(LISTS), "stops"),
        hand_over=_rules(draw(LISTS), "hand_over"),
        start=draw(CONDITIONS),
        steps=steps,
    )


VALUES: Mapping[str, st.SearchStrategy[Value]] = {
    fact: st.sampled_from((None, *_values))
    if fact not in NUMBERS
    else st.sampled_from(
        (None, *sorted({int(v) + d for v in _values if v is not None for d in (-1, 0, 1)}))
    )
    for fact, _values in WORDS.items()
}
CASES = st.lists(st.fixed_dictionaries(dict(VALUES)), min_size=1, max_size=40)


def _by_columns(policy: Policy, cases: list[dict[str, Value]]) -> list[Verdict]:
    rulebook = Rulebook(facts=FACTS, invariants=(), policies={})
    schema = {name: dtype(fact, rulebook) for name, fact in FACTS.items()}
    frame = pl.DataFrame(cases, schema=schema)
    found = frame.lazy().with_columns(columns.verdicts(policy, FACTS)).collect()
    found = found.select("stop", "stop_on_unknown", "hand_over", "choice")
    return [Verdict(**row) for row in found.to_dicts()]


@given(policy=policies(), cases=CASES)
@settings(max_examples=100, deadline=None)
def test_columns_function_and_interpreter_agree(
    policy: Policy, cases: list[dict[str, Value]]
) -> None:
    decide = compile_policy(policy, FACTS)
    naive = [interpret.interpret(policy, case) for case in cases]
    assert [decide(case) for case in cases] == naive
    assert _by_columns(policy, cases) == naive


@given(condition=CONDITIONS, cases=CASES)
@settings(max_examples=60, deadline=None)
def test_the_column_of_a_condition_has_its_three_values(
    condition: Condition, cases: list[dict[str, Value]]
) -> None:
    rulebook = Rulebook(facts=FACTS, invariants=(), policies={})
    frame = pl.DataFrame(
        cases, schema={name: dtype(fact, rulebook) for name, fact in FACTS.items()}
    )
    found = frame.with_columns(columns.truth(condition, FACTS).alias("it"))["it"].to_list()
    assert found == [interpret.truth(condition, case) for case in cases]


KLEENE = (True, None, False)


@pytest.mark.parametrize(("one", "other"), list(product(KLEENE, KLEENE)))
def test_kleene_tables(one: bool | None, other: bool | None) -> None:
    case = {"blocked": one, "kind": None if other is None else "a" if other else "b"}
    parts = (OneOf(fact="blocked", values=(True,)), OneOf(fact="kind", values=("a",)))
    rank = {False: 0, None: 1, True: 2}
    both = interpret.truth(All(parts=parts), case)
    either = interpret.truth(Either(parts=parts), case)
    assert rank[both] == min(rank[one], rank[other])
    assert rank[either] == max(rank[one], rank[other])


def test_nothing_an_operator_writes_is_run_by_the_generated_function() -> None:
    evil = "x'] or __import__('os').abort() or ['"
    facts = {evil: Fact(name=evil, type=FactType.ENUM, of=Owner.DEBTOR, values=(evil,))}
    stop = Rule(id="stops/x", when=OneOf(fact=evil, values=(evil,)), then=Hold(reason="x"))
    policy = Policy(name="p", version="1", hash="", file="", stops=(stop,))
    assert compile_policy(policy, facts)({evil: evil}).stop == 0
    assert compile_policy(policy, facts)({evil: "other"}).stop is None
