"""Which policy is for which debtor: the proof that there is one answer, and only one."""

from collections.abc import Mapping, Sequence
from itertools import combinations

from dispatcher.model.problem import Place
from dispatcher.model.vocabulary import Owner, Value
from dispatcher.policy.boxes import Atoms, Box, TooMany, as_written, atoms_of, facts_of
from dispatcher.policy.complete import check_steps
from dispatcher.policy.scope import Findings, cut, shown
from dispatcher.policy.terms import Condition, Policy, Rulebook
from dispatcher.problems.suggest import nearest


def check_choice(rulebook: Rulebook, findings: Findings, *, default_policy: str = "") -> None:
    """Report overlaps and gaps between policies, and choices inside them that never answer.

    With a default policy nobody of its currency is left without one.
    """
    default = _default(default_policy, rulebook, findings)
    if not rulebook.active:
        findings.say("policy/none-active", None)
    for currency in dict.fromkeys(policy.currency for policy in rulebook.active):
        group = [policy for policy in rulebook.active if policy.currency == currency]
        try:
            covered = default is not None and default.currency == currency
            _check_group(group, rulebook, findings, covered=covered)
        except TooMany:
            findings.say("policy/too-many-combinations", _at(group[0]), name=group[0].name)
    for policy in rulebook.active:
        check_steps(policy, rulebook, findings)


def _default(name: str, rulebook: Rulebook, findings: Findings) -> Policy | None:
    if name and name not in rulebook.policies:
        known = list(rulebook.policies)
        findings.say(
            "policy/unknown-default",
            None,
            suggestion=nearest(name, known),
            name=cut(name),
            allowed=shown(known) or "-",
        )
    return rulebook.policies.get(name)


def _check_group(
    group: Sequence[Policy], rulebook: Rulebook, findings: Findings, *, covered: bool
) -> None:
    conditions = [_applies(policy) for policy in group]
    impossible = _of_debtors(rulebook)
    atoms = atoms_of([*conditions, *impossible], rulebook.facts)
    outside = [box for condition in impossible for box in atoms.boxes(condition)]
    boxes = {policy.name: atoms.boxes(_applies(policy)) for policy in group}
    shown = facts_of(conditions)
    for one, other in combinations(group, 2):
        sample = _shared(boxes[one.name], boxes[other.name], outside, atoms)
        if sample is not None:
            fields = {"one": one.name, "other": other.name}
            debtor = as_written(sample, shown, rulebook.facts)
            findings.say("policy/overlap", _at(other), second=_at(one), debtor=debtor, **fields)
    if covered:
        return
    everyone = [box for found in boxes.values() for box in found]
    sample = atoms.uncovered([{}], [*everyone, *outside])
    if sample is not None:
        debtor = as_written(sample, shown, rulebook.facts)
        findings.say("policy/uncovered", None, currency=group[0].currency, debtor=debtor)


def _of_debtors(rulebook: Rulebook) -> list[Condition]:
    """The impossible combinations that speak of debtors alone."""
    return [
        condition
        for condition in rulebook.invariants
        if all(rulebook.facts[name].of is Owner.DEBTOR for name in facts_of([condition]))
    ]


def _shared(
    one: Sequence[Box], other: Sequence[Box], outside: Sequence[Box], atoms: Atoms
) -> Mapping[str, Value] | None:
    return atoms.uncovered(atoms.product([one, other]), outside)


def _applies(policy: Policy) -> Condition:
    if policy.applies_to is None:
        message = f"{policy.name} is never chosen"
        raise ValueError(message)
    return policy.applies_to


def _at(policy: Policy) -> Place | None:
    return _applies(policy).place
