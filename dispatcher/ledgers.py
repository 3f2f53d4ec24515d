"""A past ledger: who owed what from when until when, read as the home's sources say."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from dispatcher.errors import BadInput
from dispatcher.home import bytes_of
from dispatcher.intake.sheet import read_sheet
from dispatcher.intake.take import Taken, take_in
from dispatcher.intake.targets import PAID
from dispatcher.intake.workbook import is_workbook, read_workbook
from dispatcher.model.problem import Problem
from dispatcher.model.settings import Settings, SourceKind, SourceSettings
from dispatcher.model.tables import FRAMES
from dispatcher.policy.terms import Rulebook
from dispatcher.prove.days.replay import Ledger


KEY: Final = ["debtor", "number", "term"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which ledger: a `file` read by the source of that name, or all files of the home.

    `disputed` is a heading and the value that says that an invoice is disputed; empty: none.
    """

    file: Path | None = None
    source: str = ""
    disputed: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What one source tells of a ledger; `paid` and `disputed` are by `KEY`."""

    debtors: pl.DataFrame
    invoices: pl.DataFrame
    paid: pl.DataFrame
    disputed: pl.DataFrame


def read_ledger(settings: Settings, rulebook: Rulebook, asked: Asked, *, today: date) -> Ledger:
    """The invoices of a home's files, or of one file beside its debtors.

    Raises:
        BadInput: a file cannot be read, or nothing in it says what was paid.
    """
    reading = _Reading(settings=settings, rulebook=rulebook, asked=asked, today=today)
    parts = [reading.read(source) for source in _sources(settings, asked)]
    debtors = _distinct([part.debtors for part in parts], ["reference"])
    invoices = _distinct([part.invoices for part in parts], KEY)
    paid = _distinct([part.paid for part in parts], KEY)
    if invoices.is_empty() or debtors.is_empty():
        raise BadInput(Problem(code="replay/no-ledger"))
    disputed = _distinct([part.disputed for part in parts], KEY)
    return _joined(debtors, invoices, paid, disputed)


def _sources(settings: Settings, asked: Asked) -> list[SourceSettings]:
    """The sources to read; that of the file that was named reads it."""
    own = [each for each in settings.sources if each.kind is not SourceKind.CREDITS]
    if asked.file is None:
        return [each for each in own if each.file.exists() or not each.optional]
    named = _named(own, asked.source)
    beside = [each for each in own if each.kind is SourceKind.DEBTORS]
    return [*beside, replace(named, file=asked.file.resolve())]


def _named(sources: Sequence[SourceSettings], name: str) -> SourceSettings:
    telling = [each for each in sources if "settled_on" in each.columns]
    found = [each for each in telling if not name or each.name == name]
    if found:
        return found[0]
    allowed = ", ".join(each.name for each in telling) or "-"
    raise BadInput(Problem(code="replay/no-source", fields={"value": name, "allowed": allowed}))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    settings: Settings
    rulebook: Rulebook
    asked: Asked
    today: date

    def read(self, source: SourceSettings) -> _Read:
        """All that one source tells."""
        empty = pl.DataFrame()
        if source.kind is SourceKind.DEBTORS:
            return _Read(
                debtors=self._taken(source).frames["debtors"],
                invoices=empty,
                paid=empty,
                disputed=empty,
            )
        paid = self._paid(source)
        if source.kind is SourceKind.PAID_ITEMS:
            # An invoice that is paid was open once: it owed what was invoiced.
            owed = paid.with_columns(balance=pl.col("amount"), extra=pl.lit("{}"))
            return _Read(debtors=empty, invoices=owed, paid=paid, disputed=self._disputed(source))
        taken = self._taken(_as_if_open(source))
        return _Read(
            debtors=taken.frames["debtors"],
            invoices=taken.frames["invoices"],
            paid=paid,
            disputed=self._disputed(source),
        )

    def _paid(self, source: SourceSettings) -> pl.DataFrame:
        if "settled_on" not in source.columns:
            return pl.DataFrame()
        own = {name: column for name, column in source.columns.items() if name in {"debtor", *PAID}}
        return self._taken(replace(source, kind=SourceKind.PAID_ITEMS, columns=own)).frames["paid"]

    def _taken(self, source: SourceSettings) -> Taken:
        taken = take_in(
            source,
            bytes_of(source.file),
            facts=self.rulebook.facts,
            today=self.today,
            file_date=self.today,
            currency=self.settings.currency,
        )
        if taken.refused_whole:
            raise BadInput(taken.problems)
        return taken

    def _disputed(self, source: SourceSettings) -> pl.DataFrame:
        heading, value = self.asked.disputed
        if not heading:
            return pl.DataFrame()
        read = read_workbook if is_workbook(source) else read_sheet
        sheet, problems = read(bytes_of(source.file), source)
        if sheet is None:
            raise BadInput(problems)
        places = {name: place for place, name in enumerate(sheet.headings)}
        if heading not in places:
            raise BadInput(Problem(code="replay/no-heading", fields={"value": heading}))
        cells = {
            target: sheet.cells.to_series(places[column.heading]).str.strip_chars()
            for target, column in source.columns.items()
            if column.heading in places
        }
        term = cells.get("term")
        found = pl.DataFrame(
            {
                "debtor": cells["debtor"],
                "number": cells["invoice_number"],
                "told": sheet.cells.to_series(places[heading]).str.strip_chars(),
            }
        ).with_columns(term=pl.lit(1, dtype=pl.Int64) if term is None else term.cast(pl.Int64))
        return found.filter(pl.col("told") == value).select(KEY)


def _as_if_open(source: SourceSettings) -> SourceSettings:
    """The source of which every row is taken: as it was before it was paid."""
    columns = {name: column for name, column in source.columns.items() if name != "settled_on"}
    if "settled_on" in source.columns and "amount" in columns:
        columns["amount_due"] = columns["amount"]
    return replace(source, columns=columns)


def _distinct(frames: Sequence[pl.DataFrame], key: Sequence[str]) -> pl.DataFrame:
    """The rows of all, each once; what was read first holds."""
    found = [frame for frame in frames if not frame.is_empty()]
    if not found:
        return pl.DataFrame()
    whole = pl.concat(found, how="diagonal_relaxed")
    return whole.unique(subset=list(key), keep="first", maintain_order=True)


def _joined(
    debtors: pl.DataFrame, invoices: pl.DataFrame, paid: pl.DataFrame, disputed: pl.DataFrame
) -> Ledger:
    """The tables of a book, numbered; invoices of debtors whom nobody describes are left out."""
    who = debtors.with_row_index("id", offset=1).with_columns(pl.col("id").cast(pl.Int64))
    ids = who.select("reference", debtor_id="id")
    known = invoices.join(ids, left_on="debtor", right_on="reference", how="inner")
    settled = (
        paid.select(*KEY, "settled_on")
        if "settled_on" in paid.columns
        else pl.DataFrame(schema={**_key_schema(), "settled_on": pl.Date})
    )
    contested = (
        disputed if not disputed.is_empty() else pl.DataFrame(schema=_key_schema())
    ).select(*KEY, disputed=pl.lit(value=True))
    whole = (
        known.drop("settled_on", strict=False)
        .join(settled, on=KEY, how="left", maintain_order="left")
        .join(contested, on=KEY, how="left", maintain_order="left")
        .sort("issued", "number", "term")
        .with_columns(
            id=pl.int_range(1, pl.len() + 1, dtype=pl.Int64),
            disputed=pl.col("disputed").fill_null(value=False),
        )
    )
    return Ledger(
        debtors=_columns(who, "debtors"),
        invoices=_columns(whole, "invoices", "settled_on", "disputed"),
        left_out=invoices.height - known.height,
    )


def _key_schema() -> dict[str, type[pl.DataType]]:
    return {"debtor": pl.String, "number": pl.String, "term": pl.Int64}


def _columns(frame: pl.DataFrame, table: str, *more: str) -> pl.DataFrame:
    """The columns of that table of the book, and further ones."""
    return frame.select(*_typed(table), *more)


def _typed(table: str) -> Iterator[pl.Expr]:
    for name, kind in FRAMES[table].items():
        yield pl.col(name).cast(getattr(pl, kind))
