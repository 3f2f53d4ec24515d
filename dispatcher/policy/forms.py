"""The forms that a value can have outside conditions: texts, numbers, spans, hours, names.

A form reads a node into a value, or reports what is wrong and gives None; its `schema` says the
same in JSON Schema (draft-07) for editors.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Generic, TypeVar

from dispatcher.model.money import to_minor
from dispatcher.nodes.node import Map, Node, Scalar, Sequence
from dispatcher.nodes.schema import SCALAR, one_of, spelled
from dispatcher.policy.scope import Scope, cut
from dispatcher.policy.terms import Days


T = TypeVar("T")
U = TypeVar("U")

MAX_DAYS = 3650
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_COUNT = re.compile(r"[0-9]{1,9}")
_SPAN = re.compile(r"([0-9]{1,4}) (business )?days?")
_HOURS = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])")
_DAY = re.compile(r"([0-9]{2})-([0-9]{2})")
_PERCENT = re.compile(r"([0-9]{1,3})%")
_AMOUNT = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,2})?")
_DAYS_IN = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

#: Words with a meaning of their own where a name could stand.
RESERVED = frozenset(
    {"any", "none", "known", "unknown", "not", "neither", "nor", "same_step", "hand_over", "is"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form(Generic[T]):
    """How a kind of value is read, and its JSON Schema."""

    read: Callable[[Node, Scope], T | None]
    schema: Mapping[str, object] = field(default_factory=dict)


def scalar(node: Node, scope: Scope) -> Scalar | None:
    """The node, when it is a single value."""
    if isinstance(node, Scalar):
        return node
    scope.say("policy/needs-value", node)
    return None


def _text(node: Node, scope: Scope) -> str | None:
    found = scalar(node, scope)
    if found is not None and not found.text.strip():
        scope.say("policy/empty", node)
        return None
    return None if found is None else found.text


def pattern_form(
    pattern: re.Pattern[str],
    code: str,
    make: Callable[[re.Match[str]], T | None],
    *,
    examples: tuple[str, ...] = (),
    numbers: bool = False,
) -> Form[T]:
    """A scalar that the pattern matches whole; `make` may still refuse it with None.

    `numbers` says that what matches may look like a number, a truth value or nothing to an editor.
    """

    def read(node: Node, scope: Scope) -> T | None:
        text = _text(node, scope)
        if text is None:
            return None
        match = pattern.fullmatch(text)
        value = None if match is None else make(match)
        if value is None:
            scope.say(code, node, text=cut(text))
        return value

    return Form(read=read, schema=spelled(pattern.pattern, examples=examples, numbers=numbers))


def _span_of(match: re.Match[str]) -> Days | None:
    count = int(match[1])
    return Days(count=count, business=bool(match[2])) if count <= MAX_DAYS else None


def _hours_of(match: re.Match[str]) -> tuple[int, int] | None:
    start, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    return None if start == end else (start, end)


def _day_of(match: re.Match[str]) -> tuple[int, int] | None:
    month, day = int(match[1]), int(match[2])
    exists = 1 <= month <= len(_DAYS_IN) and 1 <= day <= _DAYS_IN[month - 1]
    return (month, day) if exists else None


def _percent_of(match: re.Match[str]) -> int | None:
    return int(match[1]) if 1 <= int(match[1]) <= 100 else None  # noqa: PLR2004 - a share


TEXT: Form[str] = Form(read=_text, schema={"type": list(SCALAR), "minLength": 1})
NAME: Form[str] = pattern_form(_SLUG, "policy/name", lambda m: m[0], numbers=True)
SPAN: Form[Days] = pattern_form(
    _SPAN, "policy/span", _span_of, examples=("7 days", "3 business days")
)
HOURS: Form[tuple[int, int]] = pattern_form(
    _HOURS, "policy/hours", _hours_of, examples=("19:00-09:00",)
)
DAY_OF_YEAR: Form[tuple[int, int]] = pattern_form(
    _DAY, "policy/day-of-year", _day_of, examples=("12-24",)
)
PERCENT: Form[int] = pattern_form(_PERCENT, "policy/percent", _percent_of, examples=("40%",))


def name_except(reserved: frozenset[str]) -> Form[str]:
    """A name that is being given, and that has no meaning of its own already."""

    def read(node: Node, scope: Scope) -> str | None:
        name = NAME.read(node, scope)
        if name in reserved:
            scope.say("policy/reserved-name", node, name=str(name))
            return None
        return name

    return Form(read=read, schema=NAME.schema)


NEW_NAME: Form[str] = name_except(RESERVED)
#: A value of an enum may be `none`: nothing recorded is nothing.
NEW_VALUE: Form[str] = name_except(RESERVED - {"none"})


def _civil(node: Node, scope: Scope) -> int | None:
    span = SPAN.read(node, scope)
    if span is not None and span.business:
        scope.say("policy/civil-days", node)
        return None
    return None if span is None else span.count


#: Days of the calendar, where business days make no sense.
CIVIL_DAYS: Form[int] = Form(read=_civil, schema=spelled("[0-9]{1,4} days?", examples=("7 days",)))


def choice(allowed: Iterable[str]) -> Form[str]:
    """One of these words."""
    words = tuple(allowed)

    def read(node: Node, scope: Scope) -> str | None:
        text = _text(node, scope)
        if text is None or text in words:
            return text
        scope.unknown("policy/unknown-word", node, text, words)
        return None

    return Form(read=read, schema=one_of(words))


def flag(yes: str, no: str = "") -> Form[bool]:
    """A word that says true; the other, when there is one, says false."""
    words = choice(word for word in (yes, no) if word)

    def read(node: Node, scope: Scope) -> bool | None:
        word = words.read(node, scope)
        return None if word is None else word == yes

    return Form(read=read, schema=words.schema)


_BOTH = {"yes": True, "true": True, "no": False, "false": False}
_YES_NO_WORD = choice(_BOTH)


def _yes_no(node: Node, scope: Scope) -> bool | None:
    word = _YES_NO_WORD.read(node, scope)
    return None if word is None else _BOTH[word]


YES_NO: Form[bool] = Form(read=_yes_no, schema=one_of(_BOTH))


def count(at_least: int, at_most: int) -> Form[int]:
    """A whole number within these bounds."""

    def read(node: Node, scope: Scope) -> int | None:
        text = _text(node, scope)
        if text is None:
            return None
        number = int(text) if _COUNT.fullmatch(text) else None
        if number is None or not at_least <= number <= at_most:
            scope.say("policy/count", node, text=cut(text), least=str(at_least), most=str(at_most))
            return None
        return number

    number = {"type": "integer", "minimum": at_least, "maximum": at_most}
    quoted = {"type": "string", "pattern": f"^({_COUNT.pattern})$"}
    return Form(read=read, schema={"anyOf": [number, quoted]})


def amount(text: str) -> int | None:
    """An amount as written, `1500` or `1500.00`, in minor units; None when it is none."""
    return to_minor(Decimal(text)) if _AMOUNT.fullmatch(text) else None


def list_of(form: Form[T], *, or_one: bool = False) -> Form[tuple[T, ...]]:
    """A list of that form; `or_one` takes a single one without brackets too."""

    def read(node: Node, scope: Scope) -> tuple[T, ...] | None:
        if not isinstance(node, Sequence):
            if or_one:
                one = form.read(node, scope)
                return None if one is None else (one,)
            scope.say("policy/needs-list", node)
            return None
        read_items = [form.read(item, scope) for item in node]
        return tuple(item for item in read_items if item is not None)

    array: Mapping[str, object] = {"type": "array", "items": form.schema}
    return Form(read=read, schema={"anyOf": [form.schema, array]} if or_one else array)


def map_of(key: Form[str], value: Form[T]) -> Form[Mapping[str, T]]:
    """A map from names of one form to values of another."""

    def read(node: Node, scope: Scope) -> Mapping[str, T] | None:
        if not isinstance(node, Map):
            scope.say("policy/needs-map", node)
            return None
        found: dict[str, T] = {}
        for entry in node:
            name = key.read(Scalar(text=entry.key, place=entry.key_place), scope)
            content = value.read(entry.value, scope)
            if name is not None and content is not None:
                found[name] = content
        return found

    schema = {
        "type": "object",
        "propertyNames": key.schema,
        "additionalProperties": value.schema,
    }
    return Form(read=read, schema=schema)


#: Labels for people, by language.
LABELS: Form[Mapping[str, str]] = map_of(choice(("fr", "en")), TEXT)
