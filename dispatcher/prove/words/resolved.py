"""A policy with all that it inherits, as one file: every value with the place it comes from."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from dispatcher.model.problem import Place
from dispatcher.nodes.node import Entry, Map, Node, Scalar, Sequence
from dispatcher.nodes.read import read_yaml
from dispatcher.policy.extends import resolve
from dispatcher.policy.read import TEST_SUFFIX
from dispatcher.policy.scope import Findings
from dispatcher.policy.shapes import POLICY


COMMENTS_AT: Final = 76
INDENT: Final = 2
#: Text that YAML takes as it stands, inside brackets too.
_PLAIN: Final = re.compile(
    r"[A-Za-z0-9_./+]([A-Za-z0-9_./%+ -]*[A-Za-z0-9_./%+-])?|-[0-9][A-Za-z0-9.+ -]*"
)


def resolved(texts: Mapping[str, str], name: str, *, folder: str = "") -> str | None:
    """The flat policy of that name as YAML; None when no file has it.

    `texts` are the files of a home's rules, without errors; origins are named below `folder`.
    Reading the text in the place of the policy's own file gives a policy of the same content.
    """
    found = resolve(_policies(texts), Findings()).get(name)
    if found is None:
        return None
    return "\n".join(_map(_without_parent(found), 0, folder)) + "\n"


def _policies(texts: Mapping[str, str]) -> dict[str, Map]:
    found: dict[str, Map] = {}
    for file in sorted(texts):
        top = None if file.endswith(TEST_SUFFIX) else read_yaml(texts[file], file=file)[0]
        named = None if top is None else top.get("policy")
        if top is not None and isinstance(named, Scalar):
            found.setdefault(named.text, top)
    return found


def _without_parent(top: Map) -> Map:
    """Its parent is in it now; the keys stand in the order in which `fmt` writes them."""
    keys = sorted((key for key in top.entries if key != "extends"), key=POLICY.rank)
    return Map(entries={key: top.entries[key] for key in keys}, place=top.place)


def _map(node: Map, depth: int, folder: str) -> Iterator[str]:
    for entry in node:
        yield from _entry(entry, depth, folder)


def _entry(entry: Entry, depth: int, folder: str) -> Iterator[str]:
    head = f"{' ' * depth}{_key(entry)}:"
    line = _line_of(entry.value)
    if line is not None:
        yield _with_origin(f"{head} {_flow(entry.value)}", line, folder)
        return
    yield head
    if isinstance(entry.value, Sequence):
        for item in entry.value:
            yield from _item(item, depth + INDENT, folder)
    elif isinstance(entry.value, Map):
        yield from _map(entry.value, depth + INDENT, folder)


def _item(item: Node, depth: int, folder: str) -> Iterator[str]:
    dash = f"{' ' * depth}- "
    line = _line_of(item)
    if line is not None:
        yield _with_origin(f"{dash}{_flow(item)}", line, folder)
    elif isinstance(item, Map):
        first, *others = _map(item, depth + INDENT, folder)
        yield dash + first[depth + INDENT :]
        yield from others
    else:
        yield dash + _flow(item)


def _line_of(node: Node) -> Place | None:
    """The one place that all of it comes from; None for several, and for lists of maps."""
    if isinstance(node, Sequence) and any(isinstance(item, Map) for item in node):
        return None
    places = list(_places(node))
    lines = {(place.file, place.line) for place in places}
    if not places:
        return node.place
    return places[0] if len(lines) == 1 else None


def _places(node: Node) -> Iterator[Place]:
    match node:
        case Scalar():
            yield node.place
        case Sequence():
            for item in node:
                yield from _places(item)
        case Map():
            for entry in node:
                yield entry.key_place
                yield from _places(entry.value)


def _flow(node: Node) -> str:
    match node:
        case Scalar():
            return _scalar(node)
        case Sequence():
            return f"[{', '.join(_flow(item) for item in node)}]"
        case Map():
            pairs = (f"{_key(entry)}: {_flow(entry.value)}" for entry in node)
            return f"{{{', '.join(pairs)}}}"


def _key(entry: Entry) -> str:
    return _scalar(Scalar(text=entry.key, place=entry.key_place))


def _scalar(node: Scalar) -> str:
    if not node.quoted and _PLAIN.fullmatch(node.text):
        return node.text
    return json.dumps(node.text, ensure_ascii=False)


def _with_origin(line: str, place: Place, folder: str) -> str:
    file = "".join(mark if mark.isprintable() else "?" for mark in place.file)
    where = f"{folder}/{file}" if folder else file
    return f"{line:<{COMMENTS_AT}}  # {where}:{place.line}"
