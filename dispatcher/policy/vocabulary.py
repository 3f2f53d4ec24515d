"""The vocabulary file: facts with their types and bounds, and what cannot happen."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dispatcher.model.vocabulary import RESERVED, Fact, FactType, Owner, Source, Value
from dispatcher.nodes.node import Entry, Map, Node, Scalar, Sequence
from dispatcher.nodes.schema import SCALAR
from dispatcher.policy.conditions import read_condition
from dispatcher.policy.forms import (
    CIVIL_DAYS,
    LABELS,
    NEW_NAME,
    NEW_VALUE,
    TEXT,
    YES_NO,
    Form,
    choice,
    list_of,
    scalar,
)
from dispatcher.policy.keys import Key, Keys, read_map
from dispatcher.policy.scope import Scope
from dispatcher.policy.terms import Condition
from dispatcher.policy.values import NUMERIC, parsed, read_literal


def _untyped(node: Node, scope: Scope) -> Scalar | None:
    found = scalar(node, scope)
    return None if found is None or TEXT.read(found, scope) is None else found


#: A value that the fact's type will read.
_UNTYPED: Form[Scalar] = Form(read=_untyped, schema={"type": list(SCALAR), "minLength": 1})


def _fact_name(node: Node, scope: Scope) -> str | None:
    name = NEW_NAME.read(node, scope)
    if name in RESERVED:
        scope.say("policy/reserved-fact", node, name=str(name))
        return None
    return name


#: A name that no column beside the facts has already.
FACT_NAME: Form[str] = Form(
    read=_fact_name, schema={"allOf": [NEW_NAME.schema, {"not": {"enum": list(RESERVED)}}]}
)

FACT_KEYS: Keys = (
    Key(
        name="of",
        form=choice(Owner),
        required=True,
        en="Whose fact it is: a debtor's fact is the same for all his invoices.",
        fr="À qui est le fait : celui d'un débiteur vaut pour toutes ses factures.",
    ),
    Key(
        name="from",
        form=choice(Source),
        field="source",
        default="column",
        en="Who says it: a mapped column, our book of events, or a computation.",
        fr="Qui le dit : une colonne importée, notre livre des événements ou un calcul.",
    ),
    Key(
        name="type",
        form=choice(FactType),
        required=True,
        en="What its values are.",
        fr="Ce que sont ses valeurs.",
    ),
    Key(
        name="values",
        form=list_of(NEW_VALUE),
        en="The words it may be (enum).",
        fr="Les mots possibles (enum).",
    ),
    Key(
        name="min",
        form=_UNTYPED,
        field="minimum",
        en="The least value, included.",
        fr="La plus petite valeur, comprise.",
    ),
    Key(
        name="max",
        form=_UNTYPED,
        field="maximum",
        en="The greatest value, included.",
        fr="La plus grande valeur, comprise.",
    ),
    Key(
        name="nullable",
        form=YES_NO,
        default="no",
        en="It may be unknown.",
        fr="Il peut être inconnu.",
    ),
    Key(
        name="default",
        form=_UNTYPED,
        en="What an empty history means.",
        fr="Ce que veut dire un historique vide.",
    ),
    Key(
        name="max_age",
        form=CIVIL_DAYS,
        en="Older than this it is unknown.",
        fr="Plus ancien, il est inconnu.",
    ),
    Key(name="label", form=LABELS, field="labels", en="Its name for people.", fr="Son nom."),
)

#: Which types a key belongs to; the others take every type.
_ONLY_FOR: Mapping[str, frozenset[FactType]] = {
    "values": frozenset({FactType.ENUM}),
    "min": NUMERIC,
    "max": NUMERIC,
}
_NEEDED: Mapping[FactType, tuple[str, ...]] = {
    FactType.ENUM: ("values",),
    FactType.INT: ("min", "max"),
    FactType.MONEY: ("min", "max"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The facts by name, and combinations of them that cannot happen."""

    facts: Mapping[str, Fact] = field(default_factory=dict)
    invariants: tuple[Condition, ...] = ()


