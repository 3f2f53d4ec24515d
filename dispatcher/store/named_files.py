"""Which finished files messages name: asked about the few that a crash may have left."""

import re
from collections.abc import Collection
from typing import Final

from sqlalchemy import Connection, select

from dispatcher.store.tables import content


OPENING: Final = 16_384  # bytes: what names files stands before the words

_DIGEST: Final = re.compile(rb'"([0-9a-f]{64})"')


def named_files(connection: Connection, names: Collection[str]) -> frozenset[str]:
    """Those of `names` (SHA-256, hexadecimal) that any frozen content names."""
    wanted = frozenset(name.encode() for name in names)
    found: set[bytes] = set()
    for (begins,) in connection.execute(select(content.c.body)):
        found |= wanted.intersection(_DIGEST.findall(begins[:OPENING]))
    return frozenset(name.decode() for name in found)


def names_in(body: bytes) -> frozenset[str]:
    """The files that one frozen content names."""
    return frozenset(name.decode() for name in _DIGEST.findall(body[:OPENING]))
