"""Keys written by indentation put into their order, each with its lines and its comments."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dispatcher.nodes.spans import Kind, Piece, pieces
from dispatcher.policy.shapes import Shape


_PREFIX: Final = re.compile(r" *(- +)*")
#: What stands outside the document: nothing may move past it.
_MARKS: Final = ("---", "...", "%")


def reordered(text: str, shape: Shape) -> str:
    """The text with the keys of every map by indentation in order; lists keep their order."""
    lines = text.split("\n")
    if any(line.startswith(_MARKS) for line in lines):
        return text
    _walk(pieces(text), shape, lines, len(lines))
    return "\n".join(lines)


def _walk(piece: Piece, shape: Shape, lines: list[str], limit: int) -> None:
    """The innermost first: a map's lines stay within those of the map around it."""
    if piece.flow or piece.kind is Kind.SCALAR:
        return
    if piece.kind is Kind.LIST:
        for item, end in zip(piece.items, _ends(piece.items, limit), strict=True):
            _walk(item, shape.item, lines, end)
        return
    keys = [key for key, _ in piece.pairs]
    for (key, inner), end in zip(piece.pairs, _ends(keys, limit), strict=True):
        _walk(inner, shape.of(key.value), lines, end)
    _arrange(piece, shape, lines, limit)


def _ends(inside: Sequence[Piece], limit: int) -> list[int]:
    return [*(each.line for each in inside[1:]), limit]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """The lines of one key: the comments above it, and itself with its value."""

    rank: int
    above: list[str]
    body: list[str]


def _arrange(piece: Piece, shape: Shape, lines: list[str], limit: int) -> None:
    ranks = [shape.rank(key.value) for key, _ in piece.pairs]
    if ranks == sorted(ranks):
        return
    prefix = lines[piece.line][: piece.column]
    if not _movable(piece, lines):
        return
    first, end = piece.line, _end(piece, piece.pairs[-1][1], lines, limit)
    entries = _entries(piece, ranks, lines, end)
    entries[0].body[0] = " " * piece.column + entries[0].body[0][piece.column :]
    arranged = sorted(entries, key=lambda entry: entry.rank)
    leader = arranged[0]
    leader.body[0] = prefix + leader.body[0][piece.column :]
    outside = " " * (len(prefix) - len(prefix.lstrip()))
    leader.above[:] = [outside + line.strip() if line.strip() else "" for line in leader.above]
    lines[first:end] = [line for entry in arranged for line in (*entry.above, *entry.body)]


def _movable(piece: Piece, lines: list[str]) -> bool:
    """Whether each key begins a line of its own, in the same column."""
    head = lines[piece.line][: piece.column]
    others = [key for key, _ in piece.pairs[1:]]
    return bool(_PREFIX.fullmatch(head)) and all(
        key.column == piece.column and not lines[key.line][: key.column].strip() for key in others
    )


def _entries(piece: Piece, ranks: list[int], lines: list[str], end: int) -> list[_Entry]:
    starts = [piece.line]
    for (_, inner), (key, _) in zip(piece.pairs, piece.pairs[1:], strict=False):
        starts.append(_begin(inner, key, lines))
    entries = []
    for index, (key, _) in enumerate(piece.pairs):
        stop = starts[index + 1] if index + 1 < len(starts) else end
        line = key.line
        entry = _Entry(rank=ranks[index], above=lines[starts[index] : line], body=lines[line:stop])
        entries.append(entry)
    return entries


def _begin(before: Piece, key: Piece, lines: list[str]) -> int:
    """Where the lines above a key begin: comments further in belong to what stands before."""
    for line in range(before.last_line + 1, key.line):
        text = lines[line].lstrip()
        if text and len(lines[line]) - len(text) <= key.column:
            return _blanks_above(line, before.last_line, lines)
    return _blanks_above(key.line, before.last_line, lines)


def _blanks_above(line: int, last: int, lines: list[str]) -> int:
    while line - 1 > last and not lines[line - 1].strip():
        line -= 1
    return line


def _end(piece: Piece, last: Piece, lines: list[str], limit: int) -> int:
    """Behind the map's last line, comments as far in as its keys included."""
    end = last.last_line + 1
    for line in range(end, limit):
        text = lines[line].lstrip()
        if text and len(lines[line]) - len(text) < piece.column:
            break
        if text.startswith("#") and piece.column:
            end = line + 1
    return end
