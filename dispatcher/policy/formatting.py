"""`fmt`: one way to write a policy, touching only what is written otherwise.

The text is not printed anew from a tree: pieces of it are replaced or moved, so every comment,
every alignment by hand and every line that is right already stays as it is. A round trip through
ruamel.yaml was tried: it drops comments inside brackets and the columns of `facts.yaml`.
"""

import re
from collections.abc import Iterator
from typing import Final

from dispatcher.model.problem import Problem
from dispatcher.nodes.node import Map
from dispatcher.nodes.read import MAX_DEPTH, read_yaml
from dispatcher.nodes.spans import Kind, Piece, pieces
from dispatcher.policy.lines import spaced, with_schema
from dispatcher.policy.reorder import reordered
from dispatcher.policy.shapes import FACTS, PLAIN, POLICY, Shape
from dispatcher.policy.spelling import spelled, yes_or_no


#: A longer line with brackets is written by indentation.
WIDTH: Final = 180

_GAP: Final = re.compile(r"[ \t]+(?=#)")
_COMMENT: Final = re.compile(r"[ \t]+#.*")
_NEXT_LINE: Final = re.compile(r":[ ]*\n[ \n]*")
_BOM: Final = "\ufeff"

Edit = tuple[int, int, str]


def formatted(
    text: str, *, file: str, schemas: str = ".schema"
) -> tuple[str | None, tuple[Problem, ...]]:
    """The file's text as it should be written, or None with the problems of its notation.

    The meaning is the same, every comment is kept, and formatting again changes nothing. `schemas`
    is the folder that the first line names. Ends of lines and a byte order mark stay as they are.
    """
    top, problems = read_yaml(text, file=file)
    if top is None or problems:
        return None, problems
    shape, kind = _what(top, file)
    plain = text.removeprefix(_BOM).replace("\r\n", "\n").replace("\r", "\n")
    if shape is not PLAIN:
        plain = _edited(plain, _respelled(plain, pieces(plain), shape))
        plain = reordered(plain, shape)
        plain = _narrowed(plain, shape)
    plain = with_schema(spaced(plain, shape), f"{schemas}/{kind}.schema.json")
    if "\r\n" in text:
        plain = plain.replace("\n", "\r\n")
    return (_BOM if text.startswith(_BOM) else "") + plain, ()


def _what(top: Map, file: str) -> tuple[Shape, str]:
    """What kind of file it is: a test file keeps its order, it is read from top to bottom."""
    if file.endswith(".test.yaml"):
        return PLAIN, "policy-test"
    return (FACTS, "facts") if "facts" in top.entries else (POLICY, "policy")


# -- values and brackets ------------------------------------------------------------------------


def _respelled(text: str, piece: Piece, shape: Shape, *, value: bool = False) -> Iterator[Edit]:
    """What has to be written otherwise; `value` says that this is what a condition wants."""
    if piece.flow or piece.kind is Kind.SCALAR or (value and spelled(piece) is not None):
        if "#" in text[piece.start : piece.end] and piece.kind is not Kind.SCALAR:
            return  # a comment may stand in the brackets: nothing moves
        new = _source(text, piece, shape, value=value)
        if _squeezed(new) != _squeezed(text[piece.start : piece.end]):
            yield piece.start, piece.end, new
        return
    for item in piece.items:
        yield from _respelled(text, item, shape.item)
    for key, inner in piece.pairs:
        for start, end, new in _respelled(
            text, inner, shape.of(key.value), value=_is_value(shape, key)
        ):
            whole = start == inner.start and inner.kind is not Kind.SCALAR and not inner.flow
            pulled = whole and _NEXT_LINE.fullmatch(text, key.end, inner.start)
            yield (key.end, end, f": {new}") if pulled else (start, end, new)


def _is_value(shape: Shape, key: Piece) -> bool:
    return shape.condition and key.value != "is"


