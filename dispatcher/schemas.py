"""The schema files of a home: written for editors, and asked by `check` for a second opinion."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dispatcher.config.schema import config_schema
from dispatcher.errors import BadInput
from dispatcher.home import Home, shipped, texts, unwritable
from dispatcher.model.problem import Problem
from dispatcher.nodes.opinion import Opinion
from dispatcher.nodes.read import read_yaml
from dispatcher.policy.read import TEST_SUFFIX
from dispatcher.policy.schema import facts_schema, known_of, policy_schema, promises_schema
from dispatcher.policy.testfile import read_promises
from dispatcher.writings import Writings, placed


if TYPE_CHECKING:
    from dispatcher.nodes.node import Map
    from dispatcher.nodes.schema import Schema


KINDS: Final = ("policy", "facts", "policy-test", "config")
FOLDER: Final = ".schema"


def schemas(writings: Writings, lang: str = "") -> "Mapping[str, Schema]":
    """Kind -> schema, with all that this home's files may name.

    Descriptions are in `fr` or `en`, in both where `lang` is empty.
    """
    known = known_of(writings.rulebook, writings.names)
    return {
        "policy": policy_schema(known, lang=lang),
        "facts": facts_schema(known, lang=lang),
        "policy-test": promises_schema(known, lang=lang),
        "config": config_schema(policies=known.policies, lang=lang),
    }


def as_text(schema: "Schema") -> str:
    """A schema as a file has it."""
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


def write_schemas(writings: Writings, lang: str = "") -> tuple[Path, ...]:
    """Write the schemas into `rules/.schema`, where the first line of each file looks for them.

    Raises:
        BadInput: the folder cannot be written.
    """
    folder = folder_of(writings.home)
    paths = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for kind, schema in schemas(writings, lang).items():
            path = folder / f"{kind}.schema.json"
            path.write_text(as_text(schema), encoding="utf-8")
            paths.append(path)
    except OSError as error:
        raise BadInput(unwritable(folder, error)) from error
    return tuple(paths)


def folder_of(home: Home) -> Path:
    """Where a home's schemas lie."""
    return home.rules / FOLDER


def further_problems(writings: Writings) -> tuple[Problem, ...]:
    """What is wrong with test files, and where a schema refuses what the reader has taken.

    Test files are read, and schemas asked, only where nothing else has an error: their problems
    would say the same once more.
    """
    if writings.rulebook is None or writings.errors:
        return ()
    promises = read_promises(writings.rules, writings.rulebook, names=writings.names)[1]
    wrong = {problem.place.file for problem in promises if problem.place is not None}
    known = schemas(writings)
    opinions = {kind: Opinion(schema) for kind, schema in known.items()}
    tops = {name: read_yaml(text, file=name)[0] for name, text in writings.rules.items()}
    doubts = [
        opinions[_kind(name, top)].disagreement(top)
        for name, top in tops.items()
        if top is not None and name not in wrong
    ]
    inside = [doubt for doubt in doubts if doubt is not None]
    return (
        *placed(writings.home.rules, (*promises, *inside)),
        *_of_config(writings, opinions),
        *placed(writings.home.templates, _of_letters(writings)),
    )


def _of_letters(writings: Writings) -> tuple[Problem, ...]:
    """What is wrong with the layouts of letters; those that we ship are known to be good."""
    settings, library = writings.settings, writings.library
    if settings is None or library is None:
        return ()
    from dispatcher.render.trial import wrong_layouts  # noqa: PLC0415 - only `check` needs it

    good, _ = texts(shipped() / "templates", ".typ")
    on_paper = any(each.adapter == "letter" for each in settings.channels.values())
    languages = {lang for lang, _, kind, _ in library.sheets if on_paper and kind == "body"}
    return wrong_layouts(
        writings.templates,
        known={name: text.decode() for name, text in good.items()},
        languages=languages,
    )


def _kind(name: str, top: "Map") -> str:
    if name.endswith(TEST_SUFFIX):
        return "policy-test"
    return "policy" if top.get("facts") is None else "facts"


def _of_config(writings: Writings, opinions: Mapping[str, Opinion]) -> tuple[Problem, ...]:
    name = writings.home.config.name
    top, _ = read_yaml(writings.sources[name], file=name)
    doubt = None if top is None else opinions["config"].disagreement(top)
    return () if doubt is None else (doubt,)
