"""Days counted on, all else as today: the facts of a later day, and the next day that matters."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

import polars as pl

from dispatcher.model.vocabulary import Fact, FactType
from dispatcher.policy.columns import verdicts
from dispatcher.policy.once import once
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
)


VERDICT: Final = ("stop", "stop_on_unknown", "hand_over", "choice")

#: What each fact of time becomes so many days on, from columns of the facts table.
LATER: Final[Mapping[str, Callable[[pl.Expr], pl.Expr]]] = {
    "days_late": lambda days: (pl.col("signed_late") + days).clip(lower_bound=0),
    "days_before_due": lambda days: pl.when(pl.col("signed_late") + days <= 0).then(
        -(pl.col("signed_late") + days)
    ),
    "days_since_step": lambda days: pl.col("days_since_step") + days,
    "limitation_days": lambda days: pl.col("limitation_days") - days,
}

#: Where each fact of time stands today on its endless scale, and whether it rises.
RISING: Final = {"days_late": "signed_late", "days_since_step": "days_since_step"}


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Every comparison of a condition."""
    match condition:
        case All(parts=parts) | Either(parts=parts):
            for part in parts:
                yield from leaves(part)
        case Named(condition=inner):
            yield from leaves(inner)
        case Between() | OneOf() | NoneOf() | Known() | Lacks():
            yield condition


def conditions(policy: Policy) -> Iterator[Condition]:
    """Every condition that decides what a case of this policy answers."""
    for rule in (*policy.stops, *policy.hand_over, *policy.choices):
        yield rule.when


@once
def facts_of(policy: Policy) -> frozenset[str]:
    """Every fact that decides what a case of this policy answers."""
    return frozenset(leaf.fact for leaf in _read(policy))


@once
def edges_of_time(policy: Policy, facts: Mapping[str, Fact]) -> frozenset[tuple[str, int]]:
    """Facts of time with the values from which on a comparison may come out otherwise."""
    return frozenset(
        (leaf.fact, edge)
        for leaf in _read(policy)
        if leaf.fact in LATER and leaf.fact in facts
        for edge in _edges(leaf)
    )


def elapsed(days: pl.Expr, facts: Mapping[str, Fact]) -> list[pl.Expr]:
    """The facts of time as they stand that many days later."""
    return [
        later(days).clip(facts[name].minimum, facts[name].maximum).alias(name)
        for name, later in LATER.items()
        if name in facts
    ]


def decided(rows: pl.DataFrame, policy: Policy, facts: Mapping[str, Fact]) -> pl.DataFrame:
    """The rows with the columns of `VERDICT`: what the policy says of each."""
    return rows.with_columns(verdicts(policy, facts))


def earliest_change(rows: pl.DataFrame, policy: Policy, facts: Mapping[str, Fact]) -> pl.DataFrame:
    """The rows with `days_on`: days until the policy says something else; null: never.

    No two of the rows need be alike (`told_apart`).
    """
    numbered = rows.with_row_index("number")
    found = _first_change(numbered, policy, facts)
    return numbered.join(found, on="number", how="left", maintain_order="left").drop("number")


@once
def told_apart(policy: Policy, facts: Mapping[str, Fact]) -> list[pl.Expr]:
    """All that the policy can tell two cases apart by, today and on any later day."""
    return _alike(_read(policy), facts)


@once
def _read(policy: Policy) -> list[Leaf]:
    return [leaf for condition in conditions(policy) for leaf in leaves(condition)]


def _first_change(apart: pl.DataFrame, policy: Policy, facts: Mapping[str, Fact]) -> pl.DataFrame:
    found = [pl.DataFrame(schema={"number": apart.schema["number"], "days_on": pl.Int64})]
    coming, moved = _coming(policy, facts), elapsed(pl.col("days_on"), facts)
    before = apart.rename({name: f"{name}_now" for name in VERDICT}).with_columns(
        days_on=pl.lit(0, dtype=pl.Int64)
    )
    while not before.is_empty():
        before = before.with_columns(days_on=coming).filter(pl.col("days_on").is_not_null())
        later = decided(before.with_columns(moved), policy, facts)
        changes = later.select(
            pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_now")) for name in VERDICT)
        ).to_series()
        found.append(before.select("number", "days_on").filter(changes))
        before = before.filter(~changes)
    return pl.concat(found)


def _alike(read: Iterable[Leaf], facts: Mapping[str, Fact]) -> list[pl.Expr]:
    """What tells cases apart: the time, and of every other fact only what the rules ask of it."""
    asked: dict[str, set[int]] = {}
    for leaf in read:
        asked.setdefault(leaf.fact, set()).update(_edges(leaf))
    numbers = (FactType.INT, FactType.MONEY)
    told = [
        _bucket(name, sorted(edges)) if facts[name].type in numbers else pl.col(name)
        for name, edges in asked.items()
        if name not in LATER
    ]
    clock = [name for name in ("days_since_step", "limitation_days") if name in asked]
    return [*told, pl.col("signed_late"), *(pl.col(name) for name in clock)]


def _bucket(name: str, edges: list[int]) -> pl.Expr:
    above = [(pl.col(name) >= edge).cast(pl.Int16) for edge in edges]
    known = pl.when(pl.col(name).is_not_null())
    return known.then(pl.sum_horizontal(*above, pl.lit(0))).alias(name)


def _edges(leaf: Leaf) -> set[int]:
    """Values from which on, upwards, the comparison may come out otherwise."""
    match leaf:
        case Between(at_least=low, at_most=high):
            return {edge for edge in (low, None if high is None else high + 1) if edge is not None}
        case OneOf(values=values) | NoneOf(values=values):
            whole = [v for v in values if isinstance(v, int) and not isinstance(v, bool)]
            return {edge for value in whole for edge in (value, value + 1)}
        case Known() | Lacks():
            return set()


@once
def _coming(policy: Policy, facts: Mapping[str, Fact]) -> pl.Expr:
    """The first day after `days_on` on which a comparison with a fact of time may come out anew."""
    offsets = [_days_until(name, edge) for name, edge in sorted(edges_of_time(policy, facts))]
    passed_due = 1 - pl.col("signed_late")
    later = [
        pl.when(offset > pl.col("days_on")).then(offset.cast(pl.Int64))
        for offset in (*offsets, passed_due)
    ]
    return pl.min_horizontal(later)


def _days_until(name: str, edge: int) -> pl.Expr:
    if name in RISING:
        return pl.lit(edge) - pl.col(RISING[name])
    standing = -pl.col("signed_late") if name == "days_before_due" else pl.col(name)
    return standing - (edge - 1)