def _source(text: str, piece: Piece, shape: Shape, *, value: bool) -> str:
    """How the piece is written in brackets or as one value."""
    written = text[piece.start : piece.end]
    new = spelled(piece) if value else yes_or_no(piece) if shape.yes_no else None
    if new is not None:
        return new
    if piece.kind is Kind.SCALAR or not written.startswith(("{", "[")) or _has_gaps(text, piece):
        return written
    if piece.kind is Kind.LIST:
        inside = shape.item
        return f"[{', '.join(_source(text, i, inside, value=False) for i in piece.items)}]"
    pairs = sorted(piece.pairs, key=lambda pair: shape.rank(pair[0].value))
    return f"{{{', '.join(_pair(text, key, inner, shape) for key, inner in pairs)}}}"


def _pair(text: str, key: Piece, inner: Piece, shape: Shape) -> str:
    new = _source(text, inner, shape.of(key.value), value=_is_value(shape, key))
    return f"{text[key.start : key.end]}: {new}"


def _has_gaps(text: str, piece: Piece) -> bool:
    """Whether something in it was left out, or is a pair without its own braces."""
    bare = any(i.kind is Kind.MAP and not text.startswith("{", i.start) for i in piece.items)
    return bare or any(each.empty or _has_gaps(text, each) for each in piece.inside)


def _squeezed(text: str) -> str:
    """Without the spaces by which people align: they are theirs."""
    return " ".join(text.split())


def _edited(text: str, edits: Iterator[Edit]) -> str:
    """The text with its pieces replaced; a comment behind one keeps its column where it can."""
    parts, at = [], 0
    for start, end, new in sorted(edits):
        parts += [text[at:start], new]
        at = end
        gap = _GAP.match(text, end)
        if gap is not None and "\n" not in text[start:end]:
            width = len(gap[0]) + (end - start) - len(new)
            parts.append(" " * max(2, width))
            at = gap.end()
    return "".join([*parts, text[at:]])


# -- width --------------------------------------------------------------------------------------


def _narrowed(text: str, shape: Shape) -> str:
    """Brackets on lines that are too long, written by indentation."""
    for _ in range(MAX_DEPTH):
        edits = list(_opened(text, pieces(text), shape))
        if not edits:
            break
        for start, end, new in sorted(edits, reverse=True):
            text = text[:start] + new + text[end:]
    return text


def _opened(text: str, piece: Piece, shape: Shape) -> Iterator[Edit]:
    if piece.flow or shape.aligned:
        return
    for item in piece.items:
        if _too_long(text, item) and item.kind is Kind.MAP:
            yield _opened_item(text, item)
        else:
            yield from _opened(text, item, shape.item)
    for key, inner in piece.pairs:
        if _too_long(text, inner):
            yield _opened_value(text, key, inner)
        else:
            yield from _opened(text, inner, shape.of(key.value))


def _too_long(text: str, piece: Piece) -> bool:
    """Whether it is brackets on one line, that line is too long, and they can be opened."""
    if not piece.flow or not piece.inside or piece.line != piece.last_line:
        return False
    start = text.rfind("\n", 0, piece.start) + 1
    return piece.end - start > WIDTH and not _has_gaps(text, piece)


def _opened_value(text: str, key: Piece, inner: Piece) -> Edit:
    comment = _COMMENT.match(text, inner.end)
    indent = "\n" + " " * (key.column + 2)
    said = "" if comment is None else f"  {comment[0].lstrip()}"
    end = inner.end if comment is None else comment.end()
    return key.end, end, f":{said}" + "".join(indent + line for line in _lines(text, inner))


def _opened_item(text: str, item: Piece) -> Edit:
    """The first entry stays behind the dash, and so does the comment."""
    comment = _COMMENT.match(text, item.end)
    first, *others = _lines(text, item)
    said = "" if comment is None else f"  {comment[0].lstrip()}"
    end = item.end if comment is None else comment.end()
    indent = "\n" + " " * item.column
    return item.start, end, first + said + "".join(indent + line for line in others)


def _lines(text: str, piece: Piece) -> list[str]:
    if piece.kind is Kind.LIST:
        return [f"- {text[item.start : item.end]}" for item in piece.items]
    return [
        f"{text[key.start : key.end]}: {text[inner.start : inner.end]}"
        for key, inner in piece.pairs
    ]
