"""JSON Schemas (draft-07) of policies, the vocabulary and test files, for editors and `check`.

They are made from the tables that the reader itself uses. A schema is never stricter than the
reader. It is weaker where one file does not say enough: names of steps, stops, policies and
conditions; what belongs together across keys and lists; ends of ranges in the wrong order; which
of several templates has words for which channel; proofs.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dispatcher.model.money import to_decimal
from dispatcher.model.vocabulary import Fact, FactType, Owner
from dispatcher.nodes.keys import schema_of
from dispatcher.nodes.schema import DRAFT, SCALAR, Schema, in_language, one_of, spelled
from dispatcher.policy.document import POLICY_KEYS
from dispatcher.policy.expect import words_schema
from dispatcher.policy.forms import NAME
from dispatcher.policy.names import CHANNELS, Names
from dispatcher.policy.terms import Rulebook
from dispatcher.policy.testfile import PROMISES_KEYS, rules_of
from dispatcher.policy.values import BOOLS, NUMERIC
from dispatcher.policy.vocabulary import FACT_KEYS, FACT_NAME
from dispatcher.problems.kind import Words


_N = r"-?[0-9]+(\.[0-9]{1,2})?"
_RULE = r"[a-z0-9][a-z0-9_-]*/(\*|[a-z0-9][a-z0-9_-]*)"
#: Types whose values are ids of other files: completed, and left to the reader to refuse.
_OPEN = frozenset({FactType.STEP, FactType.POLICY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All that a home's files may name, for completion in editors."""

    facts: Mapping[str, Fact] = field(default_factory=dict)
    names: Names = field(default_factory=Names)
    policies: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


def known_of(rulebook: Rulebook | None, names: Names | None) -> Known:
    """What this rulebook and this installation know; nothing where they could not be read."""
    known = names or Names()
    if rulebook is None:
        return Known(names=known)
    policies = rulebook.policies.values()
    return Known(
        facts=rulebook.facts,
        names=known,
        policies=tuple(rulebook.policies),
        steps=_once(step.id for policy in policies for step in policy.steps),
        stops=_once(_last(rule.id) for policy in policies for rule in policy.stops),
        rules=_once(rule for policy in policies for rule in rules_of(policy)),
    )


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _last(rule: str) -> str:
    return rule.rpartition("/")[2]


def policy_schema(known: Known, *, lang: str = "") -> Schema:
    """The schema of a policy file; what `extends` brings need not be written."""
    inherits: Schema = {"required": ["extends"]}
    chosen: Schema = {"required": ["applies_to"]}
    whole = {
        "$schema": DRAFT,
        **schema_of(POLICY_KEYS, required=("policy", "version")),
        "allOf": [
            {"anyOf": [inherits, {"required": ["language"]}]},
            {"anyOf": [inherits, {"not": chosen}, {"required": ["currency", "steps"]}]},
        ],
        "definitions": _definitions(known),
    }
    return in_language(whole, lang)


def facts_schema(known: Known, *, lang: str = "") -> Schema:
    """The schema of the vocabulary file; its own facts stand in the invariants."""
    facts: Schema = {
        "type": "object",
        "propertyNames": FACT_NAME.schema,
        "additionalProperties": schema_of(FACT_KEYS),
    }
    whole = {
        "$schema": DRAFT,
        "type": "object",
        "additionalProperties": False,
        "required": ["facts"],
        "properties": {
            "facts": {"allOf": [facts], "description": FACTS},
            "invariants": {
                "type": "array",
                "items": {"$ref": "#/definitions/condition"},
                "description": INVARIANTS,
            },
        },
        "definitions": _definitions(known),
    }
    return in_language(whole, lang)


FACTS = Words(
    en="The only names that a policy may read, one typed column each.",
    fr="Les seuls noms qu'une politique peut lire, chacun une colonne typée.",
)
INVARIANTS = Words(
    en="Combinations of facts that cannot happen.",
    fr="Combinaisons de faits qui ne peuvent pas se produire.",
)


def promises_schema(known: Known, *, lang: str = "") -> Schema:
    """The schema of a test file (`*.test.yaml`)."""
    whole = {"$schema": DRAFT, **schema_of(PROMISES_KEYS), "definitions": _definitions(known)}
    return in_language(whole, lang)


