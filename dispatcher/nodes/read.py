"""Strict YAML: text to our own nodes, straight from the parser's events.

`yaml.parse` only: the C composer crashes the process on deep nesting and hides anchors, and
`load` gives types by spelling (18:00 is 1080). Here every scalar is the text that was written.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from dispatcher.model.problem import Place, Problem
from dispatcher.nodes.node import Entry, Map, Node, Scalar, Sequence
from dispatcher.nodes.syntax import syntax_problem


MAX_BYTES = 1024 * 1024
MAX_DEPTH = 20

_BOM = b"\xef\xbb\xbf"
#: What no editor shows and what the parser takes for an end of line where editors do not.
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_BIDI = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
_CP1252_LETTERS = re.compile(r"[A-Za-z][\xc0-\xff]|[\xc0-\xff][A-Za-z]")


def decode(content: bytes, *, file: str) -> tuple[str | None, tuple[Problem, ...]]:
    """The text of an operator's file: UTF-8, at most 1 MiB, with or without a byte order mark."""
    place = Place(file=file)
    if len(content) > MAX_BYTES:
        fields = {"size": str(len(content)), "limit": str(MAX_BYTES)}
        return None, (Problem(code="yaml/too-large", place=place, fields=fields),)
    try:
        return content.removeprefix(_BOM).decode("utf-8"), ()
    except UnicodeDecodeError as error:
        return None, (_not_utf8(content, error.start, file),)


