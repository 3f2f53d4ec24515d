"""Columns of open items and credits: what is due, of what, since when, and what is wrong."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from dispatcher.intake.amounts import AmountFormat, any_form
from dispatcher.intake.checks import Check
from dispatcher.intake.dates import DateFormat
from dispatcher.intake.names import cleaned, encodes, hides
from dispatcher.model.settings import SourceKind
from dispatcher.model.vocabulary import Fact


FAR = timedelta(days=5 * 365)  # a due date beyond it is most likely a typing error
CURRENCY = "^[A-Z]{3}$"  # ISO 4217
TERM = "^[0-9]{1,4}$"
SERIAL = "^[0-9]{5}$"  # a spreadsheet's own number of a day, 1927 to 2173
DAYS = ("issued", "due", "settled_on")


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """How the items of one source are read; `mapped` are its targets."""

    kind: SourceKind
    mapped: frozenset[str]
    amounts: AmountFormat
    days: DateFormat
    today: date
    currency: str
    facts: Mapping[str, Fact]

    def columns(self) -> list[pl.Expr]:
        """The typed columns, each named `is.` and what it is; null where it cannot be read."""
        return [
            self._reference("debtor").alias("is.debtor"),
            self._reference("invoice_number").alias("is.number"),
            self._reference("credit_for").alias("is.credit_for"),
            self._term().alias("is.term"),
            self._text("currency", self.currency).alias("is.currency"),
            self.amounts.read(self._text("amount_due")).alias("is.balance"),
            self.amounts.read(self._text("amount")).alias("is.amount"),
            *(self.days.read(self._text(name)).alias(f"is.{name}") for name in DAYS),
        ]

    def checks(self) -> list[Check]:
        """What may be wrong, refusals first; read after `columns`."""
        if self.kind is SourceKind.DEBTORS:
            return list(self._debtor())
        if self.kind is SourceKind.PAID_ITEMS:
            return [*self._debtor(), *self._identity(), *self._due(), *self._paid()]
        return [
            *self._debtor(),
            *self._identity(),
            *self._balance(),
            *self._due(),
            *self._settled(),
            *self._remarks(),
        ]

    def is_credit(self) -> pl.Expr:
        """Whether the row is a credit of its debtor."""
        if self.kind is SourceKind.CREDITS:
            return pl.lit(value=True)
        return (pl.col("is.balance") < 0).fill_null(value=False)

    def is_settled(self) -> pl.Expr:
        """Whether nothing is due any more."""
        settled = (pl.col("is.settled_on") <= self.today).fill_null(value=False)
        return settled | (pl.col("is.balance") == 0).fill_null(value=False)

    def is_future(self) -> pl.Expr:
        """Whether the item does not exist yet."""
        return (pl.col("is.issued") > self.today).fill_null(value=False)

    def _text(self, target: str, otherwise: str = "") -> pl.Expr:
        return pl.col(target) if target in self.mapped else pl.lit(otherwise, dtype=pl.String)

    def _reference(self, target: str) -> pl.Expr:
        return cleaned(pl.col(target)) if target in self.mapped else pl.lit("")

    def _term(self) -> pl.Expr:
        text = self._text("term")
        number = pl.when(text.str.contains(TERM)).then(text).cast(pl.Int64, strict=False)
        return pl.when(text == "").then(1).when(number > 0).then(number)

    def _debtor(self) -> Iterator[Check]:
        nobody = pl.col("is.debtor") == ""
        yield Check(code="csv/no-debtor", target="debtor", refuses=True, bad=nobody)
        yield from self._oddities("debtor")

    def _oddities(self, target: str) -> Iterator[Check]:
        if target in self.mapped:
            yield Check(code="csv/hidden", target=target, bad=hides(pl.col(target)))
            yield Check(code="csv/encoded-word", target=target, bad=encodes(pl.col(target)))

    def _identity(self) -> Iterator[Check]:
        nameless = pl.col("is.number") == ""
        credit = self.is_credit()
        number = "invoice_number"
        yield Check(code="csv/no-number", target=number, refuses=True, bad=nameless & ~credit)
        yield Check(code="csv/credit-number", target=number, bad=nameless & credit)
        yield Check(code="csv/term", target="term", refuses=True, bad=pl.col("is.term").is_null())
        yield from self._oddities("invoice_number")
        yield from self._oddities("credit_for")

    def _balance(self) -> Iterator[Check]:
        text, target = self._text("amount_due"), "amount_due"
        unread = pl.col("is.balance").is_null()
        finer = unread & text.str.contains(self.amounts.finer)
        other = unread & text.str.contains(any_form())
        reasons = {
            "csv/no-amount": text == "",
            "csv/amount-form": other,
            "csv/amount-decimals": finer & ~other,
            "csv/amount": unread & ~other & ~finer & (text != ""),
        }
        for code, bad in reasons.items():
            yield Check(code=code, target=target, refuses=True, bad=bad)
        if self.kind is SourceKind.CREDITS:
            negative = pl.col("is.balance") < 0
            yield Check(code="csv/credit-sign", target=target, refuses=True, bad=negative)
        yield self._wrong_currency()

    def _due(self) -> Iterator[Check]:
        if self.kind is SourceKind.CREDITS:
            return
        text, claimed = self._text("due"), ~self.is_credit()
        unread = pl.col("is.due").is_null() & claimed
        shaped, serial = self.days.shaped(text), text.str.contains(SERIAL)
        reasons = {
            "csv/no-due": unread & (text == ""),
            "csv/due-day": unread & shaped,
            "csv/due-serial": unread & ~shaped & serial,
            "csv/due": unread & ~shaped & ~serial & (text != ""),
        }
        for code, bad in reasons.items():
            yield Check(code=code, target="due", refuses=True, bad=bad)
        yield Check(
            code="csv/due-far", target="due", bad=claimed & (pl.col("is.due") > self.today + FAR)
        )
        early = claimed & (pl.col("is.due") < pl.col("is.issued"))
        yield Check(code="csv/due-before-issued", target="due", bad=early)

    def _settled(self) -> Iterator[Check]:
        """A day of settlement that cannot be read leaves open whether anything is due."""
        text = self._text("settled_on")
        bad = pl.col("is.settled_on").is_null() & (text != "")
        yield Check(code="csv/settled-on", target="settled_on", refuses=True, bad=bad)

    def _paid(self) -> Iterator[Check]:
        """An item of the past without a day of payment may be open: it does not belong here."""
        target, text = "settled_on", self._text("settled_on")
        yield Check(code="csv/not-paid", target=target, refuses=True, bad=text == "")
        yield from self._settled()
        later = (pl.col("is.settled_on") > self.today).fill_null(value=False)
        yield Check(code="csv/paid-later", target=target, refuses=True, bad=later)
        yield self._wrong_currency()

    def _wrong_currency(self) -> Check:
        wrong = ~pl.col("is.currency").str.contains(CURRENCY)
        return Check(code="csv/currency", target="currency", refuses=True, bad=wrong)

    def _remarks(self) -> Iterator[Check]:
        issued = self._text("issued")
        unread = pl.col("is.issued").is_null() & (issued != "")
        yield Check(code="csv/date", target="issued", bad=unread)
        text = self._text("amount")
        unread = pl.col("is.amount").is_null() & (text != "")
        yield Check(code="csv/invoiced-amount", target="amount", bad=unread)
        above = (pl.col("is.balance") > pl.col("is.amount")) & ~self.is_credit()
        yield Check(code="csv/balance-above-amount", target="amount_due", bad=above)
        fact = self.facts.get("amount_due")
        if fact is not None and fact.maximum is not None:
            large = pl.col("is.balance") > fact.maximum
            yield Check(code="csv/amount-large", target="amount_due", bad=large)
