"""`relance schema`, and `check` with test files and a second opinion."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from dispatcher import schemas
from dispatcher.home import Home
from dispatcher.schemas import KINDS, further_problems
from dispatcher.writings import read_writings
from tests.cli.cli_shell import Shell


@pytest.fixture
def written(shell: Shell) -> Shell:
    """A home with its schemas, as `relance init` leaves it."""
    assert shell("schema", "--write").code == 0
    return shell


PROMISE = """\
policy: consumers
case: {legal_kind: consumer, days_late: 6, last_step: none}
tests:
  - name: a small reminder
    expect: {rule: reminder/standard, channel: email}
"""


def test_init_writes_the_schemas_that_the_first_lines_name(shell: Shell, tmp_path: Path) -> None:
    assert shell("init", str(tmp_path / "new")).code == 0
    home = Home(folder=tmp_path / "new")
    files = [home.config, *sorted(home.rules.glob("*.yaml"))]
    assert len(files) > 4
    for file in files:
        line = file.read_text("utf-8").splitlines()[0]
        assert line.startswith("# yaml-language-server: $schema=")
        schema = json.loads((file.parent / line.partition("=")[2]).read_text("utf-8"))
        Draft7Validator.check_schema(schema)


def test_schema_write_follows_the_home(written: Shell) -> None:
    shell = written
    facts = shell.home.rules / "facts.yaml"
    text = facts.read_text("utf-8")
    facts.write_text(text.replace("facts:\n", "facts:\n  my_fact: {of: debtor, type: bool}\n", 1))
    assert "my_fact" not in (shell.home.rules / ".schema/policy.schema.json").read_text("utf-8")
    done = shell("schema", "--write", "--lang", "fr")
    assert done.code == 0
    assert done.out.split() == [f"rules/.schema/{kind}.schema.json" for kind in KINDS]
    text = (shell.home.rules / ".schema/policy.schema.json").read_text("utf-8")
    definitions = json.loads(text)["definitions"]
    assert "my_fact" in definitions["debtor_facts"]["properties"]
    assert {"payment-plan-3", "waive-late-fees"} <= set(definitions["offer"]["enum"])
    assert "credit_manager" in definitions["role"]["enum"]
    assert "firm-reminder" in definitions["template"]["enum"]
    assert "Who answers for it" not in text


@pytest.mark.parametrize("kind", KINDS)
def test_schema_prints_one(written: Shell, kind: str) -> None:
    printed = written("schema", kind)
    assert printed.code == 0
    path = written.home.rules / f".schema/{kind}.schema.json"
    assert json.loads(printed.out) == json.loads(path.read_text("utf-8"))


def test_a_schema_that_is_not_there_is_a_sentence(shell: Shell) -> None:
    asked = shell("schema", "polici")
    assert asked.code == 2
    assert "did you mean policy?" in asked.err


def test_check_reads_test_files(shell: Shell) -> None:
    file = shell.home.rules / "consumers.test.yaml"
    file.write_text(PROMISE)
    assert shell("check").code == 0
    file.write_text(PROMISE.replace("reminder/standard", "remind/standard"))
    checked = shell("check")
    assert checked.code == 1
    assert "rules/consumers.test.yaml:5:20: error[policy/unknown-rule]" in checked.err
    assert "did you mean reminder/standard?" in checked.err


def test_a_wrong_test_file_does_not_stop_the_day(shell: Shell) -> None:
    (shell.home.rules / "consumers.test.yaml").write_text("policy: [nobody\n")
    assert shell("check").code == 1
    assert shell("plan").code == 0


def test_an_offer_that_is_not_configured_is_refused(shell: Shell) -> None:
    file = shell.home.rules / "consumers.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("tone: courteous", "tone: courteous, offer: plan-9"))
    checked = shell("check")
    assert checked.code == 1
    assert "error[policy/unknown-offer]" in checked.err


def test_where_reader_and_schema_disagree_check_says_so(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    writings = read_writings(shell.home)
    assert further_problems(writings) == ()
    right = schemas.schemas(writings)
    wrong = {kind: {**schema, "maxProperties": 1} for kind, schema in right.items()}
    monkeypatch.setattr(schemas, "schemas", lambda *_: wrong)
    found = further_problems(writings)
    assert {problem.code for problem in found} == {"policy/schema-disagrees"}
    files = {problem.place.file for problem in found if problem.place is not None}
    assert {"config.yaml", "rules/base.yaml", "rules/facts.yaml"} <= files
