"""Taking a file in: every data row ends taken, with remarks, set aside or refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from dispatcher.intake import frames
from dispatcher.intake.amounts import AmountFormat
from dispatcher.intake.cards import CARD, dealt, named
from dispatcher.intake.checks import Check, found
from dispatcher.intake.dates import DateFormat, date_format
from dispatcher.intake.endings import TAKEN_IN, account_of, refused_items, reported
from dispatcher.intake.extras import extra_checks, extra_columns
from dispatcher.intake.history import History
from dispatcher.intake.items import Items
from dispatcher.intake.mapping import heading_problems, mapping_problems
from dispatcher.intake.people import People
from dispatcher.intake.repeats import disagreeing_debtors, repeated_debtors, repeated_items
from dispatcher.intake.reporting import problems_of
from dispatcher.intake.sheet import read_sheet
from dispatcher.intake.taken import ACCOUNT, Status, Taken
from dispatcher.intake.targets import CREDIT, DEBTOR, HISTORY, ITEM, carries_debtors, extra_facts
from dispatcher.intake.workbook import is_workbook, read_workbook
from dispatcher.model.problem import Place, Problem
from dispatcher.model.settings import SourceKind, SourceSettings
from dispatcher.model.tables import TAKEN
from dispatcher.model.vocabulary import Fact, Owner


__all__ = ["Status", "Taken", "take_in"]

OF_KIND = ("csv/no-legal-kind", "csv/legal-kind")  # a credit needs no legal kind of its debtor


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
    rows, cards = dealt(source, sheet, reading.of_card())
    del sheet  # as large as the file
    return reading.taken(rows, cards)


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

    def of_card(self) -> list[str]:
        """The targets that say who the debtor is; none where the source says nothing of it."""
        return [] if self._people is None else sorted({"debtor", *self._debtor_targets()})

    def taken(self, rows: pl.DataFrame, cards: pl.DataFrame) -> Taken:
        """What came of these rows and the cards that they show."""
        cells, cards = self._typed(rows), self._typed_cards(cards)
        findings = self._findings(cells, cards)
        account = account_of(cells, findings)
        counted = account["status"].value_counts().rows()
        problems = problems_of(reported(findings, account), self.source, self.facts)
        if cells.is_empty():
            problems = [Problem(code="csv/no-rows", place=Place(file=str(self.source.file)))]
            # No open item at all would close every case: more likely the export went wrong.
            if self.source.kind is SourceKind.OPEN_ITEMS:
                return _refused(self.source, problems, self.file_date)
        refused = refused_items(cells, account)
        good = _only(cells, account["status"].is_in(TAKEN_IN))
        return Taken(
            source=self.source.name,
            frames=self._frames(good, cards),
            account=account,
            problems=tuple(problems),
            counts={**dict.fromkeys(Status, 0), **{Status(name): n for name, n in counted}},
            as_of=frames.oldest_day(good, self.file_date),
            refused=refused,
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
        extra = self._extra(Owner.INVOICE)
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
        if self.source.kind in {SourceKind.DEBTORS, SourceKind.PAID_ITEMS}:
            flags = dict.fromkeys(flags, pl.lit(value=False))
        return typed.with_columns(**flags).collect()

    def _typed_cards(self, cards: pl.DataFrame) -> pl.DataFrame:
        people, extra = self._people, self._extra(Owner.DEBTOR)
        if people is None:
            return cards
        return people.with_columns(cards.with_columns(extra_columns(extra, self._amounts)))

    def _findings(self, cells: pl.DataFrame, cards: pl.DataFrame) -> pl.DataFrame:
        mapped = sorted(self._mapped - {"as_of"})
        of_row, of_card = self._checks()
        single = pl.concat([found(cells, of_row), _on_rows(found(cards, of_card), cells)])
        if self.source.kind is SourceKind.DEBTORS:
            return pl.concat([single, repeated_debtors(cells, cards, mapped)])
        twice = repeated_items(cells, cards, mapped)
        return pl.concat([single, twice, self._disagreements(cells, cards, single, twice)])

    def _disagreements(
        self, cells: pl.DataFrame, cards: pl.DataFrame, single: pl.DataFrame, twice: pl.DataFrame
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
        alive = cells.select("row", CARD, "is.debtor", "is.settled", "is.future").filter(~gone)
        return disagreeing_debtors(named(alive, cards), cards, self._debtor_targets())

    def _debtor_targets(self) -> list[str]:
        own = {*DEBTOR, *(fact.name for fact in self._extra(Owner.DEBTOR))}
        return sorted(self._mapped & own)

    def _checks(self) -> tuple[dict[int, Check], dict[int, Check]]:
        """By their rank, the checks of rows and those of cards."""
        people, history = self._people, self._history
        before = [
            *((check, False) for check in self._items.checks()),
            *((check, True) for check in (people.checks() if people else ())),
            *((check, False) for check in (history.checks() if history else ())),
            *((check, True) for check in extra_checks(self._extra(Owner.DEBTOR))),
            *((check, False) for check in extra_checks(self._extra(Owner.INVOICE))),
        ]
        if "as_of" in self._mapped:
            unread = self.days.read(pl.col("as_of")).is_null()
            before.append((Check(code="csv/date", target="as_of", bad=unread), False))
        of_row, of_card = (
            {rank: check for rank, (check, carded) in enumerate(before) if carded is wanted}
            for wanted in (False, True)
        )
        return of_row, of_card

    def _frames(self, good: pl.DataFrame, cards: pl.DataFrame) -> dict[str, pl.DataFrame]:
        tables = {name: frames.empty(name) for name in TAKEN}
        if self._people is not None:
            extra = self._extra(Owner.DEBTOR)
            targets = self._debtor_targets()
            tables["debtors"] = frames.debtors(good, cards, self.source, targets, extra)
        if self.source.kind is SourceKind.OPEN_ITEMS:
            extra = self._extra(Owner.INVOICE)
            targets = [*ITEM, *(fact.name for fact in extra)]
            tables["invoices"] = frames.invoices(good, self.source, targets, extra)
            if self._history is not None:
                tables["history"] = self._history.frame(good, self.source)
        if self.source.kind is SourceKind.PAID_ITEMS:
            tables["paid"] = frames.paid(good, self.source)
        elif self.source.kind is not SourceKind.DEBTORS:
            tables["credits"] = frames.credits(good, self.source, CREDIT)
        return tables


def _on_rows(of_cards: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """Findings of cards as findings of every row that shows the card."""
    if of_cards.is_empty():
        return of_cards
    shown = cells.select("row", CARD, "is.credit")
    told = of_cards.rename({"row": CARD}).join(shown, on=CARD, maintain_order="left")
    needless = pl.col("code").is_in(OF_KIND) & pl.col("is.credit")
    return told.filter(~needless).select(of_cards.columns)


def _only(cells: pl.DataFrame, wanted: pl.Series) -> pl.DataFrame:
    """The wanted rows; each column of `cells` is let go as soon as its part is made.

    A million rows of sixty columns are a gigabyte, which must not exist twice.
    """
    names = cells.columns
    return pl.DataFrame([cells.drop_in_place(name).filter(wanted) for name in names])
