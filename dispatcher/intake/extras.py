"""Facts that a source gives and that have no column of their own: typed, as JSON per row."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import polars as pl

from dispatcher.intake.amounts import AmountFormat
from dispatcher.intake.checks import Check
from dispatcher.model.vocabulary import Fact, FactType


YES: Final = ("yes", "oui", "true", "1")
NO: Final = ("no", "non", "false", "0")
WHOLE: Final = "^-?[0-9]{1,15}$"


def extra_columns(facts: Sequence[Fact], amounts: AmountFormat) -> list[pl.Expr]:
    """One column `fact.NAME` per fact: its value, null where it is unknown."""
    return [_read(fact, amounts).alias(f"fact.{fact.name}") for fact in facts]


def extra_checks(facts: Sequence[Fact]) -> list[Check]:
    """A cell that is no value of its fact leaves it unknown, with a remark; empty is unknown."""
    return [
        Check(
            code="csv/fact-value",
            target=fact.name,
            bad=pl.col(f"fact.{fact.name}").is_null() & (pl.col(fact.name) != ""),
        )
        for fact in facts
    ]


def extra_json(facts: Sequence[Fact]) -> pl.Expr:
    """The JSON object of these facts, by name, unknown as null."""
    if not facts:
        return pl.lit("{}")
    return pl.struct(
        pl.col(f"fact.{fact.name}").alias(fact.name) for fact in facts
    ).struct.json_encode()


def _read(fact: Fact, amounts: AmountFormat) -> pl.Expr:
    return READERS[fact.type](pl.col(fact.name), fact, amounts)


def _bool(text: pl.Expr, _fact: Fact, _amounts: AmountFormat) -> pl.Expr:
    word = text.str.to_lowercase()
    return (
        pl.when(word.is_in(YES))
        .then(pl.lit(value=True))
        .when(word.is_in(NO))
        .then(pl.lit(value=False))
    )


def _enum(text: pl.Expr, fact: Fact, _amounts: AmountFormat) -> pl.Expr:
    return pl.when(text.is_in(list(fact.values))).then(text)


def _name(text: pl.Expr, _fact: Fact, _amounts: AmountFormat) -> pl.Expr:
    return pl.when(text != "").then(text)


def _int(text: pl.Expr, fact: Fact, _amounts: AmountFormat) -> pl.Expr:
    number = pl.when(text.str.contains(WHOLE)).then(text).cast(pl.Int64, strict=False)
    return _within(number, fact)


def _money(text: pl.Expr, fact: Fact, amounts: AmountFormat) -> pl.Expr:
    return _within(amounts.read(text), fact)


def _within(number: pl.Expr, fact: Fact) -> pl.Expr:
    least = pl.lit(value=True) if fact.minimum is None else number >= fact.minimum
    most = pl.lit(value=True) if fact.maximum is None else number <= fact.maximum
    return pl.when(least & most).then(number)


READERS: Final[Mapping[FactType, Callable[[pl.Expr, Fact, AmountFormat], pl.Expr]]] = {
    FactType.BOOL: _bool,
    FactType.ENUM: _enum,
    FactType.INT: _int,
    FactType.MONEY: _money,
    FactType.STEP: _name,
    FactType.POLICY: _name,
}
