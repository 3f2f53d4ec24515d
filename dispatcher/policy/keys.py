"""Reading maps by their tables of keys, with every mistake reported."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from dispatcher.nodes.keys import Key, properties_of, schema_of
from dispatcher.nodes.node import Map, Node
from dispatcher.nodes.schema import SCALAR
from dispatcher.policy.forms import Form
from dispatcher.policy.scope import Scope
from dispatcher.problems.kind import Words


__all__ = ("Key", "Keys", "entries_schema", "map_form", "read_map", "schema_of")

Keys: TypeAlias = Sequence[Key[Form[Any]]]


def read_map(node: Node, keys: Keys, scope: Scope) -> Mapping[str, Any] | None:
    """The values by field, as far as they could be read; None when this is no map.

    Unknown and missing keys are reported.
    """
    if not isinstance(node, Map):
        scope.say("policy/needs-map", node)
        return None
    table = {key.name: key for key in keys}
    for entry in node:
        if entry.key not in table:
            scope.unknown("policy/unknown-key", entry.key_place, entry.key, table)
    for key in keys:
        if key.required and key.name not in node.entries:
            scope.say("policy/missing-key", node, key=key.name)
    return _values(node, table, scope)


def _values(node: Map, table: Mapping[str, Key[Form[Any]]], scope: Scope) -> Mapping[str, Any]:
    values: dict[str, Any] = {}
    for entry in node:
        key = table.get(entry.key)
        value = None if key is None else key.form.read(entry.value, scope)
        if key is not None and value is not None:
            values[key.field or key.name] = value
    return values


#: The keys by which a child's entry says what it does to its parent's list.
MERGING = {
    "override": Words(
        en="Change the parent's entry of this id; each key written replaces the whole key.",
        fr="Changer l'entrée d'origine de ce nom ; chaque clé écrite remplace la clé entière.",
    ),
    "remove": Words(
        en="Remove the parent's entry of this id; nothing else stands beside it.",
        fr="Retirer l'entrée d'origine de ce nom ; rien d'autre à côté.",
    ),
    "before": Words(en="Put this entry before that one.", fr="Placer l'entrée avant celle-là."),
    "after": Words(en="Put this entry after that one.", fr="Placer l'entrée après celle-là."),
}


def entries_schema(keys: Keys) -> Mapping[str, object]:
    """The JSON Schema of a list with ids, whose entries may also change a parent's."""
    merging = {key: {"type": list(SCALAR), "description": text} for key, text in MERGING.items()}
    return {
        "type": "array",
        "items": {
            "type": "object",
            "additionalProperties": False,
            "properties": {**properties_of(keys), **merging},
        },
    }


def map_form(keys: Keys) -> Form[Mapping[str, Any]]:
    """A map with these keys, as a form."""
    return Form(read=lambda node, scope: read_map(node, keys, scope), schema=schema_of(keys))
