"""The first day with old invoices: shown, confirmed, spread, and then a run that is not stopped."""

import json
import re
from collections import Counter
from datetime import timedelta

import pytest

from dispatcher.clocks import a_day
from dispatcher.sample.portfolio import portfolio
from tests.cli.cli_shell import DAY, Said, Shell, events, export


START = ("start", "--as-of", DAY, "--person", "Paul")
NEXT = "2026-11-25"


@pytest.fixture
def full(shell: Shell) -> Shell:
    """Sixty debtors, and one debt that is time-barred."""
    text = portfolio(today=a_day(DAY), debtors=60)
    old = text.splitlines()[1].split(";")
    old[9:14] = ["FA-VIEILLE", "01/01/2019", "31/01/2019", "100,00", "100,00"]
    export(shell.home, text + ";".join(old) + "\n")
    return shell


def confirmation(said: Said) -> str:
    found = re.search(r"--confirm ([0-9a-f]{12})", said.err)
    assert found is not None
    return found[1]


def contacted(shell: Shell, day: str) -> set[str]:
    told = json.loads(shell("plan", "--date", day, "--format", "json").out)["answers"]
    return {answer["debtor"] for answer in told if answer["action"] == "contact"}


def reasons(shell: Shell, day: str) -> Counter[str]:
    told = json.loads(shell("plan", "--date", day, "--format", "json").out)["answers"]
    return Counter(answer["reason"] for answer in told if answer["action"] == "wait")


def test_it_is_shown_and_nothing_is_written(full: Shell) -> None:
    said = full(*START)
    assert said.code == 3
    lines = [" ".join(line.split()) for line in said.out.splitlines()]
    assert lines[0] == f"The first day, {DAY}: overdue cases by days late"
    shown = {name: line for line in lines for name in AGES if line.startswith(f"{name} ")}
    assert list(shown) == AGES
    steps = r"reminder \d+, portal-check \d+ 0 2026-11-24 2026-11-\d\d"
    assert re.search(steps, shown["1 to 7"])
    assert "1 1 100,00 €" in shown["time-barred"]
    assert "time-barred, never claimed, 1: FA-VIEILLE" in said.out
    assert "nothing was written" in said.err
    assert confirmation(full(*START)) == confirmation(said)
    assert not (full.home.var / "relance.sqlite").exists()
    french = full(*START, "--lang", "fr")
    assert "Le premier jour" in french.out
    assert "rien n'a été écrit" in french.err


AGES = ["1 to 7", "8 to 15", "16 to 30", "31 to 60", "time-barred"]


def test_a_confirmed_first_day_is_spread_and_no_run_is_stopped(full: Shell) -> None:
    assert full("run", "--date", DAY).code == 3  # safety: so many at once want a person
    said = full(*START)
    begun = full(*START, "--confirm", confirmation(said))
    assert (begun.code, "have their first day, 0 cases" in begun.out) == (0, True)

    assert reasons(full, DAY)["first-day"] > 0
    first = contacted(full, DAY)
    ran = full("run", "--date", DAY)
    assert ran.code == 1  # two rows of the sample are refused
    assert "run/safety" not in ran.err
    assert sorted(full.home.sinks.rglob("*.eml"))
    export(full.home, (full.home.incoming / "open-items.csv").read_text("utf-8"), day=NEXT)
    second = contacted(full, NEXT)
    assert first
    assert second
    assert not first & second
    assert full("run", "--date", NEXT).code == 1
    assert "the trail is whole" in full("audit", "verify").out


