"""What each changed fact of a case has to be: not one value only, but as many as will do."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Final

from dispatcher.model.vocabulary import Value
from dispatcher.policy.interpret import Case
from dispatcher.policy.terms import Between, Known, Lacks, Leaf, OneOf
from dispatcher.policy.values import NUMERIC
from dispatcher.prove.exact.diagram import YES, Diagrams
from dispatcher.prove.exact.later import LATER
from dispatcher.prove.exact.space import Space


#: Combinations of other facts that are looked at; beyond, a fact is said as the one atom it has.
MOST_TRIED: Final = 2_000

#: Whether the case would be in the set with these atoms, by fact, instead of its own.
Inside = Callable[[Mapping[str, int]], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a fact has to be: any value that `wanted` takes; `now` is what it begins with.

    `stays`: it hardly ever changes so.
    """

    wanted: Leaf
    now: Value
    stays: bool = False


def needs_of(
    diagrams: Diagrams, node: int, after: Case, *, moved: Case, before: Case
) -> dict[str, Leaf]:
    """By fact what it has to be, of those that changed and those that had to grow.

    `after` is in the set of the node; `before` the case as it was, `moved` the same once days have
    gone by. Every case with values that all the needs take is in the set.
    """
    space = diagrams.space
    bits = {name: space.bit(name, after.get(name)) for name in space.order}

    def inside(other: Mapping[str, int]) -> bool:
        return _leads_to_yes(diagrams, node, {**bits, **other})

    changed = [name for name in bits if after.get(name) != moved.get(name)]
    grown = [
        name
        for name in LATER
        if name in bits
        and name not in changed
        and after.get(name) is not None
        and not inside({name: space.bit(name, before.get(name))})
    ]
    wide: dict[str, Sequence[int]] = {name: [bits[name]] for name in (*grown, *changed)}
    for name in wide:
        others = {other: found for other, found in wide.items() if other != name}
        wide[name] = _wide(name, bits[name], others, space, inside)
    return {name: _leaf(name, found, space) for name, found in wide.items()}


def _leads_to_yes(diagrams: Diagrams, node: int, bits: Mapping[str, int]) -> bool:
    order = diagrams.space.order
    while node >= 0:
        bit = bits[order[diagrams.level(node)]]
        node = next(child for mask, child in diagrams.edges(node) if mask >> bit & 1)
    return node == YES


def _wide(
    name: str, start: int, others: Mapping[str, Sequence[int]], space: Space, inside: Inside
) -> Sequence[int]:
    """The atoms that a fact may have whatever the others have; of a number those in one piece."""
    values = space.values[name]
    if values[start] is None or prod(map(len, others.values())) > MOST_TRIED:
        return [start]
    rest = [dict(zip(others, bits, strict=True)) for bits in product(*others.values())]

    def fits(bit: int) -> bool:
        return values[bit] is not None and all(inside({**other, name: bit}) for other in rest)

    if space.facts[name].type not in NUMERIC:
        return [bit for bit in range(len(values)) if fits(bit)]
    first = last = start
    while first and fits(first - 1):
        first -= 1
    while last + 1 < len(values) and fits(last + 1):
        last += 1
    return range(first, last + 1)


def _leaf(name: str, bits: Sequence[int], space: Space) -> Leaf:
    """The atoms as a comparison."""
    values, fact = space.values[name], space.facts[name]
    if values[bits[0]] is None:
        return Lacks(fact=name)
    if fact.type not in NUMERIC:
        return OneOf(fact=name, values=tuple(values[bit] for bit in bits))
    low, high = space.ends(name, bits[0])[0], space.ends(name, bits[-1])[1]
    if low == fact.minimum and high == fact.maximum:
        return Known(fact=name)
    return Between(
        fact=name,
        at_least=None if low == fact.minimum else low,
        at_most=None if high == fact.maximum else high,
    )
