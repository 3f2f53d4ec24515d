import shutil
from pathlib import Path

import pytest

from dispatcher.cli.commands import command
from dispatcher.clocks import a_day
from dispatcher.home import Home, lay_down
from dispatcher.sample.portfolio import portfolio
from tests.app.narrow_rules import narrowed
from tests.cli.cli_shell import DAY, Shell, export


@pytest.fixture
def shell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shell:
    home = narrowed(lay_down(tmp_path / "home"))
    export(home, portfolio(today=a_day(DAY), debtors=12))
    monkeypatch.setenv("RELANCE_LANG", "en")
    monkeypatch.setenv("COLUMNS", "160")  # workers of pytest-xdist set another
    monkeypatch.chdir(home.folder)
    return Shell(home, capsys)


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that has taken its export in, made once; each test has a copy."""
    home = narrowed(lay_down(tmp_path_factory.mktemp("imported") / "home"))
    export(home, portfolio(today=a_day(DAY), debtors=6))
    command(["import", "--date", DAY, "--home", str(home.folder)])
    return home.folder


@pytest.fixture
def started(
    tmp_path: Path,
    imported: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Shell:
    """A home in which the cases of an export stand, and nothing has been sent."""
    folder = Path(shutil.copytree(imported, tmp_path / "home"))
    monkeypatch.setenv("RELANCE_LANG", "en")
    monkeypatch.setenv("COLUMNS", "160")  # workers of pytest-xdist set another
    monkeypatch.chdir(folder)
    return Shell(Home(folder=folder), capsys)
