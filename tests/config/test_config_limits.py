"""`limits:` of the home: what a day may have and cost, and when it is out of the usual."""

from decimal import Decimal

import pytest

from dispatcher.model.settings import OutOfUsual, Totals
from tests.config.test_config import EXAMPLE, read


def limits(text: str) -> str:
    """The example with other limits."""
    before, rest = EXAMPLE.split("\nlimits:\n")
    after = rest[rest.index("\n# ──") :]
    return f"{before}\nlimits: {text}\n{after}"


@pytest.mark.parametrize(
    ("text", "totals"),
    [
        ("{}", Totals()),
        ("{legal_effect_per_day: 20}", Totals(legal_effect_per_day=20)),
        (
            "{cost_per_run: 12.50, cost_per_day: 40}",
            Totals(cost_per_run=Decimal("12.50"), cost_per_day=Decimal(40)),
        ),
        ("{cost_per_run: none, cost_per_day: 0}", Totals(cost_per_day=Decimal(0))),
        ("{unusual: {times: 5}}", Totals(unusual=OutOfUsual(times=5, over=50))),
        ("{unusual: {over: 0}}", Totals(unusual=OutOfUsual(times=3, over=0))),
        ("{unusual: none}", Totals(unusual=OutOfUsual(times=None))),
    ],
)
def test_limits_as_they_are_written(text: str, totals: Totals) -> None:
    found, problems = read(limits(text))
    assert problems == ()
    assert found is not None
    assert found.totals == totals


@pytest.mark.parametrize(
    "text",
    [
        "{cost_per_day: much}",
        "{cost_per_run: -1}",
        "{legal_effect_per_day: few}",
        "{unusual: {times: 0}}",
        "{unusual: often}",
        "{unusual: {often: 3}}",
    ],
)
def test_what_is_no_limit_is_refused(text: str) -> None:
    found, problems = read(limits(text))
    assert found is None
    assert len(problems) == 1
