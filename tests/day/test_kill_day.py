"""A run killed anywhere and started again neither loses nor repeats a message."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest


ROOT = Path(__file__).parents[2]

MAILS, CALLS = 6, 1  # of the seven debtors of the small portfolio


@pytest.mark.timeout(600)
@pytest.mark.parametrize("first", [1, 4])
def test_a_run_killed_anywhere_is_made_good_by_the_next(tmp_path: Path, first: int) -> None:
    look(tmp_path, first=first, step=13)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("first", [1, 2, 3, 4])
def test_a_run_killed_at_every_point_is_made_good(tmp_path: Path, first: int) -> None:
    look(tmp_path, first=first, step=4)


def look(folder: Path, *, first: int, step: int) -> None:
    points = killed(folder, first=first, step=step)
    assert points[-1]["passed"], "the last run is the one that was not killed"
    assert len(points) * step > 70, "a run has some eighty points at which it can die"
    for point in points:
        check(point["point"], point["found"])


def check(point: int, found: Mapping[str, Any]) -> None:
    states = found["states"]
    unknown = states.get("email: unknown", 0)
    told = f"killed at {point}: {found}"
    assert found["whole"], told
    assert found["pending"] == 0, told
    assert found["wanted"] == 0, told  # nothing is planned anew: nobody was forgotten
    assert found["debtors"] == MAILS + CALLS, told
    assert states.get("email: sent", 0) + unknown == MAILS, told
    assert states.get("call: accepted", 0) == CALLS, told
    assert found["twice"] == 0, told
    # What nobody knows about may have left, and is never sent again.
    assert MAILS - unknown <= found["mails"] <= MAILS, told
    assert found["mails"] >= states.get("email: sent", 0), told


def killed(folder: Path, *, first: int, step: int) -> list[dict[str, Any]]:
    program = [sys.executable, str(Path(__file__).parent / "kill_day.py")]
    done = subprocess.run(
        [*program, str(folder), f"{first}/{step}"],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
        timeout=1500,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]
