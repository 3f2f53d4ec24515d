"""A template that cannot be parsed: what is wrong, in our words where the parser's are known."""

import re
from bisect import bisect
from collections.abc import Callable, Mapping
from typing import Final

from jinja2 import TemplateSyntaxError

from dispatcher.compose.environment import text_environment
from dispatcher.model.problem import Place, Problem
from dispatcher.problems.suggest import nearest


#: What a template may open, and how it is closed.
_CLOSED_BY: Final[Mapping[str, str]] = {
    "if": "{% endif %}",
    "for": "{% endfor %}",
    "print statement": "}}",
    "statement block": "%}",
}

_STATEMENTS: Final = ("if", "elif", "else", "endif", "for", "endfor")

_OPENING: Final = re.compile(r"\{[{%#]")


def torn(text: str, error: TemplateSyntaxError, begins: Place) -> Problem:
    """The problem of a source that begins at that place of its file."""
    message = (error.message or "").rstrip(".")
    for pattern, make in _KNOWN:
        found = pattern.search(message)
        if found is not None:
            problem = make(found[1])
            break
    else:
        problem = Problem(code="template/syntax", fields={"detail": message})
    at, start = _place(text, error, problem)
    column = start + (begins.column if at == 1 else 1)
    place = Place(file=begins.file, line=begins.line + at - 1, column=column)
    return Problem(
        code=problem.code, place=place, fields=problem.fields, suggestion=problem.suggestion
    )


def _open(what: str) -> Problem:
    """Something that is opened and never closed."""
    named = f"{{% {what} %}}" if what in ("if", "for") else _CLOSED_BY[what].translate(_MIRRORED)
    fields = {"what": named, "closing": _CLOSED_BY[what]}
    return Problem(code="template/not-closed", fields=fields)


_MIRRORED: Final = str.maketrans("}", "{")


def _unknown(name: str) -> Problem:
    """A statement that closes nothing, or that templates do not have."""
    if name in _STATEMENTS:
        return Problem(code="template/closes-nothing", fields={"what": f"{{% {name} %}}"})
    fields = {"what": f"{{% {name} %}}", "allowed": ", ".join(_STATEMENTS)}
    return Problem(
        code="template/unknown-statement", fields=fields, suggestion=nearest(name, _STATEMENTS)
    )


_KNOWN: Final[tuple[tuple[re.Pattern[str], Callable[[str], Problem]], ...]] = (
    (re.compile("innermost block that needs to be closed is '(if|for)'"), _open),
    (re.compile("unexpected end of template, .*'end of (print statement|statement block)'"), _open),
    (re.compile(r"[Uu]nknown tag '(\w+)'"), _unknown),
)  # fmt: skip


def _place(text: str, error: TemplateSyntaxError, problem: Problem) -> tuple[int, int]:
    """Line of the source and column in it, from 1 and 0: where to look."""
    if problem.code == "template/not-closed" and "%" in problem.fields["closing"]:
        found = _last_open(text, problem.fields["closing"])
        if found is not None:
            return found
    lines = text.split("\n")
    line = min(error.lineno, len(lines))
    before = sum(len(each) + 1 for each in lines[: line - 1])
    starts = [found.start() for found in _OPENING.finditer(lines[line - 1])]
    if not starts:  # what is torn here was opened on a line before
        return line, 0
    ends = [*starts[1:], len(lines[line - 1])]
    # The parser ends at the first mistake, so all that goes beyond it ends alike.
    stopped = bisect(ends, False, key=lambda end: not _reads_to(text[: before + end], error))
    return line, starts[min(stopped, len(starts) - 1)]


def _last_open(text: str, closing: str) -> tuple[int, int] | None:
    """Where the innermost statement stands that lacks this end; None where none is seen."""
    word = closing.strip("{%} ").removeprefix("end")
    opened: list[int] = []
    for found in re.finditer(rf"\{{%-?\s*(end)?{word}\b", text):
        if found[1] is None:
            opened.append(found.start())
        elif opened:
            opened.pop()
    if not opened:
        return None
    before = text[: opened[-1]]
    return before.count("\n") + 1, opened[-1] - (before.rfind("\n") + 1)


def _reads_to(text: str, error: TemplateSyntaxError) -> bool:
    """Whether a beginning can be read, or only lacks its end."""
    try:
        text_environment().parse(text)
    except TemplateSyntaxError as found:
        return found.message != error.message
    return True
