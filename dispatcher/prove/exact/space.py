"""The finite space of cases: every fact that is read, cut where any condition cuts it.

Within an atom all conditions say the same. Facts are ordered: those that most rules read first.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from dispatcher.model.vocabulary import Fact, Value
from dispatcher.policy.boxes import atoms_of, facts_of
from dispatcher.policy.interpret import truth
from dispatcher.policy.terms import Between, Condition, Leaf
from dispatcher.policy.values import NUMERIC


@dataclass(frozen=True, kw_only=True)
class Space:
    """The facts in order, and by fact the first value of each atom; None stands for unknown."""

    facts: Mapping[str, Fact]
    values: Mapping[str, tuple[Value, ...]]

    @cached_property
    def order(self) -> tuple[str, ...]:
        """The facts, the one that is asked first in front."""
        return tuple(self.values)

    @cached_property
    def level(self) -> Mapping[str, int]:
        """The place of each fact in the order."""
        return {name: place for place, name in enumerate(self.values)}

    @cached_property
    def full(self) -> tuple[int, ...]:
        """By level all atoms of the fact, as bits."""
        return tuple((1 << len(values)) - 1 for values in self.values.values())

    @cached_property
    def _known(self) -> Mapping[str, list[int]]:
        return {
            name: [int(value) for value in values if value is not None]
            for name, values in self.values.items()
            if self.facts[name].type in NUMERIC
        }

    def mask(self, leaf: Leaf, *, unknown: bool) -> int:
        """The atoms for which the comparison holds; `unknown` is what one without answer counts."""
        known = self._known.get(leaf.fact)
        if known is not None and isinstance(leaf, Between):
            return self._between(leaf, known, unknown=unknown)
        found = 0
        for bit, value in enumerate(self.values[leaf.fact]):
            said = truth(leaf, {leaf.fact: value})
            if unknown if said is None else said:
                found |= 1 << bit
        return found

    def _between(self, leaf: Between, known: Sequence[int], *, unknown: bool) -> int:
        first = 0 if leaf.at_least is None else bisect_left(known, leaf.at_least)
        end = len(known) if leaf.at_most is None else bisect_right(known, leaf.at_most)
        inside = ((1 << end) - 1) & ~((1 << first) - 1) if end > first else 0
        lacking = len(self.values[leaf.fact]) > len(known)
        return inside | (1 << len(known)) if unknown and lacking else inside

    def atom(self, name: str, value: Value) -> int:
        """The atom of a fact in which a value lies, as a bit; none: 0."""
        values, known = self.values[name], self._known.get(name)
        if known is None or value is None:
            return 1 << values.index(value) if value in values else 0
        place = bisect_right(known, int(value)) - 1
        return 1 << place if place >= 0 else 0

    def bit(self, name: str, value: Value) -> int:
        """The place of the atom in which a value lies."""
        return max(self.atom(name, value).bit_length() - 1, 0)

    def ends(self, name: str, bit: int) -> tuple[int, int]:
        """The least and the greatest number of an atom of a fact that counts."""
        known = self._known[name]
        last = self.facts[name].maximum or 0
        return known[bit], known[bit + 1] - 1 if bit + 1 < len(known) else last


def space_of(conditions: Sequence[Condition], facts: Mapping[str, Fact]) -> Space:
    """The space in which all these conditions can be told apart."""
    atoms = atoms_of(conditions, facts).values
    asked = Counter(fact for condition in conditions for fact in facts_of([condition]))
    order = sorted(atoms, key=lambda name: (-asked[name], len(atoms[name]), name))
    return Space(facts=facts, values={name: atoms[name] for name in order})
