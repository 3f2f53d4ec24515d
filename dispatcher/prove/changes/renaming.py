"""Rules under other names: what was called otherwise before is compared with what it became."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dispatcher.model.vocabulary import Value
from dispatcher.policy.terms import (
    All,
    Closed,
    Condition,
    Either,
    Limits,
    Named,
    NoneOf,
    OneOf,
    Policy,
    Resume,
    Rule,
    Step,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Old name -> new name, by kind; what is not named stays as it is."""

    policies: Mapping[str, str] = field(default_factory=dict)
    steps: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)

    def step(self, name: str) -> str:
        """The step's new name."""
        return self.steps.get(name, name)

    def rule(self, name: str) -> str:
        """The rule's new name: its own, else that of its step."""
        if name in self.rules:
            return self.rules[name]
        head, slash, rest = name.partition("/")
        return f"{self.step(head)}{slash}{rest}"

    def values(self, fact: str) -> Mapping[str, str]:
        """The new names of a fact's values."""
        return {"last_step": self.steps, "policy_before": self.policies}.get(fact, {})


def renamed(policy: Policy, names: Names) -> Policy:
    """The policy with every name in it as it is now."""
    return replace(
        policy,
        name=names.policies.get(policy.name, policy.name),
        applies_to=None if policy.applies_to is None else condition(policy.applies_to, names),
        same_as={old: names.step(new) for old, new in policy.same_as.items()},
        stops=tuple(_rule(rule, names) for rule in policy.stops),
        resume=tuple(_resume(each, names) for each in policy.resume),
        start=condition(policy.start, names),
        steps=tuple(_step(step, names) for step in policy.steps),
        hand_over=tuple(_rule(rule, names) for rule in policy.hand_over),
        limits=_limits(policy.limits, names),
    )


def condition(when: Condition, names: Names) -> Condition:
    """The condition with every name in it as it is now."""
    match when:
        case All(parts=parts) | Either(parts=parts):
            return replace(when, parts=tuple(condition(part, names) for part in parts))
        case Named(condition=named):
            return replace(when, condition=condition(named, names))
        case OneOf(values=values) | NoneOf(values=values):
            now = names.values(when.fact)
            found = tuple(_value(value, now) for value in values)
            return replace(when, fact=names.facts.get(when.fact, when.fact), values=found)
        case _:
            return replace(when, fact=names.facts.get(when.fact, when.fact))


def _value(value: Value, now: Mapping[str, str]) -> Value:
    return now.get(value, value) if isinstance(value, str) else value


def _rule(rule: Rule, names: Names) -> Rule:
    return replace(rule, id=names.rule(rule.id), when=condition(rule.when, names))


def _step(step: Step, names: Names) -> Step:
    return replace(
        step,
        id=names.step(step.id),
        after=tuple(names.step(name) for name in step.after),
        when=condition(step.when, names),
        choose=tuple(_rule(rule, names) for rule in step.choose),
    )


def _resume(each: Resume, names: Names) -> Resume:
    after = names.rules.get(f"stops/{each.after}", each.after).removeprefix("stops/")
    return replace(each, after=after, to=names.step(each.to), when=condition(each.when, names))


def _limits(limits: Limits, names: Names) -> Limits:
    return replace(
        limits,
        closed=tuple(_closed(each, names) for each in limits.closed),
        after={names.step(step): days for step, days in limits.after.items()},
    )


def _closed(each: Closed, names: Names) -> Closed:
    return replace(each, steps=tuple(names.step(step) for step in each.steps))
