"""JSON Schemas (draft-07) of policies and of the vocabulary, for editors.

They are made from the tables that the reader itself uses, so that they cannot say anything else.
"""

from collections.abc import Mapping

from dispatcher.model.vocabulary import Fact, FactType
from dispatcher.policy.document import POLICY_KEYS
from dispatcher.policy.keys import schema_of
from dispatcher.policy.values import BOOLS, NUMERIC
from dispatcher.policy.vocabulary import FACT_KEYS


Schema = Mapping[str, object]

_DRAFT = "http://json-schema.org/draft-07/schema#"
_N = r"-?[0-9]+(\.[0-9]{1,2})?"
_NUMBER_WORDS = rf"^({_N}\+?|under {_N}|{_N} to (under )?{_N}|not \S+|neither \S+( nor \S+)+)$"


def policy_schema(facts: Mapping[str, Fact]) -> Schema:
    """The schema of a policy file of a home with this vocabulary."""
    whole = dict(schema_of(POLICY_KEYS))
    # what `extends` brings need not be written
    whole["required"] = ["language", "policy", "version"]
    return {"$schema": _DRAFT, **whole, "definitions": {"condition": _condition(facts)}}


def facts_schema(facts: Mapping[str, Fact]) -> Schema:
    """The schema of the vocabulary file; its own facts stand in the invariants."""
    return {
        "$schema": _DRAFT,
        "type": "object",
        "additionalProperties": False,
        "required": ["facts"],
        "properties": {
            "facts": {"type": "object", "additionalProperties": schema_of(FACT_KEYS)},
            "invariants": {"type": "array", "items": {"$ref": "#/definitions/condition"}},
        },
        "definitions": {"condition": _condition(facts)},
    }


def _condition(facts: Mapping[str, Fact]) -> Schema:
    every: Schema = {
        "type": "object",
        "additionalProperties": False,
        "minProperties": 1,
        "properties": {
            "is": {"type": "string", "description": "A condition named under conditions:."},
            **{name: _value(fact) for name, fact in facts.items()},
        },
    }
    return {"anyOf": [{"const": "any"}, every, {"type": "array", "minItems": 1, "items": every}]}


def _value(fact: Fact) -> Schema:
    label = "\n\n".join(fact.labels.values()) or fact.name
    one = _number() if fact.type in NUMERIC else _word(fact)
    return {"description": label, "anyOf": [{"enum": ["known", "unknown"]}, *one]}


def _number() -> list[Schema]:
    number: Schema = {"type": ["number", "string"], "pattern": rf"^{_N}$"}
    names = ("at_least", "at_most", "below")
    bounds: Schema = {
        "type": "object",
        "additionalProperties": False,
        "minProperties": 1,
        "properties": {**dict.fromkeys(names, number), "none_of": _some(number)},
    }
    return [{"type": "number"}, {"type": "string", "pattern": _NUMBER_WORDS}, _some(number), bounds]


def _word(fact: Fact) -> list[Schema]:
    # an editor of YAML 1.1 takes yes and no for true and false
    words = [*BOOLS, True, False] if fact.type is FactType.BOOL else list(fact.values)
    one: Schema = {"enum": words}
    none_of: Schema = {
        "type": "object",
        "additionalProperties": False,
        "required": ["none_of"],
        "properties": {"none_of": _some(one)},
    }
    said: Schema = {"type": "string", "pattern": r"^(not \S+|neither \S+( nor \S+)+)$"}
    return [one, said, _some(one), none_of]


def _some(one: Schema) -> Schema:
    return {"type": "array", "minItems": 1, "items": one}
