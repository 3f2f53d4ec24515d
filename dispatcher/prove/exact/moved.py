"""What a condition will say of a case that is overdue, some days on, asked of its facts today."""

from collections.abc import Mapping

from dispatcher.model.vocabulary import Fact, Value
from dispatcher.policy.terms import All, Between, Condition, Either, Leaf, Named, NoneOf, OneOf


#: Which way each fact of time runs; before the due day and after is another case.
RUNS = {"days_late": 1, "days_since_step": 1, "limitation_days": -1}


def moved(condition: Condition, days: int, facts: Mapping[str, Fact]) -> Condition:
    """The condition as it will be so many days later, all else unchanged.

    Counts stop at their bounds. Only for cases that are overdue today: their day of payment does
    not pass in between.
    """
    match condition:
        case All(parts=parts):
            return All(parts=tuple(moved(part, days, facts) for part in parts))
        case Either(parts=parts):
            return Either(parts=tuple(moved(part, days, facts) for part in parts))
        case Named(condition=named):
            return moved(named, days, facts)
        case _:
            way = RUNS.get(condition.fact)
            return condition if way is None else _leaf(condition, way * days, facts[condition.fact])


def _leaf(leaf: Leaf, days: int, fact: Fact) -> Condition:
    match leaf:
        case Between(at_least=low, at_most=high):
            return _range(low, high, days, fact)
        case OneOf(values=values):
            parts = tuple(_range(n, n, days, fact) for n in _numbers(values))
            return Either(parts=parts)
        case NoneOf(values=values):
            beside = (
                Either(parts=(_range(None, n - 1, days, fact), _range(n + 1, None, days, fact)))
                for n in _numbers(values)
            )
            return All(parts=tuple(beside))
        case _:
            return leaf


def _range(low: int | None, high: int | None, days: int, fact: Fact) -> Between:
    """The range in which the fact stands today so as to be in this one by then."""
    least, most = fact.minimum, fact.maximum
    if low is not None and least is not None and low <= least:
        low = None  # whatever is counted down stops there
    if high is not None and most is not None and high >= most:
        high = None
    if (low is not None and most is not None and low > most) or (
        high is not None and least is not None and high < least
    ):
        return Between(fact=fact.name, at_least=1, at_most=0)
    return Between(
        fact=fact.name,
        at_least=None if low is None else low - days,
        at_most=None if high is None else high - days,
    )


def _numbers(values: tuple[Value, ...]) -> list[int]:
    return [int(value) for value in values if value is not None]
