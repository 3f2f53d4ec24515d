"""Interest for late payment: simple, by the day, over 365, with a reason for every amount.

Private business contracts change their rate on 1 January and 1 July; a public contract keeps the
rate of the half-year in which its interest began; anybody else owes the legal rate, from a formal
notice on. Where a rate is missing nothing is computed: no rate is ever guessed from its neighbour.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from dispatcher.model.debtor import LegalKind
from dispatcher.model.rates import HalfYear, Rates, half_year, last_day


class Law(StrEnum):
    """Which rules of interest apply."""

    BUSINESS = "business"  # C. com. L441-10
    PUBLIC = "public"  # CCP R2192-31 and following
    CIVIL = "civil"  # C. civ. 1231-6 and 1344-1


LAWS = {
    LegalKind.BUSINESS: Law.BUSINESS,
    LegalKind.PUBLIC_BODY: Law.PUBLIC,
    LegalKind.CONSUMER: Law.CIVIL,
    LegalKind.NON_PROFESSIONAL: Law.CIVIL,
}

#: What the central bank's rate is raised by, in points.
RAISED = {Law.BUSINESS: Decimal(10), Law.PUBLIC: Decimal(8)}

#: Owed once per invoice in both laws, and in no other (C. com. D441-5, CCP D2192-35).
INDEMNITY = 4000

_YEAR = Decimal(365 * 100)  # days, and per cent
_CENT = Decimal(1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """A part paid on a day, in minor units; that day still bears interest on it."""

    day: date
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days with one rate and one base, both ends included; amounts in minor units."""

    first: date
    last: date
    rate: Decimal
    base: int
    amount: int

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """Periods whose amounts add up to `total`; with `missing` half-years there are none."""

    periods: tuple[Period, ...] = ()
    total: int = 0
    missing: tuple[str, ...] = ()


def interest(
    principal: int,
    *,
    due: date,
    until: date,
    law: Law,
    rates: Rates,
    payments: Sequence[Payment] = (),
    contract: Decimal | None = None,
    noticed: date | None = None,
) -> Interest:
    """The interest on a principal from the day after it was due up to `until`, included.

    `contract` replaces the rate of a private business contract. Without `noticed`, the day on
    which a formal notice arrived, the civil law gives none.
    """
    if law is Law.CIVIL and noticed is None:
        return Interest()
    first = (max(due, noticed) if law is Law.CIVIL and noticed else due) + _DAY
    spans = list(_spans(principal, first, until, law, payments))
    # A public contract keeps the rate of the day on which its interest began.
    days = [first if law is Law.PUBLIC else day for day, _, _ in spans]
    found = [_rate(law, day, rates, contract) for day in days]
    missing = {half_year(day) for day, rate in zip(days, found, strict=True) if rate is None}
    if missing:
        return Interest(missing=tuple(sorted(missing)))
    return _added(spans, [rate for rate in found if rate is not None])


_Span = tuple[date, date, int]


def _spans(
    principal: int, first: date, until: date, law: Law, payments: Sequence[Payment]
) -> Iterator[_Span]:
    """First day, last day and base of each stretch in which neither rate nor base changes."""
    paid = sorted(payments, key=lambda each: each.day)
    base = principal - sum(each.amount for each in paid if each.day < first)
    left = [each for each in paid if each.day >= first]
    while first <= until and base > 0:
        last = until if law is Law.PUBLIC else min(until, last_day(first))
        if left and left[0].day < last:
            last = left[0].day
        yield first, last, base
        while left and left[0].day <= last:
            base -= left.pop(0).amount
        first = last + _DAY


def _rate(law: Law, day: date, rates: Rates, contract: Decimal | None) -> Decimal | None:
    if law is Law.BUSINESS and contract is not None:
        return contract
    known = rates.get(half_year(day), HalfYear())
    if law is Law.CIVIL:
        return known.legal
    return None if known.ecb is None else known.ecb + RAISED[law]


def _added(spans: Sequence[_Span], rates: Sequence[Decimal]) -> Interest:
    """The amounts, rounded so that what is printed adds up to the rounded whole."""
    exact, rounded = Decimal(0), 0
    periods = []
    for (first, last, base), rate in zip(spans, rates, strict=True):
        exact += base * rate * ((last - first).days + 1)
        whole = int((exact / _YEAR).quantize(_CENT, ROUND_HALF_UP))
        amount = whole - rounded
        periods.append(Period(first=first, last=last, rate=rate, base=base, amount=amount))
        rounded = whole
    return Interest(periods=tuple(periods), total=rounded)