def test_the_largest_come_first(full: Shell) -> None:
    full(*START, "--confirm", confirmation(full(*START)))
    told = json.loads(full("plan", "--date", DAY, "--format", "json").out)["answers"]
    owed: Counter[tuple[str, str]] = Counter()
    going: dict[tuple[str, str], bool] = {}
    for answer in told:
        account = (answer["policy"], answer["debtor"])
        if answer["action"] == "contact" or answer["reason"] == "first-day":
            going[account] = going.get(account, False) or answer["action"] == "contact"
            owed[account] += answer["amount_due"]
    for policy in {policy for policy, _ in going}:
        goes = [owed[account] for account in going if account[0] == policy and going[account]]
        waits = [owed[account] for account in going if account[0] == policy and not going[account]]
        assert not waits or not goes or max(goes) >= max(waits)


def test_an_age_class_counts_as_having_had_a_step(full: Shell) -> None:
    had = ("--from", "31-60=reminder")
    plain, said = full(*START), full(*START, *had)
    assert confirmation(plain) != confirmation(said)
    assert "second-reminder" in said.out
    assert "count as having had a step" in said.out
    assert full(*START, *had, "--confirm", confirmation(said)).code == 0
    told = json.loads(full("plan", "--date", DAY, "--format", "json").out)["answers"]
    old = [answer for answer in told if answer["rule"].startswith("second-reminder/")]
    assert old
    case = old[0]["number"]
    assert "step taken over" in full("history", case).out
    assert "by Paul" in full("history", case).out


def test_to_begin_twice_says_the_same_once(full: Shell) -> None:
    digest = confirmation(full(*START))
    full(*START, "--confirm", digest)
    before = events(full.home)
    again = full(*START, "--confirm", digest)
    assert (again.code, events(full.home)) == (0, before)
    assert "nothing to do" in again.out


def test_to_begin_with_a_step_twice_says_that_there_is_nothing_to_do(full: Shell) -> None:
    """The cases have had the step by then, so the day looks another one."""
    had = ("--from", "31-60=reminder")
    digest = confirmation(full(*START, *had))
    assert full(*START, *had, "--confirm", digest).code == 0
    before = events(full.home)
    again = full(*START, *had, "--confirm", digest)
    assert (again.code, "nothing to do" in again.out) == (0, True)
    assert events(full.home) == before


def test_another_first_day_is_not_begun(full: Shell) -> None:
    digest = confirmation(full(*START))
    said = full(*START, "--from", "31-60=reminder", "--confirm", digest)
    assert (said.code, "run/other-plan" in said.err) == (3, True)
    assert events(full.home) == 0
    nobody = full("start", "--as-of", DAY, "--person", " ", "--confirm", digest)
    assert (nobody.code, "event/person" in nobody.err) == (2, True)


MISTAKES = [
    pytest.param("31-61=reminder", "start/class", "31-60", id="class"),
    pytest.param("31-60=remindre", "start/step", "reminder", id="step"),
    pytest.param("reminder", "start/from", "CLASS=STEP", id="form"),
    pytest.param("time-barred=reminder", "start/class", "over-90", id="never the time-barred"),
]


@pytest.mark.parametrize(("told", "code", "word"), MISTAKES)
def test_a_mistake_is_said(shell: Shell, told: str, code: str, word: str) -> None:
    said = shell(*START, "--from", told)
    assert (said.code, code in said.err, word in said.err) == (2, True, True)


def test_two_steps_for_one_class_are_a_mistake(shell: Shell) -> None:
    twice = ("--from", "1-7=reminder", "--from", "1-7=second-reminder")
    said = shell(*START, *twice)
    assert (said.code, "start/twice" in said.err) == (2, True)


def test_nothing_overdue_wants_no_confirmation(shell: Shell) -> None:
    rows = portfolio(today=a_day(DAY), debtors=12).splitlines()
    later = f"{a_day(DAY) + timedelta(days=30):%d/%m/%Y}"
    cells = [row.split(";") for row in rows[1:3]]
    fresh = [";".join([*row[:11], later, "10,00", "10,00", *row[14:]]) for row in cells]
    export(shell.home, "\n".join([rows[0], *fresh]) + "\n")
    said = shell(*START)
    assert (said.code, "nothing to spread" in said.out) == (0, True)
