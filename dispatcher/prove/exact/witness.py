"""Cases that show something, as ordinary as they can be, in the words of a test."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from dispatcher.model.vocabulary import Fact, FactType, Value
from dispatcher.policy.boxes import as_written, may_lack
from dispatcher.policy.values import NUMERIC
from dispatcher.prove.exact.diagram import YES, Diagrams
from dispatcher.prove.exact.space import Space


#: What is usual of the shipped facts where their default is not.
USUAL: Final[Mapping[str, Value]] = {
    "amount_due": 120_000,
    "debtor_overdue": 120_000,
    "days_late": 10,
    "days_since_step": 10,
    "days_before_due": None,
    "limitation_days": 1_800,
    "policy_before": None,
    "has_email": True,
    "has_mobile": True,
    "has_phone": True,
    "has_address": True,
}

UNUSUAL: Final = 10  # what another value costs
MISSING: Final = 30  # what an unknown one costs


def usual(fact: Fact) -> Value:
    """The ordinary value of a fact: known from practice, else its default, else its first."""
    if fact.name in USUAL and _fits(USUAL[fact.name], fact):
        return USUAL[fact.name]
    if fact.has_default:
        return fact.default
    if fact.type is FactType.BOOL:
        return False
    if fact.type in NUMERIC:
        return max(fact.minimum or 0, 0)
    return next((value for value in fact.values if value != "none"), None)


def case_in(diagrams: Diagrams, node: int, leaf: int = YES) -> Mapping[str, Value] | None:
    """The most ordinary case that comes to a leaf, with every fact; None: there is none."""
    way = diagrams.cheapest(node, leaf, prices(diagrams.space))
    return None if way is None else case_of(way, diagrams.space)


def telling(diagrams: Diagrams, node: int) -> Mapping[str, Value] | None:
    """The most ordinary case of a node with the facts that matter; None: there is none.

    Left out is what has its default, and what may be anything: put into a test it is the same.
    """
    way = diagrams.cheapest(node, YES, prices(diagrams.space))
    if way is None:
        return None
    space = diagrams.space
    whole = case_of(way, space)
    asked = {space.order[level] for level in way}
    needed = {name for name in space.order if not _may_go(space.facts[name])}
    return {
        name: whole[name]
        for name, fact in space.facts.items()
        if name in asked | needed and not (fact.has_default and whole[name] == fact.default)
    }


def case_of(way: Mapping[int, int], space: Space) -> Mapping[str, Value]:
    """A case with these atoms (by level); every fact of the vocabulary.

    What may be anything has its default, or is unknown where that may be.
    """
    chosen = {space.order[level]: bit for level, bit in way.items()}
    return {
        name: value_in(space, name, chosen[name]) if name in chosen else _any(fact)
        for name, fact in space.facts.items()
    }


def _any(fact: Fact) -> Value:
    if fact.has_default:
        return fact.default
    return None if may_lack(fact) else usual(fact)


def _may_go(fact: Fact) -> bool:
    return fact.has_default or may_lack(fact)


def value_in(space: Space, name: str, bit: int) -> Value:
    """The value of an atom that comes nearest to the usual one."""
    first = space.values[name][bit]
    if first is None or space.facts[name].type not in NUMERIC:
        return first
    low, high = space.ends(name, bit)
    wanted = usual(space.facts[name])
    return low if wanted is None else min(max(int(wanted), low), high)


def prices(space: Space) -> Callable[[int, int], tuple[int, int]]:
    """By level and atoms: what the most ordinary of them costs, and which it is."""

    @cache
    def price(level: int, mask: int) -> tuple[int, int]:
        name = space.order[level]
        count = len(space.values[name])
        return min((_cost(space, name, bit), bit) for bit in range(count) if mask >> bit & 1)

    return price


def as_test(
    name: str, case: Mapping[str, Value], expect: Mapping[str, str], facts: Mapping[str, Fact]
) -> str:
    """A telling case as an entry of `tests:`; empty words of `expect` are left out."""
    expected = ", ".join(f"{word}: {said}" for word, said in expect.items() if said)
    return (
        f"  - name: {name}\n"
        f"    case: {{{as_written(case, set(case), facts)}}}\n"
        f"    expect: {{{expected}}}\n"
    )


def _cost(space: Space, name: str, bit: int) -> int:
    value = space.values[name][bit]
    wanted = usual(space.facts[name])
    if value is None:
        return 0 if wanted is None else MISSING
    if wanted is None:
        return UNUSUAL
    if space.facts[name].type in NUMERIC:
        apart = abs(bit - space.bit(name, wanted))
        return min(UNUSUAL + apart, MISSING - 1) if apart else 0
    return 0 if value == wanted else UNUSUAL


def _fits(value: Value, fact: Fact) -> bool:
    if value is None:
        return may_lack(fact)
    if isinstance(value, bool):
        return fact.type is FactType.BOOL
    low, high = fact.minimum or 0, fact.maximum or 0
    return fact.type in NUMERIC and low <= int(value) <= high
