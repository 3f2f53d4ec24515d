"""What docs/writing-a-channel.md shows is executed: its channel, its test of it, its settings."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from channels.sms_settings import read_settings
from dispatcher.config.read import read_config
from dispatcher.nodes.read import read_yaml
from dispatcher.testing import FAULTS


ROOT = Path(__file__).parents[2]

PAGE = (ROOT / "docs" / "writing-a-channel.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_channel_shown_passes_the_test_shown(tmp_path: Path) -> None:
    for code in blocks("python"):
        name = code.partition("\n")[0].removeprefix("# ")
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(code, encoding="utf-8")
    (tmp_path / "my_channels" / "__init__.py").touch()
    (tmp_path / "pytest.ini").write_text("[pytest]\npythonpath = .\n", encoding="utf-8")
    asked = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"]
    ran = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "10 passed" in ran.stdout


def test_the_entry_point_shown_is_in_our_group() -> None:
    (shown,) = blocks("toml")
    ours = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert list(tomllib.loads(shown)["project"]["entry-points"]) == list(
        ours["project"]["entry-points"]
    )


@pytest.mark.parametrize("number", [0, 1], ids=["logbook", "sms"])
def test_the_settings_shown_are_read(number: int) -> None:
    example = yaml.safe_load((ROOT / "config.example.yaml").read_text("utf-8"))
    example["channels"] = yaml.safe_load(blocks("yaml")[number])["channels"]
    settings, problems = read_config(yaml.safe_dump(example), file="config.yaml", home=ROOT)
    assert [each.code for each in problems] == []
    assert settings is not None
    (channel,) = settings.channels.values()
    if number == 1:
        assert read_settings(channel).sender == "CREDIT SA"
        assert (str(channel.price), channel.max_segments) == ("0.07", 2)


def test_the_page_names_every_answer_and_no_fault_that_is_none() -> None:
    assert read_yaml(blocks("yaml")[1], file="x")[1] == ()
    for name in ("Accepted", "Rejected", "NotAccepted", "Unknown"):
        assert f"| `{name}` |" in PAGE
    assert "refused" in FAULTS


@pytest.mark.parametrize(
    ("written", "read", "codes"),
    [(None, 2, []), (1, 1, []), (0, 2, ["config/value"]), ("two", 2, ["config/value"])],
)
def test_the_limit_of_segments_is_two_unless_written(
    written: int | str | None, read: int, codes: list[str]
) -> None:
    example = yaml.safe_load((ROOT / "config.example.yaml").read_text("utf-8"))
    channels = yaml.safe_load(blocks("yaml")[1])["channels"]
    channels["sms"].pop("max_segments")
    if written is not None:
        channels["sms"]["max_segments"] = written
    text = yaml.safe_dump({**example, "channels": channels})
    settings, problems = read_config(text, file="config.yaml", home=ROOT)
    assert [each.code for each in problems] == codes
    if settings is not None:
        assert settings.channels["sms"].max_segments == read
    assert "max_segments" not in (settings.channels["sms"].options if settings else {})


def test_the_sms_of_the_example_is_taken_by_its_adapter() -> None:
    text = (ROOT / "config.example.yaml").read_text("utf-8")
    settings, problems = read_config(text, file="config.yaml", home=ROOT)
    assert problems == ()
    assert settings is not None
    assert read_settings(settings.channels["sms"]).sender == "EXEMPLE SA"
