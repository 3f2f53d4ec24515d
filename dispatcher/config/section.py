"""One map of settings being read: where its keys stand, and the problems collected on the way."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from dispatcher.model.problem import Place, Problem
from dispatcher.nodes.node import Map, Node, Scalar
from dispatcher.problems.suggest import nearest


@dataclass(slots=True, kw_only=True)
class Section:
    """One section; `problems` is shared by all sections of a file, `roles` by all that name one."""

    map: Map
    name: str
    problems: list[Problem] = field(default_factory=list)
    roles: tuple[str, ...] = ()

    def below(self, node: Map, name: str) -> "Section":
        """A section inside this one."""
        return Section(map=node, name=name, problems=self.problems, roles=self.roles)

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
                    section=self.name,
                    allowed=", ".join(names),
                )

    def node(self, key: str, *, required: bool = False) -> Node | None:
        """What stands under a key; a required one that is missing is reported."""
        node = self.map.get(key)
        if node is None and required:
            self.report("config/missing", self.map.place, key=key, section=self.name)
        return node

    def text(self, key: str, *, required: bool = False) -> str | None:
        """The text under a key, or None."""
        node = self.node(key, required=required)
        if node is None or isinstance(node, Scalar):
            return None if node is None else node.text
        self.shape(key, node, "text")
        return None

    def place(self, key: str) -> Place:
        """Where a key's value stands, or the section if it is not written."""
        node = self.map.get(key)
        return self.map.place if node is None else node.place

    def report(self, code: str, place: Place, *, suggestion: str = "", **fields: str) -> None:
        """Collect one problem."""
        self.problems.append(Problem(code=code, place=place, fields=fields, suggestion=suggestion))

    def shape(self, key: str, node: Node, wanted: str) -> None:
        """Report a value that is no `text`, `number`, `list` or `map`."""
        self.report(f"config/not-{wanted}", node.place, key=key)

    def value(self, key: str, value: str, allowed: str, *, suggestion: str = "") -> None:
        """Report a value that is none of the allowed ones."""
        place = self.place(key)
        self.report(
            "config/value", place, suggestion=suggestion, key=key, value=value, allowed=allowed
        )
