"""Ids that ascend and are never used twice: given out under the write lock."""

from collections.abc import Iterator
from itertools import count

from sqlalchemy import Connection, Table, func, select


def ids(connection: Connection, table: Table) -> Iterator[int]:
    """The free ids of a table from which no row is ever deleted, in order."""
    last = connection.execute(select(func.max(table.c.id))).scalar()
    return count((last or 0) + 1)
