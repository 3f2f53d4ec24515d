"""Reading one map of settings: typed values out, problems collected on the way."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from dispatcher.model.problem import Place, Problem
from dispatcher.nodes.node import Map, Node, Scalar, Sequence
from dispatcher.problems.suggest import nearest


NOTHING = "none"  # how a setting is switched off, written out


@dataclass(slots=True, kw_only=True)
class Form:
    """One section being read; `problems` is shared by all sections of a file."""

    map: Map
    section: str
    problems: list[Problem] = field(default_factory=list)

    def only(self, allowed: Iterable[str]) -> None:
        """Report every key that is not among these."""
        names = list(allowed)
        for entry in self.map:
            if entry.key not in names:
                self.report(
                    "config/unknown-key",
                    entry.key_place,
                    suggestion=nearest(entry.key, names),
                    key=entry.key,
                    section=self.section,
                    allowed=", ".join(names),
                )

    def text(self, key: str, default: str | None = "") -> str:
        """The text under a key; without a default the key must be there."""
        node = self._node(key, required=default is None)
        if node is None:
            return default or ""
        if isinstance(node, Scalar):
            return node.text
        self._shape(key, node, "text")
        return default or ""

    def one_of(self, key: str, allowed: Iterable[str], default: str) -> str:
        """One of these words."""
        names = list(allowed)
        value = self.text(key, default)
        if value in names:
            return value
        self._value(key, value, ", ".join(names), suggestion=nearest(value, names))
        return default

    def number(self, key: str, default: int | None, *, least: int = 0) -> int | None:
        """A whole number, or None for `none`."""
        node = self._node(key)
        if node is None:
            return default
        if isinstance(node, Scalar) and node.text == NOTHING:
            return None
        if isinstance(node, Scalar) and _is_number(node.text) and int(node.text) >= least:
            return int(node.text)
        if isinstance(node, Scalar):
            self._value(key, node.text, f"{least}, {least + 1}, ..., none")
        else:
            self._shape(key, node, "number")
        return default

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; a single text is a list of one."""
        node = self._node(key)
        match node:
            case None:
                return ()
            case Scalar():
                return (node.text,)
            case Sequence() if all(isinstance(item, Scalar) for item in node):
                return tuple(item.text for item in node if isinstance(item, Scalar))
            case _:
                self._shape(key, node, "list")
                return ()

    def part(self, key: str, *, required: bool = False) -> "Form | None":
        """The section under a key."""
        node = self._node(key, required=required)
        if node is None:
            return None
        if isinstance(node, Map):
            return Form(map=node, section=key, problems=self.problems)
        self._shape(key, node, "map")
        return None

    def parts(self, key: str) -> Iterable[tuple[str, "Form"]]:
        """The named sections under a key, in order of writing."""
        whole = self.part(key)
        for entry in whole.map if whole is not None else ():
            section = f"{key}.{entry.key}"
            if isinstance(entry.value, Map):
                yield entry.key, Form(map=entry.value, section=section, problems=self.problems)
            else:
                self._shape(section, entry.value, "map")

    def checked(self, key: str, value: str, *, code: str, is_right: Callable[[str], bool]) -> str:
        """The value if a check passes or it is empty; else a problem at its place."""
        if value and not is_right(value):
            self.report(code, self.place(key), key=key, value=value)
        return value

    def place(self, key: str) -> Place:
        """Where a key's value stands, or the section if it is not written."""
        node = self.map.get(key)
        return self.map.place if node is None else node.place

    def report(self, code: str, place: Place, *, suggestion: str = "", **fields: str) -> None:
        """Collect one problem."""
        self.problems.append(Problem(code=code, place=place, fields=fields, suggestion=suggestion))

    def _node(self, key: str, *, required: bool = False) -> Node | None:
        node = self.map.get(key)
        if node is None and required:
            self.report("config/missing", self.map.place, key=key, section=self.section)
        return node

    def _shape(self, key: str, node: Node, wanted: str) -> None:
        self.report(f"config/not-{wanted}", node.place, key=key)

    def _value(self, key: str, value: str, allowed: str, *, suggestion: str = "") -> None:
        self.report(
            "config/value",
            self.place(key),
            suggestion=suggestion,
            key=key,
            value=value,
            allowed=allowed,
        )


def scalars(form: Form, skip: Iterable[str]) -> Mapping[str, Scalar]:
    """Every single value of a section but these keys; anything else is reported."""
    found = {}
    for entry in form.map:
        if entry.key in set(skip):
            continue
        if isinstance(entry.value, Scalar):
            found[entry.key] = entry.value
        else:
            form.report("config/not-text", entry.value.place, key=f"{form.section}.{entry.key}")
    return found


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10  # noqa: PLR2004 - fits an int32