def read_yaml(text: str, *, file: str) -> tuple[Map | None, tuple[Problem, ...]]:
    """The file's top map as nodes with places, and every problem of the notation.

    A syntax error, nesting over 20 or a character that nobody sees ends the file (None); all else
    is collected, and what is wrong is left out of the map: the second of two equal keys, an alias.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    hidden = _hidden(text, file)
    if hidden is not None:
        return None, (hidden,)
    reading = _Reading(file=file, lines=text.split("\n"))
    try:
        top = reading.document(yaml.parse(text, Loader=yaml.CSafeLoader))
    except yaml.MarkedYAMLError as error:
        reading.problems.append(syntax_problem(error, file=file, lines=reading.lines))
        return None, tuple(reading.problems)
    except _Ended:
        return None, tuple(reading.problems)
    if not isinstance(top, Map):
        reading.problems.append(_not_a_map(top, file))
        return None, tuple(reading.problems)
    return top, tuple(reading.problems)


class _Ended(Exception):
    """Reading on makes no sense; the reason stands among the problems."""


def _not_utf8(content: bytes, start: int, file: str) -> Problem:
    before = content[:start]
    line = before.count(b"\n") + 1
    column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
    place = Place(file=file, line=line, column=column)
    shown = f"0x{content[start]:02X}"
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in content[:200]:
        return Problem(code="yaml/utf-16", place=place, fields={"byte": shown})
    around = content[max(0, start - 1) : start + 2].decode("cp1252", "replace")
    if _CP1252_LETTERS.search(around) or content[start] in range(0x80, 0xA0):
        letter = bytes([content[start]]).decode("cp1252", "replace")
        fields = {"byte": shown, "letter": letter}
        return Problem(code="yaml/windows-1252", place=place, fields=fields)
    return Problem(code="yaml/not-utf-8", place=place, fields={"byte": shown})


def _unseen(text: str) -> re.Match[str] | None:
    return _INVISIBLE.search(text) or _BIDI.search(text) or re.search("[\ud800-\udfff]", text)


def _hidden(text: str, file: str) -> Problem | None:
    found = _unseen(text)
    if found is None:
        return None
    before = text[: found.start()]
    line = before.count("\n") + 1
    column = found.start() - (before.rfind("\n") + 1) + 1
    return Problem(
        code="yaml/control-character",
        place=Place(file=file, line=line, column=column),
        fields={"character": f"U+{ord(found.group()):04X}"},
    )


def _not_a_map(top: Node | None, file: str) -> Problem:
    if top is None:
        return Problem(code="yaml/empty", place=Place(file=file, line=1))
    return Problem(code="yaml/not-a-map", place=top.place)


@dataclass(slots=True, kw_only=True)
class _Reading:
    """One file being read: where the events come from and what was found wrong."""

    file: str
    lines: list[str]
    problems: list[Problem] = field(default_factory=list)

    def document(self, events: Iterator[yaml.Event]) -> Node | None:
        """The first document's node; a second document is a problem."""
        top: Node | None = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._say("yaml/documents", self._at(event))
                    break
            elif isinstance(event, yaml.NodeEvent):
                top = self._node(event, events, 1)
        return None if _is_nothing(top) else top

    def _node(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Node | None:
        place = self._at(event)
        if depth > MAX_DEPTH:
            self._say("yaml/too-deep", place, limit=str(MAX_DEPTH))
            raise _Ended
        self._refuse_powers(event, place)
        match event:
            case yaml.ScalarEvent():
                quoted = event.style in ("'", '"')
                self._refuse_unseen(event.value, place)
                return Scalar(text=event.value, place=place, quoted=quoted)
            case yaml.SequenceStartEvent():
                return Sequence(items=tuple(self._items(events, depth)), place=place)
            case yaml.MappingStartEvent():
                return Map(entries=self._entries(events, depth), place=place)
            case _:
                return None  # an alias: named above, left out of what it stands in

    def _refuse_powers(self, event: yaml.Event, place: Place) -> None:
        """Anchors, aliases and tags: what we mean by them is `conditions:` and `extends`."""
        anchor = getattr(event, "anchor", None)
        tag = getattr(event, "tag", None)
        if isinstance(event, yaml.AliasEvent):
            self._say("yaml/alias", place, name=f"*{anchor}")
        elif anchor is not None:
            self._say("yaml/anchor", place, name=f"&{anchor}")
        if tag is not None:
            self._say("yaml/tag", place, name=str(tag).replace("tag:yaml.org,2002:", "!!"))

    def _refuse_unseen(self, text: str, place: Place) -> None:
        """What nobody sees is refused also where it was written as an escape."""
        unseen = _unseen(text)
        if unseen is not None:
            self._say("yaml/control-character", place, character=f"U+{ord(unseen.group()):04X}")

    def _items(self, events: Iterator[yaml.Event], depth: int) -> Iterator[Node]:
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                return
            node = self._node(event, events, depth + 1)
            if node is not None:
                yield node

    def _entries(self, events: Iterator[yaml.Event], depth: int) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._node(event, events, depth + 1)
            value = self._node(next(events), events, depth + 1)
            entry = self._entry(key, value, self._at(event))
            if entry is not None and self._is_new(entry, entries):
                entries[entry.key] = entry
        return entries

    def _entry(self, key: Node | None, value: Node | None, place: Place) -> Entry | None:
        if not isinstance(key, Scalar):
            if key is not None:
                self._say("yaml/key", place)
            return None
        if key.text == "<<":
            self._say("yaml/merge-key", place)
            return None
        if value is None:
            return None
        return Entry(key=key.text, key_place=key.place, value=value)

    def _is_new(self, entry: Entry, entries: dict[str, Entry]) -> bool:
        first = entries.get(entry.key)
        if first is not None:
            code, fields = "yaml/duplicate-key", {"key": entry.key}
            problem = Problem(
                code=code, place=entry.key_place, fields=fields, second=first.key_place
            )
            self.problems.append(problem)
        return first is None

    def _at(self, event: yaml.Event) -> Place:
        """Where the event stands; the parser's columns count characters from 0."""
        start, end = event.start_mark, event.end_mark
        if start is None or end is None:  # never, by this parser; its types allow it
            return Place(file=self.file)
        length = end.column - start.column if end.line == start.line else 1
        return Place(
            file=self.file, line=start.line + 1, column=start.column + 1, length=max(1, length)
        )

    def _say(self, code: str, place: Place, **fields: str) -> None:
        self.problems.append(Problem(code=code, place=place, fields=fields))


def _is_nothing(node: Node | None) -> bool:
    return node is None or (isinstance(node, Scalar) and not node.text and not node.quoted)
