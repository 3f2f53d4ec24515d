"""What an answer was made from, in a few letters: its policy's version, the hash of its facts."""

from collections.abc import Iterable

import polars as pl
import polars_hash

from dispatcher.decide.facts import IDENTITY
from dispatcher.policy.terms import Rulebook


#: Letters of the SHA-256, in hex: the file that holds the facts themselves has a whole one.
LENGTH = 16


def with_versions(answers: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """The answers with `policy_version`."""
    versions = {policy.name: policy.version for policy in rulebook.policies.values()}
    version = pl.col("policy").replace_strict(versions, default="", return_dtype=pl.String)
    return answers.with_columns(policy_version=version)


def with_hash(answers: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """The answers with `facts_hash`; the facts (`decide.facts`) are in the same order."""
    names = [name for name in facts.columns if name not in IDENTITY]
    return answers.with_columns(facts_hash=facts_hash(facts, sorted(names)))


def facts_hash(facts: pl.DataFrame, names: Iterable[str]) -> pl.Series:
    """The hash of each row's facts, those of `names` in that order.

    SHA-256 over the rows in the encoding `hash_rows`, version 1, of polars-hash; it reads values,
    not how they are stored, so a decision made again years later has the same.
    """
    encoded = polars_hash.hash_rows(*names, version=1)
    return facts.select(encoded.chash.sha2_256().str.head(LENGTH)).to_series().alias("facts_hash")
