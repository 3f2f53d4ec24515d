"""Rules decided by tables of bits: the same verdicts as the naive reading, whatever the rules.

The agreement of whole policies is in test_policy_agreement; here are the forms that only many
rules or wide numbers bring about.
"""

from collections.abc import Mapping, Sequence

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatcher.model.vocabulary import Fact, FactType, Owner, Value
from dispatcher.policy import columns, tables
from dispatcher.policy.dtypes import dtype
from dispatcher.policy.interpret import interpret, truth
from dispatcher.policy.terms import (
    All,
    Between,
    Condition,
    Either,
    Hold,
    Known,
    Lacks,
    Named,
    NoneOf,
    OneOf,
    Policy,
    Rule,
    Rulebook,
    Wait,
)


FACTS: Mapping[str, Fact] = {
    fact.name: fact
    for fact in (
        Fact(name="kind", type=FactType.ENUM, of=Owner.DEBTOR, values=("a", "b", "c")),
        Fact(name="flag", type=FactType.BOOL, of=Owner.DEBTOR),
        Fact(name="days", type=FactType.INT, of=Owner.INVOICE),
        Fact(name="amount", type=FactType.MONEY, of=Owner.INVOICE),
    )
}
#: Cuts of amounts lie so far apart, and on no common step, that their atom is searched for.
AMOUNTS = (-7, 0, 1, 9_999, 10_000_000_019)
DAYS = (-30, 0, 7, 60)

Case = dict[str, Value]


def _numbers(fact: str, known: Sequence[int]) -> st.SearchStrategy[Condition]:
    some = st.sampled_from(known)
    return st.one_of(
        st.builds(lambda one, two: Between(fact=fact, at_least=one, at_most=two), some, some),
        st.builds(lambda one: Between(fact=fact, at_least=one), some),
        st.builds(lambda one: Between(fact=fact, at_most=one), some),
        st.builds(lambda one: OneOf(fact=fact, values=(one,)), some),
        st.builds(lambda one: NoneOf(fact=fact, values=(one,)), some),
        st.sampled_from([Known(fact=fact), Lacks(fact=fact)]),
    )


LEAVES: st.SearchStrategy[Condition] = st.one_of(
    _numbers("days", DAYS),
    _numbers("amount", AMOUNTS),
    st.sampled_from(
        [
            OneOf(fact="kind", values=("a", "c")),
            NoneOf(fact="kind", values=("b",)),
            Lacks(fact="kind"),
            OneOf(fact="flag", values=(True,)),
            NoneOf(fact="flag", values=(True,)),
            OneOf(fact="flag", values=(False,)),
        ]
    ),
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(lambda parts: All(parts=tuple(parts)), st.lists(inner, max_size=3)),
        st.builds(
            lambda parts: Either(parts=tuple(parts)), st.lists(inner, min_size=1, max_size=2)
        ),
        st.builds(lambda condition: Named(name="named", condition=condition), inner),
    ),
    max_leaves=4,
)
CASES = st.lists(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from([None, "a", "b", "c"]),
            "flag": st.sampled_from([None, True, False]),
            "days": st.sampled_from([None, *(d + n for d in DAYS for n in (-1, 0, 1))]),
            "amount": st.sampled_from([None, *(d + n for d in AMOUNTS for n in (-1, 0, 1))]),
        }
    ),
    max_size=20,
)


def _frame(cases: Sequence[Case]) -> pl.DataFrame:
    rulebook = Rulebook(facts=FACTS, invariants=(), policies={})
    schema = {name: dtype(fact, rulebook) for name, fact in FACTS.items()}
    return pl.DataFrame(list(cases), schema=schema)


@given(conditions=st.lists(CONDITIONS, min_size=1, max_size=8), cases=CASES, stops=st.booleans())
@settings(max_examples=150, deadline=None)
def test_tables_find_the_first_rule_that_the_naive_reading_finds(
    conditions: list[Condition], cases: list[Case], *, stops: bool
) -> None:
    fires = tables.first_of(conditions, FACTS, stops=stops)
    if fires is None:  # the rules read no fact, or say too much in one breath
        return
    found = _frame(cases).select(index=fires.index, on_unknown=fires.on_unknown)
    assert found.rows() == [_first(conditions, case, stops=stops) for case in cases]


def _first(conditions: Sequence[Condition], case: Case, *, stops: bool) -> tuple[int | None, bool]:
    for index, condition in enumerate(conditions):
        said = truth(condition, case)
        if said or (stops and said is None):
            return index, said is None
    return None, False


def _many(count: int) -> Policy:
    """Rule n holds on days n to n + 2 only, every third one for amounts it cannot meet."""
    rules = tuple(
        All(parts=(Between(fact="days", at_least=n, at_most=n + 2), *_never(n)))
        for n in range(count)
    )
    return Policy(
        name="many",
        version="1",
        hash="",
        file="",
        stops=tuple(
            Rule(id=f"stops/{n}", when=when, then=Hold(reason="held"))
            for n, when in enumerate(rules)
        ),
        hand_over=tuple(
            Rule(id=f"hand_over/{n}", when=when, then=Wait()) for n, when in enumerate(rules)
        ),
    )


def _never(number: int) -> tuple[Condition, ...]:
    return () if number % 3 else (Between(fact="amount", at_least=10**9),)


@pytest.mark.parametrize("count", [63, 64, 65, 400], ids=str)
def test_more_rules_than_a_word_has_bits_say_the_same(count: int) -> None:
    policy = _many(count)
    cases: list[Case] = [
        {"kind": "a", "flag": None, "days": day, "amount": amount}
        for day in (None, -1, 0, 1, 2, 3, 61, 62, 63, 64, 65, 66, 127, 128, 255, 256, 399, 401, 402)
        for amount in (None, 5, 10**9)
    ]
    assert count > columns.MANY
    found = _frame(cases).select(columns.verdicts(policy, FACTS)).to_dicts()
    naive = [interpret(policy, case) for case in cases]
    assert [(row["stop"], row["stop_on_unknown"], row["hand_over"]) for row in found] == [
        (said.stop, said.stop_on_unknown, said.hand_over) for said in naive
    ]


def test_rules_that_multiply_into_too_many_boxes_are_left_to_comparisons() -> None:
    either = [
        Either(parts=(OneOf(fact="flag", values=(True,)), Between(fact="days", at_least=n)))
        for n in range(8)
    ]
    assert tables.first_of([All(parts=tuple(either))], FACTS, stops=False) is None


def test_tables_decide_no_case_at_all() -> None:
    fires = tables.first_of([OneOf(fact="kind", values=("a",))], FACTS, stops=False)
    assert fires is not None
    assert _frame([]).select(fires.index).height == 0
