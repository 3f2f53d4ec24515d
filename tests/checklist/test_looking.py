"""What `relance doctor` sees on a real home, and how it tells it."""

import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from dispatcher.checklist.look import machine
from dispatcher.cli.commands import command
from dispatcher.clocks import a_day
from dispatcher.errors import StoreFault
from dispatcher.home import Home, lay_down
from dispatcher.sample.portfolio import portfolio
from dispatcher.store.glance import glance
from tests.cli.cli_shell import DAY, export


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home that has taken its export in."""
    home = lay_down(tmp_path_factory.mktemp("looked-at") / "home")
    export(home, portfolio(today=a_day(DAY), debtors=3))
    command(["import", "--date", DAY, "--home", str(home.folder)])
    return home


@pytest.fixture
def store(taken: Home, tmp_path: Path) -> Path:
    """A copy of its store, to be changed."""
    copy = tmp_path / "store.sqlite"
    copy.write_bytes((taken.var / "relance.sqlite").read_bytes())
    return copy


def told(home: Home, capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, dict[str, str]]:
    """The points that are not well, by name."""
    capsys.readouterr()
    command(["doctor", "--home", str(home.folder), "--format", "json", "--lang", "en", *more])
    points = json.loads(capsys.readouterr().out)
    return {each["point"]: each for each in points if each["state"] != "ok"}


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as driver, driver:
        driver.execute(statement)


def test_a_fresh_home_has_things_to_do_and_one_problem(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = lay_down(tmp_path / "home")
    found = told(home, capsys)
    assert [name for name, each in found.items() if each["state"] == "problem"] == ["file"]
    assert {"environment", "example", "config/secret-missing", "real", "store"} <= found.keys()
    assert found["file"]["area"] == "incoming"
    assert found["file"]["remedy"] == "bring the export there"


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_it_reads_as_a_list_with_a_section_for_each_area(
    taken: Home, capsys: pytest.CaptureFixture[str], lang: str
) -> None:
    capsys.readouterr()
    assert command(["doctor", "--home", str(taken.folder), "--lang", lang]) == 0
    lines = capsys.readouterr().out.splitlines()
    heads = [line for line, before in zip(lines[1:], lines, strict=False) if not before]
    assert len(heads) == 8  # seven areas of the home, and the sum
    good, todo = {"en": ("ok  ", "to do  "), "fr": ("ok  ", "à faire  ")}[lang]
    assert sum(line.startswith(good) for line in lines) > 20
    at = next(n for n, line in enumerate(lines) if line.startswith(todo))
    assert lines[at + 1].lstrip().startswith("= ")
    assert "hunter2" not in "".join(lines)


def test_a_problem_ends_in_one(taken: Home, capsys: pytest.CaptureFixture[str]) -> None:
    (taken.folder / "var").chmod(0o755)
    try:
        assert command(["doctor", "--home", str(taken.folder), "--lang", "en"]) == 1
        out = capsys.readouterr().out
        assert "PROBLEM  var: others may look into it (755)\n         = chmod 700" in out
    finally:
        (taken.folder / "var").chmod(0o700)


def test_without_a_home_it_looks_at_the_installation(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RELANCE_HOME", raising=False)
    assert command(["doctor", "--lang", "en"]) == 0
    assert "no home here: relance init DIR" in capsys.readouterr().out


def test_a_configuration_that_cannot_be_read_is_one_problem(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = lay_down(tmp_path / "home")
    home.config.write_text("creditor: [", "utf-8")
    assert {name: each["text"] for name, each in told(home, capsys).items()} == {
        "writings": "1 error in configuration, rules or templates"
    }


def test_a_backup_is_seen(taken: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = told(taken, capsys)
    assert before["backup"]["text"] == "no backup within a week; the last: -"
    command(["backup", str(tmp_path / "saved"), "--home", str(taken.folder)])
    assert "backup" not in told(taken, capsys)
    taken.saved.unlink()


def test_an_old_export_is_seen(taken: Home, capsys: pytest.CaptureFixture[str]) -> None:
    os.utime(taken.incoming / "open-items.csv", (1_700_000_000, 1_700_000_000))
    assert "of 2023-11-14" in told(taken, capsys)["fresh"]["text"]


def test_the_sources_of_the_machine_are_whole() -> None:
    seen = machine()
    assert (seen.foreign, seen.missing) == (False, ())


def test_a_store_at_a_glance(store: Path) -> None:
    seen = glance(store)
    assert (seen.environment, seen.whole, seen.cut) == ("sandbox", True, False)
    assert (seen.unknown, seen.sending, seen.last_run) == (0, 0, None)
    assert len(seen.head) == 64


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET body = replace(body, 'sandbox', 'production') WHERE seq = 1",
        "UPDATE audit SET hash = zeroblob(32) WHERE seq = (SELECT max(seq) FROM audit)",
        "UPDATE audit SET seq = seq + 1 WHERE seq = (SELECT max(seq) FROM audit)",
    ],
    ids=["body", "hash", "gap"],
)
def test_a_trail_whose_end_was_changed_is_not_whole(store: Path, statement: str) -> None:
    with closing(sqlite3.connect(store)) as driver, driver:
        for (name,) in driver.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            driver.execute(f"DROP TRIGGER {name}")
    change(store, statement)
    assert not glance(store).whole


def test_runs_are_seen(store: Path) -> None:
    change(
        store,
        "INSERT INTO run"
        " (id, kind, day, started_at, ended_at, state, answers, policies, plan, note)"
        " VALUES (90, 'run', '2026-11-24', 1, 2, 'done', '', '[]', '', ''),"
        " (91, 'run', '2026-11-25', 1, NULL, 'running', '', '[]', '', '')",
    )
    seen = glance(store)
    assert (str(seen.last_run), seen.cut) == ("2026-11-24", True)


def test_what_is_no_store_is_said(tmp_path: Path) -> None:
    other = tmp_path / "other.sqlite"
    change(other, "CREATE TABLE store (environment TEXT)")
    with pytest.raises(StoreFault) as refused:
        glance(other)
    assert refused.value.problems[0].code == "store/not-ours"
    other.write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreFault) as refused:
        glance(other)
    assert refused.value.problems[0].code == "store/corrupt"


def test_a_store_that_was_put_back_is_told_and_not_changed(
    taken: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command(["backup", str(tmp_path / "saved"), "--home", str(taken.folder)])
    home = Home(folder=tmp_path / "saved")
    before = (home.var / "relance.sqlite").read_bytes()
    assert told(home, capsys)["store/copied"]["state"] == "problem"
    assert "store/copied" not in told(taken, capsys)
    assert (home.var / "relance.sqlite").read_bytes() == before


def test_keys_that_others_may_read_are_told(
    taken: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = Home(folder=Path(shutil.copytree(taken.folder, tmp_path / "home")))
    (home.var / "relance.keys").touch()
    (home.var / "relance.keys").chmod(0o644)
    assert "keys" in told(home, capsys)["rights"]["text"]
