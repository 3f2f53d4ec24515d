"""Which day a row speaks of: its source's newest file's, unless it has one of its own.

Every morning a file says of a million rows that they are still so. Rows that speak of the file's
own day have none in their column (null) and read it from their source: an unchanged file moves one
row. A row that its source's newest file leaves out gets the day that it had until then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl
from sqlalchemy import Connection, Table, delete, insert, select

from dispatcher.store.rows import update_rows
from dispatcher.store.tables import source as sources


#: The day of a row of `debtor` or `invoice` (`t`), as SQL.
SPOKEN: Final = "coalesce(t.as_of, (SELECT s.as_of FROM source AS s WHERE s.name = t.source))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The day that most rows of a file speak of, and that of the source's file before."""

    source: str
    newest: date | None
    before: date | None

    @classmethod
    def of(cls, connection: Connection, source: str, taken: Mapping[str, pl.DataFrame]) -> "Days":
        """The days of this file; a file that speaks of none leaves its source where it is."""
        query = select(sources.c.as_of).where(sources.c.name == source)
        before = connection.execute(query).scalar()
        told = [rows["as_of"] for rows in taken.values() if "as_of" in rows.columns]
        days = pl.concat(told).drop_nulls() if told else pl.Series([], dtype=pl.Date)
        newest = days.mode().max()
        return cls(
            source=source, newest=newest if isinstance(newest, date) else before, before=before
        )

    def borrowed(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows as stored: those that speak of the file's day have none of their own."""
        if self.newest is None:
            return rows
        alike = (pl.col("as_of") == self.newest) & (pl.col("source") == self.source)
        return rows.with_columns(as_of=pl.when(~alike).then("as_of"))

    def leave(self, connection: Connection, table: Table, rows: pl.DataFrame) -> None:
        """Rows of this source that its file leaves out keep the day that they had."""
        if self.before == self.newest:
            return
        behind = rows.filter(pl.col("old_as_of").is_null())
        update_rows(connection, table, behind.select("id", as_of=pl.lit(self.before)))

    def keep(self, connection: Connection) -> None:
        """Write down the day of the source's newest file."""
        if self.newest is None or self.newest == self.before:
            return
        connection.execute(delete(sources).where(sources.c.name == self.source))
        connection.execute(insert(sources).values(name=self.source, as_of=self.newest))
