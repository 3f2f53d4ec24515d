"""Rates, deadlines and what a creditor says on notices, as written in config.yaml."""

from decimal import Decimal
from pathlib import Path

import pytest

from dispatcher.config.read import read_config
from dispatcher.model.rates import HalfYear
from dispatcher.model.settings import Deadlines, Settings


def _read(text: str) -> tuple[Settings | None, list[tuple[str, int]]]:
    whole = f"creditor:\n  name: Exemple\n{text}"
    settings, problems = read_config(whole, file="config.yaml", home=Path("/home-of-a-test"))
    return settings, [(each.code, each.place.line if each.place else 0) for each in problems]


def _settings(text: str) -> Settings:
    settings, problems = _read(text)
    assert settings is not None, problems
    return settings


def test_nothing_written_is_what_the_law_and_the_ladders_want() -> None:
    settings = _settings("")
    assert settings.deadlines == Deadlines(reminder=6, formal_notice=8, post=3)
    assert (settings.rates, settings.creditor.penalty_rate) == ({}, None)


def test_a_home_has_its_own_deadlines_rates_and_mediator() -> None:
    settings = _settings(
        "  penalty_rate: 12.50\n  mediator: Médiateur\n  quality: gérante\n"
        "deadlines: {formal_notice: 15}\n"
        'rates:\n  "2026-2": {ecb: 2.00, legal: 2.5, source: JO}\n'
    )
    assert settings.creditor.penalty_rate == Decimal("12.50")
    assert (settings.creditor.mediator, settings.creditor.quality) == ("Médiateur", "gérante")
    assert settings.deadlines == Deadlines(formal_notice=15)
    assert settings.rates == {
        "2026-2": HalfYear(ecb=Decimal("2.00"), legal=Decimal("2.5"), source="JO")
    }


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  penalty_rate: douze\n", 3),
        ("  penalty_rate: 12,5\n", 3),
        ("deadlines: {formal_notice: 7}\n", 3),
        ("deadlines: {reminder: 0}\n", 3),
        ("rates:\n  2026-3: {ecb: 2.00}\n", 4),
        ("rates:\n  2026-2: {ecb: 1e9}\n", 4),
    ],
    ids=lambda value: str(value).strip(),
)
def test_what_cannot_be_is_told_with_its_place(text: str, line: int) -> None:
    assert _read(text) == (None, [("config/value", line)])
