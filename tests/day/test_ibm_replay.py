"""A past ledger that nobody here wrote, lived again: counts that the csv module confirms.

A month here; its two years are `./run test tests/day/test_ibm_replay.py -m slow` (some 45 s).
"""

import json
import shutil
from datetime import date, timedelta
from pathlib import Path
from statistics import fmean

import pytest

from dispatcher.home import shipped
from tests.cli.cli_shell import Shell
from tests.day.test_ibm_day import DATA, Row, founded, rows


FIRST, LAST = date(2013, 5, 31), date(2013, 6, 28)

pytestmark = pytest.mark.skipif(not DATA.exists(), reason=f"{DATA.name} is not part of the project")


@pytest.fixture
def shell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shell:
    laid = founded(tmp_path / "ibm")
    shutil.copytree(shipped() / "rules", laid.rules, dirs_exist_ok=True)
    monkeypatch.setenv("RELANCE_LANG", "en")
    monkeypatch.chdir(laid.folder)
    return Shell(laid, capsys)


def replay(shell: Shell, *more: str) -> list[dict[str, object]]:
    said = shell("replay", str(DATA), "--disputed", "Disputed=Yes", "--format", "json", *more)
    assert said.code == 0, said.err
    found: list[dict[str, object]] = json.loads(said.out)
    return found


def agrees(found: dict[str, object], first: date, last: date) -> None:
    """The figures that need no rules, against the file as the csv module reads it."""
    due = [row for row in rows() if row.due <= last and row.settled > first]
    paid = [row for row in due if seen_paid(row, last)]
    assert found["left_out"] == 0
    assert (found["invoices"], found["paid"]) == (len(due), len(paid))
    assert found["days_late"] == pytest.approx(fmean((r.settled - r.due).days for r in paid))
    assert found["disputes"] == 0


def seen_paid(row: Row, last: date) -> bool:
    return row.settled <= last


def test_a_month_of_the_ledger_is_lived_with_its_own_payments(shell: Shell) -> None:
    days = ("--from", str(FIRST), "--to", str(LAST))
    kept, softer = replay(shell, *days, "--against", "rules")
    agrees(kept, FIRST, LAST)
    assert kept["asked"] == softer["asked"] != 0
    told = kept["forecast"]
    assert isinstance(told, dict)
    assert told["runs"] == 21
    assert told["contacts"] == softer["forecast"]["contacts"] > 5  # type: ignore[index]


@pytest.mark.slow
def test_two_years_of_the_ledger_are_lived(shell: Shell) -> None:
    (found,) = replay(shell)
    first, last = min(row.issued for row in rows()), max(row.settled for row in rows())
    agrees(found, first, last + timedelta(days=1))
