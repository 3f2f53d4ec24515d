"""Problems as SARIF 2.1.0: what code hosts and editors read to show them beside the lines."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from dispatcher.model.problem import Level, Place, Problem
from dispatcher.problems.kind import Kind
from dispatcher.problems.registry import kinds, level, phrase


SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
BASE: Final = "%SRCROOT%"
#: A page with every code, from the root of the project.
PAGE: Final = "docs/problems.md"

_LEVELS: Final[Mapping[Level, str]] = {
    Level.ERROR: "error",
    Level.WARNING: "warning",
    Level.HINT: "note",
}
_UNRESERVED: Final = frozenset(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/"
)


def as_sarif(problems: Iterable[Problem], *, lang: str = "en", version: str = "") -> str:
    """One SARIF log with one run; the files of the problems are relative to the project's root.

    Columns count characters. Only the codes that occur are described, in both languages.
    """
    found = list(problems)
    codes = sorted({problem.code for problem in found})
    driver: dict[str, object] = {"name": "relance", "rules": [_rule(code) for code in codes]}
    if version:
        driver["version"] = version
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem, codes, lang) for problem in found],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2)


def sentence(problem: Problem, lang: str) -> str:
    """What is wrong, what was probably meant, what to do: a line each."""
    kind = kinds()[problem.code]
    lines = [kind.message.say(lang, problem.fields)]
    if problem.suggestion:
        lines.append(phrase("problem/suggestion", lang, name=problem.suggestion))
    if kind.remedy is not None:
        lines.append(kind.remedy.say(lang, problem.fields))
    return "\n".join(lines)


def _rule(code: str) -> Mapping[str, object]:
    kind = kinds()[code]
    page = f"{PAGE}#{code.replace('/', '-')}"
    return {
        "id": code,
        "shortDescription": {"text": _template(kind.message.template("en"))},
        "help": {
            "text": f"{_help(kind, 'en')}\n\n{_help(kind, 'fr')}",
            # SARIF wants an absolute address in `helpUri`; a project's page has none.
            "markdown": f"{_help(kind, 'en')}\n\n{_help(kind, 'fr')}\n\n[{code}]({page})",
        },
        "defaultConfiguration": {"level": _LEVELS[kind.level]},
    }


def _help(kind: Kind, lang: str) -> str:
    said = [kind.message, *([kind.remedy] if kind.remedy is not None else [])]
    return "\n".join(_template(words.template(lang)) for words in said)


def _template(text: str) -> str:
    """A sentence that still has its fields, with doubled braces as they will be read."""
    return text.replace("{{", "{").replace("}}", "}")


def _result(problem: Problem, codes: Sequence[str], lang: str) -> Mapping[str, object]:
    said: dict[str, object] = {
        "ruleId": problem.code,
        "ruleIndex": codes.index(problem.code),
        "level": _LEVELS[level(problem)],
        "message": {"text": sentence(problem, lang)},
    }
    if problem.place is not None:
        said["locations"] = [_location(problem.place)]
    if problem.second is not None:
        where = phrase("problem/second", lang, where=problem.second.file)
        said["relatedLocations"] = [{**_location(problem.second), "message": {"text": where}}]
    return said


def _location(place: Place) -> Mapping[str, object]:
    physical: dict[str, object] = {"artifactLocation": _artifact(place.file)}
    if place.line:
        physical["region"] = _region(place)
    return {"physicalLocation": physical}


def _artifact(file: str) -> Mapping[str, object]:
    """A path below the root is relative to it; another one is an address of its own."""
    if file.startswith("/"):
        return {"uri": f"file://{_quoted(file)}"}
    return {"uri": _quoted(file), "uriBaseId": BASE}


def _region(place: Place) -> Mapping[str, object]:
    region = {"startLine": place.line}
    if place.column:
        region |= {"startColumn": place.column, "endColumn": place.column + max(1, place.length)}
    return region


def _quoted(path: str) -> str:
    return "".join(chr(b) if b in _UNRESERVED else f"%{b:02X}" for b in path.encode("utf-8"))
