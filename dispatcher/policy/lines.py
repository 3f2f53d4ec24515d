"""Blank lines, ends of lines and the first line: what a formatter does between the values."""

from collections.abc import Iterator
from typing import Final

from dispatcher.nodes.spans import Kind, Piece, pieces
from dispatcher.policy.shapes import Shape


SERVER: Final = "yaml-language-server:"


def with_schema(text: str, path: str) -> str:
    """The text with the line on top by which editors find the schema; one that is there stays."""
    for line in text.split("\n"):
        if line.strip() and not line.lstrip().startswith("#"):
            break
        if SERVER in line:
            return text
    return f"# {SERVER} $schema={path}\n{text}"


def spaced(text: str, shape: Shape) -> str:
    """No spaces at ends of lines, single blank lines, one before each section and each step."""
    top = pieces(text)
    lines = text.split("\n")
    kept = frozenset(_inside_of_scalars(top))
    before = frozenset(_first_lines(top, shape, lines))
    found: list[str] = []
    for number, line in enumerate(lines):
        if number in kept:
            found.append(line)
            continue
        stripped = line.rstrip(" \t")
        if number in before and found and found[-1]:
            found.append("")
        if stripped or (found and found[-1]):
            found.append(stripped)
    last = len(lines) - 1
    while found and not found[-1] and last not in kept:
        found.pop()
    return "\n".join(found) + "\n"


def _inside_of_scalars(piece: Piece) -> Iterator[int]:
    """Lines that belong to a value: their spaces and blank lines may mean something."""
    if piece.kind is Kind.SCALAR:
        block = piece.style in ("|", ">")
        if piece.last_line > piece.line or block:
            yield from range(piece.line + block, piece.last_line + 1)
        return
    for inner in piece.inside:
        yield from _inside_of_scalars(inner)


def _first_lines(top: Piece, shape: Shape, lines: list[str]) -> Iterator[int]:
    """The lines that have a blank one before them."""
    for (_, before), (key, inner) in zip(top.pairs, top.pairs[1:], strict=False):
        if shape.order and (_is_section(before) or _is_section(inner)):
            yield _with_comments(key, before, lines)
    for key, inner in top.pairs:
        if shape.of(key.value).spaced and not inner.flow:
            for one, other in zip(inner.items, inner.items[1:], strict=False):
                yield _with_comments(other, one, lines)


def _is_section(piece: Piece) -> bool:
    return piece.kind is not Kind.SCALAR and not piece.flow


def _with_comments(piece: Piece, before: Piece, lines: list[str]) -> int:
    """Where the piece begins with the comments right above it, no further in than its line."""
    start = piece.line
    indent = len(lines[start]) - len(lines[start].lstrip())
    while start - 1 > before.last_line:
        above = lines[start - 1]
        text = above.lstrip()
        if not text.startswith("#") or len(above) - len(text) > indent:
            break
        start -= 1
    return start
