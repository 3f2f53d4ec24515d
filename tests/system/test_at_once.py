"""Schedulers that overlap: the run lock keeps them apart, and below it the store does."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dispatcher.home import Home
from tests.system.homes import DAY, faults
from tests.system.nursery import ROOT, Nursery
from tests.system.workers import MESSAGES, WORKERS


BUSY = 75
EIGHT = ("run",) * 8


@pytest.mark.parametrize(
    "commands",
    [EIGHT, pytest.param(("run", "send") * 4, marks=pytest.mark.slow)],
    ids=["runs", "runs and sends"],
)
def test_eight_schedulers_at_once_write_to_everybody_once(
    relance: Nursery, home: Home, commands: tuple[str, ...]
) -> None:
    where = ("--home", str(home.folder), "--date", str(DAY))
    ended = [each.wait() for each in [relance.start(name, *where) for name in commands]]
    assert {each.code for each in ended} <= {0, BUSY}, ended
    assert any(each.code == BUSY for each in ended)
    assert all("run/busy" in each.err for each in ended if each.code == BUSY)
    relance.run("run", *where)  # whoever came first may have been a `send`
    assert faults(home) == []


def test_eight_workers_below_the_lock_send_each_key_once(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.system.workers", str(tmp_path)],
        capture_output=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    states, left = told["states"], told["left"]
    assert len(told["codes"]) == WORKERS
    assert set(told["codes"]) <= {0, -signal.SIGKILL}, done.stderr  # one dies, if it got a batch
    assert len(states) == MESSAGES  # the same keys, eight times
    assert set(states.values()) <= {"sent", "unknown"}, told
    assert all(times == 1 for times in left.values()), told
    assert all(left.get(number) == 1 for number, state in states.items() if state == "sent"), told
    assert list(states.values()).count("unknown") <= told["batch"]
    assert told["whole"]
