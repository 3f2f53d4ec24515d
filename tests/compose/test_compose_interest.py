"""Interest by the three laws: worked examples, and properties that hold for all amounts."""

import json
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from importlib.resources import files

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dispatcher.compose.dues import dues_of
from dispatcher.compose.interest import Interest, Law, Payment, interest
from dispatcher.legal.rates import rates_with, shipped_rates
from dispatcher.model.debtor import LegalKind
from dispatcher.model.letter import CreditItem, Item
from dispatcher.model.rates import HalfYear, half_year, last_day


RATES = shipped_rates()
PRINCIPAL = 1_000_000


def _of(law: Law, due: date, until: date, **more: object) -> Interest:
    return interest(PRINCIPAL, due=due, until=until, law=law, rates=RATES, **more)  # type: ignore[arg-type]


def test_ten_thousand_euros_paid_nine_months_late() -> None:
    found = _of(Law.BUSINESS, date(2025, 5, 31), date(2026, 2, 15))
    assert [(each.days, each.rate) for each in found.periods] == [
        (30, Decimal("13.15")),
        (184, Decimal("12.15")),
        (46, Decimal("12.15")),
    ]
    assert found.total == 87_370
    assert sum(each.amount for each in found.periods) == 87_370


def test_a_public_contract_keeps_the_rate_of_the_day_on_which_interest_began() -> None:
    found = _of(Law.PUBLIC, date(2025, 5, 31), date(2026, 2, 15))
    assert [(each.days, each.rate) for each in found.periods] == [(260, Decimal("11.15"))]
    assert found.total == 79_425  # 10,000 x 11.15 % x 260 / 365


def test_the_rate_is_that_of_the_day_after_the_due_day() -> None:
    found = _of(Law.PUBLIC, date(2025, 6, 30), date(2025, 7, 10))
    assert [each.rate for each in found.periods] == [Decimal("10.15")]


def test_a_public_contract_needs_only_the_rate_of_its_beginning() -> None:
    found = _of(Law.PUBLIC, date(2026, 6, 1), date(2026, 12, 1))
    assert not found.missing
    assert found.total > 0


@pytest.mark.parametrize("due", [date(2026, 6, 1), date(2026, 8, 1)])
def test_without_a_rate_for_one_half_year_nothing_is_computed(due: date) -> None:
    found = _of(Law.BUSINESS, due, date(2026, 12, 1))
    assert found == Interest(missing=("2026-2",))


def test_a_home_can_add_the_rate_that_is_missing() -> None:
    rates = rates_with({"2026-2": HalfYear(ecb=Decimal("2.00"))})
    found = interest(
        PRINCIPAL, due=date(2026, 6, 29), until=date(2026, 7, 2), law=Law.BUSINESS, rates=rates
    )
    assert [(each.days, each.rate) for each in found.periods] == [
        (1, Decimal("12.15")),
        (2, Decimal("12.00")),
    ]


def test_a_contract_may_have_its_own_rate() -> None:
    found = _of(Law.BUSINESS, date(2026, 8, 1), date(2026, 8, 11), contract=Decimal("9.00"))
    assert (found.total, found.missing) == (2466, ())


def test_anybody_else_owes_the_legal_rate_from_a_formal_notice_on() -> None:
    due, until = date(2025, 10, 1), date(2026, 1, 10)
    assert _of(Law.CIVIL, due, until) == Interest()
    found = _of(Law.CIVIL, due, until, noticed=date(2025, 12, 31))
    assert [(each.days, each.rate) for each in found.periods] == [(10, Decimal("2.62"))]
    assert found.total == 718


def test_the_base_drops_the_day_after_each_payment() -> None:
    paid = [Payment(day=date(2026, 1, 11), amount=400_000)]
    found = _of(Law.BUSINESS, date(2026, 1, 1), date(2026, 1, 21), payments=paid)
    assert [(each.days, each.base) for each in found.periods] == [(10, 1_000_000), (10, 600_000)]
    assert found.total == 5326  # 16,000 day-thousands at 12.15 %


def test_what_was_paid_in_time_bears_nothing() -> None:
    paid = [Payment(day=date(2026, 1, 1), amount=PRINCIPAL)]
    assert _of(Law.BUSINESS, date(2026, 1, 1), date(2026, 3, 1), payments=paid).total == 0


