"""Sets of cases as a few large boxes, and boxes in the words of a condition."""

from collections.abc import Mapping
from dataclasses import dataclass

from dispatcher.model.vocabulary import Value
from dispatcher.policy.values import NUMERIC, written
from dispatcher.prove.exact.diagram import NO, YES, Diagrams
from dispatcher.prove.exact.space import Space
from dispatcher.prove.exact.witness import case_of, prices


MOST_BOXES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A box of cases: by fact the atoms that it may have; a fact not named may be anything.

    `text` is the box as a condition, `case` its most ordinary case with every fact.
    """

    box: Mapping[str, int]
    text: str
    case: Mapping[str, Value]


def regions(
    diagrams: Diagrams, node: int, *, aside: int = NO, limit: int = MOST_BOXES
) -> tuple[Region, ...]:
    """The cases of a node as boxes, each as wide as it can be; not more than `limit` of them.

    Of cases that are `aside` nothing is said: a box may take them in where that makes it wider.

    Raises:
        OverBudget: too much had to be looked at.
    """
    found: list[Region] = []
    space, wide = diagrams.space, diagrams.any([node, aside])
    while node != NO and len(found) < limit:
        way = diagrams.cheapest(node, YES, prices(space)) or {}
        box = _widened(diagrams, wide, {level: 1 << bit for level, bit in way.items()})
        box = {level: _said(diagrams, node, box, level) for level in box}
        named = {space.order[level]: mask for level, mask in box.items()}
        found.append(Region(box=named, text=in_words(named, space), case=case_of(way, space)))
        node = diagrams.both(node, diagrams.negative(_node(diagrams, box)))
    return tuple(found)


def in_words(box: Mapping[str, int], space: Space) -> str:
    """A box as a map of facts: `profile: [sme, mid_cap], days_late: 4 to 7`; empty is `any`."""
    return ", ".join(f"{name}: {_mask(name, mask, space)}" for name, mask in box.items()) or "any"


def _widened(diagrams: Diagrams, node: int, box: dict[int, int]) -> dict[int, int]:
    """The box with each fact as wide as the node allows, the last asked first."""
    for level in sorted(box, reverse=True):
        rest = _given(diagrams, node, {at: mask for at, mask in box.items() if at != level})
        mask = _inside(diagrams, rest, level)
        if mask == diagrams.space.full[level]:
            del box[level]
        else:
            box[level] = _run(mask, box[level], diagrams.space, level)
    return box


def _said(diagrams: Diagrams, node: int, box: Mapping[int, int], level: int) -> int:
    """The atoms of a fact in a box, of words only those that some case of the node has."""
    space = diagrams.space
    if space.facts[space.order[level]].type in NUMERIC:
        return box[level]
    inside = diagrams.both(node, _node(diagrams, box))
    there = diagrams.some(inside, frozenset(range(len(space.order))) - {level})
    if there < 0:
        return box[level]
    return next(mask for mask, child in diagrams.edges(there) if child == YES)


def _given(diagrams: Diagrams, node: int, box: Mapping[int, int]) -> int:
    """The cases that are in the node, or outside the box."""
    return diagrams.any([diagrams.negative(_node(diagrams, box)), node])


def _inside(diagrams: Diagrams, node: int, level: int) -> int:
    """The atoms of a fact for which every case is in the node."""
    order = diagrams.space.order
    others = frozenset(range(len(order))) - {level}
    missing = diagrams.some(diagrams.negative(node), others)
    if missing in (NO, YES):
        return diagrams.space.full[level] if missing == NO else 0
    return next(mask for mask, child in diagrams.edges(missing) if child == NO)


def _node(diagrams: Diagrams, box: Mapping[int, int]) -> int:
    order = diagrams.space.order
    return diagrams.all([diagrams.one(order[level], mask) for level, mask in box.items()])


def _run(mask: int, start: int, space: Space, level: int) -> int:
    """Of a number, the atoms in one piece with where we are: it must be said as a range."""
    name = space.order[level]
    if space.facts[name].type not in NUMERIC:
        return mask
    found = start
    lacking = 1 << len(space.values[name]) - 1 if space.values[name][-1] is None else 0
    if start == lacking:
        return start
    for near in (found << 1, found >> 1):
        at, up = near, near > start
        while at & mask & ~lacking:
            found |= at
            at = at << 1 if up else at >> 1
    return found


def _mask(name: str, mask: int, space: Space) -> str:
    values = space.values[name]
    bits = [bit for bit in range(len(values)) if mask >> bit & 1]
    fact = space.facts[name]
    if fact.type not in NUMERIC:
        words = [written(values[bit], fact) for bit in bits]
        return words[0] if len(words) == 1 else f"[{', '.join(words)}]"
    if values[bits[0]] is None:
        return "unknown"
    return _range(name, bits[0], bits[-1], space)


def _range(name: str, first: int, last: int, space: Space) -> str:
    fact = space.facts[name]
    low, high = space.ends(name, first)[0], space.ends(name, last)[1]
    if low == high:
        return written(low, fact)
    if high == fact.maximum:
        return "known" if low == fact.minimum else f"{written(low, fact)}+"
    if low == fact.minimum:
        return f"under {written(high + 1, fact)}"
    return f"{written(low, fact)} to under {written(high + 1, fact)}"
