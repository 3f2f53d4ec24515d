"""What people read about every bad input, in both languages, beside the account of the rows."""

import os
from pathlib import Path

import pytest

from dispatcher.intake.take import Taken
from dispatcher.problems.catalog.csv import PROBLEMS
from dispatcher.problems.render import as_text
from tests.intake.intake_cases import BAD, take


GOLDEN = Path(__file__).parent / "golden"


def _told(taken: Taken) -> str:
    parts = ["# rows"]
    parts += [" ".join(map(str, (*row[:3],))).rstrip() for row in taken.account.rows()]
    for lang in ("en", "fr"):
        parts.append(f"\n# {lang}")
        parts += [as_text(problem, lang=lang) for problem in taken.problems]
    return "\n".join(parts) + "\n"


@pytest.mark.parametrize("name", BAD)
def test_a_bad_input_is_told_in_these_words(name: str) -> None:
    told = _told(take(BAD[name]))
    file = GOLDEN / f"{name}.txt"
    if "WRITE_GOLDEN" in os.environ:
        file.write_text(told, encoding="utf-8")
    assert told == file.read_text(encoding="utf-8")


def test_every_code_is_raised_by_a_bad_input_and_fills_both_languages() -> None:
    problems = [problem for file in BAD.values() for problem in take(file).problems]
    assert {problem.code for problem in problems} == set(PROBLEMS)
    for kind in PROBLEMS.values():
        assert kind.message.fields("en") == kind.message.fields("fr")


def test_no_golden_file_is_left_over() -> None:
    assert {file.stem for file in GOLDEN.iterdir()} == set(BAD)
