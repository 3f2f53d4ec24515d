from pathlib import Path

import pytest

from dispatcher.clocks import a_day
from dispatcher.home import lay_down
from dispatcher.sample.portfolio import portfolio
from tests.app.narrow_rules import narrowed
from tests.cli.cli_shell import DAY, Shell, export
from tests.security.canaries import ROWS


@pytest.fixture
def shell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shell:
    """A home whose export names one debtor whom nobody else is like."""
    home = narrowed(lay_down(tmp_path / "home"))
    export(home, portfolio(today=a_day(DAY), debtors=6) + ROWS)
    monkeypatch.setenv("RELANCE_LANG", "en")
    monkeypatch.setenv("COLUMNS", "160")  # workers of pytest-xdist set another
    monkeypatch.chdir(home.folder)
    return Shell(home, capsys)
