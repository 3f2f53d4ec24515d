"""One hash over all records of a trail, and short proofs that a record is among them (RFC 6962).

A leaf is `SHA-256(0x00 || hash of the record)`, a node `SHA-256(0x01 || left || right)`; a node
without a neighbour rises as it is.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Literal


#: A step up the tree: on which side the neighbour stands, and its hash.
Step = tuple[Literal["left", "right"], bytes]


class Roots:
    """The root over all leaves so far, in memory that grows with the logarithm of their number."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[tuple[int, bytes]] = []  # height and hash, the highest first

    def add(self, record_hash: bytes) -> None:
        """The next record."""
        height, node = 0, leaf(record_hash)
        while self._peaks and self._peaks[-1][0] == height:
            node = _node(self._peaks.pop()[1], node)
            height += 1
        self._peaks.append((height, node))
        self.size += 1

    def root(self) -> bytes:
        """The root over what was added.

        Raises:
            ValueError: nothing was.
        """
        if not self._peaks:
            raise ValueError("a tree has a leaf")
        root = self._peaks[-1][1]
        for _, peak in reversed(self._peaks[:-1]):
            root = _node(peak, root)
        return root


def leaf(record_hash: bytes) -> bytes:
    """What stands in the tree for a record."""
    return hashlib.sha256(b"\x00" + record_hash).digest()


def paths(record_hashes: Iterable[bytes], wanted: Sequence[int]) -> dict[int, tuple[Step, ...]]:
    """The way from each of these records, counted from 0, up to the root."""
    level = [leaf(each) for each in record_hashes]
    place = {index: index for index in wanted}
    found: dict[int, list[Step]] = {index: [] for index in wanted}
    while len(level) > 1:
        for index, at in place.items():
            beside = at ^ 1
            if beside < len(level):
                found[index].append(("left" if beside < at else "right", level[beside]))
            place[index] = at // 2
        level = [
            _node(level[at], level[at + 1]) if at + 1 < len(level) else level[at]
            for at in range(0, len(level), 2)
        ]
    return {index: tuple(steps) for index, steps in found.items()}


def climbed(record_hash: bytes, path: Iterable[Step]) -> bytes:
    """The root to which a path leads from a record."""
    node = leaf(record_hash)
    for side, beside in path:
        node = _node(beside, node) if side == "left" else _node(node, beside)
    return node


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
