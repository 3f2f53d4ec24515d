"""The command line by hand: exit codes, words, good and bad input, never a traceback."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from dispatcher.clocks import a_day
from dispatcher.home import shipped
from dispatcher.sample.portfolio import portfolio
from dispatcher.wiring import alone
from tests.cli.cli_shell import DAY, Shell, digest, export


def test_a_day_by_hand(shell: Shell) -> None:
    assert shell("check").code == 0
    planned = shell("plan", "--date", DAY)
    assert planned.code == 0
    assert "reminder/standard" in planned.out
    assert not (shell.home.var / "relance.sqlite").exists()

    ran = shell("run", "--date", DAY, "--confirm", digest(planned))
    assert ran.code == 1  # two rows of the sample are refused
    assert "accepted" in ran.out
    assert sorted(shell.home.sinks.rglob("*.eml"))

    again = shell("run", "--date", DAY)
    assert "0 contacts planned, 0 written" in again.out
    assert "nothing was due" in again.out

    assert "call " in shell("tasks", "--date", DAY).out
    assert "reminder/standard" in shell("explain", "FA26001", "--date", DAY).out
    assert "written" in shell("history", "FA26001").out
    assert "the trail is whole" in shell("audit", "verify").out
    assert shell("doctor").code == 0


def test_plan_shows_what_run_does(shell: Shell) -> None:
    first = digest(shell("plan", "--date", DAY))
    assert digest(shell("plan", "--date", DAY)) == first
    shell("import", "--date", DAY)
    assert digest(shell("plan", "--date", DAY)) == first
    assert shell("run", "--date", DAY, "--confirm", first).code == 1


def test_a_call_is_done_by_the_outcome_that_a_person_enters(shell: Shell) -> None:
    shell("run", "--date", DAY, "--confirm", digest(shell("plan", "--date", DAY)))
    listed = shell("tasks", "--date", DAY).out
    number = next(word for word in listed.split() if word[0] == "C" and word[1:].isdigit())
    options = ("--person", "Paul", "--date", DAY)

    wrong = shell("task", "done", number, "--outcome", "sang", *options)
    assert (wrong.code, "run/outcome" in wrong.err) == (2, True)
    tried = shell("task", "done", number, "--outcome", "no_answer", *options)
    assert (tried.code, "tried again" in tried.out) == (0, True)
    done = shell("task", "done", number, "--outcome", "reached", *options)
    assert (done.code, "the step is done" in done.out) == (0, True)
    assert number not in shell("tasks", "--date", DAY).out.split()
    again = shell("task", "done", number, "--outcome", "reached", *options)
    assert (again.code, "run/no-task" in again.err) == (2, True)


def test_safety_stops_before_anything_leaves(shell: Shell) -> None:
    export(shell.home, portfolio(today=a_day(DAY), debtors=60))
    stopped = shell("run", "--date", DAY)
    assert (stopped.code, "run/safety" in stopped.err) == (3, True)
    assert not list(shell.home.sinks.rglob("*.eml"))
    other = shell("run", "--date", DAY, "--confirm", "abcdef")
    assert (other.code, "run/other-plan" in other.err) == (3, True)
    assert not list(shell.home.sinks.rglob("*.eml"))


def test_two_runs_at_once_give_way(shell: Shell) -> None:
    with alone(shell.home):
        busy = shell("run", "--date", DAY)
    assert (busy.code, "run/busy" in busy.err) == (75, True)


RULES = (shipped() / "rules" / "b2b-standard.yaml").read_text("utf-8")
STARTS = 1 + RULES[: RULES.index("start: {days_late: 4+}")].count("\n")

MISTAKES = [
    pytest.param("rules/b2b-standard.yaml", "template: firm-", "template: frim-", "check", 1,
                 "policy/unknown-template", id="template"),
    pytest.param("rules/b2b-standard.yaml", "days_late: 4+", "days_lat: 4+", "check", 1,
                 f"rules/b2b-standard.yaml:{STARTS}:9: error[policy/unknown-fact]", id="fact"),
    pytest.param("config.yaml", "dates: DD/MM/YYYY", "dates: DD/MM", "check", 1,
                 "config/value", id="dates"),
    pytest.param("config.yaml", "debtor: Compte", "debtor: Compt", "plan", 2,
                 "csv/missing-heading", id="heading"),
    pytest.param("config.yaml", "adapter: call", "adapter: cal", "run", 2,
                 "config/no-adapter", id="adapter"),
    pytest.param("templates/fr/courteous-reminder/body.md.j2", "{{ ", "{{ nope.", "check", 1,
                 "template/", id="variable"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "before", "after", "name", "code", "told"), MISTAKES)
def test_a_mistake_is_one_clear_line_and_nothing_is_done(  # noqa: PLR0917 - a table
    shell: Shell, file: str, before: str, after: str, name: str, code: int, told: str
) -> None:
    shell.edit(file, before, after)
    dated = ("--date", DAY) if name != "check" else ()
    said = shell(name, *dated)
    assert said.code == code
    assert told in said.err
    assert not list(shell.home.sinks.rglob("*.eml"))


def test_a_missing_home_or_case_is_said(shell: Shell, tmp_path: Path) -> None:
    nowhere = shell("plan", "--home", str(tmp_path))
    assert (nowhere.code, "home/none" in nowhere.err) == (2, True)
    early = shell("history", "FA26001")
    assert (early.code, "store/missing" in early.err) == (2, True)
    unknown = shell("explain", "FA1", "--date", DAY)
    assert (unknown.code, "run/no-case" in unknown.err) == (2, True)
    bad_day = shell("plan", "--date", "24/11/2026")
    assert (bad_day.code, "run/date" in bad_day.err) == (2, True)
    twice = shell("init", str(shell.home.folder))
    assert (twice.code, "home/exists" in twice.err) == (2, True)


def test_a_chosen_day_is_not_for_production(shell: Shell) -> None:
    shell.edit("config.yaml", "environment: sandbox", "environment: production")
    said = shell("run", "--date", DAY)
    assert (said.code, "run/date-in-production" in said.err) == (2, True)


def test_a_sandbox_store_refuses_production(shell: Shell) -> None:
    shell("import", "--date", DAY)
    shell.edit("config.yaml", "environment: sandbox", "environment: production")
    said = shell("run")
    assert (said.code, "store/other-environment" in said.err) == (2, True)


@pytest.mark.parametrize("arguments", [["nonsense"], ["plan", "--nonsense"], ["explain"]])
def test_wrong_usage_is_exit_code_2(shell: Shell, arguments: Sequence[str]) -> None:
    assert shell(*arguments).code == 2


def test_words_follow_the_language_asked_for(shell: Shell) -> None:
    assert "Plan of" in shell("plan", "--date", DAY, "--lang", "en").out
    assert "dossiers ouverts" in shell("plan", "--date", DAY, "--lang", "fr").out


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys, json\n"
        "from dispatcher.cli.commands import command\n"
        "command(['--help'])\n"
        "print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        text=True,
    )
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    heavy = {"polars", "sqlalchemy", "jinja2", "alembic", "aiosmtplib", "yaml", "rich.table"}
    assert not heavy & loaded


def test_an_export_that_lost_rows_stops_until_it_is_accepted(shell: Shell) -> None:
    text = portfolio(today=a_day(DAY), debtors=60)
    export(shell.home, text)
    shell("import", "--date", DAY)
    export(shell.home, "\n".join(text.splitlines()[:40]) + "\n")

    stopped = shell("import", "--date", DAY)
    assert (stopped.code, "run/shrunken" in stopped.err) == (3, True)
    planned = shell("plan", "--date", DAY)
    assert (planned.code, "run/shrunken" in planned.err) == (0, True)
    wrong = shell("import", "--date", DAY, "--accept", "open_itmes")
    assert (wrong.code, "run/no-source" in wrong.err) == (2, True)
    assert shell("import", "--date", DAY, "--accept", "open_items").code == 0


def test_an_old_export_stops_until_it_is_accepted(shell: Shell) -> None:
    export(shell.home, portfolio(today=a_day(DAY), debtors=12), day="2026-11-16")
    stopped = shell("run", "--date", DAY)
    assert (stopped.code, "run/stale" in stopped.err) == (3, True)
    assert not list(shell.home.sinks.rglob("*.eml"))


def test_a_plan_for_machines_says_what_the_table_says(shell: Shell) -> None:
    shell.edit("in/open-items.csv", "FA26001;", "=1+1;")
    table = shell("plan", "--date", DAY)
    as_json = json.loads(shell("plan", "--date", DAY, "--format", "json").out)
    assert as_json["digest"].startswith(digest(table))
    assert {answer["number"] for answer in as_json["answers"]} >= {"=1+1", "FA26002"}
    rows = list(csv.DictReader(shell("plan", "--date", DAY, "--format", "csv").out.splitlines()))
    assert len(rows) == len(as_json["answers"])
    assert "'=1+1" in {row["number"] for row in rows}  # a spreadsheet would compute it
    assert shell("plan", "--format", "xml").code == 2


@pytest.mark.parametrize("arguments", [["tasks"], ["audit", "verify"], ["plan", "--date", DAY]])
def test_a_damaged_store_is_said_and_is_exit_code_4(shell: Shell, arguments: list[str]) -> None:
    shell("import", "--date", DAY)
    (shell.home.var / "relance.sqlite").write_text("not a store", encoding="utf-8")
    said = shell(*arguments)
    assert (said.code, "store/corrupt" in said.err) == (4, True)


@pytest.mark.parametrize("arguments", [["tasks"], ["audit", "verify"], ["history", "FA26001"]])
def test_a_store_that_is_not_there_yet_is_said(shell: Shell, arguments: list[str]) -> None:
    said = shell(*arguments)
    assert (said.code, "store/missing" in said.err, "relance run" in said.err) == (2, True, True)


def test_a_home_without_sources_is_said(shell: Shell) -> None:
    config = shell.home.config
    text = config.read_text("utf-8")
    start, end = text.index("sources:"), text.index("channels:")
    config.write_text(text[:start] + text[end:], encoding="utf-8")
    said = shell("run", "--date", DAY)
    assert (said.code, "home/no-sources" in said.err) == (2, True)
