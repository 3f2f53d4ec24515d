"""The naive reading of a policy, one case at a time: the oracle that both compilations obey."""

from collections.abc import Mapping

from dispatcher.model.vocabulary import Value
from dispatcher.policy.terms import (
    All,
    Between,
    Condition,
    Either,
    Known,
    Lacks,
    Named,
    NoneOf,
    OneOf,
    Policy,
    Rule,
    Verdict,
)


Case = Mapping[str, Value]


def interpret(policy: Policy, case: Case) -> Verdict:
    """What the rules say of a case; a fact that it does not name is unknown."""
    stop, on_unknown = _stop(policy.stops, case)
    return Verdict(
        stop=stop,
        stop_on_unknown=on_unknown,
        hand_over=_first_true(policy.hand_over, case),
        choice=_first_true(policy.choices, case),
    )


def truth(condition: Condition, case: Case) -> bool | None:
    """Kleene's three values; None is unknown."""
    match condition:
        case All(parts=parts):
            return _kleene([truth(part, case) for part in parts], decided_by=False)
        case Either(parts=parts):
            return _kleene([truth(part, case) for part in parts], decided_by=True)
        case Named(condition=named):
            return truth(named, case)
        case Known(fact=fact):
            return case.get(fact) is not None
        case Lacks(fact=fact):
            return case.get(fact) is None
        case Between() | OneOf() | NoneOf():
            value = case.get(condition.fact)
            return None if value is None else _holds(condition, value)


def _kleene(parts: list[bool | None], *, decided_by: bool) -> bool | None:
    if decided_by in parts:
        return decided_by
    return None if None in parts else not decided_by


def _holds(leaf: Between | OneOf | NoneOf, value: Value) -> bool:
    match leaf:
        case OneOf(values=values):
            return value in values
        case NoneOf(values=values):
            return value not in values
        case Between(at_least=low, at_most=high):
            number = int(value or 0)
            return (low is None or low <= number) and (high is None or number <= high)


def _stop(stops: tuple[Rule, ...], case: Case) -> tuple[int | None, bool]:
    for index, rule in enumerate(stops):
        found = truth(rule.when, case)
        if found is not False:
            return index, found is None
    return None, False


def _first_true(rules: tuple[Rule, ...], case: Case) -> int | None:
    for index, rule in enumerate(rules):
        if truth(rule.when, case) is True:
            return index
    return None
