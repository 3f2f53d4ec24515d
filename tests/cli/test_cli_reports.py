"""`check --format`: for programs, for code hosts, beside the lines of a change."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from dispatcher.model.problem import Place, Problem
from dispatcher.problems.annotations import as_annotation
from dispatcher.problems.registry import kinds
from dispatcher.problems.sarif import as_sarif
from tests.cli.cli_shell import Shell


_TEXT = {
    "type": "object",
    "required": ["text"],
    "properties": {"text": {"type": "string", "minLength": 1}, "markdown": {"type": "string"}},
    "additionalProperties": False,
}
_LEVEL = {"enum": ["none", "note", "warning", "error"]}
_NUMBER = {"type": "integer", "minimum": 1}
_LOCATION = {
    "type": "object",
    "required": ["physicalLocation"],
    "additionalProperties": False,
    "properties": {
        "message": _TEXT,
        "physicalLocation": {
            "type": "object",
            "required": ["artifactLocation"],
            "additionalProperties": False,
            "properties": {
                "artifactLocation": {
                    "type": "object",
                    "required": ["uri"],
                    "additionalProperties": False,
                    "properties": {
                        "uri": {"type": "string", "pattern": "^[!-~]+$"},
                        "uriBaseId": {"const": "%SRCROOT%"},
                    },
                },
                "region": {
                    "type": "object",
                    "required": ["startLine"],
                    "additionalProperties": False,
                    "properties": dict.fromkeys(("startLine", "startColumn", "endColumn"), _NUMBER),
                },
            },
        },
    },
}
#: The parts of SARIF 2.1.0 that we write (OASIS, sections 3.13 to 3.52); nothing else may be there.
SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool", "results"],
                "additionalProperties": False,
                "properties": {
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "additionalProperties": False,
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "additionalProperties": False,
                                "properties": {
                                    "name": {"const": "relance"},
                                    "version": {"type": "string"},
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {
                                            "type": "object",
                                            "required": ["id", "shortDescription", "help"],
                                            "additionalProperties": False,
                                            "properties": {
                                                "id": {"type": "string"},
                                                "shortDescription": _TEXT,
                                                "help": _TEXT,
                                                "defaultConfiguration": {
                                                    "type": "object",
                                                    "properties": {"level": _LEVEL},
                                                    "additionalProperties": False,
                                                },
                                            },
                                        },
                                    },
                                },
                            }
                        },
                    },
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["message"],
                            "additionalProperties": False,
                            "properties": {
                                "ruleId": {"type": "string"},
                                "ruleIndex": {"type": "integer", "minimum": 0},
                                "level": _LEVEL,
                                "message": _TEXT,
                                "locations": {"type": "array", "items": _LOCATION},
                                "relatedLocations": {"type": "array", "items": _LOCATION},
                            },
                        },
                    },
                },
            },
        },
    },
}

KEY = Problem(
    code="policy/unknown-key",
    place=Place(file="rules/a b,é.yaml", line=4, column=7, length=5),
    fields={"name": "stpes", "allowed": "steps"},
    suggestion="steps",
    second=Place(file="rules/base.yaml", line=2),
)


def log_of(text: str) -> Any:  # noqa: ANN401 - JSON
    log = json.loads(text)
    Draft7Validator.check_schema(SARIF)
    errors = [f"{list(e.path)}: {e.message}" for e in Draft7Validator(SARIF).iter_errors(log)]
    assert errors == []
    run = log["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    return run


def test_a_problem_stands_at_its_place_in_the_sarif_log() -> None:
    run = log_of(as_sarif([KEY], lang="fr", version="1.0"))
    result = run["results"][0]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "rules/a%20b%2C%C3%A9.yaml"
    assert place["region"] == {"startLine": 4, "startColumn": 7, "endColumn": 12}
    assert "stpes" in result["message"]["text"]
    assert "vouliez-vous dire steps" in result["message"]["text"]
    related = result["relatedLocations"][0]["physicalLocation"]
    assert related["region"] == {"startLine": 2}
    rule = run["tool"]["driver"]["rules"][0]
    kind = kinds()[KEY.code]
    assert kind.message.en in rule["help"]["text"]
    assert kind.message.fr in rule["help"]["text"]
    assert "docs/problems.md#policy-unknown-key" in rule["help"]["markdown"]


def test_every_code_of_the_registry_makes_a_valid_rule() -> None:
    problems = [
        Problem(
            code=code,
            fields=dict.fromkeys(kind.message.fields("en"), "x")
            | (dict.fromkeys(kind.remedy.fields("en"), "x") if kind.remedy else {}),
        )
        for code, kind in kinds().items()
    ]
    run = log_of(as_sarif(problems))
    assert len(run["tool"]["driver"]["rules"]) == len(kinds())
    levels = {result["level"] for result in run["results"]}
    assert levels == {"error", "warning", "note"}


def test_no_problem_is_a_log_too() -> None:
    assert log_of(as_sarif([]))["results"] == []


def test_a_file_elsewhere_has_a_whole_address() -> None:
    problem = Problem(code="yaml/empty", place=Place(file="/else where/a.yaml", line=1))
    location = log_of(as_sarif([problem]))["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"] == {"uri": "file:///else%20where/a.yaml"}


def test_an_annotation_escapes_what_the_host_would_read() -> None:
    place = Place(file="a:b,c%.yaml", line=3, column=2, length=4)
    problem = Problem(code="yaml/syntax", place=place, fields={"detail": "100%\r\n::error::x"})
    said = as_annotation(problem)
    assert said.startswith(
        "::error file=a%3Ab%2Cc%25.yaml,line=3,col=2,endColumn=6,title=yaml/syntax::"
    )
    assert "100%25%0D%0A::error::x" in said
    assert "\n" not in said
    bare = as_annotation(Problem(code="yaml/syntax", fields={"detail": "x"}))
    assert bare.startswith("::error title=yaml/syntax::")


@pytest.fixture
def broken(shell: Shell) -> Shell:
    shell.edit("rules/consumers.yaml", "owner:", "ownre:")
    return shell


def test_check_annotates_lines_from_the_folder_where_it_runs(
    broken: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(broken.home.folder.parent)
    said = broken("check", "--home", "home", "--format", "github")
    assert said.code == 1
    assert "::error file=home/rules/consumers.yaml,line=" in said.out
    assert all(line.startswith("::") for line in said.out.splitlines())


def test_check_writes_sarif_and_json(broken: Shell) -> None:
    said = broken("check", "--format", "sarif")
    assert said.code == 1
    codes = {result["ruleId"] for result in log_of(said.out)["results"]}
    assert "policy/unknown-key" in codes
    plain = json.loads(broken("check", "--format", "json").out)
    found = next(each for each in plain if each["code"] == "policy/unknown-key")
    assert found["place"]["file"] == "rules/consumers.yaml"
    assert found["fields"]["name"] == "ownre"
    assert found["level"] == "error"


def test_check_without_a_fault_is_an_empty_log(shell: Shell) -> None:
    said = shell("check", "--format", "json")
    levels = {problem["level"] for problem in json.loads(said.out)}
    assert "error" not in levels


def test_a_format_that_is_not_there_is_a_sentence(shell: Shell) -> None:
    asked = shell("check", "--format", "sarf")
    assert asked.code == 2
    assert "error[run/format]" in asked.err
    assert "did you mean sarif?" in asked.err


# -- fmt ----------------------------------------------------------------------------------------


@pytest.fixture
def untidy(shell: Shell) -> Path:
    """A file of the home that `fmt` writes otherwise, and the others as it writes them."""
    assert shell("fmt").code == 0
    path = shell.home.rules / "consumers.yaml"
    text = path.read_text("utf-8")
    path.write_bytes(text.replace("5+", "{at_least: 5}", 1).replace("\n", "\r\n").encode())
    path.chmod(0o640)
    return path


def test_fmt_check_and_diff_write_nothing(shell: Shell, untidy: Path) -> None:
    before = untidy.read_bytes()
    checked = shell("fmt", "--check")
    assert (checked.code, checked.out) == (1, "not as fmt writes it: rules/consumers.yaml\n")
    shown = shell("fmt", "--diff", "rules/consumers.yaml")
    assert shown.code == 1
    assert "\n-start: {days_late: {at_least: 5}}" in shown.out
    assert "\n+start: {days_late: 5+}" in shown.out
    assert untidy.read_bytes() == before


def test_fmt_writes_with_mode_and_ends_of_lines(shell: Shell, untidy: Path) -> None:
    said = shell("fmt")
    assert (said.code, said.out) == (0, "written anew: rules/consumers.yaml\n")
    assert untidy.stat().st_mode & 0o777 == 0o640
    content = untidy.read_bytes()
    assert content.count(b"\r\n") == content.count(b"\n") > 50
    assert b"start: {days_late: 5+}" in content
    assert sorted(path.name for path in untidy.parent.iterdir() if path.name.startswith(".")) in (
        [],
        [".schema"],
    )
    assert shell("fmt", "--check").code == 0


def test_fmt_refuses_all_files_when_one_is_wrong(shell: Shell, untidy: Path) -> None:
    before = untidy.read_bytes()
    shell.edit("rules/base.yaml", "language: 1", "language: [1")
    refused = shell("fmt")
    assert refused.code == 2
    assert "rules/base.yaml:" in refused.err
    assert untidy.read_bytes() == before


def test_fmt_refuses_a_policy_that_is_wrong_beside_its_vocabulary(
    shell: Shell, untidy: Path
) -> None:
    before = untidy.read_bytes()
    untidy.write_bytes(before.replace(b"days_late", b"days_lte", 1))
    refused = shell("fmt", "rules/consumers.yaml")
    assert refused.code == 2
    assert "error[policy/unknown-fact]" in refused.err
    assert "did you mean days_late?" in refused.err


def test_fmt_says_which_file_it_cannot_read(shell: Shell) -> None:
    refused = shell("fmt", "rules/nobody.yaml", "config.txt")
    assert refused.code == 2
    assert refused.err.count("error[fmt/no-file]") == 2
