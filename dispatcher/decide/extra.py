"""Mapped facts that have no column of their own: out of the JSON beside each row, in one pass."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import polars as pl

from dispatcher.model.vocabulary import Fact, Owner, Source


#: What nothing is written beside a row as.
NOTHING: Final = ("", "{}")


def unfold(
    rows: pl.LazyFrame, owner: Owner, facts: Mapping[str, Fact], *, today: date
) -> pl.LazyFrame:
    """The rows of an owner with a column per mapped fact: value, else unknown, else its default.

    `rows` have their JSON in `extra`, which goes, and the day of their data in `as_of`. A fact
    that the source maps and leaves empty stands as null in the JSON and is unknown; one that is not
    mapped has its default. One older than its `max_age` is unknown.
    """
    present = rows.collect_schema()
    mapped = [
        fact
        for fact in facts.values()
        if fact.source is Source.COLUMN and fact.of is owner and fact.name not in present
    ]
    # Decoded as texts: a cell of the wrong type is unknown, not the end of the run.
    shape = pl.Struct({fact.name: pl.String for fact in mapped})
    json = pl.when(~pl.col("extra").is_in(NOTHING)).then("extra")
    decoded = rows.with_columns(json.str.json_decode(shape).alias("unfolded")) if mapped else rows
    return decoded.with_columns(_value(fact, today) for fact in mapped).drop(
        "unfolded", "extra", strict=False
    )


def truth_of(column: pl.Expr) -> pl.Expr:
    """A bool from a JSON flag or from the words of the language, read as text."""
    text = column.cast(pl.String)
    return (
        pl.when(text.is_in(["true", "yes", "1"]))
        .then(statement=True)
        .when(text.is_in(["false", "no", "0"]))
        .then(statement=False)
    )


def _value(fact: Fact, today: date) -> pl.Expr:
    value = pl.col("unfolded").struct.field(fact.name)
    if fact.max_age is not None:
        age = (pl.lit(today) - pl.col("as_of")).dt.total_days()
        value = pl.when(age <= fact.max_age).then(value)
    if not fact.has_default or fact.default is None:
        return value.alias(fact.name)
    mapped = pl.col("extra").str.contains(f'"{fact.name}"', literal=True).fill_null(value=False)
    default = pl.lit(str(fact.default).lower() if isinstance(fact.default, bool) else fact.default)
    return pl.when(mapped).then(value).otherwise(default.cast(pl.String)).alias(fact.name)
