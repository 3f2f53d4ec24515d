"""A history that comes in with an export: from the file over the book to the plan."""

import json
from typing import Any

import pytest

from dispatcher.clocks import a_day
from dispatcher.sample.portfolio import portfolio
from tests.cli.cli_shell import DAY, Shell, export


#: As the example maps it, and as an old tool may write it.
SHIPPED = """      last_step: {column: Niveau, values: {R0: portal-check, R1: reminder, \
R2: second-reminder, R3: third-reminder, MED: formal-notice}}
      last_step_on: Date relance
"""
COLUMNS = """      last_step: {column: Niveau, values: {R1: reminder, \
R2: second-reminder, "-": none}}
      last_step_on: Relancé le
      last_contact_on: Dernier contact
"""

#: What the old tool says of the only invoice, and what the first plan answers.
HISTORIES = [
    pytest.param(";;", ("contact", "reminder/standard", ""), id="nothing"),
    pytest.param("-;;", ("contact", "reminder/standard", ""), id="none, translated"),
    pytest.param("R1;17/11/2026;", ("contact", "second-reminder/standard", ""), id="a step"),
    pytest.param("R1;18/11/2026;", ("nothing yet", "", ""), id="a step, too soon"),
    pytest.param("R2;02/11/2026;", ("contact", "third-reminder/call", ""), id="two steps"),
    pytest.param("R2;02/11/2026;21/11/2026", ("wait", "third-reminder/call", "gap"), id="contact"),
    pytest.param(";;23/11/2026", ("wait", "reminder/standard", "gap"), id="contact only"),
    pytest.param("R3;02/11/2026;", ("contact", "reminder/standard", ""), id="unknown step"),
]


def file(shell: Shell, history: str, *more: str) -> None:
    rows = portfolio(today=a_day(DAY), debtors=1).splitlines()
    cells = rows[1].split(";")
    cells[2:4] = ["Entreprise", "PME"]
    cells[4:6] = ["compta@exemple.test", "04 72 00 00 00"]
    cells[9:14] = ["FA1", "01/09/2026", "01/10/2026", "900,00", "900,00"]
    headings = rows[0].removesuffix(";Niveau;Date relance")
    told = [f"{headings};Niveau;Relancé le;Dernier contact", ";".join(cells[:-2]) + f";{history}"]
    export(shell.home, "\n".join([*told, *more]) + "\n")


def answer(shell: Shell) -> dict[str, Any]:
    said = shell("plan", "--date", DAY, "--format", "json")
    assert said.code == 0
    told = json.loads(said.out)["answers"]
    assert len(told) == 1
    return dict(told[0])


@pytest.fixture
def mapped(shell: Shell) -> Shell:
    shell.edit("config.yaml", SHIPPED, COLUMNS)
    return shell


@pytest.mark.parametrize(("history", "expected"), HISTORIES)
def test_a_case_goes_on_where_the_old_tool_stopped(
    mapped: Shell, history: str, expected: tuple[str, str, str]
) -> None:
    file(mapped, history)
    said = answer(mapped)
    assert (said["action"], said["rule"], said["reason"]) == expected


def test_an_unknown_step_is_told_with_the_nearest_one(mapped: Shell) -> None:
    file(mapped, "remindre;02/11/2026;")
    said = mapped("import", "--date", DAY)
    assert "csv/step" in said.err
    assert "did you mean reminder?" in said.err


def test_later_exports_do_not_tell_the_book_its_history(mapped: Shell) -> None:
    file(mapped, "R1;10/11/2026;")
    mapped("import", "--date", DAY)
    assert answer(mapped)["rule"] == "second-reminder/standard"
    file(mapped, "R2;10/11/2026;23/11/2026")
    said = mapped("import", "--date", DAY)
    assert said.code == 0
    assert answer(mapped)["rule"] == "second-reminder/standard"
    told = mapped("history", "FA1").out
    assert told.count("step taken over") == 1
    assert "on 2026-11-10, reminder" in told


def test_our_own_step_comes_after_what_was_taken_over(mapped: Shell) -> None:
    file(mapped, "R1;10/11/2026;")
    ran = mapped("run", "--date", DAY)
    assert "1 accepted" in ran.out
    again = answer(mapped)
    assert (again["action"], again["rule"]) == ("nothing yet", "")
    assert again["until"] == "2026-12-01"  # seven days after the second reminder
    assert "the trail is whole" in mapped("audit", "verify").out
