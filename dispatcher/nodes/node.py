"""A YAML document as our own nodes: text scalars, maps and lists, each with its place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dispatcher.model.problem import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """A scalar's text as written; `quoted` tells '"7"' from '7'."""

    text: str
    place: Place
    quoted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """A list in order."""

    items: tuple["Node", ...]
    place: Place

    def __iter__(self) -> Iterator["Node"]:
        return iter(self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One key of a map with the place of the key itself."""

    key: str
    key_place: Place
    value: "Node"


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """A map in order of writing; keys are texts, each once."""

    entries: Mapping[str, Entry]
    place: Place

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries.values())

    def get(self, key: str) -> "Node | None":
        """The value under that key, or None."""
        entry = self.entries.get(key)
        return None if entry is None else entry.value


Node = Scalar | Sequence | Map
