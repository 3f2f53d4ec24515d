"""Mapped facts that have no column of their own: out of the JSON beside each row, in one pass."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from dispatcher.model.vocabulary import Fact, Owner, Source


#: Where the facts of each owner lie, and how old they are.
PLACES = {
    Owner.DEBTOR: ("debtor_extra", "debtor_as_of"),
    Owner.INVOICE: ("invoice_extra", "as_of"),
}


def unfold(cases: pl.DataFrame, facts: Mapping[str, Fact], *, today: date) -> pl.DataFrame:
    """The cases with a column per mapped fact: value, else unknown, else its default.

    A fact that the source maps and leaves empty stands as null in the JSON and is unknown; one
    that is not mapped has its default. One older than its `max_age` is unknown.
    """
    for owner, (column, dated) in PLACES.items():
        mapped = [
            fact
            for fact in facts.values()
            if fact.source is Source.COLUMN and fact.of is owner and fact.name not in cases.columns
        ]
        if mapped:
            cases = _unfolded(cases, mapped, column, dated, today)
    return cases


def truth_of(column: pl.Expr) -> pl.Expr:
    """A bool from a JSON flag or from the words of the language, read as text."""
    text = column.cast(pl.String)
    return (
        pl.when(text.is_in(["true", "yes", "1"]))
        .then(statement=True)
        .when(text.is_in(["false", "no", "0"]))
        .then(statement=False)
    )


def _unfolded(
    cases: pl.DataFrame, facts: list[Fact], column: str, dated: str, today: date
) -> pl.DataFrame:
    # Decoded as texts: a cell of the wrong type is unknown, not the end of the run.
    shape = pl.Struct({fact.name: pl.String for fact in facts})
    json = pl.col(column).replace("", None)
    decoded = cases.with_columns(json.str.json_decode(shape).alias("unfolded"))
    return decoded.with_columns(_value(fact, column, dated, today) for fact in facts).drop(
        "unfolded", column
    )


def _value(fact: Fact, column: str, dated: str, today: date) -> pl.Expr:
    value = pl.col("unfolded").struct.field(fact.name)
    if fact.max_age is not None:
        age = (pl.lit(today) - pl.col(dated)).dt.total_days()
        value = pl.when(age <= fact.max_age).then(value)
    if not fact.has_default or fact.default is None:
        return value.alias(fact.name)
    mapped = pl.col(column).str.contains(f'"{fact.name}"', literal=True).fill_null(value=False)
    default = pl.lit(str(fact.default).lower() if isinstance(fact.default, bool) else fact.default)
    return pl.when(mapped).then(value).otherwise(default.cast(pl.String)).alias(fact.name)