def read_vocabulary(
    top: Map, scope: Scope, *, steps: tuple[str, ...], policies: tuple[str, ...]
) -> Vocabulary:
    """The vocabulary as far as it could be read; `steps` and `policies` fill those two types."""
    for entry in top:
        if entry.key not in _TOP:
            scope.unknown("policy/unknown-key", entry.key_place, entry.key, _TOP)
    domains = {FactType.STEP: ("none", *steps), FactType.POLICY: policies}
    facts = _facts(top.get("facts"), domains, scope)
    invariants = _invariants(top.get("invariants"), replace(scope, facts=facts))
    return Vocabulary(facts=facts, invariants=invariants)


_TOP = ("facts", "invariants")


def _facts(
    node: Node | None, domains: Mapping[FactType, tuple[str, ...]], scope: Scope
) -> Mapping[str, Fact]:
    if not isinstance(node, Map):
        if node is not None:
            scope.say("policy/needs-map", node)
        return {}
    read = [_fact(entry, domains, scope) for entry in node]
    return {fact.name: fact for fact in read if fact is not None}


def _fact(entry: Entry, domains: Mapping[FactType, tuple[str, ...]], scope: Scope) -> Fact | None:
    name = FACT_NAME.read(Scalar(text=entry.key, place=entry.key_place), scope)
    said = read_map(entry.value, FACT_KEYS, scope)
    if name is None or said is None or not {"of", "type"} <= said.keys():
        return None
    kind = FactType(said["type"])
    if not isinstance(entry.value, Map) or not _keys_fit(entry.value, kind, scope):
        return None
    fact = Fact(
        name=name,
        type=kind,
        of=Owner(said["of"]),
        source=Source(said.get("source", Source.COLUMN)),
        values=tuple(dict.fromkeys(said.get("values", domains.get(kind, ())))),
        nullable=said.get("nullable", False),
        max_age=said.get("max_age"),
        labels=said.get("labels", {}),
        place=entry.key_place,
    )
    return _with_default(_bounded(fact, said, scope), said.get("default"), scope)


def _keys_fit(node: Map, kind: FactType, scope: Scope) -> bool:
    """Whether it has the keys that its type needs, and none that its type cannot have."""
    fits = True
    for entry in node:
        if kind not in _ONLY_FOR.get(entry.key, frozenset(FactType)):
            scope.say("policy/fact-key", entry.key_place, key=entry.key, type=kind)
            fits = False
    for key in _NEEDED.get(kind, ()):
        if key not in node.entries:
            scope.say("policy/missing-key", node, key=key)
            fits = False
    return fits


def _bounded(fact: Fact, said: Mapping[str, Any], scope: Scope) -> Fact:
    low, high = (_bound(said.get(key), fact, scope) for key in ("minimum", "maximum"))
    if low is not None and high is not None and low > high:
        scope.say("policy/empty-range", said["minimum"], fact=fact.name)
        return fact
    return replace(fact, minimum=low, maximum=high)


def _bound(node: Scalar | None, fact: Fact, scope: Scope) -> int | None:
    number = None if node is None else parsed(node.text, fact.type)
    if node is not None and number is None:
        code = "policy/amount" if fact.type is FactType.MONEY else "policy/number"
        scope.say(code, node, text=node.text, fact=fact.name)
    return number


def _with_default(fact: Fact, node: Scalar | None, scope: Scope) -> Fact:
    if node is None:
        return fact
    if node.text == "unknown":
        return replace(fact, default=None, has_default=True)
    default: Value = read_literal(node, fact, scope)
    return replace(fact, default=default, has_default=True)


def _invariants(node: Node | None, scope: Scope) -> tuple[Condition, ...]:
    if node is None:
        return ()
    if not isinstance(node, Sequence):
        scope.say("policy/needs-list", node)
        return ()
    read = [read_condition(item, scope) for item in node]
    return tuple(condition for condition in read if condition is not None)
