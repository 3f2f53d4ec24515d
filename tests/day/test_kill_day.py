"""A run killed anywhere and started again neither loses nor repeats a message.

At every point: `./run test -m slow tests/day/test_kill_day.py`.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest


ROOT = Path(__file__).parents[2]

#: The messages by channel, and how one ends that has left.
MESSAGES = {"email": (2, "sent"), "sms": (1, "sent"), "letter": (1, "accepted")}

POINTS = 40  # at least, at which such a run can die


@pytest.mark.timeout(600)
def test_a_run_killed_anywhere_is_made_good_by_the_next(tmp_path: Path) -> None:
    look(tmp_path, first=3, step=60)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("first", [1, 2, 3, 4])
def test_a_run_killed_at_every_point_is_made_good(tmp_path: Path, first: int) -> None:
    look(tmp_path, first=first, step=4)


def look(folder: Path, *, first: int, step: int) -> None:
    points = killed(folder, first=first, step=step)
    assert points[-1]["passed"], "the last run is the one that was not killed"
    assert points[-1]["passed"] >= POINTS
    for point in points:
        check(point["point"], point["found"])


def check(point: int, found: Mapping[str, Any]) -> None:
    states, arrived = found["states"], found["arrived"]
    told = f"killed at {point}: {found}"
    assert found["whole"], told
    assert found["pending"] == 0, told
    assert found["wanted"] == 0, told  # nothing is planned anew: nobody was forgotten
    assert found["debtors"] == sum(number for number, _ in MESSAGES.values()), told
    assert found["twice"] == 0, told
    for channel, (number, end) in MESSAGES.items():
        left, unknown = (states.get(f"{channel}: {state}", 0) for state in (end, "unknown"))
        assert left + unknown == number, told
        # What nobody knows about may have left, and is never sent again.
        assert max(left, number - unknown) <= arrived.get(channel, 0) <= number, told


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
