"""A parser's complaint as a sentence for somebody who writes rules, not YAML."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import yaml

from dispatcher.model.problem import Place, Problem


def syntax_problem(error: yaml.MarkedYAMLError, *, file: str, lines: Sequence[str]) -> Problem:
    """The problem behind the parser's error, with the place an operator would look at."""
    seen = _seen(error, file, lines)
    for applies, code, at_opening in _TABLE:
        if applies(seen):
            return Problem(
                code=code,
                place=seen.opening if at_opening and seen.opening else seen.place,
                fields={"found": seen.opener if at_opening else seen.character},
                second=seen.place if code == "yaml/bracket" else None,
            )
    return Problem(code="yaml/syntax", place=seen.place, fields={"detail": seen.says})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What the parser said, and the characters at the two places it named."""

    says: str
    context: str
    place: Place
    opening: Place | None
    character: str
    opener: str
    line: str


def _seen(error: yaml.MarkedYAMLError, file: str, lines: Sequence[str]) -> _Seen:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    opening = error.context_mark
    if opening is not None and opening.line >= len(lines) - 1 and "flow" in (error.context or ""):
        opening = _left_open(lines) or opening  # it ran off the end and names that instead
    return _Seen(
        says=str(error.problem or ""),
        context=str(error.context or ""),
        place=_place(file, line, column, lines),
        opening=None if opening is None else _place(file, opening.line, opening.column, lines),
        character=_character(lines, line, column),
        opener="" if opening is None else _character(lines, opening.line, opening.column),
        line=lines[line] if line < len(lines) else "",
    )


def _place(file: str, line: int, column: int, lines: Sequence[str]) -> Place:
    """That place, or the end of the last line when the parser ran off the end of the file."""
    if line >= len(lines) or (line == len(lines) - 1 and not lines[line] and line > 0):
        line = max(0, len(lines) - 2)
        column = len(lines[line])
    return Place(file=file, line=line + 1, column=column + 1)


def _left_open(lines: Sequence[str]) -> yaml.Mark | None:
    """The last bracket that nothing closes."""
    opened: list[yaml.Mark] = []
    try:
        for token in yaml.scan("\n".join(lines), Loader=yaml.CSafeLoader):
            if isinstance(token, (yaml.FlowSequenceStartToken, yaml.FlowMappingStartToken)):
                opened.append(token.start_mark)
            elif isinstance(token, (yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken)):
                opened.pop()
    except (yaml.YAMLError, IndexError):
        pass  # what is wrong there is being told already
    return opened[-1] if opened else None


def _character(lines: Sequence[str], line: int, column: int) -> str:
    text = lines[line] if line < len(lines) else ""
    return text[column] if column < len(text) else ""


def _tab_indents(seen: _Seen) -> bool:
    return "\t" in seen.line[: len(seen.line) - len(seen.line.lstrip())]


def _flow(seen: _Seen) -> bool:
    return "flow" in seen.context


_TABLE: tuple[tuple[Callable[[_Seen], bool], str, bool], ...] = (
    # (does it apply, code, point at the opening rather than at where the parser gave up)
    (_tab_indents, "yaml/tab", False),
    (lambda s: "block scalar" in s.context, "yaml/sign", True),
    (lambda s: "cannot start any token" in s.says and s.character in "><|", "yaml/sign", False),
    (lambda s: "cannot start any token" in s.says, "yaml/first-character", False),
    (lambda s: "quoted scalar" in s.context and "escape" in s.says, "yaml/escape", False),
    (lambda s: "quoted scalar" in s.context, "yaml/quote", True),
    (lambda s: _flow(s) and s.character in ("[", "{"), "yaml/list-after-word", False),
    (_flow, "yaml/bracket", True),
    (lambda s: s.character in ("]", "}") and "node content" in s.says, "yaml/closing", False),
    (lambda s: "mapping values" in s.says, "yaml/colon", False),
    (lambda s: "expected ':'" in s.says, "yaml/missing-colon", True),
    (lambda s: "block sequence entries" in s.says, "yaml/dash", False),
    (lambda s: "expected '-'" in s.says or "expected key" in s.says, "yaml/indentation", False),
)
