"""JSON Schema (draft-07) over our documents: typed values, spellings of words, languages."""

import re
from collections.abc import Iterable, Mapping

from dispatcher.nodes.node import Map, Node, Scalar
from dispatcher.problems.kind import Words


Schema = Mapping[str, object]

DRAFT = "http://json-schema.org/draft-07/schema#"

#: What an editor may take a single value for: our reader knows texts only.
SCALAR = ("string", "number", "boolean", "null")

_CONSTANTS: Mapping[str, object] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}
_INTEGER = re.compile(r"[-+]?[0-9]{1,300}")
_OTHER_BASE = re.compile(r"0o[0-7]{1,300}|0x[0-9a-fA-F]{1,300}")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,2})?")


def typed(text: str) -> object:
    """What YAML 1.2 (core schema), and so an editor, takes an unquoted text for."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _OTHER_BASE.fullmatch(text):
        return int(text, 0)
    return float(text) if _DECIMAL.fullmatch(text) else text


def plain(node: Node) -> object:
    """A document as an editor has it: maps, lists, and values typed by their spelling."""
    if isinstance(node, Map):
        return {entry.key: plain(entry.value) for entry in node}
    if isinstance(node, Scalar):
        return node.text if node.quoted else typed(node.text)
    return [plain(item) for item in node]


def one_of(words: Iterable[str]) -> Schema:
    """One of these words, in every spelling that an editor may take it for."""
    listed = [str(word) for word in words]
    others = [value for value in map(typed, listed) if not isinstance(value, str)]
    return {"enum": [*listed, *others]}


def spelled(pattern: str, *, examples: Iterable[str] = (), numbers: bool = False) -> Schema:
    """A single value whose text matches whole; `numbers`: it may look like a number or the like."""
    schema: dict[str, object] = {
        "type": list(SCALAR) if numbers else "string",
        "pattern": f"^({pattern})$",
    }
    shown = list(examples)
    return {**schema, "examples": shown} if shown else schema


def in_language(schema: Schema, lang: str) -> dict[str, object]:
    """The schema with its descriptions in `fr` or `en`, in both where `lang` is empty."""
    return {key: _said(value, lang) for key, value in schema.items()}


def _said(value: object, lang: str) -> object:
    if isinstance(value, Words):
        return getattr(value, lang) if lang else f"{value.en}\n\n{value.fr}"
    if isinstance(value, Mapping):
        return {key: _said(content, lang) for key, content in value.items()}
    if isinstance(value, list | tuple):
        return [_said(content, lang) for content in value]
    return value
