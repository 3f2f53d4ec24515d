"""What one policy says of one case, read naively: `language.md` sections 2 to 4 in plain Python.

Written from the language's text alone. Nothing here is shared with `dispatcher.decide` or with the
three evaluators of `dispatcher.policy`; only the values that a policy is made of are.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

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
    Rulebook,
    Step,
)


Facts = Mapping[str, Any]
Truth = bool | None

#: How many days ahead "the first day on which another answer comes" is looked for.
HORIZON = 45


def truth(condition: Condition, facts: Facts) -> Truth:
    """Kleene's three values; `known` and `unknown` are always true or false."""
    if isinstance(condition, Named):
        return truth(condition.condition, facts)
    if isinstance(condition, All):
        return _every([truth(part, facts) for part in condition.parts])
    if isinstance(condition, Either):
        return _not(_every([_not(truth(part, facts)) for part in condition.parts]))
    value = facts[condition.fact]
    if isinstance(condition, Known | Lacks):
        return (value is not None) is isinstance(condition, Known)
    return None if value is None else _fits(condition, value)


def _fits(leaf: Between | OneOf | NoneOf, value: Any) -> bool:  # noqa: ANN401 - of any type
    if isinstance(leaf, Between):
        return _within(leaf, value)
    return (value in leaf.values) is isinstance(leaf, OneOf)


def _every(parts: list[Truth]) -> Truth:
    if False in parts:
        return False
    return None if None in parts else True


def _not(one: Truth) -> Truth:
    return None if one is None else not one


def _within(span: Between, value: int) -> bool:
    above = span.at_least is None or value >= span.at_least
    below = span.at_most is None or value <= span.at_most
    return above and below


def undecided(condition: Condition, facts: Facts) -> Iterator[str]:
    """The facts for want of which the parts of a condition are neither true nor false."""
    if isinstance(condition, Named):
        yield from undecided(condition.condition, facts)
    elif isinstance(condition, All | Either):
        for part in condition.parts:
            yield from undecided(part, facts)
    elif truth(condition, facts) is None:
        yield condition.fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What the layers of a policy say: the first stop, hand-over and choice that fire."""

    stop: Rule | None = None
    unknown: str = ""  # the fact for want of which the stop fired
    hand_over: Rule | None = None
    step: Step | None = None
    choice: Rule | None = None


def ruling(policy: Policy, facts: Facts) -> Ruling:
    """All layers of a policy, each asked by itself."""
    stop = next((rule for rule in policy.stops if truth(rule.when, facts) is not False), None)
    on_unknown = stop is not None and truth(stop.when, facts) is None
    step, choice = _choice(policy, facts)
    return Ruling(
        stop=stop,
        unknown=next(undecided(stop.when, facts)) if stop is not None and on_unknown else "",
        hand_over=next((rule for rule in policy.hand_over if truth(rule.when, facts)), None),
        step=step,
        choice=choice,
    )


def _choice(policy: Policy, facts: Facts) -> tuple[Step | None, Rule | None]:
    """The first choice of the first step that may follow where the case stands."""
    started = truth(policy.start, facts)
    for step in policy.steps:
        if facts["last_step"] not in step.after or not (step.optional or started):
            continue
        if not truth(step.when, facts):
            continue
        for rule in step.choose:
            if truth(rule.when, facts):
                return step, rule
    return None, None


def days_on(facts: Facts, days: int, rulebook: Rulebook) -> dict[str, Any]:
    """The same case with its day counts moved on and all else as today."""
    late = facts["signed_late"] + days
    since = facts["days_since_step"]
    moved = {
        "signed_late": late,
        "days_late": max(late, 0),
        "days_before_due": -late if late <= 0 else None,
        "days_since_step": None if since is None else since + days,
        "limitation_days": facts["limitation_days"] - days,
    }
    return {**facts, **{name: _cut(name, value, rulebook) for name, value in moved.items()}}


def _cut(name: str, value: int | None, rulebook: Rulebook) -> int | None:
    """Derived numbers are cut to their bounds."""
    fact = rulebook.facts.get(name)
    if value is None or fact is None:
        return value
    low = value if fact.minimum is None else max(value, fact.minimum)
    return low if fact.maximum is None else min(low, fact.maximum)


def first_change(policy: Policy, facts: Facts, rulebook: Rulebook) -> int | None:
    """In how many days, all else unchanged, another answer comes; None: not within `HORIZON`."""
    now = ruling(policy, facts)
    ahead = range(1, HORIZON + 1)
    return next(
        (d for d in ahead if ruling(policy, days_on(facts, d, rulebook)) != now),
        None,
    )


def chosen_policy(
    rulebook: Rulebook, facts: Facts, *, currency: str, default: str = ""
) -> Policy | None:
    """The policy of a debtor in a currency: kept, fitting, or the configuration's."""
    before = rulebook.policies.get(facts.get("policy_before") or "")
    own = [policy for policy in rulebook.active if policy.currency == currency]
    if before in own and before.keep and facts["debtor_overdue"] > 0:
        return before
    fitting = [p for p in own if p.applies_to is not None and truth(p.applies_to, facts)]
    fallback = [policy for policy in own if policy.name == default]
    return next(iter([*fitting, *fallback]), None)


def position(policy: Policy, step: str) -> int:
    """Where a step stands in its ladder."""
    return [one.id for one in policy.steps].index(step)
