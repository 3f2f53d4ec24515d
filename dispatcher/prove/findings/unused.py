"""What is there and nobody uses: templates, offers, tasks, roles, named conditions."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from dispatcher.model.problem import Place, Problem
from dispatcher.policy.terms import (
    All,
    Condition,
    Contact,
    Either,
    HandOver,
    Hold,
    Named,
    Policy,
    Rule,
    Rulebook,
    Wait,
    Work,
)


#: Tasks that no rule names: they come by themselves.
OURS = frozenset({"find-contact", "look-up"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Where names are written: by kind (`templates`, `tasks`, `offers`, `people`, `conditions`).

    `used` are those that files other than policies use, by kind.
    """

    places: Mapping[str, Mapping[str, Place]] = field(default_factory=dict)
    used: Mapping[str, frozenset[str]] = field(default_factory=dict)


CODES = {
    "templates": "prove/unused-template",
    "offers": "prove/unused-offer",
    "tasks": "prove/unused-task",
    "people": "prove/unused-role",
    "conditions": "prove/unused-condition",
}


def unused(rulebook: Rulebook, written: Written) -> Iterator[Problem]:
    """Names that nobody uses, one finding for each kind, at the first of them."""
    used = _used(rulebook)
    for kind, code in CODES.items():
        known = used[kind] | written.used.get(kind, frozenset())
        left = {n: place for n, place in written.places.get(kind, {}).items() if n not in known}
        if left:
            yield Problem(
                code=code, place=next(iter(left.values())), fields={"names": ", ".join(left)}
            )


def _used(rulebook: Rulebook) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {kind: set() for kind in CODES}
    found["tasks"] |= OURS
    for policy in rulebook.policies.values():
        for rule in _rules(policy):
            _of_rule(rule, found)
        found["templates"].update(answer.template for answer in policy.answers)
        for condition in _all_conditions(policy):
            found["conditions"].update(_named(condition))
    return found


def _rules(policy: Policy) -> Iterator[Rule]:
    yield from (*policy.stops, *policy.hand_over)
    for step in policy.steps:
        yield from step.choose


def _of_rule(rule: Rule, found: Mapping[str, set[str]]) -> None:
    match rule.then:
        case Contact() as then:
            found["templates"] |= {then.template, then.follow_up}
            found["offers"].add(then.offer)
            roles = {*then.copy_to, *then.needs_approval, then.assign_to, then.escalate_to}
            found["people"] |= roles
        case Hold(task=task) | Wait(task=task):
            found["tasks"].add(task)
        case Work(task=task, assign_to=role):
            found["tasks"].add(task)
            found["people"].add(role)
        case HandOver(needs_approval=roles_):
            found["people"].update(roles_)


def _all_conditions(policy: Policy) -> Iterator[Condition]:
    yield policy.start
    if policy.applies_to is not None:
        yield policy.applies_to
    yield from (rule.when for rule in _rules(policy))
    yield from (step.when for step in policy.steps)
    yield from (each.when for each in policy.resume)


def _named(condition: Condition) -> Iterable[str]:
    match condition:
        case Named(name=name, condition=inside):
            yield name
            yield from _named(inside)
        case All(parts=parts) | Either(parts=parts):
            for part in parts:
                yield from _named(part)
        case _:
            return
