"""A second opinion on a document: what its JSON Schema says where our reader found no error."""

from collections.abc import Iterable

from dispatcher.model.problem import Place, Problem
from dispatcher.nodes.node import Map, Node, Sequence
from dispatcher.nodes.schema import Schema, plain


class Opinion:
    """One schema, ready to judge documents. Nothing is ever fetched for it."""

    def __init__(self, schema: Schema) -> None:
        from jsonschema import Draft7Validator  # noqa: PLC0415 - 60 ms, only for `check`
        from referencing import Registry  # noqa: PLC0415 - as above

        self._validator = Draft7Validator(schema, registry=Registry())

    def disagreement(self, top: Map) -> Problem | None:
        """The first thing that the schema refuses in a document, as a defect of ours."""
        from jsonschema.exceptions import best_match  # noqa: PLC0415 - as above

        error = best_match(self._validator.iter_errors(plain(top)))
        if error is None:
            return None
        path = list(error.absolute_path)
        fields = {"path": ".".join(map(str, path)) or "-", "why": _short(error.message)}
        return Problem(code="policy/schema-disagrees", place=_place(top, path), fields=fields)


def _short(message: str, limit: int = 200) -> str:
    return message if len(message) <= limit else message[: limit - 1] + "…"


def _place(node: Node, path: Iterable[str | int]) -> Place:
    """Where a path leads, as far as it can be followed."""
    place = node.place
    for part in path:
        inside: Node | None = None
        if isinstance(node, Map):
            inside = node.get(str(part))
        elif isinstance(node, Sequence) and isinstance(part, int):
            inside = node.items[part]
        if inside is None:
            return place
        node, place = inside, inside.place
    return place
