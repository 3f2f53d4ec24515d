import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.deliver.kill_runner import BATCH, MESSAGES


def killed_everywhere(folder: Path, delivery_class: str, *how: str) -> list[dict[str, Any]]:
    run = subprocess.run(
        [sys.executable, "-m", "tests.deliver.kill_runner", str(folder), delivery_class, *how],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


@pytest.mark.parametrize(
    "how",
    [
        pytest.param((), id="killed"),
        # Without processes, and with many more messages, in test_deliver_power.py.
        pytest.param(("power",), id="the power fails", marks=pytest.mark.slow),
    ],
)
def test_killed_at_any_point_nothing_leaves_twice_and_nothing_is_lost(
    tmp_path: Path, how: tuple[str, ...]
) -> None:
    results = killed_everywhere(tmp_path, "none", *how)
    # claim, batch, record: two points each; five a message
    assert len(results) > 5 * MESSAGES
    for result in results:
        left, states = result["left"], result["states"]
        assert len(states) == MESSAGES, result
        assert set(states.values()) <= {"sent", "unknown"}, result
        assert all(times == 1 for times in left.values()), result
        assert all(left.get(number) == 1 for number, s in states.items() if s == "sent"), result
        assert list(states.values()).count("unknown") <= BATCH, result
        assert result["whole"], result
    assert any("unknown" in result["states"].values() for result in results)
    assert set(results[-1]["states"].values()) == {"sent"}  # the run that was not killed


@pytest.mark.slow
def test_a_channel_that_may_hear_twice_is_never_in_doubt(tmp_path: Path) -> None:
    for result in killed_everywhere(tmp_path, "idempotent"):
        assert set(result["states"].values()) == {"sent"}, result
        assert len(result["left"]) == MESSAGES, result
