"""Rows that nothing tells apart: looked at once, and the answer given back to each of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import polars as pl


#: So few rows are put beside each other one by one: a number per row costs a dozen expressions.
FEW: Final = 512

#: Above these a digit, or the number so far, is made dense before it is packed on.
WIDE: Final = 2**31
ROOM: Final = 2**62
PACKED: Final = "packed so far"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """`group`: the number of each row's group, from zero; `first`: one row of each group."""

    group: pl.Series
    first: pl.Series

    def apart(self, rows: pl.DataFrame) -> pl.DataFrame:
        """One row per group, in the order of their numbers."""
        return rows[self.first]

    def back(self, told: pl.DataFrame) -> pl.DataFrame:
        """What is told of each group, for every row in its order."""
        return told.rechunk()[self.group]


def alike(rows: pl.DataFrame, told: Iterable[pl.Expr]) -> Alike:
    """Groups of rows that are equal in everything `told`; null is equal to null."""
    columns = rows.select(*told)
    if rows.height <= FEW:
        return _one_by_one(columns, rows.height)
    whole = columns.select(_whole(name, kind) for name, kind in columns.schema.items())
    keys = _packed(whole, rows.height)
    apart = keys.with_row_index("first").unique("key", keep="any").with_row_index("group")
    known = keys.join(apart, on="key", how="left", maintain_order="left")
    return Alike(group=known["group"], first=apart["first"])


def _one_by_one(columns: pl.DataFrame, height: int) -> Alike:
    seen: dict[tuple[object, ...], int] = {}
    first: list[int] = []
    group: list[int] = []
    for place, row in enumerate(columns.rows() if columns.width else [()] * height):
        number = seen.setdefault(row, len(seen))
        group.append(number)
        if number == len(first):
            first.append(place)
    kind = pl.get_index_type()
    return Alike(group=pl.Series("group", group, kind), first=pl.Series("first", first, kind))


def _whole(name: str, kind: pl.DataType) -> pl.Expr:
    """A column as whole numbers that are equal where its values are."""
    column = pl.col(name).cast(pl.Categorical) if kind == pl.String else pl.col(name)
    physical = kind in (pl.String, pl.Categorical, pl.Enum, pl.Date)
    return (column.to_physical() if physical else column).cast(pl.Int64)


def _packed(columns: pl.DataFrame, height: int) -> pl.DataFrame:
    """One number per row, as `key`: each column is a digit of it, whose base is its range."""
    if not columns.width:
        return pl.DataFrame({"key": pl.zeros(height, dtype=pl.Int64, eager=True)})
    lows = columns.select(pl.all().min().fill_null(0)).row(0)
    highs = columns.select(pl.all().max().fill_null(0)).row(0)
    key, size = pl.lit(0, dtype=pl.Int64), 1
    for name, low, high in zip(columns.columns, lows, highs, strict=True):
        digit, base = (pl.col(name) - (low - 1)).fill_null(0), high - low + 2
        if base > WIDE:
            digit, base = pl.col(name).rank("dense").cast(pl.Int64).fill_null(0), height + 1
        if size * base > ROOM:
            columns = columns.with_columns(key.rank("dense").cast(pl.Int64).alias(PACKED))
            key, size = pl.col(PACKED), height + 1
        key, size = key * base + digit, size * base
    return columns.select(key=key)
