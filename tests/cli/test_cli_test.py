"""`relance test` as people and machines read it; RELANCE_GOLDEN=write writes golden files."""

import json
import os
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.cli.cli_shell import Shell


GOLDEN = Path(__file__).parent / "golden"

POLICY = """\
language: 1
policy: b2b-standard
version: 2026.11.1
label: {fr: "Relance"}
owner: credit-management@example.test
currency: EUR
applies_to: any
limits: {days: business}
stops:
  - {id: dispute, when: {dispute: open}, then: {hold: dispute}}
start: {days_late: 4+}
steps:
  - id: reminder
    from: none
    choose:
      - {id: good-payer, when: {payer_history: good, days_late: under 8}, then: wait}
      - id: standard
        when: any
        then: {contact: email else letter, template: courteous-reminder, tone: courteous}
  - id: formal-notice
    from: reminder
    when: {days_since_step: 30+}
    choose:
      - id: registered
        when: any
        then: {contact: letter, template: last-notice, tone: formal}
"""

TESTS = """\
policy: b2b-standard
today: 2026-05-12
case: {legal_kind: business, profile: sme, amount_due: 1200, debtor_overdue: 1200, days_late: 5,
  last_step: none, days_since_step: unknown, limitation_days: 1800, payer_history: irregular,
  has_email: yes, has_mobile: yes, has_phone: yes, has_address: yes}
tests:
  - {name: a reminder, expect: {rule: reminder/standard, channel: email}}
  - {name: too early, case: {days_late: 3}, expect: {rule: reminder/standard}}
  - {name: disputed, case: {dispute: open}, expect: {rule: reminder/standard}}
  - {name: by letter, expect: {not: {channel: email}}}
  - {name: later, todo: yes, expect: {action: hold}}
  - {name: done meanwhile, todo: yes, expect: {action: contact}}
timelines:
  - name: a weekend
    from: 2026-06-03
    days:
      - {day: 0, event: due}
      - {day: 4, expect: {action: contact}}
invariants:
  - {name: never disputed, never: {action: contact, dispute: open}}
  - {name: never late, never: {action: contact, days_late: 30+}}
"""


@pytest.fixture
def tested(shell: Shell) -> Shell:
    """A home with one small policy and tests of which some fail."""
    for path in shell.home.rules.glob("*.yaml"):
        if path.name not in {"base.yaml", "facts.yaml"}:
            path.unlink()
    (shell.home.rules / "b2b-standard.yaml").write_text(POLICY, encoding="utf-8")
    (shell.home.rules / "b2b-standard.test.yaml").write_text(TESTS, encoding="utf-8")
    return shell


def golden(name: str, said: str) -> None:
    """What is said is what was agreed on."""
    path = GOLDEN / f"test-{name}.txt"
    if os.environ.get("RELANCE_GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(said, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == said


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_failed_is_said_with_place_and_reason(tested: Shell, lang: str) -> None:
    said = tested("test", "--lang", lang)
    assert said.code == 1
    golden(lang, said.out)


def test_what_no_test_reaches_is_said_with_the_tests_to_add(tested: Shell) -> None:
    said = tested("test", "--run", "a reminder", "--coverage", "--boundaries")
    assert said.code == 0
    golden("gaps", said.out)


def test_some_tests_of_some_files(tested: Shell) -> None:
    said = tested("test", "rules/b2b-standard.test.yaml", "--run", "a rem*")
    assert (said.code, said.out) == (0, "1 passed, 0 failed, 0 to do\n")
    assert tested("test", "rules", "--run", "a reminder").code == 0


def test_machines_read_the_same(tested: Shell) -> None:
    said = tested("test", "--format", "json", "--junit", "report.xml")
    assert said.code == 1
    told = json.loads(said.out)
    assert told["counts"] == {"passed": 2, "failed": 5, "todo": 1, "fixed": 1}
    by_name = {each["name"]: each for each in told["tests"]}
    assert by_name["too early"]["shortfalls"][0]["mismatches"][0]["expected"] == "reminder/standard"
    assert by_name["a weekend"]["shortfalls"][0]["day"] == 4
    assert by_name["never disputed"]["proof"] == {"proof": "proved"}
    assert by_name["never late"]["proof"]["case"]["days_late"] >= 30
    suites = ET.fromstring((tested.home.folder / "report.xml").read_text("utf-8"))
    (suite,) = suites
    assert {name: suite.get(name) for name in ("tests", "failures", "skipped")} == {
        "tests": "9",
        "failures": "6",
        "skipped": "1",
    }


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(["--run", "nobody"], "test/none", id="pattern"),
        pytest.param(["rules/none.test.yaml"], "test/no-file", id="file"),
        pytest.param(["rules/base.yaml"], "test/no-file", id="no-test-file"),
        pytest.param(["--format", "html"], "test/format", id="format"),
    ],
)
def test_what_cannot_be_run_is_bad_input(tested: Shell, arguments: list[str], code: str) -> None:
    said = tested("test", *arguments)
    assert said.code == 2
    assert code in said.err


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        pytest.param("days_late: 3}", "days_since_step: 3}", "test/contradiction", id="case"),
        pytest.param("today: 2026-05-12\n", "", "test/no-today", id="today"),
        pytest.param(
            "timelines:\n  - name: a",
            "timelines:\n  - case: {broken_promises: 2}\n    name: a",
            "test/untrue-fact",
            id="day-0",
        ),
        pytest.param(
            "rule: reminder/standard}}",
            "rule: reminder/standrad}}",
            "policy/unknown-rule",
            id="reader",
        ),
    ],
)
def test_a_test_that_says_what_cannot_be_stops_the_run(
    tested: Shell, before: str, after: str, code: str
) -> None:
    tested.edit("rules/b2b-standard.test.yaml", before, after)
    if code == "test/no-today":
        tested.edit("rules/b2b-standard.test.yaml", "{action: hold}", "{until: 2026-06-01}")
    for lang in ("fr", "en"):
        said = tested("test", "--lang", lang)
        assert (said.code, said.out) == (2, "")
        assert code in said.err
        assert "rules/b2b-standard.test.yaml:" in said.err


def test_a_home_without_tests_says_so(tested: Shell) -> None:
    (tested.home.rules / "b2b-standard.test.yaml").unlink()
    assert tested("test").code == 0
