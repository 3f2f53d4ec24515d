"""`relance audit recompute`: a past run made again, whatever has become of rules and vocabulary."""

import hashlib
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest

from dispatcher.cli.commands import command
from dispatcher.clocks import a_day
from dispatcher.home import Home, lay_down, shipped
from dispatcher.sample.portfolio import portfolio
from dispatcher.wiring import looking
from tests.cli.cli_shell import DAY, Shell, export


FACTS = shipped() / "rules" / "facts.yaml"
CASE = "FA26003"
SAME = "The same: the rules give all 14 answers again."
ALONE = "The same: the rules give this answer again, in all three ways of computing it."


@pytest.fixture(scope="module")
def one_day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one run, made once; each test has a copy."""
    home = lay_down(tmp_path_factory.mktemp("one-day") / "home")
    export(home, portfolio(today=a_day(DAY), debtors=6))
    command(["run", "--date", DAY, "--home", str(home.folder)])
    return home.folder


@pytest.fixture
def ran(
    tmp_path: Path,
    one_day: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Shell:
    folder = Path(shutil.copytree(one_day, tmp_path / "home"))
    monkeypatch.setenv("RELANCE_LANG", "en")
    monkeypatch.chdir(folder)
    return Shell(Home(folder=folder), capsys)


def test_a_run_made_again_is_the_same(ran: Shell) -> None:
    said = ran("audit", "recompute", DAY)
    assert (said.code, said.err) == (0, "")
    whole, title, policies, same, scope = said.out.splitlines()
    assert whole.startswith("the trail is whole")
    assert title == f"Run 1 of {DAY}: the answers file is the one of the trail."
    assert policies.startswith("Rules as they were then: b2b-standard 2026.11.1, ")
    assert same == SAME
    assert scope.startswith("Rounds, channels and limits came from what had been sent before")
    assert ran("audit", "recompute", "1").out == said.out


def test_the_same_in_french(ran: Shell) -> None:
    said = ran("audit", "recompute", DAY, "--lang", "fr")
    assert "Passage 1 du 24/11/2026 : le fichier des réponses est bien celui" in said.out
    assert "Identique : les règles redonnent les 14 réponses." in said.out


def test_one_case_is_made_again_in_all_ways(ran: Shell) -> None:
    said = ran("audit", "recompute", DAY, CASE)
    assert (said.code, ALONE in said.out) == (0, True)


def test_rules_changed_since_change_nothing_of_the_past(ran: Shell) -> None:
    ran.edit("rules/b2b-standard.yaml", "start: {days_late: 4+}", "start: {days_late: 99+}")
    ran.edit("rules/b2b-standard.yaml", "version: 2026.11.1", "version: 2026.12.1")
    said = ran("audit", "recompute", DAY)
    assert (said.code, SAME in said.out) == (0, True)
    assert "b2b-standard 2026.11.1" in said.out


@pytest.mark.parametrize(
    "now", ["", "  contacts_30d: {of: debtor, type: enum, values: [few, many], nullable: true}\n"]
)
def test_a_vocabulary_changed_since_changes_nothing_of_the_past(ran: Shell, now: str) -> None:
    facts = "rules/facts.yaml"
    lost = next(x for x in FACTS.read_text("utf-8").splitlines() if "contacts_30d" in x)
    ran.edit(facts, f"{lost}\n", now)
    ran.edit(
        facts,
        "type: enum, values: [none, running, missed]",
        "type: enum, values: [none, running, missed, kept]",
    )
    ran.edit(
        facts,
        "from: derived, type: int, min: 0, max: 3650, label",
        "from: derived, type: int, min: 0, max: 900, label",
    )
    ran.edit(facts, "  - {has_mobile: yes, has_phone: no}\n", "  - {has_address: yes}\n")
    said = ran("audit", "recompute", DAY)
    assert (said.code, SAME in said.out) == (0, True), said.err
    assert ALONE in ran("audit", "recompute", DAY, CASE).out


def test_a_tampered_answers_file_is_exit_code_4(ran: Shell) -> None:
    path = tampered(ran, rule="formal-notice/registered")
    said = ran("audit", "recompute", DAY)
    assert (said.code, "store/answers-changed" in said.err, str(path) in said.err) == (
        4,
        True,
        True,
    )
    path.unlink()
    gone = ran("audit", "recompute", DAY)
    assert (gone.code, "store/answers-missing" in gone.err) == (4, True)


def test_a_digest_that_was_tampered_with_as_well_is_seen_by_the_trail(ran: Shell) -> None:
    path = tampered(ran, rule="formal-notice/registered")
    with closing(sqlite3.connect(ran.home.var / "relance.sqlite")) as driver, driver:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        driver.execute("UPDATE run SET answers = ?", (digest,))
    said = ran("audit", "recompute", DAY)
    assert (said.code, "store/" in said.err, "The same" in said.out) == (1, True, False)


def tampered(shell: Shell, **cells: str) -> Path:
    """The answers file with other cells in its first row."""
    (path,) = shell.home.answers.glob(f"{DAY}-*.parquet")
    table = pl.read_parquet(path, memory_map=False)
    first = pl.int_range(pl.len()) == 0
    table.with_columns(
        pl.when(first).then(pl.lit(value)).otherwise(name).alias(name)
        for name, value in cells.items()
    ).write_parquet(path)
    return path


def test_answers_that_the_rules_do_not_give_are_listed(
    ran: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    with looking(ran.home) as house:
        (run,) = house.book.runs(limit=1)
        answers, facts = house.read_answers(run.day, run.id, run.answers)
    other = answers.with_columns(rule=pl.lit("reminder/other"))
    monkeypatch.setattr("dispatcher.recompute.kept", lambda *_: (other, facts))
    said = ran("audit", "recompute", DAY)
    assert said.code == 1
    assert "DIFFERENT: 14 of 14 answers" in said.out
    assert "  FA26001, rule: recorded reminder/other, computed reminder/standard" in said.out
    assert "  ... and 8 more" in said.out
    assert "DIFFÉRENT : 14 réponses sur 14" in ran("audit", "recompute", "1", "--lang", "fr").out


def test_a_run_that_was_not_is_said(ran: Shell) -> None:
    said = ran("audit", "recompute", "2026-11-20")
    assert (said.code, "recompute/no-run" in said.err) == (2, True)
    assert f"the last ones: 1 ({DAY})" in said.err
    never = ran("audit", "recompute", DAY, "FA1")
    assert (never.code, "run/no-case" in never.err) == (2, True)


def test_a_case_that_was_not_open_then_is_said(ran: Shell) -> None:
    row = (ran.home.incoming / "open-items.csv").read_text("utf-8")
    export(ran.home, row.replace("FA26001;", "FA88888;"), day="2026-11-25")
    ran("import", "--date", "2026-11-25")
    said = ran("audit", "recompute", DAY, "FA88888")
    assert (said.code, "explain/not-open" in said.err) == (2, True)
