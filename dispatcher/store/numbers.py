"""Ids that ascend and are never used twice: given out under the write lock."""

from collections.abc import Iterator
from itertools import count

from sqlalchemy import Connection, Table, func, select

from dispatcher.store.tables import message, store


def ids(connection: Connection, table: Table) -> Iterator[int]:
    """The free ids of a table from which no row is ever deleted, in order."""
    return count(last_id(connection, table) + 1)


def last_id(connection: Connection, table: Table) -> int:
    """The highest id that was given out; 0 where there is none.

    Of messages the store may know that more were given out than it has: a copy that was put back
    never gives their ids to others.
    """
    highest = connection.execute(select(func.max(table.c.id))).scalar() or 0
    if table is not message:
        return highest
    return max(highest, connection.execute(select(store.c.last_id)).scalar() or 0)
