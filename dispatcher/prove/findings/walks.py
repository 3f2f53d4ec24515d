"""Walks over diagrams that build nothing: what the cases of a node come to in a table."""

from collections.abc import Iterator

from dispatcher.prove.exact.diagram import NO, YES, Diagrams


def met(diagrams: Diagrams, node: int, root: int) -> int:
    """The leaves of a table that the cases of a node come to, as bits.

    Raises:
        OverBudget: it takes too many steps of work.
    """
    memo: dict[tuple[int, int], int] = {}

    def seen(at: int, table: int) -> int:
        if at == NO:
            return 0
        if at == YES or table < 0:
            return diagrams.reached(table)
        found = memo.get((at, table))
        if found is None:
            found = memo[at, table] = walked(at, table)
        return found

    def walked(at: int, table: int) -> int:
        one, other = diagrams.level(at), diagrams.level(table)
        if one < other:
            children = {child for _, child in diagrams.edges(at)}
            diagrams.spend(len(children))
            return _union(seen(child, table) for child in children)
        if other < one:
            children = {child for _, child in diagrams.edges(table)}
            diagrams.spend(len(children))
            return _union(seen(at, child) for child in children)
        left = [edge for edge in diagrams.edges(at) if edge[1] != NO]
        right = diagrams.edges(table)
        diagrams.spend(len(left) * len(right))
        return _union(
            seen(child, below) for mask, child in left for wanted, below in right if mask & wanted
        )

    return seen(node, root)


def given(diagrams: Diagrams, root: int, fact: str, bit: int, *, aside: int) -> int:
    """A table for the cases whose fact is in this atom; where it still asks, others are `aside`."""
    if root >= 0 and diagrams.level(root) == diagrams.space.level[fact]:
        return next(child for mask, child in diagrams.edges(root) if mask >> bit & 1)
    inside = diagrams.one(fact, 1 << bit)
    return diagrams.together(root, inside, lambda one, other: one if other else aside)


def _union(bits: Iterator[int]) -> int:
    found = 0
    for each in bits:
        found |= each
    return found
