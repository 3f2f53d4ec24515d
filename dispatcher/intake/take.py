"""Taking a file in: every data row ends taken, with remarks, set aside or refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from dispatcher.intake import frames
from dispatcher.intake.amounts import AmountFormat
from dispatcher.intake.checks import Check, found
from dispatcher.intake.dates import DateFormat, date_format
from dispatcher.intake.extras import extra_checks, extra_columns
from dispatcher.intake.history import History
from dispatcher.intake.items import Items
from dispatcher.intake.mapping import heading_problems, mapped_cells, mapping_problems
from dispatcher.intake.people import People
from dispatcher.intake.repeats import disagreeing_debtors, repeated_debtors, repeated_items
from dispatcher.intake.reporting import problems_of
from dispatcher.intake.sheet import Sheet, read_sheet
from dispatcher.intake.taken import ACCOUNT, Status, Taken
from dispatcher.intake.targets import CREDIT, DEBTOR, HISTORY, ITEM, carries_debtors, extra_facts
from dispatcher.intake.workbook import is_workbook, read_workbook
from dispatcher.model.problem import Place, Problem
from dispatcher.model.settings import SourceKind, SourceSettings
from dispatcher.model.tables import TAKEN
from dispatcher.model.vocabulary import Fact, Owner


__all__ = ["Status", "Taken", "take_in"]

TAKEN_IN = (Status.TAKEN.value, Status.REMARK.value)


def take_in(
    source: SourceSettings,
    content: bytes,
    *,
    facts: Mapping[str, Fact],
    today: date,
    file_date: date,
    currency: str = "EUR",
) -> Taken:
    """The rows of a file as frames for the store, with the account of each and the problems.

    A fault of the file or of its mapping refuses the whole file: problems and no frames.
    `currency` is that of rows whose source maps none, `file_date` the `as_of` of rows without one.
    """
    problems = mapping_problems(source, facts)
    read = read_workbook if is_workbook(source) else read_sheet
    sheet, unread = read(content, source)
    problems += unread
    if sheet is not None:
        problems += heading_problems(source, sheet)
    days = date_format(source.dates)
    if sheet is None or problems or days is None:
        return _refused(source, problems, file_date)
    reading = _Reading(
        source=source, facts=facts, days=days, today=today, file_date=file_date, currency=currency
    )
    return reading.taken(sheet)


def _refused(source: SourceSettings, problems: list[Problem], file_date: date) -> Taken:
    return Taken(
        source=source.name,
        frames={},
        account=pl.DataFrame(schema=ACCOUNT),
        problems=tuple(problems),
        counts=dict.fromkeys(Status, 0),
        as_of=file_date,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """One source being read: its settings and what its columns mean."""

    source: SourceSettings
    facts: Mapping[str, Fact]
    days: DateFormat
    today: date
    file_date: date
    currency: str

    def taken(self, sheet: Sheet) -> Taken:
        cells = self._typed(mapped_cells(self.source, sheet))
        findings = self._findings(cells)
        account = _account(cells, findings)
        good = cells.filter(account["status"].is_in(TAKEN_IN))
        counted = account["status"].value_counts().rows()
        problems = problems_of(_reported(findings, account), self.source, self.facts)
        if cells.is_empty():
            problems = [Problem(code="csv/no-rows", place=Place(file=str(self.source.file)))]
            # No open item at all would close every case: more likely the export went wrong.
            if self.source.kind is SourceKind.OPEN_ITEMS:
                return _refused(self.source, problems, self.file_date)
        return Taken(
            source=self.source.name,
            frames=self._frames(good),
            account=account,
            problems=tuple(problems),
            counts={**dict.fromkeys(Status, 0), **{Status(name): n for name, n in counted}},
            as_of=frames.oldest_day(good, self.file_date),
            refused=_refused_items(cells, account),
        )

    @property
    def _mapped(self) -> frozenset[str]:
        return frozenset(self.source.columns)

    @property
    def _people(self) -> People | None:
        if not carries_debtors(self.source, self.facts):
            return None
        return People(mapped=self._mapped, facts=self.facts)

    @property
    def _items(self) -> Items:
        return Items(
            kind=self.source.kind,
            mapped=self._mapped,
            amounts=self._amounts,
            days=self.days,
            today=self.today,
            currency=self.currency,
            facts=self.facts,
        )

    @property
    def _history(self) -> History | None:
        if not self._mapped & {*HISTORY}:
            return None
        return History(mapped=self._mapped, days=self.days, today=self.today, facts=self.facts)

    @property
    def _amounts(self) -> AmountFormat:
        return AmountFormat(decimal=self.source.decimal, thousands=self.source.thousands)

    def _extra(self, owner: Owner) -> tuple[Fact, ...]:
        return extra_facts(self.source, self.facts, owner)

    def _typed(self, cells: pl.DataFrame) -> pl.DataFrame:
        """The cells with typed columns beside them."""
        extra = [*self._extra(Owner.DEBTOR), *self._extra(Owner.INVOICE)]
        as_of = self.days.read(pl.col("as_of")) if "as_of" in self._mapped else pl.lit(None)
        typed = cells.lazy().with_columns(
            *self._items.columns(),
            *(self._history.columns() if self._history else ()),
            *extra_columns(extra, self._amounts),
            as_of.fill_null(self.file_date).cast(pl.Date).alias("is.as_of"),
        )
        items = self._items
        flags = {
            "is.credit": items.is_credit(),
            "is.settled": items.is_settled(),
            "is.future": items.is_future(),
        }
        if self.source.kind is SourceKind.DEBTORS:
            flags = dict.fromkeys(flags, pl.lit(value=False))
        complete = typed.with_columns(**flags).collect()
        people = self._people
        return complete if people is None else people.with_columns(complete)

    def _findings(self, cells: pl.DataFrame) -> pl.DataFrame:
        mapped = sorted(self._mapped - {"as_of"})
        single = found(cells, self._checks())
        if self.source.kind is SourceKind.DEBTORS:
            return pl.concat([single, repeated_debtors(cells, mapped)])
        twice = repeated_items(cells, mapped)
        return pl.concat([single, twice, self._disagreements(cells, single, twice)])

    def _disagreements(
        self, cells: pl.DataFrame, single: pl.DataFrame, twice: pl.DataFrame
    ) -> pl.DataFrame:
        if self._people is None:
            return single.clear()
        out = pl.concat(
            [
                single.filter("refuses")["row"],
                twice.filter(pl.col("code") != "csv/credit-twice")["row"],
            ]
        )
        gone = pl.col("is.settled") | pl.col("is.future") | pl.col("row").is_in(out.implode())
        alive = cells.filter(~gone & (pl.col("is.legal_kind") != ""))
        return disagreeing_debtors(alive, self._debtor_targets())

    def _debtor_targets(self) -> list[str]:
        own = {*DEBTOR, *(fact.name for fact in self._extra(Owner.DEBTOR))}
        return sorted(self._mapped & own)

    def _checks(self) -> list[Check]:
        items, people = self._items, self._people
        checks = items.checks()
        if people is not None:
            checks += people.checks(refuses=~pl.col("is.credit"))
        checks += self._history.checks() if self._history else ()
        checks += extra_checks([*self._extra(Owner.DEBTOR), *self._extra(Owner.INVOICE)])
        if "as_of" in self._mapped:
            unread = self.days.read(pl.col("as_of")).is_null()
            checks.append(Check(code="csv/date", target="as_of", bad=unread))
        return checks

    def _frames(self, good: pl.DataFrame) -> dict[str, pl.DataFrame]:
        tables = {name: frames.empty(name) for name in TAKEN}
        if self._people is not None:
            extra = self._extra(Owner.DEBTOR)
            targets = self._debtor_targets()
            tables["debtors"] = frames.debtors(good, self.source, targets, extra)
        if self.source.kind is SourceKind.OPEN_ITEMS:
            extra = self._extra(Owner.INVOICE)
            targets = [*ITEM, *(fact.name for fact in extra)]
            tables["invoices"] = frames.invoices(good, self.source, targets, extra)
            if self._history is not None:
                tables["history"] = self._history.frame(good, self.source)
        if self.source.kind is not SourceKind.DEBTORS:
            tables["credits"] = frames.credits(good, self.source, CREDIT)
        return tables


def _account(cells: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    """One row per data row: its status and its first reason, the one that decides."""
    order = findings.sort(
        pl.col("code") != "csv/conflict", ~pl.col("refuses"), "rank", maintain_order=True
    )
    first = order.unique(subset=["row"], keep="first", maintain_order=True)
    joined = cells.select("row", "is.settled", "is.future").join(
        first.select("row", "code", "refuses", column="target", value="value"),
        on="row",
        how="left",
        maintain_order="left",
    )
    code = pl.col("code")
    repeats = code.is_in(["csv/duplicate", "csv/debtor-again"])
    status = (
        pl.when(code == "csv/conflict")
        .then(pl.lit(Status.REFUSED.value))
        .when("is.settled")
        .then(pl.lit(Status.SETTLED.value))
        .when("is.future")
        .then(pl.lit(Status.FUTURE.value))
        .when("refuses")
        .then(pl.lit(Status.REFUSED.value))
        .when(repeats)
        .then(pl.lit(Status.DUPLICATE.value))
        .when(code.is_not_null())
        .then(pl.lit(Status.REMARK.value))
        .otherwise(pl.lit(Status.TAKEN.value))
    )
    told = joined.with_columns(status.alias("status"))
    silent = pl.col("status").is_in([Status.SETTLED.value, Status.FUTURE.value])
    reason = [
        pl.when(~silent).then(pl.col(name)).fill_null("").alias(name)
        for name in ("code", "column", "value")
    ]
    return told.select("row", "status", *reason)


def _refused_items(cells: pl.DataFrame, account: pl.DataFrame) -> tuple[tuple[str, int], ...]:
    """Number and term of every item in a refused row; an unreadable term is taken for the first."""
    if "is.number" not in cells.columns:
        return ()
    refused = cells.filter(account["status"] == Status.REFUSED.value, pl.col("is.number") != "")
    items = refused.select("is.number", pl.col("is.term").fill_null(1))
    return tuple(items.unique(maintain_order=True).iter_rows())


def _reported(findings: pl.DataFrame, account: pl.DataFrame) -> pl.DataFrame:
    """Findings that people should read: not of settled, future or repeated rows."""
    told = findings.join(account.select("row", "status", first="code"), on="row")
    repeated = pl.col("status") == Status.DUPLICATE.value
    of_row = pl.col("status").is_in([*TAKEN_IN, Status.REFUSED.value])
    return told.filter(of_row | (repeated & (pl.col("code") == pl.col("first"))))
