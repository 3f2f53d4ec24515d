"""Whole tables out of the store by columns: no value of a row ever becomes a Python object.

SQLite writes each column of a range of ids as one JSON array, in C and without the interpreter's
lock; Polars reads the arrays of one range while SQLite writes those of the next. A driver for
Arrow would need a connection of its own and brings its own copy of SQLite: two copies in one
process take each other's file locks away.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import polars as pl


RANGE: Final = 50_000  # ids at a time: texts of a range exist, never those of a table
NOTHING: Final = "[]"

#: How a column of that type stands in JSON.
WRITTEN: Final[Mapping[str, pl.DataType]] = {
    "String": pl.String(),
    "Int64": pl.Int64(),
    "Boolean": pl.Int64(),
    "Date": pl.String(),
}


def read_columns(
    driver: sqlite3.Connection,
    source: str,
    chosen: Mapping[str, str],
    types: Sequence[str],
    *,
    last: int,
    where: str = "",
    key: str = "t.id",
    after: int = 0,
    step: int = RANGE,
) -> pl.DataFrame:
    """The rows of `source` by ascending `t.id`; the first column is the id.

    Those with a `key` above `after`, up to `last`, `step` keys at a time; it should have an index.

    `source` names its table `t`; `chosen` gives the expression of each column, `types` its Polars
    type name; `where` is a condition on the rows. All three are our own words, never a value.
    """
    condition = f"({where}) AND " if where else ""
    arrays = ", ".join(f"json_group_array({expression})" for expression in chosen.values())
    query = f"SELECT {arrays} FROM {source} WHERE {condition}{key} > ? AND {key} <= ?"  # noqa: S608 - our names
    columns = dict(zip(chosen, types, strict=True))
    parts = [
        _typed([NOTHING] * len(columns), columns),
        *_parts(driver, query, columns, range(after, last, step), last),
    ]
    whole = pl.concat(parts)
    first = whole.columns[0]
    # An aggregate promises no order, though it has that of the ids here.
    return whole if whole[first].is_sorted() else whole.sort(first)


def _parts(
    driver: sqlite3.Connection, query: str, columns: Mapping[str, str], lows: range, last: int
) -> Iterator[pl.DataFrame]:
    """One frame per range of keys that has rows, each read while SQLite is at the next one."""
    with ThreadPoolExecutor(max_workers=1) as beside:
        waiting = None
        for low in lows:
            texts = driver.execute(query, (low, min(low + lows.step, last))).fetchone()
            if waiting is not None:
                yield waiting.result()
            waiting = None if texts[0] == NOTHING else beside.submit(_typed, texts, columns)
        if waiting is not None:
            yield waiting.result()


def _typed(texts: Sequence[str], columns: Mapping[str, str]) -> pl.DataFrame:
    arrays = pl.DataFrame({name: [text] for name, text in zip(columns, texts, strict=True)})
    read = arrays.select(
        pl.col(name).str.json_decode(pl.List(WRITTEN[word])) for name, word in columns.items()
    )
    flat = pl.DataFrame([read[name][0].alias(name) for name in columns])
    return flat.with_columns(
        _valued(name, word) for name, word in columns.items() if word in {"Date", "Boolean"}
    )


def _valued(name: str, word: str) -> pl.Expr:
    column = pl.col(name)
    return column.str.to_date("%Y-%m-%d") if word == "Date" else column.cast(pl.Boolean)
