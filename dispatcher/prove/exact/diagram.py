"""Decision diagrams: what becomes of every case of a space, shared wherever it is the same.

A node asks one fact, and each of its edges takes some of the fact's atoms. Facts are asked in one
order, equal nodes are one node, and a fact whose answer changes nothing is not asked: two diagrams
over one space are the same number exactly when they mean the same.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from dispatcher.policy.terms import All, Condition, Either, Named
from dispatcher.prove.exact.space import Space


#: Leaves are negative: `~0`, `~1`, ... Of a condition they are these two.
NO: Final = ~0
YES: Final = ~1

MOST_WORK: Final = 2_000_000

Edges = tuple[tuple[int, int], ...]


class OverBudget(Exception):
    """There is too much to look at; nothing was proved."""


class Diagrams:
    """All nodes over one space.

    Raises:
        OverBudget: by every method that builds, once more than `most` steps of work were done.
    """

    def __init__(self, space: Space, *, most: int = MOST_WORK) -> None:
        self.space = space
        self._most = most
        self._work = 0
        self._level: list[int] = []
        self._edges: list[Edges] = []
        self._known: dict[tuple[int, Edges], int] = {}
        self._both: dict[tuple[int, int], int] = {}
        self._not: dict[int, int] = {NO: YES, YES: NO}
        self._reached: dict[int, int] = {}

    def level(self, node: int) -> int:
        """The place of the fact that a node asks."""
        return self._level[node]

    def edges(self, node: int) -> Edges:
        """Atoms and what becomes of them, by node that is no leaf."""
        return self._edges[node]

    @property
    def size(self) -> int:
        """How many nodes there are."""
        return len(self._edges)

    # -- conditions -----------------------------------------------------------------------------

    def of(self, condition: Condition, *, unknown: bool = False) -> int:
        """The cases for which a condition holds; `unknown` is what Kleene's third value counts."""
        match condition:
            case All(parts=parts):
                return self.all(self.of(part, unknown=unknown) for part in parts)
            case Either(parts=parts):
                return self.any(self.of(part, unknown=unknown) for part in parts)
            case Named(condition=named):
                return self.of(named, unknown=unknown)
            case _:
                mask = self.space.mask(condition, unknown=unknown)
                return self.one(condition.fact, mask)

    def one(self, fact: str, mask: int) -> int:
        """The cases whose fact is in one of these atoms."""
        level = self.space.level[fact]
        rest = self.space.full[level] & ~mask
        if not rest:
            return YES
        return self._node(level, {YES: mask, NO: rest}) if mask else NO

    def all(self, nodes: Iterable[int]) -> int:
        """The cases that are in all of them."""
        found = YES
        for node in sorted(nodes, key=self._depth, reverse=True):
            found = self.both(node, found)
        return found

    def any(self, nodes: Iterable[int]) -> int:
        """The cases that are in one of them."""
        return self.negative(self.all([self.negative(node) for node in nodes]))

    def both(self, one: int, other: int) -> int:
        """The cases that are in both."""
        if other in {one, YES}:
            return one
        if one == YES:
            return other
        if NO in (one, other):
            return NO
        key = (one, other) if one < other else (other, one)
        found = self._both.get(key)
        if found is None:
            found = self._both[key] = self._joined(one, other, self.both)
        return found

    def negative(self, node: int) -> int:
        """The cases that are not in it."""
        found = self._not.get(node)
        if found is None:
            found = self._mapped(node, self.negative)
            self._not[node], self._not[found] = found, node
        return found

    def some(self, node: int, free: frozenset[int]) -> int:
        """The cases that are in it for some values of the facts at the levels of `free`."""
        memo: dict[int, int] = {NO: NO, YES: YES}

        def seen(at: int) -> int:
            found = memo.get(at)
            if found is None:
                if self._level[at] in free:
                    found = self.any({seen(child) for _, child in self._edges[at]})
                else:
                    found = self._mapped(at, seen)
                memo[at] = found
            return found

        return seen(node)

    # -- tables ---------------------------------------------------------------------------------

    def first(self, rules: Sequence[int]) -> int:
        """The first of these that holds, as leaf `~place`; the last one must be YES.

        A state is what is left of the rules still alive, cut after the first one that nothing
        keeps from holding: `node * count + place`, and `~place` at its end.
        """
        count = len(rules)
        memo: dict[tuple[int, ...], int] = {}

        def solved(state: tuple[int, ...]) -> int:
            if state[0] < 0:
                return state[0]
            found = memo.get(state)
            if found is None:
                groups: dict[int, int] = {}
                level, split = self._split(state, count)
                for alive, mask in split.items():
                    child = solved(alive)
                    groups[child] = groups.get(child, 0) | mask
                found = memo[state] = self._node(level, groups)
            return found

        begin: list[int] = []
        for place, node in enumerate(rules):
            if node != NO:
                begin.append(~place if node == YES else node * count + place)
            if node == YES:
                break
        return solved(tuple(begin))

    def _split(self, state: tuple[int, ...], count: int) -> tuple[int, dict[tuple[int, ...], int]]:
        """The state cut along the first fact that any of its rules asks."""
        levels = self._level
        level = min(levels[code // count] for code in state if code >= 0)
        open_: list[tuple[int, list[int]]] = [(self.space.full[level], [])]
        done: dict[tuple[int, ...], int] = {}
        for code in state:
            node = code // count
            if code < 0 or levels[node] != level:
                for _, alive in open_:
                    alive.append(code)
                continue
            self.spend(len(open_))
            place, kept = code % count, []
            for mask, alive in open_:
                for wanted, child in self._edges[node]:
                    shared = mask & wanted
                    if not shared:
                        continue
                    if child == YES:
                        ended = (*alive, ~place)
                        done[ended] = done.get(ended, 0) | shared
                    else:
                        rest = [] if child == NO else [child * count + place]
                        kept.append((shared, alive + rest))
            open_ = kept
            if not open_:
                break
        for mask, alive in open_:
            ended = tuple(alive)
            done[ended] = done.get(ended, 0) | mask
        return level, done

    def together(self, one: int, other: int, told: Callable[[int, int], int]) -> int:
        """Two tables as one: `told` makes a leaf's number out of their two."""
        memo: dict[tuple[int, int], int] = {}

        def seen(a: int, b: int) -> int:
            if a < 0 and b < 0:
                return ~told(~a, ~b)
            found = memo.get((a, b))
            if found is None:
                found = memo[a, b] = self._joined(a, b, seen)
            return found

        return seen(one, other)

    def only(self, node: int, wanted: int) -> int:
        """The cases whose leaf is one of these, given as bits: `1 << number` for each."""
        memo: dict[int, int] = {}

        def seen(at: int) -> int:
            there = self.reached(at)
            if not there & ~wanted:
                return YES
            if not there & wanted:
                return NO
            found = memo.get(at)
            if found is None:
                found = memo[at] = self._mapped(at, seen)
            return found

        return seen(node)

    def reached(self, node: int) -> int:
        """The leaves that some case comes to, as bits."""
        if node < 0:
            return 1 << ~node
        found = self._reached.get(node)
        if found is None:
            found = 0
            for _, child in self._edges[node]:
                found |= self.reached(child)
            self._reached[node] = found
        return found

    # -- questions ------------------------------------------------------------------------------

    def cells(self, node: int, leaf: int = YES) -> int:
        """How many combinations of atoms come to a leaf."""
        full = self.space.full
        memo: dict[int, int] = {}

        def between(above: int, at: int) -> int:
            end = len(full) if at < 0 else self._level[at]
            free = 1
            for level in range(above + 1, end):
                free *= full[level].bit_count()
            return free * (int(at == leaf) if at < 0 else seen(at))

        def seen(at: int) -> int:
            if at not in memo:
                level = self._level[at]
                memo[at] = sum(
                    mask.bit_count() * between(level, child) for mask, child in self._edges[at]
                )
            return memo[at]

        return between(-1, node)

    def cheapest(
        self, node: int, leaf: int, price: Callable[[int, int], tuple[int, int]]
    ) -> Mapping[int, int] | None:
        """By level the atom of the cheapest way to a leaf, or None: nothing comes there.

        `price` is asked for a level and some atoms: the least cost of one of them, and which.
        """
        memo: dict[int, tuple[int, int, int] | None] = {}

        def seen(at: int) -> int | None:
            if at < 0:
                return 0 if at == leaf else None
            if at not in memo:
                memo[at] = least(at)
            found = memo[at]
            return None if found is None else found[0]

        def least(at: int) -> tuple[int, int, int] | None:
            ways = []
            for mask, child in self._edges[at]:
                cost = seen(child)
                if cost is not None:
                    extra, bit = price(self._level[at], mask)
                    ways.append((cost + extra, bit, child))
            return min(ways, default=None)

        if seen(node) is None:
            return None
        way: dict[int, int] = {}
        while node >= 0:
            found = memo[node]
            if found is None:
                return None
            way[self._level[node]] = found[1]
            node = found[2]
        return way

    # -- nodes ----------------------------------------------------------------------------------

    def _depth(self, node: int) -> int:
        return len(self.space.full) if node < 0 else self._level[node]

    def _joined(self, one: int, other: int, join: Callable[[int, int], int]) -> int:
        """Two nodes cut along the first fact that one of them asks."""
        level = min(self._depth(one), self._depth(other))
        whole = self.space.full[level]
        left = self._edges[one] if self._depth(one) == level else ((whole, one),)
        right = self._edges[other] if self._depth(other) == level else ((whole, other),)
        self.spend(len(left) * len(right))
        groups: dict[int, int] = {}
        for mask, a in left:
            for wanted, b in right:
                shared = mask & wanted
                if shared:
                    child = join(a, b)
                    groups[child] = groups.get(child, 0) | shared
        return self._node(level, groups)

    def _mapped(self, node: int, change: Callable[[int], int]) -> int:
        self.spend(len(self._edges[node]))
        groups: dict[int, int] = {}
        for mask, child in self._edges[node]:
            changed = change(child)
            groups[changed] = groups.get(changed, 0) | mask
        return self._node(self._level[node], groups)

    def _node(self, level: int, groups: Mapping[int, int]) -> int:
        """The node with these atoms by child; none is made where all go the same way."""
        if len(groups) == 1:
            return next(iter(groups))
        edges = tuple(sorted((mask, child) for child, mask in groups.items()))
        found = self._known.get((level, edges))
        if found is None:
            found = self._known[level, edges] = len(self._edges)
            self._level.append(level)
            self._edges.append(edges)
        return found

    def spend(self, work: int) -> None:
        """Count so many steps of work."""
        self._work += work
        if self._work > self._most:
            raise OverBudget
