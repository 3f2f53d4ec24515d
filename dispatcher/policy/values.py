"""What a fact may be, in words: `30+`, `under 500`, `150 to under 5000`, `not broken`, `known`."""

import re
from collections.abc import Callable, Mapping

from dispatcher.model.money import to_decimal
from dispatcher.model.problem import Place
from dispatcher.model.vocabulary import Fact, FactType, Value
from dispatcher.nodes.node import Map, Node, Scalar, Sequence
from dispatcher.policy.forms import amount
from dispatcher.policy.scope import Scope, cut
from dispatcher.policy.terms import Between, Known, Lacks, Leaf, NoneOf, OneOf


NUMERIC = frozenset({FactType.INT, FactType.MONEY})
BOOLS: Mapping[str, bool] = {"yes": True, "no": False}

_N = r"(-?[0-9]+(?:\.[0-9]+)?)"
_FROM = re.compile(_N + r"\+")
_UNDER = re.compile("under " + _N)
_RANGE = re.compile(_N + " to (under )?" + _N)
_NOT = re.compile(r"not (\S+)")
_NEITHER = re.compile(r"neither (\S+(?: nor \S+)+)")
_INT = re.compile(r"-?[0-9]{1,15}")
#: How people write numbers elsewhere, and what is meant: a sign, thousands, a decimal comma.
_SIGN = re.compile(r"(>=|=>|≥|>|<=|=<|≤|<|=)\s*(-?[0-9][0-9 \u00a0\u202f,.]*)")
_LOOSE = re.compile(r"-?[0-9][0-9 _'\u00a0\u202f]*([.,][0-9]{1,2})?(?: ?€| ?EUR| ?jours| ?days)?")


def read_value(node: Node, fact: Fact, scope: Scope) -> Leaf | None:
    """The condition that this value puts on the fact, typed by the fact."""
    match node:
        case Scalar():
            return _word(node, fact, scope)
        case Sequence():
            return _one_of(node, fact, scope)
        case Map():
            return _canonical(node, fact, scope)


def read_literal(node: Scalar, fact: Fact, scope: Scope) -> Value:
    """A single value of the fact's type and domain; None when it is none, and reported."""
    return _literal(node.text, node.place, fact, scope)


def _word(node: Scalar, fact: Fact, scope: Scope) -> Leaf | None:
    text, place = node.text, node.place
    if text == "known":
        return Known(fact=fact.name, place=place)
    if text == "unknown":
        return Lacks(fact=fact.name, place=place)
    for pattern, read in _WORDS:
        match = pattern.fullmatch(text)
        if match is not None:
            return read(match, place, fact, scope)
    value = _literal(text, place, fact, scope)
    return None if value is None else OneOf(fact=fact.name, values=(value,), place=place)


def _read_from(match: re.Match[str], place: Place, fact: Fact, scope: Scope) -> Leaf | None:
    return _between(place, fact, scope, at_least=match[1])


def _read_under(match: re.Match[str], place: Place, fact: Fact, scope: Scope) -> Leaf | None:
    return _between(place, fact, scope, below=match[1])


def _read_range(match: re.Match[str], place: Place, fact: Fact, scope: Scope) -> Leaf | None:
    if match[2]:
        return _between(place, fact, scope, at_least=match[1], below=match[3])
    return _between(place, fact, scope, at_least=match[1], at_most=match[3])


def _read_not(match: re.Match[str], place: Place, fact: Fact, scope: Scope) -> Leaf | None:
    return _none_of([match[1]], place, fact, scope)


def _read_neither(match: re.Match[str], place: Place, fact: Fact, scope: Scope) -> Leaf | None:
    return _none_of(match[1].split(" nor "), place, fact, scope)


_WORDS: tuple[
    tuple[re.Pattern[str], Callable[[re.Match[str], Place, Fact, Scope], Leaf | None]], ...
] = (
    (_FROM, _read_from),
    (_UNDER, _read_under),
    (_RANGE, _read_range),
    (_NOT, _read_not),
    (_NEITHER, _read_neither),
)


def _one_of(node: Sequence, fact: Fact, scope: Scope) -> Leaf | None:
    values = _literals(node, fact, scope)
    if values is None:
        return None
    return OneOf(fact=fact.name, values=_ordered(values, fact), place=node.place)


def _none_of(words: list[str], place: Place, fact: Fact, scope: Scope) -> Leaf | None:
    values = [_literal(word, place, fact, scope) for word in words]
    if any(value is None for value in values):
        return None
    return NoneOf(fact=fact.name, values=_ordered(values, fact), place=place)


def _literals(node: Node, fact: Fact, scope: Scope) -> list[Value] | None:
    if not isinstance(node, Sequence):
        scope.say("policy/needs-list", node)
        return None
    if not node.items:
        scope.say("policy/empty", node)
        return None
    values: list[Value] = []
    for item in node:
        if not isinstance(item, Scalar):
            scope.say("policy/needs-value", item)
            return None
        values.append(_literal(item.text, item.place, fact, scope))
    return None if any(value is None for value in values) else values


def _ordered(values: list[Value], fact: Fact) -> tuple[Value, ...]:
    """Each value once, in the order of the domain: the same meaning has one form."""
    once = set(values)
    if fact.type in NUMERIC or fact.type is FactType.BOOL:
        return tuple(sorted(once, key=lambda value: int(value or 0)))
    return tuple(value for value in fact.values if value in once)


