"""The Polars type of a fact's column."""

import polars as pl

from dispatcher.model.vocabulary import Fact, FactType
from dispatcher.policy.terms import Rulebook


def dtype(fact: Fact, rulebook: Rulebook) -> pl.DataType:
    """Boolean, Int64 (days, counts, minor units) or the Enum of the fact's values.

    The rulebook's own fact of that name is meant: its steps and policies fill the Enum.
    """
    known = rulebook.facts.get(fact.name, fact)
    if known.type is FactType.BOOL:
        return pl.Boolean()
    if known.type in (FactType.INT, FactType.MONEY):
        return pl.Int64()
    return pl.Enum(known.values)
