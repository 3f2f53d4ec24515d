from datetime import timedelta
from pathlib import Path

import pytest

from dispatcher.config.read import read_config
from dispatcher.model.settings import Rate


ROOT = Path(__file__).parent.parent.parent
EXAMPLE = (ROOT / "config.example.yaml").read_text("utf-8")
LINE = "price: 0.002"


def with_rate(written: str) -> str:
    assert EXAMPLE.count(LINE) == 1
    return EXAMPLE.replace(LINE, f"{LINE}\n    rate: {written}")


RATES = {
    "10 per second": Rate(count=10, span=timedelta(seconds=1)),
    "120 per minute": Rate(count=120, span=timedelta(minutes=1)),
    '"300 per hour"': Rate(count=300, span=timedelta(hours=1)),
    "5000 per day": Rate(count=5000, span=timedelta(days=1)),
}


@pytest.mark.parametrize(("written", "rate"), RATES.items(), ids=RATES)
def test_a_channel_has_its_rate(written: str, rate: Rate) -> None:
    settings, problems = read_config(with_rate(written), file="config.yaml", home=ROOT)
    assert problems == ()
    assert settings is not None
    assert settings.channels["email"].rate == rate
    assert settings.channels["sms"].rate is None
    assert "rate" not in settings.channels["email"].options


@pytest.mark.parametrize("written", ["10", "0 per hour", "10 per week", "ten per hour", "10/s"])
def test_a_rate_that_is_none_is_said(written: str) -> None:
    _, problems = read_config(with_rate(written), file="config.yaml", home=ROOT)
    assert [(each.code, each.fields["key"]) for each in problems] == [("config/value", "rate")]