def _definitions(known: Known) -> Schema:
    names, facts = known.names, known.facts
    channels = _once((*CHANNELS, *sorted(names.channels or ())))
    debtor = {name: fact for name, fact in facts.items() if fact.of is Owner.DEBTOR}
    return {
        "condition": _condition("facts"),
        "debtor_condition": _condition("debtor_facts"),
        "facts": _facts(facts),
        "debtor_facts": _facts(debtor),
        "case": _map({name: _one(fact) for name, fact in facts.items()}),
        "claim": {**_map({**_values(facts), **words_schema()}), "minProperties": 1},
        **{f"value-{name}": _value(fact) for name, fact in facts.items()},
        "channel": _either(one_of(channels), spelled(rf"\s*{_any(channels)}\s*", numbers=True)),
        "channels": _either(
            one_of(channels),
            spelled(rf"\s*{_any(channels)}\s*( else \s*{_any(channels)}\s*)*", numbers=True),
        ),
        "template": _closed(names.templates),
        "task": _closed(names.tasks),
        "role": _closed(names.roles),
        "offer": _closed(names.offers),
        "policy": _open(known.policies),
        "step": _open(("none", "same_step", "hand_over", *known.steps)),
        "stop": _open(("any", *known.stops)),
        "rule": _either(one_of(known.rules), spelled(_RULE)) if known.rules else spelled(_RULE),
    }


def _closed(names: Iterable[str] | None) -> Schema:
    """Exactly these names, or any where they are not known."""
    listed = [] if names is None else sorted(names)
    return one_of(listed) if listed else NAME.schema


def _open(names: tuple[str, ...]) -> Schema:
    """These names as completions; the reader knows better whether another is right."""
    return _either(one_of(names), NAME.schema) if names else NAME.schema


def _either(*schemas: Schema) -> Schema:
    return {"anyOf": list(schemas)}


def _any(words: Iterable[str]) -> str:
    return f"({'|'.join(map(re.escape, words))})"


def _map(properties: Mapping[str, object]) -> dict[str, object]:
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _condition(facts: str) -> Schema:
    every: Schema = {"$ref": f"#/definitions/{facts}"}
    return _either({"const": "any"}, every, _some(every))


def _facts(facts: Mapping[str, Fact]) -> Schema:
    named: Schema = {"type": list(SCALAR), "description": _NAMED}
    return {**_map({"is": named, **_values(facts)}), "minProperties": 1}


def _values(facts: Iterable[str]) -> Schema:
    return {name: {"$ref": f"#/definitions/value-{name}"} for name in facts}


_NAMED = Words(
    en="A condition named under conditions:.", fr="Une condition nommée dans conditions:."
)


def _value(fact: Fact) -> Schema:
    forms = _numbers(fact) if fact.type in NUMERIC else _words(fact)
    return {"description": _label(fact), "anyOf": [{"enum": ["known", "unknown"]}, *forms]}


def _one(fact: Fact) -> Schema:
    """One value of the fact, as cases of tests have it."""
    value = _number(fact) if fact.type in NUMERIC else [_word(fact)]
    return {"description": _label(fact), "anyOf": [{"const": "unknown"}, *value]}


def _label(fact: Fact) -> Words:
    english = fact.labels.get("en") or fact.labels.get("fr") or fact.name
    return Words(en=english, fr=fact.labels.get("fr") or english)


def _number(fact: Fact) -> list[Schema]:
    """A number within the fact's bounds, or its text."""
    bounds = {"minimum": fact.minimum, "maximum": fact.maximum}
    inside = {key: _typed(value, fact) for key, value in bounds.items() if value is not None}
    return [{"type": "number", **inside}, {"type": "string", "pattern": f"^({_N})$"}]


def _typed(value: int, fact: Fact) -> float:
    return float(to_decimal(value)) if fact.type is FactType.MONEY else value


def _numbers(fact: Fact) -> list[Schema]:
    single = _number(fact)
    number = _either(*single)
    bounds = dict.fromkeys(("at_least", "at_most", "below"), number)
    ranges = {**_map({**bounds, "none_of": _some(number)}), "minProperties": 1}
    said = rf"{_N}\+|under {_N}|{_N} to (under )?{_N}|not {_N}|neither {_N}( nor {_N})+"
    return [*single, {"type": "string", "pattern": f"^({said})$"}, _some(number), ranges]


def _word(fact: Fact) -> Schema:
    if fact.type in _OPEN:
        return _open(fact.values)
    # an editor of YAML 1.1 takes yes and no for true and false
    return {"enum": [*BOOLS, True, False]} if fact.type is FactType.BOOL else one_of(fact.values)


def _words(fact: Fact) -> list[Schema]:
    one = _word(fact)
    words = (
        r"\S+" if fact.type in _OPEN else _any(BOOLS if fact.type is FactType.BOOL else fact.values)
    )
    said = f"not {words}|neither {words}( nor {words})+"
    none_of = {**_map({"none_of": _some(one)}), "required": ["none_of"]}
    return [one, {"type": "string", "pattern": f"^({said})$"}, _some(one), none_of]


def _some(one: Schema) -> Schema:
    return {"type": "array", "minItems": 1, "items": one}
