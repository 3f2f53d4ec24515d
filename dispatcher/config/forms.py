"""The forms of settings: how each is read from its section, and its JSON Schema.

A setting always has a value: what is missing or wrong gives the default, and what is wrong is
reported. So every mistake of a file is found in one reading.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar

from dispatcher.config.section import Section
from dispatcher.nodes.keys import Key, schema_of
from dispatcher.nodes.node import Map, Scalar
from dispatcher.nodes.node import Sequence as NodeList
from dispatcher.nodes.schema import SCALAR
from dispatcher.nodes.schema import one_of as any_spelling
from dispatcher.problems.suggest import nearest


T = TypeVar("T")

NOTHING = "none"  # how a setting is switched off, written out

SCALARS: Mapping[str, object] = {"type": list(SCALAR)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Form(Generic[T]):
    """How one setting is read, and its schema."""

    read: Callable[[Section, str], T]
    schema: Mapping[str, object] = field(default_factory=dict)


Keys: TypeAlias = Sequence[Key[Form[Any]]]


def read_keys(section: Section, keys: Keys) -> dict[str, Any]:
    """Every setting of the table by field; other keys are reported."""
    section.only(key.name for key in keys)
    return {key.field or key.name: key.form.read(section, key.name) for key in keys}


def text(
    default: str = "",
    *,
    required: bool = False,
    check: Callable[[Section, str, str], str | None] | None = None,
    schema: Mapping[str, object] = SCALARS,
) -> Form[str]:
    """A text; `check` reports one that is not right, and may give another instead."""

    def read(section: Section, key: str) -> str:
        value = section.text(key, required=required)
        if value is None:
            return default
        checked = None if check is None else check(section, key, value)
        return value if checked is None else checked

    return Form(read=read, schema=schema)


def one_of(allowed: Iterable[str], default: str, *, required: bool = False) -> Form[str]:
    """One of these words."""
    names = [str(name) for name in allowed]

    def read(section: Section, key: str) -> str:
        value = section.text(key, required=required)
        if value is None or value in names:
            return default if value is None else value
        section.value(key, value, ", ".join(names), suggestion=nearest(value, names))
        return default

    return Form(read=read, schema=any_spelling(names))


#: How people write yes and no, and how YAML's own tools write them for them.
FLAGS: Mapping[str, bool] = {"yes": True, "no": False, "true": True, "false": False}


def flag() -> Form[bool]:
    """Yes or no; no where nothing is written."""

    def read(section: Section, key: str) -> bool:
        value = section.text(key)
        if value is not None and value not in FLAGS:
            section.value(key, value, "yes, no")
        return FLAGS.get(value or "", False)

    return Form(read=read, schema=any_spelling(FLAGS))


def number(*, least: int = 0, required: bool = False, or_none: bool = True) -> Form[int | None]:
    """A whole number; None where nothing is written, or for `none` where that is possible."""
    switched_off = (NOTHING,) if or_none else ()

    def read(section: Section, key: str) -> int | None:
        node = section.node(key, required=required)
        if node is None or (isinstance(node, Scalar) and node.text in switched_off):
            return None
        if isinstance(node, Scalar) and _is_number(node.text) and int(node.text) >= least:
            return int(node.text)
        if isinstance(node, Scalar):
            allowed = ", ".join((str(least), str(least + 1), "...", *switched_off))
            section.value(key, node.text, allowed)
        else:
            section.shape(key, node, "number")
        return None

    whole = {"type": "integer", "minimum": least}
    quoted = {"type": "string", "pattern": "^([0-9]{1,9})$"}
    off = {"enum": list(switched_off)}
    return Form(read=read, schema={"anyOf": [whole, quoted, *([off] if or_none else [])]})


def business_days(default: int) -> Form[int]:
    """A number of business days, written out (`2 business days`)."""

    def read(section: Section, key: str) -> int:
        value = section.text(key)
        found = None if value is None else _SPAN.fullmatch(value)
        if value is not None and found is None:
            section.value(key, value, "1 business day, 2 business days, ...")
        return default if found is None else int(found[1])

    return Form(read=read, schema={"type": "string", "pattern": f"^{_SPAN.pattern}$"})


_SPAN = re.compile("([0-9]{1,3}) business days?")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10  # noqa: PLR2004 - fits an int32


def _texts(section: Section, key: str) -> tuple[str, ...]:
    node = section.node(key)
    match node:
        case None:
            return ()
        case Scalar():
            return (node.text,)
        case NodeList() if all(isinstance(item, Scalar) for item in node):
            return tuple(item.text for item in node if isinstance(item, Scalar))
        case _:
            section.shape(key, node, "list")
            return ()


#: A list of texts; a single text is a list of one.
TEXTS: Form[tuple[str, ...]] = Form(
    read=_texts, schema={"anyOf": [SCALARS, {"type": "array", "items": SCALARS}]}
)


def part(section: Section, key: str, *, required: bool = False) -> Section | None:
    """The section under a key."""
    node = section.node(key, required=required)
    if node is None:
        return None
    if isinstance(node, Map):
        return section.below(node, key)
    section.shape(key, node, "map")
    return None


def parts(section: Section, key: str) -> Iterable[tuple[str, Section]]:
    """The named sections under a key, in order of writing."""
    whole = part(section, key)
    for entry in whole.map if whole is not None else ():
        name = f"{key}.{entry.key}"
        if isinstance(entry.value, Map):
            yield entry.key, section.below(entry.value, name)
        else:
            section.shape(name, entry.value, "map")


def nested(
    keys: Keys, make: Callable[..., T], nothing: Callable[[], T], *, required: bool = False
) -> Form[T]:
    """A section with these keys; `nothing` stands for one that is missing or no map."""

    def read(section: Section, key: str) -> T:
        inside = part(section, key, required=required)
        return nothing() if inside is None else make(**read_keys(inside, keys))

    return Form(read=read, schema=schema_of(keys))


def named(
    read_one: Callable[[str, Section], T], schema: Mapping[str, object]
) -> Form[Mapping[str, T]]:
    """Sections by names that the operator gives."""

    def read(section: Section, key: str) -> Mapping[str, T]:
        return {name: read_one(name, inside) for name, inside in parts(section, key)}

    return Form(read=read, schema={"type": "object", "additionalProperties": schema})
