"""`relance explain --date`: the day that was, by its rules and facts; the day that may come."""

import shutil
from pathlib import Path

import pytest

from dispatcher.cli.commands import command
from dispatcher.clocks import a_day
from dispatcher.home import Home, lay_down
from dispatcher.sample.portfolio import portfolio
from tests.cli.cli_shell import DAY, Shell, export


CASE = "FA26003"
MAILED = "FA26005"
NEXT = "2026-11-25"
LATER = "2026-12-09"
FAR = "2027-05-12"  # more than the 90 days that a fact of the shipped vocabulary may be old
BEFORE = "2026-11-23"


@pytest.fixture(scope="module")
def two_days(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a run on two days, made once; each test has a copy."""
    home = lay_down(tmp_path_factory.mktemp("two-days") / "home")
    for day in (DAY, NEXT):
        export(home, portfolio(today=a_day(DAY), debtors=12), day=day)
        command(["run", "--date", day, "--home", str(home.folder)])
    return home.folder


@pytest.fixture
def ran(
    tmp_path: Path,
    two_days: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Shell:
    folder = Path(shutil.copytree(two_days, tmp_path / "home"))
    monkeypatch.setenv("RELANCE_LANG", "en")
    monkeypatch.chdir(folder)
    return Shell(Home(folder=folder), capsys)


def test_a_past_day_is_explained_as_its_run_answered(ran: Shell) -> None:
    past = ran("explain", CASE, "--date", DAY)
    assert past.code == 0
    assert past.out.startswith(f"As run 1 answered on {DAY}, under the rules of that day:\n")
    assert "rule reminder/standard" in past.out
    french = ran("explain", CASE, "--date", DAY, "--lang", "fr")
    assert french.out.startswith("Telle que le passage 1 a répondu le 24/11/2026")
    today = ran("explain", CASE, "--date", NEXT)
    assert "As run" not in today.out
    assert "rule reminder/standard" not in today.out


def test_a_past_day_keeps_its_rules_whatever_they_are_today(ran: Shell) -> None:
    before = ran("explain", CASE, "--date", DAY)
    ran.edit("rules/b2b-standard.yaml", "start: {days_late: 4+}", "start: {days_late: 99+}")
    ran.edit("rules/b2b-standard.yaml", "version: 2026.11.1", "version: 2026.12.1")
    after = ran("explain", CASE, "--date", DAY)
    assert after.code == 0
    assert "Policy b2b-standard 2026.11.1" in after.out
    assert "wanted: 4 or more" in after.out
    assert set(after.out.splitlines()[:4]) == set(before.out.splitlines()[:4])


def test_what_a_person_enters_afterwards_does_not_change_the_past(ran: Shell) -> None:
    before = ran("explain", CASE, "--date", DAY).out
    ran("event", CASE, "dispute_opened", "--person", "Paul", "--date", NEXT)
    assert ran("explain", CASE, "--date", DAY).out == before
    assert "a dispute" in ran("explain", CASE, "--date", NEXT).out


def test_what_is_under_way_has_to_end_before_any_rule_is_asked(ran: Shell) -> None:
    said = ran("explain", CASE, "--why-not", "formal-notice")
    lines = said.out.splitlines()
    assert lines[1] == "Something is under way already: reminder/standard."
    first = "Whatever the rules say, this has to end first: what is under way already."
    assert first in lines
    assert "formal-notice/registered would answer today if this were so:" in lines
    past = ran("explain", CASE, "--why-not", "formal-notice", "--date", DAY)
    assert (past.code, past.out, "why/past" in past.err) == (2, "", True)


def test_a_day_without_a_run_names_those_with_one(ran: Shell) -> None:
    said = ran("explain", CASE, "--date", BEFORE)
    assert (said.code, said.out) == (2, "")
    assert "explain/no-run" in said.err
    assert f"{DAY}, {NEXT}" in said.err


def test_a_case_that_was_not_open_is_said(ran: Shell) -> None:
    row = (ran.home.incoming / "open-items.csv").read_text("utf-8")
    export(ran.home, row.replace("FA26001;", "FA99999;"), day=NEXT)
    ran("import", "--date", NEXT)
    said = ran("explain", "FA99999", "--date", DAY)
    assert (said.code, "explain/not-open" in said.err, said.out) == (2, True, "")
    never = ran("explain", "FA1", "--date", DAY)
    assert (never.code, "run/no-case" in never.err) == (2, True)


@pytest.mark.parametrize(("spoil", "code"), [("remove", "missing"), ("write", "changed")])
def test_answers_that_are_not_those_of_the_run_are_exit_code_4(
    ran: Shell, spoil: str, code: str
) -> None:
    (path,) = ran.home.answers.glob(f"{DAY}-*.parquet")
    path.unlink()
    if spoil == "write":
        (other,) = ran.home.answers.glob(f"{NEXT}-*.parquet")
        shutil.copyfile(other, path)
    said = ran("explain", CASE, "--date", DAY)
    assert (said.code, f"store/answers-{code}" in said.err, said.out) == (4, True, "")


def test_a_day_to_come_says_what_would_be(ran: Shell) -> None:
    said = ran("explain", MAILED, "--date", LATER)
    assert said.code == 0
    assert said.out.startswith(f"What would be on {LATER}, if nothing happens until then:\n")
    assert "rule second-reminder/large" in said.out


def test_a_day_far_away_is_not_held_for_the_age_of_the_file(ran: Shell) -> None:
    said = ran("explain", MAILED, "--date", FAR)
    assert "rule second-reminder/large" in said.out


def test_without_a_date_it_is_today_even_where_runs_are_of_other_days(ran: Shell) -> None:
    said = ran("explain", CASE)
    assert said.code == 0
    assert "As run" not in said.out
    assert "What would be" not in said.out


def test_before_the_first_run_any_day_may_be_looked_at(started: Shell) -> None:
    said = started("explain", CASE, "--date", BEFORE)
    assert (said.code, "What would be" in said.out) == (0, False)
