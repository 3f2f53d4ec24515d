"""What debtors and our own people read: a golden file for each use of each shipped template."""

import os
from pathlib import Path

import pytest

from dispatcher.compose.gsm import GSM
from dispatcher.compose.render import render
from tests.compose.compose_uses import SAMPLES, USES, Use, data_of
from tests.compose.compose_world import shipped


GOLDEN = Path(__file__).parent / "golden"
SHIPPED = shipped()


@pytest.mark.parametrize(("use", "channel", "size"), SAMPLES.values(), ids=SAMPLES)
def test_people_read_what_the_golden_file_holds(use: Use, channel: str, size: str) -> None:
    data = data_of(use, channel, size)
    parts = render(SHIPPED, use.template, channel=channel, tone=use.tone, lang="fr", data=data)
    shown = {name: text for name, text in parts.items() if name not in {"html", "tree"}}
    told = "\n".join(f"# {part}\n{text}" for part, text in shown.items())
    name = f"{use.template}.{use.tone}.{use.kind}.{channel}.{size}.txt"
    golden = GOLDEN / name
    if os.environ.get("GOLDEN") == "write":
        golden.write_text(told, encoding="utf-8")
    assert told == golden.read_text(encoding="utf-8")


def test_every_template_is_used() -> None:
    assert {use.template for use in USES} == SHIPPED.templates


SMS = {name: sample for name, sample in SAMPLES.items() if sample[1] == "sms"}


@pytest.mark.parametrize(("use", "channel", "size"), SMS.values(), ids=SMS)
def test_a_text_message_costs_one_segment(use: Use, channel: str, size: str) -> None:
    data = data_of(use, channel, size)
    (text,) = render(
        SHIPPED, use.template, channel=channel, tone=use.tone, lang="fr", data=data
    ).values()
    assert set(text) <= GSM
    assert len(text) + text.count("€") <= 160