def _canonical(node: Map, fact: Fact, scope: Scope) -> Leaf | None:
    allowed = ("at_least", "at_most", "below") if fact.type in NUMERIC else ()
    for entry in node:
        if entry.key not in (*allowed, "none_of"):
            keys = (*allowed, "none_of")
            scope.unknown("policy/unknown-key", entry.key_place, entry.key, keys)
            return None
    none_of = node.get("none_of")
    if none_of is not None and len(node.entries) == 1:
        values = _literals(none_of, fact, scope)
        if values is None:
            return None
        return NoneOf(fact=fact.name, values=_ordered(values, fact), place=node.place)
    return _canonical_range(node, fact, scope)


def _canonical_range(node: Map, fact: Fact, scope: Scope) -> Leaf | None:
    bounds = {entry.key: entry.value for entry in node}
    texts = {key: value.text for key, value in bounds.items() if isinstance(value, Scalar)}
    one_end = not {"at_most", "below"} <= texts.keys()
    if not texts or len(texts) != len(bounds) or "none_of" in texts or not one_end:
        scope.say("policy/range-form", node)
        return None
    return _between(node.place, fact, scope, **texts)


def _between(
    place: Place,
    fact: Fact,
    scope: Scope,
    *,
    at_least: str | None = None,
    at_most: str | None = None,
    below: str | None = None,
) -> Leaf | None:
    if fact.type not in NUMERIC:
        scope.say("policy/not-a-number-fact", place, fact=fact.name, allowed=_domain(fact))
        return None
    written = [text for text in (at_least, at_most, below) if text is not None]
    numbers = {text: _literal(text, place, fact, scope) for text in written}
    if any(number is None for number in numbers.values()):
        return None
    low = None if at_least is None else int(numbers[at_least] or 0)
    high = None if at_most is None else int(numbers[at_most] or 0)
    if below is not None:
        high = int(numbers[below] or 0) - 1
    if _is_empty(low, high, fact):
        scope.say("policy/empty-range", place, fact=fact.name)
        return None
    return Between(fact=fact.name, at_least=low, at_most=high, place=place)


def _is_empty(low: int | None, high: int | None, fact: Fact) -> bool:
    first = fact.minimum if low is None else low
    last = fact.maximum if high is None else high
    return first is not None and last is not None and first > last


def _literal(text: str, place: Place, fact: Fact, scope: Scope) -> Value:
    if fact.type in NUMERIC:
        return _number(text, place, fact, scope)
    if fact.type is FactType.BOOL:
        if text not in BOOLS:
            scope.unknown("policy/unknown-value", place, text, BOOLS, fact=fact.name)
        return BOOLS.get(text)
    if text not in fact.values:
        scope.unknown("policy/unknown-value", place, text, fact.values, fact=fact.name)
        return None
    return text


def _number(text: str, place: Place, fact: Fact, scope: Scope) -> int | None:
    number = parsed(text, fact.type)
    if number is None:
        code = "policy/amount" if fact.type is FactType.MONEY else "policy/number"
        scope.say(code, place, suggestion=_meant(text, fact), text=cut(text), fact=fact.name)
        return None
    if not _inside(number, fact):
        low, high = written(fact.minimum, fact), written(fact.maximum, fact)
        scope.say("policy/outside", place, text=cut(text), fact=fact.name, least=low, most=high)
        return None
    return number


def parsed(text: str, kind: FactType) -> int | None:
    """A number as written, whole or an amount in minor units; None when it is none."""
    if kind is FactType.MONEY:
        return amount(text)
    return int(text) if _INT.fullmatch(text) else None


def _inside(number: int, fact: Fact) -> bool:
    low, high = fact.minimum, fact.maximum
    return (low is None or number >= low) and (high is None or number <= high)


def written(value: Value, fact: Fact) -> str:
    """A value as operators write it: yes, 12.50, 7, sme, unknown."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(to_decimal(int(value))) if fact.type is FactType.MONEY else str(value)


def _domain(fact: Fact) -> str:
    return "yes, no" if fact.type is FactType.BOOL else ", ".join(fact.values)


def _meant(text: str, fact: Fact) -> str:
    """What somebody who wrote `>= 30`, `30 +` or `1 500,00` probably means, as it is written."""
    sign = _SIGN.fullmatch(text)
    number = _plain(sign[2] if sign else text.rstrip("+ "))
    if not number or parsed(number, fact.type) is None:
        return ""
    if sign is None:
        return f"{number}+" if text.rstrip().endswith("+") else number
    return _signed(sign[1], number, fact)


def _plain(text: str) -> str:
    match = _LOOSE.fullmatch(text.strip())
    return "" if match is None else re.sub(r"[^0-9.-]", "", text.replace(",", "."))


def _signed(sign: str, number: str, fact: Fact) -> str:
    beyond = written((parsed(number, fact.type) or 0) + 1, fact)
    forms = {
        (">=", "=>", "≥"): f"{number}+",
        (">",): f"{beyond}+",
        ("<",): f"under {number}",
        ("<=", "=<", "≤"): f"under {beyond}",
    }
    return next((form for signs, form in forms.items() if sign in signs), number)
