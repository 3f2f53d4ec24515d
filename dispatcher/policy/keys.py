"""Tables of keys: what a map may hold, what must be there, and what each key means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dispatcher.nodes.node import Map, Node
from dispatcher.policy.forms import Form
from dispatcher.policy.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key: the form of its value, and a sentence about it for editors.

    `field` is the name of what it becomes, when that is another word.
    """

    name: str
    form: Form[Any]
    en: str
    fr: str
    required: bool = False
    field: str = ""


Keys = Sequence[Key]


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


def _values(node: Map, table: Mapping[str, Key], scope: Scope) -> Mapping[str, Any]:
    values: dict[str, Any] = {}
    for entry in node:
        key = table.get(entry.key)
        value = None if key is None else key.form.read(entry.value, scope)
        if key is not None and value is not None:
            values[key.field or key.name] = value
    return values


def schema_of(keys: Keys) -> Mapping[str, object]:
    """The JSON Schema of a map with these keys, described in both languages."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [key.name for key in keys if key.required],
        "properties": _properties(keys),
    }


def _properties(keys: Keys) -> Mapping[str, object]:
    return {
        key.name: {"allOf": [key.form.schema], "description": f"{key.en}\n\n{key.fr}"}
        for key in keys
    }


#: The keys by which a child's entry says what it does to its parent's list.
_MERGING = {
    "override": "Change the parent's entry of this id; each key written replaces the whole key.",
    "remove": "Remove the parent's entry of this id.",
    "before": "Put this entry before that one.",
    "after": "Put this entry after that one.",
}


def entries_schema(keys: Keys) -> Mapping[str, object]:
    """The JSON Schema of a list with ids, whose entries may also change a parent's."""
    merging = {key: {"type": "string", "description": text} for key, text in _MERGING.items()}
    return {
        "type": "array",
        "items": {
            "type": "object",
            "additionalProperties": False,
            "properties": {**_properties(keys), **merging},
        },
    }


def map_form(keys: Keys) -> Form[Mapping[str, Any]]:
    """A map with these keys, as a form."""
    return Form(read=lambda node, scope: read_map(node, keys, scope), schema=schema_of(keys))
