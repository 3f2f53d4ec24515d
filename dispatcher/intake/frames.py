"""The tables that the store takes, from typed cells; only rows that were taken."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from dispatcher.intake.cards import CARD, named, with_cards
from dispatcher.intake.digests import content, digests
from dispatcher.intake.extras import extra_json
from dispatcher.intake.targets import IDENTIFIERS, PAID
from dispatcher.model.settings import SourceSettings
from dispatcher.model.tables import TAKEN
from dispatcher.model.vocabulary import Fact


PERSON = ("email", "phone", "mobile", "address", "postcode", "city", "country", "language",
          "contact_name", "account_manager", "legal_kind", "profile",
          *IDENTIFIERS)  # fmt: skip


def empty(table: str) -> pl.DataFrame:
    """The table without rows."""
    return pl.DataFrame(schema={name: getattr(pl, word) for name, word in TAKEN[table].items()})


def debtors(
    cells: pl.DataFrame,
    cards: pl.DataFrame,
    source: SourceSettings,
    targets: Sequence[str],
    facts: Sequence[Fact],
) -> pl.DataFrame:
    """One row per debtor, from his first row that says who he is."""
    shown = cells.select("row", CARD, "debtor", "is.debtor", "is.as_of")
    each = shown.filter(pl.col(CARD).is_first_distinct())
    first = with_cards(named(each, cards), cards, cards.columns).unique(
        subset=["is.debtor"], keep="first", maintain_order=True
    )
    selected = first.select(
        pl.col("is.debtor").alias("reference"),
        pl.col("is.debtor_name").alias("name"),
        *(pl.col(f"is.{name}").alias(name) for name in PERSON),
        extra_json(facts).alias("extra"),
        *_origin(source),
    )
    return _table("debtors", selected, _digest(first, source, ["debtor", *targets]))


def invoices(
    cells: pl.DataFrame, source: SourceSettings, targets: Sequence[str], facts: Sequence[Fact]
) -> pl.DataFrame:
    """One row per open item; where no invoiced amount can be read it is the balance."""
    claims = cells.filter(~pl.col("is.credit"))
    selected = claims.select(
        pl.col("is.number").alias("number"),
        pl.col("is.term").alias("term"),
        pl.col("is.debtor").alias("debtor"),
        pl.col("is.currency").alias("currency"),
        pl.coalesce("is.amount", "is.balance").alias("amount"),
        pl.col("is.balance").alias("balance"),
        pl.col("is.issued").alias("issued"),
        pl.col("is.due").alias("due"),
        extra_json(facts).alias("extra"),
        *_origin(source),
    )
    return _table("invoices", selected, _digest(claims, source, ["debtor", *targets]))


def paid(cells: pl.DataFrame, source: SourceSettings) -> pl.DataFrame:
    """One row per invoice of the past; nothing is due on it."""
    selected = cells.select(
        pl.col("is.number").alias("number"),
        pl.col("is.term").alias("term"),
        pl.col("is.debtor").alias("debtor"),
        pl.col("is.currency").alias("currency"),
        pl.col("is.amount").alias("amount"),
        pl.col("is.issued").alias("issued"),
        pl.col("is.due").alias("due"),
        pl.col("is.settled_on").alias("settled_on"),
        *_origin(source),
    )
    return _table("paid", selected, _digest(cells, source, ["debtor", *PAID]))


def credits(  # noqa: A001 - the field's own word; the builtin is for interactive sessions
    cells: pl.DataFrame, source: SourceSettings, targets: Sequence[str]
) -> pl.DataFrame:
    """One row per credit, its amount positive; without a number of its own it gets one.

    Such a number, and that of a credit whose number another one has too, ends in `~` and the
    head of the digest, so it stays the same while the row does.
    """
    given = cells.filter(pl.col("is.credit"))
    digest = _digest(given, source, ["debtor", *targets])
    number = pl.col("is.number")
    marked = pl.concat_str(number, pl.lit("~"), pl.col("digest").str.slice(0, 12))
    times = pl.int_range(pl.len()).over(["is.number", "digest"])
    counted = pl.when(times > 0).then(pl.concat_str(marked, pl.lit("-"), times + 1))
    alone = (number != "") & ~number.is_duplicated()
    selected = given.with_columns(digest).select(
        pl.when(alone).then(number).otherwise(pl.coalesce(counted, marked)).alias("number"),
        pl.col("is.debtor").alias("debtor"),
        pl.col("is.credit_for").alias("invoice_number"),
        pl.col("is.currency").alias("currency"),
        pl.col("is.balance").abs().alias("amount"),
        pl.col("is.issued").alias("issued"),
        *_origin(source),
    )
    return _table("credits", selected, digest)


def oldest_day(cells: pl.DataFrame, file_date: date) -> date:
    """The oldest day that the rows speak of; the file's own date where there are none."""
    oldest = cells["is.as_of"].min()
    return oldest if isinstance(oldest, date) else file_date


def _origin(source: SourceSettings) -> tuple[pl.Expr, ...]:
    return (pl.col("is.as_of").alias("as_of"), pl.lit(source.name).alias("source"), pl.col("row"))


def _digest(cells: pl.DataFrame, source: SourceSettings, targets: Sequence[str]) -> pl.Series:
    mapped = [name for name in dict.fromkeys(targets) if name in cells.columns]
    texts = cells.select(content(mapped).alias("content"))["content"]
    return digests(texts, mapped, source)


def _table(name: str, selected: pl.DataFrame, digest: pl.Series) -> pl.DataFrame:
    schema = {column: getattr(pl, word) for column, word in TAKEN[name].items()}
    return selected.with_columns(digest).select(pl.col(c).cast(t) for c, t in schema.items())
