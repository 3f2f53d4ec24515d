"""`relance test` on the words of real templates, and its gaps for machines."""

import json
import os
from pathlib import Path

import pytest

from tests.cli.cli_shell import Shell


GOLDEN = Path(__file__).parent / "golden"

HEAD = """\
policy: b2b-standard
today: 2026-05-12
case: {legal_kind: business, profile: sme, amount_due: 1240, debtor_overdue: 1500, days_late: 5,
  last_step: none, days_since_step: unknown, limitation_days: 1800, payer_history: irregular,
  has_email: yes, has_mobile: yes, has_phone: yes, has_address: yes}
"""

KEPT = """\
tests:
  - name: the first reminder tells the amount and the day, and is kind
    expect: {says: ["1 240,00 €", "07/05/2026", sauf erreur], never_says: [mise en demeure]}
timelines:
  - name: it is thanked for
    from: 2026-06-03
    days:
      - {day: 0, event: due}
      - {day: 5, expect: {says: sauf erreur}}
      - {day: 6, event: part_paid, amount: 100, expect: {rule: answers/part_paid, says: bien reçu}}
"""

BROKEN = """\
tests:
  - {name: lacks, expect: {says: [sauf erreur, mise en demeure]}}
  - {name: has, expect: {never_says: ["1 240,00 €"]}}
  - {name: silent, case: {days_late: 1}, expect: {never_says: mise en demeure}}
"""


def written(shell: Shell, text: str) -> str:
    (shell.home.rules / "words.test.yaml").write_text(HEAD + text, encoding="utf-8")
    return "rules/words.test.yaml"


def test_words_are_looked_for_in_the_message_that_would_leave(shell: Shell) -> None:
    said = shell("test", written(shell, KEPT))
    assert (said.code, said.out, said.err) == (0, "2 passed, 0 failed, 0 to do\n", "")


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_the_words_lack_is_shown_with_the_message(shell: Shell, lang: str) -> None:
    said = shell("test", written(shell, BROKEN), "--lang", lang)
    golden = GOLDEN / f"test-words-{lang}.txt"
    if os.environ.get("RELANCE_GOLDEN") == "write":
        golden.write_text(said.out, encoding="utf-8")
    assert said.out == golden.read_text("utf-8")
    assert said.code == 1


def test_words_depend_on_the_day(shell: Shell) -> None:
    name = written(shell, KEPT)
    shell.edit(name, "today: 2026-05-12\n", "")
    said = shell("test", name)
    assert said.code == 2
    assert "test/no-today" in said.err


def test_gaps_are_for_machines_too(shell: Shell) -> None:
    rows = "tests: [{name: a, expect: {action: contact}}]\n"
    name = written(shell, rows)
    plain = json.loads(shell("test", name, "--format", "json").out)
    assert plain.keys() == {"counts", "tests"}
    said = shell("test", name, "--format", "json", "--coverage", "--boundaries")
    told = json.loads(said.out)
    (covered,) = told["coverage"]
    assert covered["policy"] == "b2b-standard"
    assert covered["rules"]["reached"] == 1 < covered["rules"]["of"]
    gap = next(each for each in covered["gaps"] if each["where"] == "stops/dispute")
    assert gap["test"].endswith("expect: {action: hold, rule: stops/dispute}")
    (bounded,) = told["boundaries"]
    start = next(each for each in bounded["thresholds"] if each["where"] == "start")
    assert [(side["value"], side["answers"]["action"]) for side in start["sides"]] == [
        ("3", "nothing yet"),
        ("4", "contact"),
    ]
