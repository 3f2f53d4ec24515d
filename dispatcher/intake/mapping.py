"""A source's mapping against the vocabulary and the headings; the cells by target."""

from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from dispatcher.intake.dates import date_format
from dispatcher.intake.sheet import Sheet
from dispatcher.intake.targets import REQUIRED, carries_debtors, known_targets
from dispatcher.model.problem import Problem
from dispatcher.model.settings import Column, SourceKind, SourceSettings
from dispatcher.model.vocabulary import Fact, Owner, Source
from dispatcher.problems.suggest import nearest


def mapping_problems(source: SourceSettings, facts: Mapping[str, Fact]) -> list[Problem]:
    """What is wrong with the mapping whatever the file holds, at the configuration's places."""
    return [
        *_unknown_targets(source, facts),
        *_missing_targets(source),
        *_unmapped_facts(source, facts),
        *_formats(source),
    ]


def heading_problems(source: SourceSettings, sheet: Sheet) -> list[Problem]:
    """Headings that the mapping names and the file has not, with the nearest one."""
    named = [name for name in sheet.headings if name]
    return [
        Problem(
            code="csv/missing-heading",
            place=column.place or source.place,
            fields={"heading": column.heading, "target": target, "file": str(source.file)},
            suggestion=nearest(column.heading, named),
        )
        for target, column in source.columns.items()
        if column.constant is None and column.heading.strip() not in sheet.headings
    ]


def mapped_cells(source: SourceSettings, sheet: Sheet, targets: Iterable[str]) -> pl.DataFrame:
    """One trimmed, translated text column for each of these targets, and `row`."""
    cells = [
        _cell(source.columns[target], position(source, sheet, target)).alias(target)
        for target in sorted(targets)
    ]
    return sheet.cells.lazy().with_columns(sheet.rows).select("row", *cells).collect()


def position(source: SourceSettings, sheet: Sheet, target: str) -> str | None:
    """The column of the sheet that a target is read from; None where it is a constant."""
    column = source.columns[target]
    if column.constant is not None:
        return None
    return str(sheet.headings.index(column.heading.strip()))


def _cell(column: Column, place: str | None) -> pl.Expr:
    if place is None:
        return pl.lit((column.constant or "").strip(), dtype=pl.String)
    cell = pl.col(place).str.strip_chars()
    if not column.values:
        return cell
    return cell.replace(list(column.values.keys()), list(column.values.values()))


def _unknown_targets(source: SourceSettings, facts: Mapping[str, Fact]) -> Iterator[Problem]:
    known = known_targets(source.kind, facts)
    for target, column in source.columns.items():
        if target not in known:
            yield Problem(
                code="csv/unknown-target",
                place=column.place or source.place,
                fields={"target": target, "kind": source.kind.value},
                suggestion=nearest(target, known),
            )


def _missing_targets(source: SourceSettings) -> Iterator[Problem]:
    for target in REQUIRED[source.kind]:
        if target not in source.columns:
            fields = {"target": target, "source": source.name}
            yield Problem(code="csv/missing-target", place=source.place, fields=fields)


def _unmapped_facts(source: SourceSettings, facts: Mapping[str, Fact]) -> Iterator[Problem]:
    """Facts that this source should give, does not, and that cannot do without."""
    owners = {Owner.DEBTOR} if carries_debtors(source, facts) else set()
    if source.kind is SourceKind.OPEN_ITEMS:
        owners.add(Owner.INVOICE)
    for fact in facts.values():
        told = fact.name in source.columns or fact.name in REQUIRED[source.kind]
        dispensable = (fact.has_default or fact.nullable) and fact.name != "legal_kind"
        if fact.source is Source.COLUMN and fact.of in owners and not told and not dispensable:
            fields = {"fact": fact.name, "source": source.name}
            yield Problem(code="csv/unmapped-fact", place=source.place, fields=fields)
    if Owner.DEBTOR in owners and not {"legal_kind"} & (facts.keys() | source.columns.keys()):
        fields = {"fact": "legal_kind", "source": source.name}
        yield Problem(code="csv/unmapped-fact", place=source.place, fields=fields)


def _formats(source: SourceSettings) -> Iterator[Problem]:
    if date_format(source.dates) is None:
        fields = {"dates": source.dates}
        yield Problem(code="csv/date-format", place=source.place, fields=fields)
    if source.decimal == source.thousands:
        fields = {"decimal": source.decimal}
        yield Problem(code="csv/separators-equal", place=source.place, fields=fields)