@pytest.mark.parametrize("law", Law)
def test_the_due_day_itself_is_not_late(law: Law) -> None:
    day = date(2026, 1, 15)
    assert _of(law, day, day, noticed=day) == Interest()


@given(
    amount=st.integers(1, 10**9),
    due=st.dates(date(2023, 1, 1), date(2026, 6, 1)),
    days=st.integers(1, 900),
)
def test_the_parts_add_up_to_the_whole_rounded_once(amount: int, due: date, days: int) -> None:
    until = min(due + timedelta(days=days), date(2026, 6, 30))
    found = interest(amount, due=due, until=until, law=Law.BUSINESS, rates=RATES)
    assert sum(each.amount for each in found.periods) == found.total
    assert sum(each.days for each in found.periods) == (until - due).days
    days_of = (due + timedelta(days=n + 1) for n in range((until - due).days))
    exact = sum((_naive(amount, day) for day in days_of), Fraction(0))
    assert abs(Fraction(found.total) - exact) <= Fraction(1, 2)


def _naive(amount: int, day: date) -> Fraction:
    ecb = RATES[half_year(day)].ecb
    assert ecb is not None
    return amount * Fraction(ecb + 10) / 36_500


@given(st.dates(date(2023, 1, 1), date(2030, 12, 31)))
def test_a_half_year_ends_in_june_or_december(day: date) -> None:
    assert half_year(last_day(day)) == half_year(day)
    assert half_year(last_day(day) + timedelta(days=1)) != half_year(day)


# -- the data file ------------------------------------------------------------------------------


def test_the_shipped_rates_are_what_their_schema_asks_for() -> None:
    folder = files("dispatcher.legal").joinpath("fr")
    schema = json.loads(folder.joinpath("rates.schema.json").read_text(encoding="utf-8"))
    # As texts: a rate is what is written, not a binary fraction near it.
    found = yaml.load(
        folder.joinpath("rates.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader
    )
    jsonschema.Draft7Validator(schema).validate(found)
    assert list(found) == sorted(found)


def test_the_shipped_rates_are_the_published_ones() -> None:
    raised = {name: each.ecb + 10 for name, each in RATES.items() if each.ecb is not None}
    assert raised == {
        "2023-1": Decimal("12.50"),
        "2023-2": Decimal("14.00"),
        "2024-1": Decimal("14.50"),
        "2024-2": Decimal("14.25"),
        "2025-1": Decimal("13.15"),
        "2025-2": Decimal("12.15"),
        "2026-1": Decimal("12.15"),
    }


# -- what a message adds up ---------------------------------------------------------------------

DAY = date(2026, 6, 20)


def _item(number: str, balance: int, term: int = 1) -> Item:
    return Item(
        number=number, due=date(2026, 5, 31), balance=balance, days_late=20, term=term, terms=2
    )


def test_the_indemnity_is_owed_once_for_an_invoice_in_two_terms() -> None:
    items = [_item("A", 10_000), _item("A", 10_000, term=2), _item("B", 10_000)]
    found = dues_of(items, (), kind=LegalKind.BUSINESS, rates=RATES, until=DAY)
    assert (found.indemnities, found.indemnity) == (2, 8000)


@pytest.mark.parametrize(
    ("kind", "indemnities", "interest_due"),
    [
        (LegalKind.BUSINESS, 1, 67),
        (LegalKind.PUBLIC_BODY, 1, 56),
        (LegalKind.CONSUMER, 0, 0),
        (LegalKind.NON_PROFESSIONAL, 0, 0),
    ],
)
def test_what_is_owed_depends_on_who_owes(
    kind: LegalKind, indemnities: int, interest_due: int
) -> None:
    found = dues_of([_item("A", 10_000)], (), kind=kind, rates=RATES, until=DAY)
    assert (found.indemnities, found.interest) == (indemnities, interest_due)


def test_credits_bear_no_interest_and_what_they_cover_costs_nothing() -> None:
    items = [_item("A", 10_000), _item("B", 10_000)]
    credit = [CreditItem(number="C", amount=15_000)]
    found = dues_of(items, credit, kind=LegalKind.BUSINESS, rates=RATES, until=DAY)
    assert [sum(p.base for p in each.periods) for each in found.interests] == [0, 5_000]
    assert found.indemnities == 1
