"""Regions as conditions, to be said in words or written into a policy."""

from collections.abc import Mapping
from dataclasses import dataclass

from dispatcher.model.vocabulary import Value
from dispatcher.policy.terms import All, Between, Condition, Either, Known, Lacks, OneOf
from dispatcher.policy.values import NUMERIC
from dispatcher.prove.exact.diagram import NO, Diagrams
from dispatcher.prove.exact.regions import MOST_BOXES, Region, regions
from dispatcher.prove.exact.space import Space


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A region as a map of facts (`text`) and as a condition, with its most ordinary case."""

    text: str
    when: Condition
    case: Mapping[str, Value]


def regions_said(
    diagrams: Diagrams, node: int, *, aside: int = NO, limit: int = MOST_BOXES
) -> tuple[Said, ...]:
    """The cases of a node as boxes (`regions`), each with its condition.

    Raises:
        OverBudget: too much had to be looked at.
    """
    found = regions(diagrams, node, aside=aside, limit=limit)
    return tuple(_said(region, diagrams.space) for region in found)


def _said(region: Region, space: Space) -> Said:
    parts = (_part(name, mask, space) for name, mask in region.box.items())
    return Said(text=region.text, when=All(parts=tuple(parts)), case=region.case)


def _part(name: str, mask: int, space: Space) -> Condition:
    values = space.values[name]
    bits = [bit for bit in range(len(values)) if mask >> bit & 1]
    lacks = Lacks(fact=name)
    if space.facts[name].type in NUMERIC:
        return lacks if values[bits[0]] is None else _range(name, bits[0], bits[-1], space)
    known = tuple(values[bit] for bit in bits if values[bit] is not None)
    if not known:
        return lacks
    one = OneOf(fact=name, values=known)
    return one if len(known) == len(bits) else Either(parts=(one, lacks))


def _range(name: str, first: int, last: int, space: Space) -> Condition:
    fact = space.facts[name]
    low, high = space.ends(name, first)[0], space.ends(name, last)[1]
    if low == high:
        return OneOf(fact=name, values=(low,))
    start = None if low == fact.minimum else low
    end = None if high == fact.maximum else high
    if start is None and end is None:
        return Known(fact=name)
    return Between(fact=name, at_least=start, at_most=end)
