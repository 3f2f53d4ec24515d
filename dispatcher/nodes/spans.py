"""A YAML text as pieces that know where they begin and end: what a formatter moves about.

Only for texts that `read_yaml` takes without a problem; offsets count characters from 0.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import yaml


class Kind(StrEnum):
    """What a piece is."""

    SCALAR = "scalar"
    MAP = "map"
    LIST = "list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One value in a text: `text[start:end]`.

    `flow` tells brackets from indentation; `style` is the mark of a scalar that is not plain (a
    quotation mark, `|`, `>`); `value` its text as read. `pairs` are the entries of a map.
    """

    kind: Kind
    start: int
    end: int
    line: int
    last_line: int
    column: int
    flow: bool = False
    style: str = ""
    value: str = ""
    items: tuple["Piece", ...] = ()
    pairs: tuple[tuple["Piece", "Piece"], ...] = ()

    @property
    def empty(self) -> bool:
        """Nothing was written where a value stands."""
        return self.kind is Kind.SCALAR and self.start == self.end

    @property
    def inside(self) -> tuple["Piece", ...]:
        """The pieces directly in it, keys too."""
        return self.items or tuple(each for pair in self.pairs for each in pair)


def pieces(text: str) -> Piece:
    """The text's top piece."""
    events = iter(yaml.parse(text, Loader=yaml.CSafeLoader))
    for event in events:
        if isinstance(event, yaml.NodeEvent):
            return _piece(event, events)
    message = "no document"
    raise ValueError(message)


def _piece(event: yaml.Event, events: Iterator[yaml.Event]) -> Piece:
    match event:
        case yaml.SequenceStartEvent():
            return _list(event, events)
        case yaml.MappingStartEvent():
            return _map(event, events)
        case _:
            return _scalar(event)


def _scalar(event: yaml.Event) -> Piece:
    assert isinstance(event, yaml.ScalarEvent)  # noqa: S101 - aliases were refused before
    start, end = _mark(event.start_mark), _mark(event.end_mark)
    return Piece(
        kind=Kind.SCALAR,
        start=start.index,
        end=end.index,
        line=start.line,
        last_line=end.line - (end.column == 0 and end.line > start.line),
        column=start.column,
        style=event.style or "",
        value=event.value,
    )


def _list(event: yaml.SequenceStartEvent, events: Iterator[yaml.Event]) -> Piece:
    items: list[Piece] = []
    for inner in events:
        if isinstance(inner, yaml.SequenceEndEvent):
            return _around(Kind.LIST, event, inner, items=tuple(items))
        items.append(_piece(inner, events))
    raise AssertionError


def _map(event: yaml.MappingStartEvent, events: Iterator[yaml.Event]) -> Piece:
    pairs: list[tuple[Piece, Piece]] = []
    for inner in events:
        if isinstance(inner, yaml.MappingEndEvent):
            return _around(Kind.MAP, event, inner, pairs=tuple(pairs))
        key = _piece(inner, events)
        pairs.append((key, _piece(next(events), events)))
    raise AssertionError


def _around(
    kind: Kind,
    event: yaml.SequenceStartEvent | yaml.MappingStartEvent,
    ended: yaml.Event,
    *,
    items: tuple[Piece, ...] = (),
    pairs: tuple[tuple[Piece, Piece], ...] = (),
) -> Piece:
    """A collection; one by indentation ends where its last value does, not at the next token."""
    start, end = _mark(event.start_mark), _mark(ended.end_mark)
    flow = bool(event.flow_style)
    last = items[-1] if items else pairs[-1][1] if pairs else None
    return Piece(
        kind=kind,
        start=start.index,
        end=end.index if flow or last is None else last.end,
        line=start.line,
        last_line=end.line if flow or last is None else last.last_line,
        column=start.column,
        flow=flow,
        items=items,
        pairs=pairs,
    )


def _mark(mark: Any) -> Any:  # noqa: ANN401 - of either parser; both have the same numbers
    """A mark, which this parser always sets; its types allow it not to."""
    assert mark is not None  # noqa: S101 - as said
    return mark
