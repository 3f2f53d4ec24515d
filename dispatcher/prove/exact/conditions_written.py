"""A condition as operators write it: `{dispute: part, days_late: 30+}`; a list is one of them."""

from collections.abc import Mapping

from dispatcher.model.vocabulary import Fact, FactType, Value
from dispatcher.policy.terms import (
    All,
    Between,
    Condition,
    Either,
    Known,
    Lacks,
    Leaf,
    Named,
    NoneOf,
    OneOf,
)
from dispatcher.policy.values import written


def as_policy(when: Condition, facts: Mapping[str, Fact]) -> str:
    """The condition in the words of a policy; names of conditions are dissolved."""
    match when:
        case All(parts=()):
            return "any"
        case All(parts=parts):
            return " and ".join(_inside(part, facts) for part in parts)
        case Either(parts=parts):
            return f"[{', '.join(_braced(part, facts) for part in parts)}]"
        case Named(condition=named):
            return as_policy(named, facts)
        case _:
            return f"{when.fact}: {_value(when, facts[when.fact])}"


def _inside(part: Condition, facts: Mapping[str, Fact]) -> str:
    while isinstance(part, Named):
        part = part.condition
    text = as_policy(part, facts)
    return f"({text})" if isinstance(part, All) and len(part.parts) > 1 else text


def _braced(part: Condition, facts: Mapping[str, Fact]) -> str:
    text = as_policy(part, facts)
    return f"{{{text.replace(' and ', ', ')}}}"


def _value(leaf: Leaf, fact: Fact) -> str:
    match leaf:
        case Between():
            return _range(leaf, fact)
        case OneOf(values=(value,)):
            return written(value, fact)
        case OneOf(values=values):
            return f"[{', '.join(written(value, fact) for value in values)}]"
        case NoneOf(values=values):
            words = " nor ".join(written(value, fact) for value in values)
            return f"not {words}" if len(values) == 1 else f"neither {words}"
        case Known():
            return "known"
        case Lacks():
            return "unknown"


def _range(leaf: Between, fact: Fact) -> str:
    low, high = leaf.at_least, leaf.at_most
    if high is None:
        return f"{written(low, fact)}+"
    # kept inclusive; what people write ends before a round number
    end = _next(high, fact)
    return f"under {end}" if low is None else f"{written(low, fact)} to under {end}"


def _next(high: int, fact: Fact) -> str:
    following: Value = high + 1
    text = written(following, fact)
    return text.removesuffix(".00") if fact.type is FactType.MONEY else text
