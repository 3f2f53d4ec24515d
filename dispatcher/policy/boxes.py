"""Exact sets of cases: every fact cut into atoms, a condition as a union of boxes.

Within an atom all conditions at hand say the same, so one value stands for it. A box gives each
fact the atoms that it may have, as bits; a fact it does not name may be anything.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from dispatcher.model.vocabulary import Fact, FactType, Value
from dispatcher.policy.function import read_facts
from dispatcher.policy.interpret import truth
from dispatcher.policy.terms import All, Between, Condition, Either, Leaf, Named, NoneOf, OneOf
from dispatcher.policy.values import NUMERIC, written


Box = Mapping[str, int]

MOST_BOXES = 20_000
MOST_NODES = 50_000


class TooMany(Exception):
    """There are more combinations than can be checked."""


def is_true(found: bool | None) -> bool:
    """What acting rules need."""
    return found is True


def not_false(found: bool | None) -> bool:
    """What stops need."""
    return found is not False


@dataclass(frozen=True, slots=True, kw_only=True)
class Atoms:
    """By fact one value for each atom; None stands for unknown."""

    values: Mapping[str, tuple[Value, ...]]

    def mask(self, fact: str, test: Callable[[Value], bool]) -> int:
        """The atoms of a fact whose value passes the test."""
        return sum(1 << bit for bit, value in enumerate(self.values[fact]) if test(value))

    def full(self, fact: str) -> int:
        """All atoms of a fact."""
        return (1 << len(self.values[fact])) - 1

    def boxes(
        self, condition: Condition, fires: Callable[[bool | None], bool] = is_true
    ) -> list[Box]:
        """The cases for which the condition fires, as a union.

        Raises:
            TooMany: the union needs more than 20,000 boxes.
        """
        match condition:
            case All(parts=parts):
                return self.product([self.boxes(part, fires) for part in parts])
            case Either(parts=parts):
                return _few([box for part in parts for box in self.boxes(part, fires)])
            case Named(condition=named):
                return self.boxes(named, fires)
            case _:
                return self._leaf(condition, fires)

    def _leaf(self, leaf: Leaf, fires: Callable[[bool | None], bool]) -> list[Box]:
        mask = self.mask(leaf.fact, lambda value: fires(truth(leaf, {leaf.fact: value})))
        return [{leaf.fact: mask}] if mask else []

    def product(self, unions: Iterable[Sequence[Box]]) -> list[Box]:
        """The cases that are in all of these unions."""
        found: list[Box] = [{}]
        for union in unions:
            both = (meet(one, other) for one in found for other in union)
            found = _few([box for box in both if box is not None])
        return found

    def uncovered(self, spaces: Iterable[Box], boxes: Sequence[Box]) -> Mapping[str, Value] | None:
        """A case of one of the spaces that is in none of the boxes, or None: they are covered.

        Raises:
            TooMany: more than 50,000 splits were needed.
        """
        search = _Search(self)
        found = (search.uncovered(space, boxes) for space in spaces)
        return next((case for case in found if case is not None), None)

    def case(self, box: Box) -> Mapping[str, Value]:
        """A case of the box."""
        return {
            fact: self.values[fact][_lowest(box.get(fact, self.full(fact)))] for fact in self.values
        }


class _Search:
    """Looks for a case outside all boxes by cutting the space along the first box that meets it."""

    def __init__(self, atoms: Atoms) -> None:
        self._atoms = atoms
        self._nodes = 0

    def uncovered(self, space: Box, boxes: Sequence[Box]) -> Mapping[str, Value] | None:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise TooMany
        near = [box for box in boxes if meet(space, box) is not None]
        if not near:
            return self._atoms.case(space)
        first = near[0]
        for fact, mask in first.items():
            now = space.get(fact, self._atoms.full(fact))
            outside = now & ~mask
            if outside:
                found = self.uncovered({**space, fact: outside}, near[1:])
                if found is not None:
                    return found
            space = {**space, fact: now & mask}
        return None  # what is left of the space lies inside the first box


def meet(one: Box, other: Box) -> Box | None:
    """The cases of both boxes, or None when there is none."""
    met = dict(one)
    for fact, mask in other.items():
        both = met.get(fact, mask) & mask
        if not both:
            return None
        met[fact] = both
    return met


def atoms_of(conditions: Iterable[Condition], facts: Mapping[str, Fact]) -> Atoms:
    """The atoms of all facts that these conditions read."""
    leaves = [leaf for condition in conditions for leaf in _leaves(condition)]
    read = dict.fromkeys(leaf.fact for leaf in leaves)
    return Atoms(
        values={name: _values(facts[name], [x for x in leaves if x.fact == name]) for name in read}
    )


def facts_of(conditions: Iterable[Condition]) -> set[str]:
    """The facts that any of these conditions reads."""
    return {fact for condition in conditions for fact in read_facts(condition)}


def may_lack(fact: Fact) -> bool:
    """Whether the vocabulary says that the fact may be unknown."""
    return fact.nullable or fact.max_age is not None


def as_written(case: Mapping[str, Value], shown: set[str], facts: Mapping[str, Fact]) -> str:
    """A case as a map of facts that can be put into a test: `profile: sme, days_late: 7`."""
    said = [f"{name}: {written(case[name], facts[name])}" for name in case if name in shown]
    return ", ".join(said) or "any"


def _values(fact: Fact, leaves: Sequence[Leaf]) -> tuple[Value, ...]:
    unknown: tuple[Value, ...] = (None,) if may_lack(fact) else ()
    if fact.type is FactType.BOOL:
        return (True, False, *unknown)
    if fact.type not in NUMERIC:
        return (*fact.values, *unknown)
    cuts = {fact.minimum or 0}
    for leaf in leaves:
        cuts |= _cuts(leaf)
    low, high = fact.minimum or 0, fact.maximum or 0
    return (*sorted(cut for cut in cuts if low <= cut <= high), *unknown)


def _cuts(leaf: Leaf) -> set[int]:
    """Where another interval begins."""
    match leaf:
        case Between(at_least=low, at_most=high):
            begins = set() if low is None else {low}
            return begins if high is None else begins | {high + 1}
        case OneOf(values=values) | NoneOf(values=values):
            numbers = {int(value) for value in values if isinstance(value, int)}
            return numbers | {number + 1 for number in numbers}
        case _:
            return set()


def _leaves(condition: Condition) -> list[Leaf]:
    match condition:
        case All(parts=parts) | Either(parts=parts):
            return [leaf for part in parts for leaf in _leaves(part)]
        case Named(condition=named):
            return _leaves(named)
        case _:
            return [condition]


def _few(boxes: list[Box]) -> list[Box]:
    once = {frozenset(box.items()): box for box in boxes}
    boxes = list(once.values())
    if len(boxes) > MOST_BOXES:
        raise TooMany
    return boxes


def _lowest(mask: int) -> int:
    return (mask & -mask).bit_length() - 1
