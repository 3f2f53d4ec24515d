"""Findings as problems: placed at row and heading, the value shortened, what is allowed shown."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from dispatcher.intake.amounts import AmountFormat, other_forms
from dispatcher.intake.dates import other_formats
from dispatcher.model.debtor import LegalKind
from dispatcher.model.problem import Place, Problem
from dispatcher.model.settings import Column, SourceSettings
from dispatcher.model.vocabulary import Fact, FactType
from dispatcher.problems.suggest import nearest


MOST_OF_A_KIND: Final = 100  # rows named one by one per code and column; the account has them all
LONGEST_SHOWN: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding as read from the table of findings."""

    row: int
    code: str
    target: str
    value: str
    second: int | None


def problems_of(
    findings: pl.DataFrame, source: SourceSettings, facts: Mapping[str, Fact]
) -> list[Problem]:
    """The problems of all findings in the order of rows; many of one kind end in a count.

    What is wrong with a constant of the mapping is said once, at the configuration's place.
    """
    key = ["code", "target"]
    ordered = findings.sort("row", "rank").with_columns(
        pl.int_range(pl.len()).over(key).alias("nth"), pl.len().over(key).alias("times")
    )
    constants = [name for name, column in source.columns.items() if column.constant is not None]
    constant = pl.col("target").is_in(constants)
    wanted = ordered.filter(
        (constant & (pl.col("nth") == 0) & pl.col("second").is_null())
        | (pl.col("nth") < MOST_OF_A_KIND) & (~constant | pl.col("second").is_not_null())
    )
    named = [
        _problem(
            Finding(row=row, code=code, target=target, value=value, second=second), source, facts
        )
        for row, code, target, value, second in wanted.select(
            "row", "code", "target", "value", "second"
        ).iter_rows()
    ]
    many = ordered.filter((pl.col("nth") == MOST_OF_A_KIND) & ~constant)
    return [*named, *_counted(many, source)]


def shown(value: str) -> str:
    """A value short enough for a message, with nothing in it that a terminal would obey."""
    short = value if len(value) <= LONGEST_SHOWN else value[: LONGEST_SHOWN - 1] + "…"
    return "".join(mark if mark.isprintable() else f"\\u{ord(mark):04x}" for mark in short)


def _problem(finding: Finding, source: SourceSettings, facts: Mapping[str, Fact]) -> Problem:
    column = source.columns.get(finding.target, Column())
    name = column.heading or finding.target
    file = str(source.file)
    told = DETAILS.get(finding.code, _nothing)(finding, source, facts)
    place = Place(file=file, line=finding.row, column_name=name)
    if column.constant is not None and finding.second is None:
        place = column.place or source.place or place
    return Problem(
        code=finding.code,
        place=place,
        fields={"value": shown(finding.value), "target": finding.target, **told},
        second=None
        if finding.second is None
        else Place(file=file, line=finding.second, column_name=name),
        suggestion=_suggestion(finding, source, facts),
    )


def _counted(many: pl.DataFrame, source: SourceSettings) -> Iterator[Problem]:
    for code, target, times in many.select("code", "target", "times").iter_rows():
        column = source.columns.get(target, Column())
        yield Problem(
            code="csv/more",
            place=Place(file=str(source.file)),
            fields={
                "code": code,
                "column": column.heading or target,
                "count": str(times - MOST_OF_A_KIND),
            },
        )


Details = Callable[[Finding, SourceSettings, Mapping[str, Fact]], dict[str, str]]


def _nothing(_f: Finding, _s: SourceSettings, _facts: Mapping[str, Fact]) -> dict[str, str]:
    return {}


def _amount(finding: Finding, source: SourceSettings, _: Mapping[str, Fact]) -> dict[str, str]:
    declared = AmountFormat(decimal=source.decimal, thousands=source.thousands)
    forms = other_forms(finding.value, declared)[:3]
    return {"declared": _form(declared), "forms": " / ".join(_form(form) for form in forms)}


def _form(form: AmountFormat) -> str:
    return f'decimal: "{form.decimal}", thousands: "{form.thousands}"'


def _date(_finding: Finding, source: SourceSettings, _: Mapping[str, Fact]) -> dict[str, str]:
    return {"declared": source.dates}


def _allowed(finding: Finding, _: SourceSettings, facts: Mapping[str, Fact]) -> dict[str, str]:
    return {"allowed": ", ".join(_choices(finding, facts)) or "-"}


def _choices(finding: Finding, facts: Mapping[str, Fact]) -> tuple[str, ...]:
    fact = facts.get(finding.target)
    if fact is None:
        return tuple(LegalKind) if finding.target == "legal_kind" else ()
    if fact.type is FactType.BOOL:
        return ("yes", "no")
    if fact.values:
        return fact.values
    bounds = (fact.minimum, fact.maximum)
    return tuple(str(bound) for bound in bounds if bound is not None)


def _suggestion(finding: Finding, source: SourceSettings, facts: Mapping[str, Fact]) -> str:
    """The nearest value allowed, or the setting by which the text would be a date."""
    if finding.code in {"csv/legal-kind", "csv/fact-value", "csv/step"} and finding.value:
        return nearest(finding.value, _choices(finding, facts))
    if finding.code in {"csv/due", "csv/due-day", "csv/date", "csv/settled-on"}:
        forms = other_formats(finding.value, source.dates)
        return f"dates: {forms[0]}" if forms else ""
    return ""


DETAILS: Final[Mapping[str, Details]] = {
    "csv/amount": _amount,
    "csv/amount-form": _amount,
    "csv/amount-decimals": _amount,
    "csv/invoiced-amount": _amount,
    "csv/due": _date,
    "csv/due-day": _date,
    "csv/due-serial": _date,
    "csv/date": _date,
    "csv/settled-on": _date,
    "csv/legal-kind": _allowed,
    "csv/step": _allowed,
    "csv/no-legal-kind": _allowed,
    "csv/fact-value": _allowed,
    "csv/no-profile": _allowed,
}
