"""Problems as workflow commands of GitHub: a note beside the line of a change."""

from collections.abc import Mapping
from typing import Final

from dispatcher.model.problem import Level, Problem
from dispatcher.problems.registry import level
from dispatcher.problems.sarif import sentence


_COMMANDS: Final[Mapping[Level, str]] = {
    Level.ERROR: "error",
    Level.WARNING: "warning",
    Level.HINT: "notice",
}
#: `%` first: the others are written with it.
_IN_TEXT: Final = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"))
_IN_PROPERTY: Final = (*_IN_TEXT, (":", "%3A"), (",", "%2C"))


def as_annotation(problem: Problem, *, lang: str = "en") -> str:
    """One line: `::error file=,line=,col=,endColumn=,title=::message`."""
    said = ",".join(f"{key}={_escaped(v, _IN_PROPERTY)}" for key, v in _properties(problem).items())
    return f"::{_COMMANDS[level(problem)]} {said}::{_escaped(sentence(problem, lang), _IN_TEXT)}"


def _properties(problem: Problem) -> dict[str, str]:
    place = problem.place
    found: dict[str, str] = {}
    if place is not None:
        found["file"] = place.file
        if place.line:
            found["line"] = str(place.line)
        if place.line and place.column:
            found |= {"col": str(place.column), "endColumn": str(place.column + place.length)}
    return found | {"title": problem.code}


def _escaped(text: str, table: tuple[tuple[str, str], ...]) -> str:
    for mark, written in table:
        text = text.replace(mark, written)
    return text
