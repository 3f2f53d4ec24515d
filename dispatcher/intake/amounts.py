"""Amounts as a source declares them, read strictly into minor units and as columns."""

import re
from dataclasses import dataclass
from itertools import product

import polars as pl


SPACES = "[ \u00a0\u202f]"  # a declared space may be any of those that spreadsheets write
DECIMALS = (",", ".")
THOUSANDS = ("", ".", ",", " ", "'")
LONGEST = 13  # digits before the decimals; more is no amount of an invoice


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountFormat:
    """How amounts are written: the decimal mark, and the mark between thousands or none."""

    decimal: str
    thousands: str

    @property
    def pattern(self) -> str:
        """Up to two decimals; thousands in threes or not at all."""
        plain = f"[0-9]{{1,{LONGEST}}}"
        grouped = f"[1-9][0-9]{{0,2}}(?:{_mark(self.thousands)}[0-9]{{3}}){{1,4}}"
        whole = f"(?:{plain}|{grouped})" if self.thousands else plain
        return f"^-?{whole}(?:{_mark(self.decimal)}[0-9]{{1,2}})?$"

    @property
    def finer(self) -> str:
        """The same with more decimals than a currency has."""
        return self.pattern.replace("[0-9]{1,2})?$", "[0-9]{3,})$")

    def read(self, text: pl.Expr) -> pl.Expr:
        """Minor units (Int64), null where the text is not an amount in this form."""
        written: pl.Expr = pl.when(text.str.contains(self.pattern)).then(text)
        if self.thousands:
            written = written.str.replace_all(_mark(self.thousands), "")
        if self.decimal != ".":
            written = written.str.replace(_mark(self.decimal), ".")
        return (written.cast(pl.Decimal(18, 2), strict=False) * 100).cast(pl.Int64)


def other_forms(text: str, declared: AmountFormat) -> list[AmountFormat]:
    """Every other pair of marks by which this text would be an amount."""
    forms = [
        AmountFormat(decimal=decimal, thousands=thousands)
        for thousands, decimal in product(THOUSANDS, DECIMALS)
        if thousands != decimal
    ]
    reading = [form for form in forms if form != declared and re.search(form.pattern, text)]
    return [form for form in reading if not _dispensable(form, reading, text)]


def any_form() -> str:
    """A pattern of everything that some pair of marks would read."""
    forms = [AmountFormat(decimal=d, thousands=t) for d, t in product(DECIMALS, THOUSANDS)]
    return "|".join(form.pattern for form in forms if form.decimal != form.thousands)


def _dispensable(form: AmountFormat, reading: list[AmountFormat], text: str) -> bool:
    """The text shows nothing of what this form adds to a simpler one."""
    unused = form.thousands and not re.search(_mark(form.thousands), text)
    decimals = re.search(_mark(form.decimal), text) is not None
    other = AmountFormat(decimal="," if form.decimal == "." else ".", thousands=form.thousands)
    return bool(unused) or (not decimals and form.decimal == "." and other in reading)


def _mark(mark: str) -> str:
    return SPACES if mark == " " else re.escape(mark)
