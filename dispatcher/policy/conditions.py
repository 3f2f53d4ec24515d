"""Conditions: a map of facts means all of them, a list of maps one of them, `any` always."""

from dataclasses import replace

from dispatcher.model.vocabulary import Owner
from dispatcher.nodes.node import Entry, Map, Node, Scalar, Sequence
from dispatcher.policy.forms import Form
from dispatcher.policy.scope import Scope
from dispatcher.policy.terms import All, Condition, Either, Named
from dispatcher.policy.values import read_value


MOST_PARTS = 1000


def read_condition(node: Node, scope: Scope) -> Condition | None:
    """The condition written here, with every part that could be read."""
    match node:
        case Map():
            return _every(node, scope)
        case Sequence():
            return _one(node, scope)
        case Scalar(text="any"):
            return All(place=node.place)
        case _:
            scope.say("policy/condition-form", node)
            return None


def _every(node: Map, scope: Scope) -> Condition | None:
    if not node.entries:
        scope.say("policy/empty-condition", node)
        return None
    parts = [_part(entry, scope) for entry in node]
    return All(parts=tuple(part for part in parts if part is not None), place=node.place)


def _one(node: Sequence, scope: Scope) -> Condition | None:
    if not node.items:
        scope.say("policy/empty-condition", node)
        return None
    parts = []
    for item in node:
        if isinstance(item, Map):
            parts.append(_every(item, scope))
        else:
            scope.say("policy/condition-form", item)
    return Either(parts=tuple(part for part in parts if part is not None), place=node.place)


def _part(entry: Entry, scope: Scope) -> Condition | None:
    if entry.key == "is":
        return _named(entry.value, scope)
    fact = scope.facts.get(entry.key)
    if fact is None and entry.key.isdigit():
        scope.say("policy/decimal-comma", entry.key_place, text=entry.key)
        return None
    if fact is None:
        scope.unknown("policy/unknown-fact", entry.key_place, entry.key, scope.facts)
        return None
    if scope.debtor_only and fact.of is not Owner.DEBTOR:
        scope.say("policy/not-debtor-fact", entry.key_place, fact=fact.name)
        return None
    return read_value(entry.value, fact, scope)


def _named(node: Node, scope: Scope) -> Condition | None:
    if not isinstance(node, Scalar):
        scope.say("policy/needs-value", node)
        return None
    known = {} if scope.conditions is None else scope.conditions.entries
    if node.text not in known:
        scope.unknown("policy/unknown-condition", node, node.text, known)
        return None
    if node.text in scope.path:
        _say_circle(node, scope)
        return None
    condition, size = _read_once(node.text, known[node.text].value, scope)
    if size > MOST_PARTS:
        at = known[node.text].key_place  # once, however many use it
        scope.say("policy/condition-size", at, name=node.text, limit=str(MOST_PARTS))
        return None
    if condition is None:
        return None
    return Named(name=node.text, condition=condition, place=node.place)


def _say_circle(node: Scalar, scope: Scope) -> None:
    """Report a circle of names once, wherever it was entered."""
    names = scope.path[scope.path.index(node.text) :]
    key = ("circle", node.place.file, frozenset(names))
    if key not in scope.findings.seen:
        scope.findings.seen.add(key)
        circle = " -> ".join((*names, node.text))
        scope.say("policy/condition-circle", node, name=node.text, circle=circle)


def _read_once(name: str, node: Node, scope: Scope) -> tuple[Condition | None, int]:
    """A named condition and its size: names that use names may multiply without end."""
    key = (name, scope.debtor_only)
    if key not in scope.read_already:
        condition = read_condition(node, replace(scope, path=(*scope.path, name)))
        scope.read_already[key] = (condition, 0 if condition is None else size_of(condition))
    return scope.read_already[key]


def size_of(condition: Condition) -> int:
    """How many facts a condition compares, each `is:` written out."""
    match condition:
        case All(parts=parts) | Either(parts=parts):
            return sum(size_of(part) for part in parts)
        case Named(condition=named):
            return size_of(named)
        case _:
            return 1


def _of_debtors(node: Node, scope: Scope) -> Condition | None:
    return read_condition(node, replace(scope, debtor_only=True))


CONDITION: Form[Condition] = Form(read=read_condition, schema={"$ref": "#/definitions/condition"})
#: The same, of facts of debtors only.
DEBTOR_CONDITION: Form[Condition] = Form(
    read=_of_debtors, schema={"$ref": "#/definitions/debtor_condition"}
)
