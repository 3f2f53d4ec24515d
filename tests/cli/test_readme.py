"""What the README shows is executed: its console block, command by command, in a new folder."""

import re
from pathlib import Path

import pytest
import yaml

from dispatcher.cli.commands import command
from dispatcher.policy.read import read_rules


ROOT = Path(__file__).parents[2]

README = (ROOT / "README.md").read_text("utf-8")

REFUSED_ROWS, SAFETY = 1, 3

#: Commands that do their work and have something to report: the sample has two wrong rows.
EXPECTED = {"relance run --date 2026-11-23": SAFETY, "relance run --date 2026-11-23 --confirm": 1}


def block(language: str) -> str:
    found = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert len(found) == 1
    return str(found[0])


def test_the_console_block_works_as_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    digest = ""
    for line in block("console").splitlines():
        assert line.startswith("$ ")
        words, _, target = line.removeprefix("$ ").partition(" > ")
        if words.startswith("cd "):
            monkeypatch.chdir(Path.cwd() / words.removeprefix("cd "))
            continue
        code = command(words.replace("DIGEST", digest).split()[1:])
        said = capsys.readouterr()
        assert code == EXPECTED.get(words.removesuffix(" DIGEST"), 0), said.err
        if target:
            Path(target).write_text(said.out, encoding="utf-8")
        digest = next(iter(re.findall(r"\b[0-9a-f]{12}\b", said.out + said.err)), digest)


def test_the_rules_shown_are_those_that_ship() -> None:
    shown = yaml.safe_load(block("yaml"))
    shipped = yaml.safe_load((ROOT / "rules" / "b2b-standard.yaml").read_text("utf-8"))
    assert shown["start"] == shipped["start"]
    assert shown["steps"] == shipped["steps"][: len(shown["steps"])]


def test_the_shipped_rules_have_no_fault() -> None:
    texts = {path.name: path.read_text("utf-8") for path in (ROOT / "rules").glob("*.yaml")}
    rulebook, problems = read_rules(texts)
    assert problems == ()
    assert rulebook is not None
