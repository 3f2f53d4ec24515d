"""Ids that ascend and are never used twice: given out under the write lock."""

from collections.abc import Iterator
from itertools import count

from sqlalchemy import Connection, Table, func, select


def ids(connection: Connection, table: Table) -> Iterator[int]:
    """The free ids of a table from which no row is ever deleted, in order."""
    return count(last_id(connection, table) + 1)


def last_id(connection: Connection, table: Table) -> int:
    """The highest id that was given out; 0 where there is none."""
    return connection.execute(select(func.max(table.c.id))).scalar() or 0
