"""Formats: equal to Babel wherever Babel is right."""

from datetime import date

import pytest
from babel.dates import format_date
from babel.numbers import format_currency
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatcher.compose import format as form
from dispatcher.model.money import to_decimal


@settings(deadline=None)
@given(st.integers(-(10**15), 10**15), st.sampled_from([*form.SIGNS, "CHF"]))
def test_money_is_what_babel_prints_but_for_a_real_minus(minor: int, currency: str) -> None:
    expected = format_currency(to_decimal(minor), currency, locale="fr_FR")
    assert form.money(minor, currency) == expected.replace("-", "\u2212")


@settings(deadline=None)
@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 12, 31)))
def test_dates_are_what_babel_prints_but_for_the_first(day: date) -> None:
    long = format_date(day, "long", locale="fr_FR").replace(" ", form.NO_BREAK, 1)
    expected = long.replace("1", "1er", 1) if day.day == 1 else long
    assert form.long_date(day) == expected
    assert form.short_date(day) == format_date(day, "dd/MM/y", locale="fr_FR")


def test_the_first_of_a_month_is_premier() -> None:
    assert form.long_date(date(2026, 3, 1)) == "1er\u00a0mars 2026"


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0\u00a0jour"), (1, "1\u00a0jour"), (2, "2\u00a0jours"), (1234, "1\u202f234\u00a0jours")],
)
def test_zero_and_one_are_singular(number: int, said: str) -> None:
    assert form.count(number, "jour", "jours") == said


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ("+33472000000", "04\u00a072\u00a000\u00a000\u00a000"),
        ("+3247200000", "+3247200000"),
        ("+334720000", "+334720000"),
        ("", ""),
    ],
)
def test_french_numbers_are_written_in_pairs(stored: str, said: str) -> None:
    assert form.phone(stored) == said


def test_iban_and_siren_are_grouped() -> None:
    assert form.iban("FR76 3000600001") == "FR76\u00a03000\u00a06000\u00a001"
    assert form.siren("732829320") == "732\u00a0829\u00a0320"
    assert form.siren("HRB 1") == "HRB 1"
