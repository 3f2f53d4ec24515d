"""A person holds a case and lets it go on; `relance plan` alone goes on showing the day."""

import json
from collections.abc import Sequence

import pytest

from tests.cli.cli_shell import DAY, Shell, events


CASE = "FA26001"
WHO = ("--person", "Paul", "--date", DAY)
HOLD = ("plan", "hold", CASE, "--reason", "Client en visite", *WHO)
LATER = "2026-11-27"


def answer(shell: Shell, day: str = DAY) -> tuple[str, str]:
    said = shell("plan", "--date", day, "--format", "json")
    told = json.loads(said.out)["answers"]
    found = next(each for each in told if each["number"] == CASE)
    return found["action"], found["reason"]


def test_a_hold_lasts_until_a_person_takes_it(started: Shell) -> None:
    said = started(*HOLD)
    assert (said.code, said.out) == (0, f"{CASE}: held by Paul until `relance plan take`\n")
    assert answer(started) == ("hold", "pause")
    assert answer(started, "2027-01-20") == ("hold", "pause")
    explained = started("explain", CASE, "--date", DAY).out
    assert f"held by Paul since {DAY}: Client en visite" in explained
    taken = started("plan", "take", CASE, "--reason", "visite faite", *WHO)
    assert (taken.code, taken.out) == (0, f"{CASE}: goes on, says Paul\n")
    assert answer(started) == ("contact", "")
    assert "held by" not in started("explain", CASE, "--date", DAY).out
    told = started("history", CASE).out
    assert "event: paused" in told
    assert "note Client en visite, person Paul" in told
    assert "event: resumed" in told
    assert "the trail is whole" in started("audit", "verify").out


def test_a_hold_with_a_last_day_ends_by_itself(started: Shell) -> None:
    said = started(*HOLD, "--until", LATER, "--lang", "fr")
    assert said.out == f"{CASE} : bloqué par Paul jusqu'au {LATER} inclus\n"
    assert answer(started, LATER) == ("hold", "pause")
    explained = started("explain", CASE, "--date", LATER, "--lang", "fr").out
    assert f"bloqué par Paul du {DAY} au {LATER} : Client en visite" in explained
    assert answer(started, "2026-11-30") == ("contact", "")
    late = started(
        "plan", "take", CASE, "--reason", "x", "--person", "Paul", "--date", "2026-11-30"
    )
    assert (late.code, "hold/none" in late.err) == (2, True)


MISTAKES = [
    pytest.param(["take", CASE, "--reason", "x", *WHO], "hold/none", id="nobody holds it"),
    pytest.param(["hold", CASE, "--reason", " ", *WHO], "hold/reason", id="no reason"),
    pytest.param(
        ["hold", CASE, "--reason", "x", "--person", "", "--date", DAY], "event/person", id="nobody"
    ),
    pytest.param([*HOLD[1:], "--until", "2026-11-23"], "event/until", id="over already"),
    pytest.param([*HOLD[1:], "--until", "soon"], "run/date", id="no day"),
    pytest.param(["hold", "FA1", "--reason", "x", *WHO], "run/no-case", id="no case"),
    pytest.param(["hold", CASE, *WHO], "--reason", id="reason left out"),
    pytest.param(["--date", DAY, *HOLD[1:]], "stand after it", id="options before the word"),
    pytest.param(["halt", CASE], "halt", id="no such command"),
]


@pytest.mark.parametrize(("arguments", "told"), MISTAKES)
def test_a_mistake_holds_nothing(started: Shell, arguments: Sequence[str], told: str) -> None:
    said = started("plan", *arguments)
    assert said.code == 2
    assert told in said.err
    assert events(started.home) == 0


def test_help_names_both(shell: Shell) -> None:
    said = shell("plan", "--help")
    assert said.code == 0
    for word in ("--date", "--format", "hold", "take"):
        assert word in said.out
