"""Every block of README and documentation is executed, page by page, in a fresh folder.

A French page has the blocks of its English one; what it shows of the program is what that says in
French. One page alone: `./run test tests/docs -k quickstart`.
"""

import re
import tomllib
from pathlib import Path

import pytest

from tests.docs.docs_pages import DOCS, ROOT, Block, blocks, commands, is_shown, merge
from tests.docs.docs_reader import Reader


#: Pages for developers, whose blocks a test of their own executes.
ELSEWHERE = {"writing-a-channel.md", "preview.md", "policies/reference.md", "problems.md"}

ENGLISH = sorted(
    path for path in (ROOT / "README.md", *DOCS.rglob("*.md")) if not path.name.endswith(".fr.md")
)
FRENCH = sorted(DOCS.rglob("*.fr.md"))

#: What a block may be told to do by the comment before it; `skip` says why it is not done.
DEEDS = {"file", "merge", "set", "show", "skip"}


def name(path: Path) -> str:
    return str(path.relative_to(DOCS if path.is_relative_to(DOCS) else ROOT))


def to_follow() -> list[Path]:
    return [path for path in ENGLISH if name(path) not in ELSEWHERE and blocks(path)]


def french_of(path: Path) -> Path:
    return path.with_suffix(".fr.md")


@pytest.mark.parametrize("path", to_follow(), ids=name)
def test_a_page_can_be_followed_to_the_letter(
    path: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ours = blocks(path)
    theirs = blocks(french_of(path)) if french_of(path).exists() else [None] * len(ours)
    reader = Reader(tmp_path, monkeypatch, capsys)
    for block, translated in zip(ours, theirs, strict=True):
        reader.follow(block, translated)
    assert reader.plans_unmoved == []


@pytest.mark.parametrize("path", FRENCH, ids=name)
def test_a_french_page_has_the_blocks_of_the_english_one(path: Path) -> None:
    english = path.with_name(path.name.replace(".fr.md", ".md"))
    assert [plain(block) for block in blocks(path)] == [plain(block) for block in blocks(english)]


def plain(block: Block) -> tuple[object, ...]:
    """A block without what it shows of the program's words."""
    if block.language == "console":
        return ("console", *((line.words, line.code) for line in commands(block)))
    return (block.language, block.text, block.deed, block.target)


@pytest.mark.parametrize("path", to_follow(), ids=name)
def test_every_block_says_what_it_is(path: Path) -> None:
    for block in blocks(path):
        assert block.language == "console" or block.deed in DEEDS, f"{name(path)}:{block.line}"
    fences = len(re.findall(r"^```", path.read_text("utf-8"), re.MULTILINE))
    assert fences == 2 * len(blocks(path))


def test_pages_for_operators_are_in_both_languages() -> None:
    nav = (ROOT / "mkdocs.yml").read_text("utf-8")
    pages = set(re.findall(r": ([\w/-]+\.md)$", nav, re.MULTILINE))
    assert pages == {name(path) for path in ENGLISH if path.is_relative_to(DOCS)}
    english_only = {*ELSEWHERE, "architecture.md", "glossary.md"}
    assert {name(french_of(DOCS / page)) for page in pages - english_only} == {
        name(path) for path in FRENCH
    }


@pytest.mark.parametrize("page", ["guarantees.md", "guarantees.fr.md"])
def test_the_tests_that_prove_a_guarantee_are_there(page: str) -> None:
    named = re.findall(r"`(tests/[^`]+)`", (DOCS / page).read_text("utf-8"))
    assert len(named) > 20
    assert [each for each in named if not (ROOT / each).exists()] == []


def test_the_documentation_needs_a_group_of_its_own() -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
    assert {"include-group": "docs"} in groups["dev"]


# -- the reader himself can fail ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shown", "said", "holds"),
    [
        (("a b",), "x\na   b\ny", True),
        (("a ... d",), "a b c d", True),
        (("a", "...", "z"), "a\nb\nc\nz", True),
        (("a", "z"), "a\nb\nz", False),
        (("c",), "a b", False),
    ],
    ids=["spaces", "words", "lines", "lines left out", "not said"],
)
def test_what_is_shown_must_have_been_said(shown: tuple[str, ...], said: str, holds: bool) -> None:
    assert is_shown(shown, said) is holds


def test_a_wrong_exit_code_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = Block(language="console", text="$ relance check\n", deed="", target="", line=1)
    with pytest.raises(AssertionError, match="exit 2"):
        Reader(tmp_path, monkeypatch, capsys).follow(wrong)


def test_a_fragment_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("a: yes\nsteps: [{id: x, k: 1}, {id: y, k: 2}]\nstart: {d: 4+}\n", "utf-8")
    merge(file, "start: {e: 5}\nsteps: [{id: y, k: 3}]\n")
    written = file.read_text("utf-8")
    for part in ("a: yes", "id: x", "k: 1", "k: 3", "e: 5"):
        assert part in written
    assert "k: 2" not in written
    assert "4+" not in written
