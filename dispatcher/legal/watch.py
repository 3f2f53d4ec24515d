"""What the law's calendar asks of a configuration today: rates that are missing or too low."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from dispatcher.legal.lint import SURCHARGED
from dispatcher.legal.rates import rates_with
from dispatcher.model.problem import Problem
from dispatcher.model.rates import half_year
from dispatcher.model.settings import Settings


#: A contractual rate of penalties is at least so many times the legal rate (C. com. L441-10).
FLOOR: Final = 3


def watch(settings: Settings, today: date) -> tuple[Problem, ...]:
    """Remarks on the creditor's numbers as they stand that day."""
    return (*_missing(settings, today), *_too_low(settings, today), *_telephone(settings))


def _missing(settings: Settings, today: date) -> Iterator[Problem]:
    """FR-INT-02: nothing is computed for a half-year whose rates nobody has entered."""
    name = half_year(today)
    rates = rates_with(settings.rates).get(name)
    lacking = [each for each in ("ecb", "legal") if rates is None or getattr(rates, each) is None]
    if lacking:
        fields = {"name": name, "lacking": ", ".join(lacking)}
        yield Problem(code="config/no-rate", fields=fields)


def _too_low(settings: Settings, today: date) -> Iterator[Problem]:
    """FR-INT-03, by the last half-year whose legal rate is known."""
    own = settings.creditor.penalty_rate
    known = {
        name: each.legal
        for name, each in rates_with(settings.rates).items()
        if each.legal is not None and name <= half_year(today)
    }
    if own is None or not known:
        return
    name = max(known)
    floor = known[name] * Decimal(FLOOR)
    if own < floor:
        fields = {"rate": str(own), "floor": str(floor), "name": name}
        yield Problem(code="config/penalty-rate", fields=fields)


def _telephone(settings: Settings) -> Iterator[Problem]:
    """FR-TEL-01."""
    if SURCHARGED.search(settings.creditor.phone):
        fields = {"value": settings.creditor.phone}
        yield Problem(code="config/surcharged-number", fields=fields)
