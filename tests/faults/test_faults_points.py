"""Every deed killed with SIGKILL at points where it can die, made good, and judged.

At every point: `./run faults points FOLDER`, or `./run test -m slow tests/faults`.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from tests.faults.deeds import DEEDS
from tests.faults.judge import Found


ROOT: Final = Path(__file__).parents[2]

#: Two programs, so that two processors have work.
HALVES: Final = {
    "sending": [name for name in DEEDS if name.startswith("send-")],
    "the-rest": [name for name in DEEDS if not name.startswith("send-")],
}

#: Deaths that CI looks at, at least.
LEAST: Final = 240


def program(module: str, folder: Path, *given: str, seconds: float = 300) -> list[dict[str, Any]]:
    """What one of our programs prints, line by line."""
    done = subprocess.run(
        [sys.executable, "-m", f"tests.faults.{module}", str(folder), *given],
        capture_output=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
        timeout=seconds,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def swept(folder: Path, names: Sequence[str], *given: str, seconds: float = 300) -> None:
    asked = [word for name in names for word in ("--deed", name)]
    deaths = program("sweep", folder, *asked, *given, seconds=seconds)
    for death in deaths:
        check(death)
    for name in names:
        of = [death for death in deaths if death["deed"] == name]
        assert of[-1]["passed"] is not None, f"{name} never came to its end"
        assert len(of) > 1, f"{name} has no point"
    print(len(deaths), "deaths")  # noqa: T201 - for whoever asks with -s


def check(death: Mapping[str, Any]) -> None:
    """Nothing twice, lost, stuck or idle; the trail is whole; unknown only what may be."""
    deed = DEEDS[death["deed"]]
    found = Found(**{name: death[name] for name in Found.__slots__})
    assert found.is_good, death
    assert found.unknown <= deed.unknown + deed.in_doubt, death
    if death["passed"] is not None:
        assert found.unknown <= deed.unknown, death


@pytest.mark.timeout(600)
@pytest.mark.parametrize("half", HALVES)
def test_what_is_killed_anywhere_is_made_good(tmp_path: Path, half: str) -> None:
    swept(tmp_path / "ground", HALVES[half], "--thin", "1")


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", DEEDS)
def test_what_is_killed_at_every_point_is_made_good(tmp_path: Path, name: str) -> None:
    swept(tmp_path / "ground", [name], seconds=3500)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", [name for name in DEEDS if name.startswith(("send-", "settle-"))])
def test_whoever_makes_it_good_may_be_killed_as_well(tmp_path: Path, name: str) -> None:
    swept(tmp_path / "ground", [name], "--pairs", seconds=3500)
