"""The demo: a newcomer is told a whole morning, and everything that it names is there."""

import io
import re
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from dispatcher.cli.commands import command
from dispatcher.cli.demo import MARK, morning
from dispatcher.cli.say import Speaker
from dispatcher.home import Home


TUESDAY = "2026-11-24"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, str, str]:
    """The home of one morning of a small company, and what was said of it."""
    folder = tmp_path_factory.mktemp("morning") / "demo"
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        assert morning(Speaker("en"), folder, debtors=150, start=TUESDAY) == 0
    return Home(folder=folder.resolve()), out.getvalue(), err.getvalue()


def test_the_morning_is_told_in_its_order(told: tuple[Home, str, str]) -> None:
    _, out, err = told
    steps = re.findall(r"^== (\d)\.", out, re.MULTILINE)
    assert steps == [*"12345678"]
    assert "Safety stopped" not in out  # a morning like any other
    assert err.count("refused") >= 5


def test_what_it_names_is_there(told: tuple[Home, str, str]) -> None:
    home, out, _ = told
    paths = re.findall(r"^-- [^:]+: (.+)$", out, re.MULTILINE)
    assert {Path(path).suffix for path in paths} >= {".eml", ".pdf"}
    assert all(Path(path).is_file() for path in paths)
    for place in (home.incoming, home.sinks, home.answers, home.rules):
        assert str(place) in out
        assert any(place.iterdir())


def test_a_letter_is_shown_with_its_words(told: tuple[Home, str, str]) -> None:
    _, out, _ = told
    letter = out.rpartition("-- ")[2]
    assert letter.startswith("letter")
    assert "Madame, Monsieur," in letter


def test_the_second_run_plans_nothing(told: tuple[Home, str, str]) -> None:
    _, out, _ = told
    assert "run 2: 0 contacts planned" in out


def test_the_commands_to_try_next_work(
    told: tuple[Home, str, str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home, out, _ = told
    explain = re.search(r"^  relance (explain .+)$", out, re.MULTILINE)
    assert explain is not None
    monkeypatch.chdir(home.folder)
    assert command([*explain[1].split(), "--lang", "en"]) == 0
    assert "stops/" in capsys.readouterr().out


def test_it_removes_nothing_that_it_did_not_make(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    assert command(["demo", "--dir", str(tmp_path), "--lang", "en"]) == 2
    assert (tmp_path / "mine.txt").exists()
    assert not (tmp_path / MARK).exists()
    assert "home/exists" in capsys.readouterr().err


def test_a_company_is_written_where_it_is_wanted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["sample", "--into", str(tmp_path), "--debtors", "20", "--date", TUESDAY]
    assert command([*words, "--lang", "en"]) == 0
    told = capsys.readouterr().out
    for name in ("open-items.csv", "paid-items.csv"):
        rows = (tmp_path / name).read_text(encoding="utf-8").count("\n") - 1
        assert f"{name}: {rows} rows" in told
    into = tmp_path / "open-items.csv" / "in"
    assert command(["sample", "--into", str(into), "--lang", "en"]) == 2
    assert "error[home/" in capsys.readouterr().err
