"""One case as the days go by, all else unchanged: the day on which the rules say something else."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from dispatcher.model.vocabulary import Fact, Value
from dispatcher.policy.function import Decide
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
    Policy,
)


Case = Mapping[str, Value]

#: Each fact of time, from where the due day stands (days late, negative before it), its value
#: today and the days counted on.
LATER: Final[Mapping[str, Callable[[int, int, int], int | None]]] = {
    "days_late": lambda late, _now, days: max(0, late + days),
    "days_before_due": lambda late, _now, days: -(late + days) if late + days <= 0 else None,
    "days_since_step": lambda _late, now, days: now + days,
    "limitation_days": lambda _late, now, days: now - days,
}

#: Facts of time that fall as days go by.
FALLING: Final = frozenset({"days_before_due", "limitation_days"})


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Every comparison of a condition, in order of writing."""
    match condition:
        case All(parts=parts) | Either(parts=parts):
            for part in parts:
                yield from leaves(part)
        case Named(condition=inner):
            yield from leaves(inner)
        case Between() | OneOf() | NoneOf() | Known() | Lacks():
            yield condition


def edges(leaf: Leaf) -> tuple[int, ...]:
    """Whole numbers from which on, upwards, a comparison may come out otherwise."""
    match leaf:
        case Between(at_least=low, at_most=high):
            found = (low, None if high is None else high + 1)
            return tuple(edge for edge in found if edge is not None)
        case OneOf(values=values) | NoneOf(values=values):
            whole = [v for v in values if isinstance(v, int) and not isinstance(v, bool)]
            return tuple(edge for value in whole for edge in (value, value + 1))
        case Known() | Lacks():
            return ()


def moved_on(case: Case, days: int, facts: Mapping[str, Fact]) -> dict[str, Value]:
    """The case so many days later; an unknown fact of time stays unknown."""
    late = days_late(case)
    then = {
        name: _bounded(later(late, _number(case.get(name)), days), facts[name])
        for name, later in LATER.items()
        if name in facts and case.get(name) is not None
    }
    return {**case, **then}


def next_change(
    case: Case, policy: Policy, decide: Decide, facts: Mapping[str, Fact]
) -> int | None:
    """Days until the policy says something else of the case, all else as today; None: never."""
    now = decide(case)
    late = days_late(case)
    coming = {1 - late}
    for rule in (*policy.stops, *policy.hand_over, *policy.choices):
        for leaf in leaves(rule.when):
            if leaf.fact in LATER:
                coming.update(days_until(leaf.fact, edge, case, late) for edge in edges(leaf))
    ahead = sorted(day for day in coming if day > 0)
    return next((day for day in ahead if decide(moved_on(case, day, facts)) != now), None)


def days_until(name: str, edge: int, case: Case, late: int) -> int:
    """Days until the fact has passed the edge, upwards, or downwards where it falls."""
    if name == "days_late":
        return edge - late
    standing = -late if name == "days_before_due" else _number(case.get(name))
    return standing - (edge - 1) if name in FALLING else edge - standing


def days_late(case: Case) -> int:
    """Days since the due day, negative before it."""
    late, before = _number(case.get("days_late")), case.get("days_before_due")
    return -_number(before) if not late and before is not None else late


def _number(value: Value) -> int:
    return 0 if value is None else int(value)


def _bounded(value: int | None, fact: Fact) -> int | None:
    if value is None:
        return None
    low = value if fact.minimum is None else max(value, fact.minimum)
    return low if fact.maximum is None else min(low, fact.maximum)
