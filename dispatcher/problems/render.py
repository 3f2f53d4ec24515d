"""Problems as people and machines read them."""

import json
from collections.abc import Iterable, Mapping

from dispatcher.model.problem import Place, Problem
from dispatcher.problems.registry import kinds, phrase


def as_text(problem: Problem, *, lang: str = "en", sources: Mapping[str, str] | None = None) -> str:
    """`file:line:col: level[code]: message`, the source line with a caret, suggestion, remedy.

    `sources` maps file names to their text; without one there is no source line.
    """
    kind = kinds()[problem.code]
    head = f"{kind.level}[{problem.code}]: {kind.message.say(lang, problem.fields)}"
    lines = [f"{_position(problem.place, lang)}{head}"]
    lines += _excerpt(problem.place, sources or {})
    if problem.suggestion:
        lines.append("  " + phrase("problem/suggestion", lang, name=problem.suggestion))
    if problem.second is not None:
        where = _position(problem.second, lang).rstrip(": ")
        lines.append("  " + phrase("problem/second", lang, where=where))
        lines += _excerpt(problem.second, sources or {})
    if kind.remedy is not None:
        lines.append("  = " + kind.remedy.say(lang, problem.fields))
    return "\n".join(lines)


def as_json(problems: Iterable[Problem]) -> str:
    """Codes, places and fields, no words: one JSON array."""
    return json.dumps([_plain(problem) for problem in problems], ensure_ascii=False, indent=2)


def _position(place: Place | None, lang: str) -> str:
    if place is None:
        return ""
    if place.column_name:
        row = phrase("problem/row", lang, row=str(place.line), column=place.column_name)
        return f"{place.file}: {row}: "
    numbers = [str(n) for n in (place.line, place.column) if n]
    return ":".join([place.file, *numbers]) + ": "


def _excerpt(place: Place | None, sources: Mapping[str, str]) -> list[str]:
    if place is None or place.column_name or not place.length or place.file not in sources:
        return []
    lines = sources[place.file].splitlines()
    if not 0 < place.line <= len(lines):
        return []
    number = str(place.line)
    text = lines[place.line - 1].replace("\t", " ")
    if not place.column:
        return [f"  {number} | {text}"]
    caret = " " * (place.column - 1) + "^" * max(1, min(place.length, len(text) - place.column + 1))
    return [f"  {number} | {text}", f"  {' ' * len(number)} | {caret}"]


def _plain(problem: Problem) -> dict[str, object]:
    return {
        "code": problem.code,
        "level": kinds()[problem.code].level,
        "place": _place(problem.place),
        "second": _place(problem.second),
        "fields": dict(problem.fields),
        "suggestion": problem.suggestion,
    }


def _place(place: Place | None) -> dict[str, object] | None:
    if place is None:
        return None
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column_name or place.column,
    }
