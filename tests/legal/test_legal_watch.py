"""What the calendar and the law ask of a configuration on a given day."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from dispatcher.legal.watch import watch
from dispatcher.model.rates import HalfYear
from dispatcher.model.settings import Creditor, Settings
from dispatcher.problems.render import as_text


JUNE, JULY = date(2026, 6, 30), date(2026, 7, 1)


def home(*, rate: str = "", phone: str = "", **rates: HalfYear) -> Settings:
    creditor = Creditor(name="Exemple", penalty_rate=Decimal(rate) if rate else None, phone=phone)
    own = {name.removeprefix("h").replace("_", "-"): each for name, each in rates.items()}
    return Settings(home=Path("/home"), creditor=creditor, rates=own)


KNOWN = HalfYear(ecb=Decimal("2.15"), legal=Decimal("2.70"))


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_half_year_without_rates_is_said_from_its_first_day(lang: str) -> None:
    assert watch(home(), JUNE) == ()
    (problem,) = watch(home(), JULY)
    assert problem.code == "config/no-rate"
    told = as_text(problem, lang=lang)
    for part in ("2026-2", "ecb, legal", "rates:", "config.yaml"):
        assert part in told


def test_rates_of_the_home_are_enough_if_both_are_there() -> None:
    assert watch(home(h2026_2=KNOWN), JULY) == ()
    (problem,) = watch(home(h2026_2=HalfYear(ecb=Decimal("2.15"))), JULY)
    assert problem.fields["lacking"] == "legal"


def test_a_contractual_rate_is_three_times_the_legal_one_at_least() -> None:
    """2026-1: 2.62, three times 7.86."""
    assert watch(home(rate="7.86"), JUNE) == ()
    (problem,) = watch(home(rate="7.85"), JUNE)
    assert problem.code == "config/penalty-rate"
    assert "7.86" in as_text(problem, lang="fr")


def test_the_floor_is_that_of_the_last_half_year_that_is_known() -> None:
    found = {problem.code for problem in watch(home(rate="7.85"), JULY)}
    assert found == {"config/no-rate", "config/penalty-rate"}
    assert watch(home(rate="7.90", h2026_2=KNOWN), JUNE) == ()
    (problem,) = watch(home(rate="7.90", h2026_2=KNOWN), JULY)
    assert problem.fields["floor"] == "8.10"


@pytest.mark.parametrize("phone", ["08 92 70 70 70", "+33892707070", "0 820 12 34 56"])
def test_a_surcharged_telephone_of_the_creditor_is_said(phone: str) -> None:
    (problem,) = watch(home(phone=phone), JUNE)
    assert phone in as_text(problem, lang="fr")


@pytest.mark.parametrize("phone", ["04 72 00 00 00", "0 805 12 34 56", "+33 1 89 20 00 00", ""])
def test_an_ordinary_telephone_is_not(phone: str) -> None:
    assert watch(home(phone=phone), JUNE) == ()
