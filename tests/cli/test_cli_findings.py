"""What exact analysis finds, as `check` says it: levels, reasons, exit codes, formats."""

import json

import pytest

from tests.cli.cli_shell import Shell


RULES = "rules/b2b-standard.yaml"
WHEN = "    when: {days_since_step: 7+}     # the reminder gave six days\n"


@pytest.fixture
def at_once(shell: Shell) -> Shell:
    """A home whose second reminder goes on the day on which a stop ends."""
    shell.edit(RULES, WHEN, "")
    return shell


def weigh(shell: Shell, said: str) -> None:
    shell.edit("config.yaml", "  levels: {} ", f"  levels: {{prove/escalates-at-once: {said}}} ")


def test_a_finding_is_a_warning_at_its_place_with_a_case(at_once: Shell) -> None:
    checked = at_once("check")
    assert checked.code == 1
    assert f"{RULES}:56:13: warning[prove/escalates-at-once]: second-reminder/large" in checked.err
    assert "days_since_step: 0" in checked.err
    assert at_once("plan").code in (0, 3)  # it keeps nothing from running


def test_a_level_is_the_home_s_own(at_once: Shell) -> None:
    weigh(at_once, '{level: error, reason: "a rule of this house"}')
    found = json.loads(at_once("check", "--format", "json").out)
    mine = [each["level"] for each in found if each["code"] == "prove/escalates-at-once"]
    assert set(mine) == {"error"}


def test_what_is_off_or_a_hint_ends_well(at_once: Shell) -> None:
    weigh(at_once, '{level: off, reason: "so decided", only: [b2b-standard, key-accounts]}')
    checked = at_once("check")
    assert checked.code == 0
    assert "escalates" not in checked.err
