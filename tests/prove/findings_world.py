"""Policies in part, as the page on findings shows them, and what is found in them."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from dispatcher.compose.library import Library, load
from dispatcher.config.read import read_config
from dispatcher.model.problem import Place, Problem
from dispatcher.model.settings import Settings
from dispatcher.policy.names import Names, TemplateWords
from dispatcher.policy.read import read_rules
from dispatcher.policy.terms import Rulebook
from dispatcher.problems.render import as_text
from dispatcher.prove.findings.look import MOST_WORK, findings
from dispatcher.prove.findings.scene import World
from dispatcher.prove.findings.unused import Written, unused


ROOT = Path(__file__).parents[2]

HEAD = """\
language: 1
policy: example
version: 2026.11.1
currency: EUR
applies_to: {legal_kind: business}
"""
#: Parts of the configuration, not of a policy.
CONFIG = frozenset({"tasks", "offers", "people"})


def rules() -> dict[str, str]:
    """The rules that ship, by file, without their tests."""
    found = {path.name: path.read_text("utf-8") for path in (ROOT / "rules").glob("*.yaml")}
    return {name: text for name, text in found.items() if not name.endswith(".test.yaml")}


@cache
def home() -> tuple[Settings, Library]:
    """The configuration and the templates that ship."""
    text = (ROOT / "config.example.yaml").read_text("utf-8")
    settings, _ = read_config(text, file="config.yaml", home=Path("home"))
    folder = ROOT / "templates"
    files = [path for path in folder.rglob("*") if path.suffix in {".j2", ".typ"}]
    library, _ = load({str(p.relative_to(folder)): p.read_text("utf-8") for p in files})
    assert settings is not None
    assert library is not None
    return settings, library


@cache
def world() -> World:
    """What a fresh home knows."""
    settings, library = home()
    names = Names(
        templates={
            name: TemplateWords(
                channels=library.channels(name), legal_effect=library.legal_effect(name)
            )
            for name in library.templates
        },
        channels=frozenset(settings.channels),
        tasks=frozenset(settings.tasks),
        offers=frozenset(settings.offers),
        roles=frozenset(settings.people),
    )
    return World(names=names, deadlines=settings.deadlines)


def rulebook(texts: Mapping[str, str]) -> Rulebook:
    """The rules of these files; fails with the problems in words."""
    found, problems = read_rules(texts, names=world().names)
    assert found is not None, "\n".join(as_text(each, sources=texts) for each in problems)
    return found


def texts_of(part: str) -> dict[str, str]:
    """The vocabulary that ships and a policy of this part."""
    return {"facts.yaml": rules()["facts.yaml"], "example.yaml": HEAD + part}


def read(part: str) -> Rulebook:
    """The rules of a part of a policy."""
    return rulebook(texts_of(part))


@cache
def found(part: str, *, most: int = MOST_WORK) -> tuple[Problem, ...]:
    """What is found in a part of a policy, or of a configuration beside the rules that ship."""
    parsed = yaml.load(part, yaml.BaseLoader)
    kinds = CONFIG & parsed.keys()
    if kinds:
        lines = part.splitlines()
        at = {kind: {n: _line(n, lines) for n in parsed[kind]} for kind in kinds}
        return tuple(unused(rulebook(rules()), Written(places=at)))
    read_ = read(part)
    lines = (HEAD + part).splitlines()
    conditions = {n: _line(n, lines) for n in parsed.get("conditions", {})}
    templates = {name: Place(file=f"fr/{name}") for name in sorted(world().names.templates or {})}
    written = Written(places={"conditions": conditions, "templates": templates})
    return (*findings(read_, world(), most=most), *unused(read_, written))


def _line(name: str, lines: list[str]) -> Place:
    number = next(n for n, line in enumerate(lines, 1) if line.strip().startswith(f"{name}:"))
    return Place(file="config.yaml", line=number, column=3, length=len(name))
