"""The outbox as people see it, and what a named person does to one of its messages."""

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from shutil import copytree

import pytest

from dispatcher.cli.commands import command
from dispatcher.clocks import a_day
from dispatcher.home import Home, lay_down
from dispatcher.sample.portfolio import portfolio
from tests.app.narrow_rules import narrowed
from tests.cli.cli_shell import DAY, Shell, export


RULES = "rules/b2b-standard.yaml"
PERSON = ("--person", "Claire Martin")


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose reminders wait for an approval, made once."""
    home = narrowed(lay_down(tmp_path_factory.mktemp("outbox") / "home"))
    export(home, portfolio(today=a_day(DAY), debtors=6))
    rules = home.folder / RULES
    before = "template: courteous-reminder, tone: courteous"
    text = rules.read_text("utf-8")
    assert before in text
    wanted = f"{before}, needs_approval: [credit_manager]"
    rules.write_text(text.replace(before, wanted), encoding="utf-8")
    assert command(["run", "--date", DAY, "--home", str(home.folder)]) in {0, 1}
    return home.folder


@pytest.fixture
def waiting(
    planned: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Shell:
    """A copy of that home, for one test alone."""
    folder = Path(copytree(planned, tmp_path / "home"))
    monkeypatch.setenv("RELANCE_LANG", "en")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(folder)
    return Shell(Home(folder=folder), capsys)


def sql(shell: Shell, statement: str) -> None:
    with closing(sqlite3.connect(shell.home.var / "relance.sqlite")) as store:
        store.execute(statement)
        store.commit()


def first(shell: Shell) -> str:
    """The number of the first message in the list."""
    found = re.search(r"^\s*(M\d+) ", shell("outbox").out, re.MULTILINE)
    assert found is not None
    return found[1]


def stand(shell: Shell, number: str) -> str:
    told = json.loads(shell("outbox", "show", number, "--format", "json").out)
    return str(told["row"]["state"])


def test_the_list_says_what_waits_for_whom(waiting: Shell) -> None:
    said = waiting("outbox")
    assert said.code == 0
    assert "awaiting approval" in said.out
    assert "relance approve, until" in said.out
    told = json.loads(waiting("outbox", "--format", "json").out)
    assert {each["state"] for each in told["messages"]} == {"awaiting"}
    assert told["messages"][0]["cases"]
    assert told["sent_twice"] == []
    assert waiting("outbox", "list", "--state", "unknown").out == "the outbox is empty\n"
    french = waiting("outbox", "--lang", "fr").out
    assert "débiteur" in french
    assert "en attente d'accord" in french


def test_a_person_holds_lets_go_and_withdraws_and_the_trail_knows(waiting: Shell) -> None:
    number = first(waiting)
    held = waiting("outbox", "hold", number, "--reason", "wait for the fair", *PERSON)
    assert (held.code, held.err) == (0, "")
    assert f"relance outbox release {number}" in held.out
    listed = waiting("outbox", "--state", "hold").out
    assert "Claire Martin: wait for the fair" in listed
    assert number not in waiting("approve", "--date", DAY).out.split()
    assert "1 held by a person" in waiting("send", "--date", DAY).out
    again = waiting("outbox", "release", number.lower(), *PERSON)
    assert "waits for its approval again" in again.out
    assert stand(waiting, number) == "awaiting"
    gone = waiting("outbox", "withdraw", number, "--reason", "not this one", *PERSON)
    assert "is withdrawn" in gone.out
    assert stand(waiting, number) == "withdrawn"
    shown = waiting("outbox", "show", number).out
    assert [word in shown for word in ("held", "let go", "not this one")] == [True] * 3
    assert "the trail is whole" in waiting("audit", "verify").out


def test_a_withdrawn_case_is_planned_anew_and_a_held_one_is_not(waiting: Shell) -> None:
    number = first(waiting)
    case = json.loads(waiting("outbox", "--format", "json").out)["messages"][0]["cases"][0]
    waiting("outbox", "hold", number, "--reason", "why", *PERSON)
    explained = waiting("explain", case, "--date", DAY)
    assert f"Its message {number} is held by a person" in explained.out
    assert "under way" in explained.out
    waiting("run", "--date", DAY)
    assert stand(waiting, number) == "hold"
    waiting("outbox", "withdraw", number, "--reason", "why", *PERSON)
    waiting("run", "--date", DAY)
    cases = [
        each["cases"] for each in json.loads(waiting("outbox", "--format", "json").out)["messages"]
    ]
    assert [case in each for each in cases].count(True) == 1


@pytest.mark.parametrize(
    ("deed", "state", "code"),
    [
        pytest.param("hold", "sending", "outbox/under-way", id="on its way"),
        pytest.param("withdraw", "unknown", "outbox/may-have-left", id="unknown"),
        pytest.param("withdraw", "sent", "outbox/left", id="sent"),
        pytest.param("release", "expired", "outbox/ended", id="expired"),
        pytest.param("hold", "hold", "outbox/held", id="held twice"),
        pytest.param("release", "planned", "outbox/not-held", id="not held"),
    ],
)
def test_only_what_has_not_left_can_be_taken_back(
    waiting: Shell, deed: str, state: str, code: str
) -> None:
    number = first(waiting)
    sql(waiting, f"UPDATE message SET state = '{state}' WHERE id = {number[1:]}")
    said = waiting("outbox", deed, number, "--reason", "why", *PERSON)
    assert (said.code, f"[{code}]" in said.err) == (2, True)
    assert stand(waiting, number) == state


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(["show", "M999"], "outbox/no-message", id="no such message"),
        pytest.param(["show", "M" + "9" * 40], "outbox/no-message", id="no number at all"),
        pytest.param(["hold", "X1", "--reason", "r", *PERSON], "outbox/no-message", id="a case"),
        pytest.param(["--state", "onhold"], "outbox/state", id="no such state"),
        pytest.param(["--format", "xml"], "run/format", id="no such format"),
        pytest.param(["hold", "M1", "--reason", "r", "--person", " "], "event/person", id="who"),
        pytest.param(["hold", "M1", *PERSON], "hold/reason", id="why"),
    ],
)
def test_what_cannot_be_meant_is_said(waiting: Shell, arguments: list[str], code: str) -> None:
    for lang in ("en", "fr"):
        said = waiting("outbox", *arguments, "--lang", lang)
        assert (said.code, f"[{code}]" in said.err) == (2, True)


def test_what_was_set_aside_is_told_until_a_person_lets_it_go(waiting: Shell) -> None:
    number = first(waiting)
    sql(
        waiting,
        f"""UPDATE message SET state = 'quarantined', reason = 'worker-died', needs_approval = '[]'
        WHERE id = {number[1:]}""",
    )
    said = waiting("send", "--date", DAY)
    assert (said.code, "1 set aside, the program died" in said.out) == (1, True)
    assert "the program died three times" in waiting("outbox", "--state", "quarantined").out
    assert waiting("outbox", "release", number, *PERSON).code == 0
    assert waiting("send", "--date", DAY).code == 0


def test_what_went_out_twice_is_loud(waiting: Shell) -> None:
    number = first(waiting)
    sql(
        waiting,
        f"""INSERT INTO attempt
        (id, message_id, number, stage, started_at, ended_at, outcome, evidence)
        VALUES (999, {number[1:]}, 9, 'closed', 0, 4000000000000, 'sent-twice', '{{}}')""",
    )
    for arguments in (("outbox",), ("send", "--date", DAY)):
        said = waiting(*arguments)
        assert (said.code, f"[outbox/sent-twice]: {number}" in said.err) == (1, True)
    assert "SENT TWICE" in waiting("outbox", "show", number).out
    case = json.loads(waiting("outbox", "--format", "json").out)["messages"][0]["cases"][0]
    assert "SENT TWICE" in waiting("history", case).out
