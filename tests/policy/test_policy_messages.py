"""Every code has a file that raises it, and reads as it should in both languages.

`RELANCE_GOLDEN=write` writes the texts anew; read them before you keep them.
"""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from dispatcher.model.problem import Problem
from dispatcher.nodes.read import MAX_BYTES, decode
from dispatcher.policy.names import Names, TemplateWords
from dispatcher.policy.read import read_rules
from dispatcher.policy.testfile import read_promises
from dispatcher.problems.catalog import policy as policy_catalog
from dispatcher.problems.catalog import yaml as yaml_catalog
from dispatcher.problems.render import as_text
from tests.policy.policy_world import FACTS


HERE = Path(__file__).parent
FILES = sorted((HERE / "bad").glob("*.yaml"))
CATALOG = {**policy_catalog.PROBLEMS, **yaml_catalog.PROBLEMS}
NAMES = Names(
    templates={
        "courteous": TemplateWords(channels=frozenset({"email", "sms", "letter", "call", "visit"})),
        "notice": TemplateWords(channels=frozenset({"letter"}), legal_effect=True),
    },
    channels=frozenset({"email", "sms", "letter", "registered_letter", "call"}),
    tasks=frozenset({"look"}),
    offers=frozenset({"plan-3"}),
    roles=frozenset({"manager"}),
)
#: Files of an installation whose configuration names a policy that is not there.
WITH_DEFAULT = {"policy-unknown-default"}
#: No file can raise it: it is our own defect (`test_policy_schema.py`).
OURS = {"policy/schema-disagrees"}


def _code(file: Path) -> str:
    area, _, what = file.stem.partition("-")
    return f"{area}/{what}"


def _problems(file: Path) -> tuple[tuple[Problem, ...], dict[str, str]]:
    """What is found in a file, or in the files that it holds, each under a line `#: name`."""
    content = file.read_bytes()
    if file.stem == "yaml-too-large":
        content *= MAX_BYTES // len(content) + 1
    text, problems = decode(content, file="1.yaml")
    if text is None:
        return problems, {}
    parts = re.split(r"(?m)^#: (.+)\n", text)
    texts = {"facts.yaml": FACTS} | dict(zip(parts[1::2], parts[2::2], strict=True))
    if len(parts) == 1:
        texts["1.yaml"] = text
    texts = {name: content for name, content in texts.items() if content}
    names = replace(NAMES, default_policy="standart") if file.stem in WITH_DEFAULT else NAMES
    rulebook, problems = read_rules(texts, names=names)
    if rulebook is not None:
        problems += read_promises(texts, rulebook, names=names)[1]
    return problems, texts


def _in_words(problems: tuple[Problem, ...], texts: dict[str, str]) -> str:
    return "\n\n".join(
        "\n".join(as_text(problem, lang=lang, sources=texts) for problem in problems)
        for lang in ("en", "fr")
    )


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_bad_file_says_what_is_wrong(file: Path) -> None:
    problems, texts = _problems(file)
    assert _code(file) in [problem.code for problem in problems]
    shown = _in_words(problems, texts) + "\n"
    golden = HERE / "golden" / f"{file.stem}.txt"
    if os.environ.get("RELANCE_GOLDEN") == "write":
        golden.write_text(shown, encoding="utf-8")
    assert shown == golden.read_text(encoding="utf-8")


def test_every_code_has_its_file_and_every_text_its_file() -> None:
    assert {_code(file) for file in FILES} == set(CATALOG) - OURS
    ours = {code.replace("/", "-") for code in OURS}
    golden = {file.stem for file in (HERE / "golden").iterdir()}
    assert golden == {file.stem for file in FILES} | ours


@pytest.mark.parametrize("code", CATALOG)
def test_both_languages_use_the_same_fields(code: str) -> None:
    kind = CATALOG[code]
    for words in (kind.message, kind.remedy):
        assert words is None or words.fields("en") == words.fields("fr")
