"""What came of tests, for machines: JSON on standard output, JUnit in a file."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from dispatcher.cli.policies.tested import Words
from dispatcher.errors import BadInput
from dispatcher.home import unwritable
from dispatcher.model.problem import Problem
from dispatcher.prove.exact.properties import Proof, Proved, Refuted, Unproved
from dispatcher.prove.trials.alone import Answered
from dispatcher.prove.trials.result import BAD, Outcome, Ran, Result, Shortfall


FORMATS = ("text", "json")


def check_format(form: str) -> None:
    """Say at once that there is no such format.

    Raises:
        BadInput: there is none.
    """
    if form not in FORMATS:
        raise BadInput(Problem(code="test/format", fields={"value": form}))


def show_json(words: Words, ran: Ran, **gaps: object) -> None:
    """One object: every outcome in the words of test files, the counts, and what else was asked."""
    counts = {result.value: ran.count(result) for result in Result}
    told = {"counts": counts, "tests": [_plain(outcome) for outcome in ran.outcomes], **gaps}
    words.speaker.line(json.dumps(told, ensure_ascii=False, indent=2))


def write_junit(words: Words, ran: Ran, path: Path) -> None:
    """A JUnit report, a suite per test file.

    Raises:
        BadInput: the file cannot be written.
    """
    top = ET.Element("testsuites")
    for file in dict.fromkeys(outcome.file for outcome in ran.outcomes):
        mine = [outcome for outcome in ran.outcomes if outcome.file == file]
        top.append(_suite(words, file, mine))
    ET.indent(top)
    try:
        path.write_bytes(ET.tostring(top, encoding="utf-8", xml_declaration=True) + b"\n")
    except OSError as error:
        raise BadInput(unwritable(path, error)) from error


def _suite(words: Words, file: str, outcomes: list[Outcome]) -> ET.Element:
    bad = sum(outcome.result in BAD for outcome in outcomes)
    todo = sum(outcome.result is Result.TODO for outcome in outcomes)
    told = {"tests": len(outcomes), "failures": bad, "skipped": todo}
    suite = ET.Element("testsuite", {"name": file, **{name: str(told[name]) for name in told}})
    for outcome in outcomes:
        case = ET.SubElement(suite, "testcase", classname=outcome.policy, name=outcome.name)
        if outcome.place is not None:
            case.set("file", outcome.place.file)
            case.set("line", str(outcome.place.line))
        if outcome.result is Result.TODO:
            ET.SubElement(case, "skipped", message="todo")
        if outcome.result in BAD:
            lines = list(words.lines(outcome))
            ET.SubElement(case, "failure", message=lines[0] if lines else "").text = "\n".join(
                lines
            )
    return suite


def _plain(outcome: Outcome) -> Mapping[str, object]:
    place = outcome.place
    return {
        "file": outcome.file,
        "line": None if place is None else place.line,
        "policy": outcome.policy,
        "name": outcome.name,
        "sort": outcome.sort.value,
        "result": outcome.result.value,
        "shortfalls": [_short(short) for short in outcome.shortfalls],
        "proof": None if outcome.proof is None else _proof(outcome.proof),
    }


def _short(short: Shortfall) -> Mapping[str, object]:
    return {
        "day": short.day,
        "mismatches": [asdict(each) for each in short.mismatches],
        "got": worded(short.answered),
        "why": None if short.why is None else short.why.rule,
    }


def worded(answered: Answered) -> dict[str, object]:
    """An answer by the words of test files, those that it has."""
    return {name: value for name, value in asdict(answered).items() if value != ""}


def _proof(proof: Proof) -> Mapping[str, Any]:
    match proof:
        case Proved():
            return {"proof": "proved"}
        case Unproved(sampled=sampled):
            return {"proof": "unproved", "sampled": sampled}
        case Refuted():
            return {"proof": "refuted", **asdict(proof)}
