"""Problems as people and machines read them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from dispatcher.model.problem import Place, Problem
from dispatcher.problems.registry import kinds, level, phrase


#: Characters of a value or of a source line that are shown.
LONGEST = 400


def as_text(problem: Problem, *, lang: str = "en", sources: Mapping[str, str] | None = None) -> str:
    """`file:line:col: level[code]: message`, the source line with a caret, suggestion, remedy.

    `sources` maps file names to their text; without one there is no source line.
    """
    kind = kinds()[problem.code]
    fields = {name: _short(text) for name, text in problem.fields.items()}
    head = f"{level(problem)}[{problem.code}]: {kind.message.say(lang, fields)}"
    lines = [f"{_position(problem.place, lang)}{head}"]
    lines += _excerpt(problem.place, sources or {})
    if problem.suggestion:
        lines.append("  " + phrase("problem/suggestion", lang, name=problem.suggestion))
    if problem.second is not None:
        where = _position(problem.second, lang).rstrip(": ")
        lines.append("  " + phrase("problem/second", lang, where=where))
        lines += _excerpt(problem.second, sources or {})
    if kind.remedy is not None:
        lines.append("  = " + kind.remedy.say(lang, fields))
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
    lines = _lines(sources[place.file])
    if not 0 < place.line <= len(lines):
        return []
    number = str(place.line)
    text = lines[place.line - 1].replace("\t", " ")
    if not place.column:
        return [f"  {number} | {_short(text)}"]
    text, column = _around(text, place.column)
    caret = " " * (column - 1) + "^" * max(1, min(place.length, len(text) - column + 1))
    return [f"  {number} | {text}", f"  {' ' * len(number)} | {caret}"]


@lru_cache(maxsize=8)
def _lines(text: str) -> Sequence[str]:
    return text.splitlines()


def _short(text: str) -> str:
    """A value as a person wants to see it: of one without end, its beginning and its end."""
    if len(text) <= (LONGEST if ", " not in text else 4 * LONGEST):  # a list of what is allowed
        return text
    return f"{text[: LONGEST // 2]}…{text[-LONGEST // 4 :]}"


def _around(text: str, column: int) -> tuple[str, int]:
    """The part of a line that a person wants to see, and the column in it."""
    start = max(0, min(column - 1, len(text)) - LONGEST // 2) if len(text) > LONGEST else 0
    part = text[start : start + LONGEST]
    before, after = "…" if start else "", "…" if start + LONGEST < len(text) else ""
    return f"{before}{part}{after}", column - start + len(before)


def _plain(problem: Problem) -> dict[str, object]:
    return {
        "code": problem.code,
        "level": level(problem),
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
