"""What the rows say of their debtors, each card once: a million rows show few different ones.

A card is all that a row says of its debtor. Cards are read and checked in the place of the rows
that show them; a row keeps the number of its card.
"""

import secrets
from collections.abc import Collection

import polars as pl

from dispatcher.intake.mapping import mapped_cells, position
from dispatcher.intake.sheet import Sheet
from dispatcher.model.settings import SourceSettings


CARD = "card"


def dealt(
    source: SourceSettings, sheet: Sheet, of_card: Collection[str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows with all cells that are not of a card, and the cards; both with `card`, `row`.

    Cards are numbered from 0 in the order in which the file first shows them, and a number is a
    card's place in its table. The reference of the debtor stands in both tables.
    """
    targets = source.columns.keys()
    of_row = [name for name in targets if name == "debtor" or name not in of_card]
    places = (position(source, sheet, name) for name in sorted(of_card))
    shown = _numbers(sheet, list(dict.fromkeys(at for at in places if at)))  # one may serve two
    first = shown.is_first_distinct()
    rows = mapped_cells(source, sheet, of_row).with_columns(shown)
    kept = Sheet(
        headings=sheet.headings,
        cells=sheet.cells.filter(first),
        rows=shown.filter(first).alias("row"),
    )
    cards = mapped_cells(source, kept, sorted(of_card)).with_columns(pl.col("row").alias(CARD))
    return rows, cards


def with_cards(rows: pl.DataFrame, cards: pl.DataFrame, names: Collection[str]) -> pl.DataFrame:
    """The rows and these columns of their cards beside them."""
    told = [name for name in names if name not in rows.columns]
    return rows.with_columns(cards[name].gather(rows[CARD]) for name in told)


def named(rows: pl.DataFrame, cards: pl.DataFrame) -> pl.DataFrame:
    """The rows whose cards say of which legal kind the debtor is."""
    return rows.filter((cards["is.legal_kind"] != "").gather(rows[CARD]))


def _numbers(sheet: Sheet, columns: list[str]) -> pl.Series:
    """The number of each row's card: equal cells, equal numbers.

    Told apart by 128 bits under seeds of the moment: comparing the texts themselves takes three
    times as long, and nobody can write two cards that look alike.
    """
    if not columns or sheet.cells.is_empty():
        return pl.zeros(sheet.cells.height, dtype=pl.Int64, eager=True).alias(CARD)
    texts = pl.struct(columns)
    prints = sheet.cells.select(
        texts.hash(secrets.randbits(64)).alias(name) for name in ("print", "again")
    )
    each = prints.unique(maintain_order=True).with_row_index(CARD)
    # Half of the bits nearly always tell all of them apart, and are joined in half the time.
    on = ["print"] if each["print"].is_unique().all() else ["print", "again"]
    numbered = prints.join(each.select(*on, CARD), on=on, how="left", maintain_order="left")
    return numbered[CARD].cast(pl.Int64)
