"""Conditions and policies as Polars expressions over the facts table."""

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from operator import and_, or_
from typing import Final

import polars as pl

from dispatcher.model.vocabulary import Fact, FactType, Value
from dispatcher.policy.once import once
from dispatcher.policy.tables import Fires, first_of
from dispatcher.policy.terms import (
    All,
    Between,
    Condition,
    Either,
    Known,
    Lacks,
    Leaf,
    Named,
    NoneOf,
    OneOf,
    Policy,
    Rule,
)


Facts = Mapping[str, Fact]

#: Above so many rules one bit per rule costs less than one comparison after the other.
MANY: Final = 32


def truth(condition: Condition, facts: Facts) -> pl.Expr:
    """One Boolean expression, null where the condition is unknown (Kleene, as Polars has it)."""
    match condition:
        case All(parts=parts):
            return _joined(parts, facts, and_, otherwise=True)
        case Either(parts=parts):
            return _joined(parts, facts, or_, otherwise=False)
        case Named(condition=named):
            return truth(named, facts)
        case _:
            return _leaf(condition, facts)


@once
def verdicts(policy: Policy, facts: Facts) -> tuple[pl.Expr, ...]:
    """Four columns, as `terms.Verdict` says: stop, stop_on_unknown, hand_over, choice.

    Indices are Int32, null where no rule fires.
    """
    stop = _fires(policy.stops, facts, stops=True)
    return (
        stop.index.alias("stop"),
        stop.on_unknown.alias("stop_on_unknown"),
        _fires(policy.hand_over, facts).index.alias("hand_over"),
        _fires(policy.choices, facts).index.alias("choice"),
    )


def chosen(policies: Sequence[Policy], facts: Facts) -> pl.Expr:
    """The index of the policy whose `applies_to` is true (Int32, null: none).

    `policies` are the active ones of one currency; the reader has proved that they do not overlap.
    """
    conditions = [policy.applies_to for policy in policies if policy.applies_to is not None]
    return _first([truth(condition, facts) for condition in conditions]).alias("policy")


def _joined(
    parts: Sequence[Condition],
    facts: Facts,
    join: Callable[[pl.Expr, pl.Expr], pl.Expr],
    *,
    otherwise: bool,
) -> pl.Expr:
    if not parts:
        return pl.lit(value=otherwise)
    return reduce(join, [truth(part, facts) for part in parts])


def _leaf(leaf: Leaf, facts: Facts) -> pl.Expr:
    match leaf:
        case Known(fact=fact):
            return pl.col(fact).is_not_null()
        case Lacks(fact=fact):
            return pl.col(fact).is_null()
        case Between(fact=fact, at_least=low, at_most=high):
            return _between(pl.col(fact), low, high)
        case OneOf(fact=fact, values=values):
            return reduce(or_, [_equals(facts[fact], value) for value in values])
        case NoneOf(fact=fact, values=values):
            return reduce(and_, [~_equals(facts[fact], value) for value in values])


def _between(column: pl.Expr, low: int | None, high: int | None) -> pl.Expr:
    if low is None or high is None:
        return column >= low if high is None else column <= high
    return (column >= low) & (column <= high)


def _equals(fact: Fact, value: Value) -> pl.Expr:
    """Direct comparison: `is_in` over texts costs four times as much."""
    column = pl.col(fact.name)
    if fact.type is FactType.BOOL:
        return column if value else ~column
    return column == value


def _fires(rules: Sequence[Rule], facts: Facts, *, stops: bool = False) -> Fires:
    """The first of the rules that is true or, for stops, that may be."""
    conditions = [rule.when for rule in rules]
    found = first_of(conditions, facts, stops=stops) if len(rules) > MANY else None
    return found or _one_by_one(conditions, facts, stops=stops)


def _one_by_one(conditions: Sequence[Condition], facts: Facts, *, stops: bool) -> Fires:
    truths = [truth(condition, facts) for condition in conditions]
    if not stops:  # a `when` takes null for false: only what is true fires
        return Fires(index=_first(truths), on_unknown=pl.lit(value=False))
    fires = [each.fill_null(value=True) for each in truths]
    unknown = [pl.when(f).then(t.is_null()) for f, t in zip(fires, truths, strict=True)]
    on_unknown = pl.coalesce([*unknown, pl.lit(value=False)])
    return Fires(index=_first(fires), on_unknown=on_unknown)


def _first(fires: Sequence[pl.Expr]) -> pl.Expr:
    indices = [
        pl.when(fire).then(pl.lit(index, dtype=pl.Int32)) for index, fire in enumerate(fires)
    ]
    return pl.coalesce([*indices, pl.lit(None, dtype=pl.Int32)])
