"""Every finding of `check` has a policy on the page that raises it, and reads as it should.

`RELANCE_GOLDEN=write` writes the texts anew; read them before you keep them.
"""

import os
import re
from pathlib import Path

import pytest

from dispatcher.problems.catalog.prove import PROBLEMS
from dispatcher.problems.render import as_text
from dispatcher.prove.findings.look import MOST_WORK
from tests.docs.docs_pages import DOCS
from tests.prove.findings_world import HEAD, found, rulebook, rules, world


PAGE = DOCS / "policies" / "findings.md"
GOLDEN = Path(__file__).parent / "golden"

_ENTRY = re.compile(r"^### (prove/[a-z-]+) .*?^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PARTS = dict(_ENTRY.findall(PAGE.read_text("utf-8")))


def most(code: str) -> int:
    """No policy of the page is too large: one of them is given no time."""
    return 50 if code == "prove/sampled" else MOST_WORK


def test_the_page_has_every_code_and_no_other() -> None:
    assert PARTS.keys() == PROBLEMS.keys()


@pytest.mark.parametrize("code", PARTS)
def test_a_part_of_the_page_raises_its_code(code: str) -> None:
    problems = found(PARTS[code], most=most(code))
    assert code in [problem.code for problem in problems]


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_every_finding_reads_as_it_should(lang: str) -> None:
    told = [_told(code, lang) for code in PARTS]
    golden = GOLDEN / f"findings-{lang}.txt"
    if os.environ.get("RELANCE_GOLDEN") == "write":
        golden.write_text("\n".join(told), encoding="utf-8")
    assert "\n".join(told) == golden.read_text("utf-8")


def _told(code: str, lang: str) -> str:
    problems = [each for each in found(PARTS[code], most=most(code)) if each.code == code]
    sources = {"example.yaml": HEAD + PARTS[code]}
    return "".join(as_text(each, lang=lang, sources=sources) + "\n" for each in problems)


@pytest.mark.parametrize("code", PROBLEMS)
def test_both_languages_use_the_same_fields_of_a_finding(code: str) -> None:
    kind = PROBLEMS[code]
    for words in (kind.message, kind.remedy):
        assert words is None or words.fields("en") == words.fields("fr")


def test_nothing_is_found_in_the_rules_that_ship() -> None:
    from dispatcher.prove.findings.look import findings  # noqa: PLC0415 - beside its only use

    assert findings(rulebook(rules()), world()) == ()
