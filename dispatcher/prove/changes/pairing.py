"""Which policy of one rulebook is which of another, and over which facts both are read."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final

from dispatcher.model.vocabulary import Fact
from dispatcher.policy.boxes import may_lack
from dispatcher.policy.terms import Policy, Rulebook
from dispatcher.prove.changes.renaming import Names, condition, renamed


#: What a fact is called on the old side if it has become another kind of fact.
BEFORE: Final = "{name} (before)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One policy before and after, the old one in the new names; `names` holds what was renamed."""

    old: Policy
    new: Policy
    names: Names


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """Two rulebooks over `facts`, the vocabulary of both together.

    `pairs`, `added` and `removed` are active policies; those that are only extended speak through
    their heirs. `names` are the new names of renamed policies and of facts of another type.
    """

    old: Rulebook
    new: Rulebook
    pairs: tuple[Pair, ...]
    added: tuple[Policy, ...]
    removed: tuple[Policy, ...]
    names: Names


def paired(old: Rulebook, new: Rulebook, *, together: tuple[str, str] | None = None) -> Paired:
    """The policies of two rulebooks by name, else by `was`; `together` are two that are one."""
    names = Names(policies=_policies(old, new, together), facts=_retyped(old.facts, new.facts))
    old = _in_new_names(old, names)
    facts = one_vocabulary(old.facts, new.facts)
    before = {policy.name: policy for policy in old.active}
    after = {policy.name: policy for policy in new.active}
    both = [name for name in after if name in before]
    return Paired(
        old=replace(old, facts=facts),
        new=replace(new, facts=facts),
        pairs=tuple(_pair(before[name], after[name], names) for name in both),
        added=tuple(policy for name, policy in after.items() if name not in before),
        removed=tuple(policy for name, policy in before.items() if name not in after),
        names=names,
    )


def one_vocabulary(old: Mapping[str, Fact], new: Mapping[str, Fact]) -> Mapping[str, Fact]:
    """The facts of both, each with all values and bounds; unknown where it may be on one side."""
    lacking = {name for facts in (old, new) for name, fact in facts.items() if may_lack(fact)}
    return {
        name: replace(fact, nullable=name in lacking, max_age=None)
        for name, fact in _joined(old, new).items()
    }


def _joined(old: Mapping[str, Fact], new: Mapping[str, Fact]) -> Mapping[str, Fact]:
    """The facts of both vocabularies, each with the values and bounds of both."""
    facts = {**old, **new}
    for name in old.keys() & new.keys():
        facts[name] = _widened(old[name], new[name])
    return facts


def _widened(old: Fact, new: Fact) -> Fact:
    lows = [fact.minimum for fact in (old, new) if fact.minimum is not None]
    highs = [fact.maximum for fact in (old, new) if fact.maximum is not None]
    return replace(
        new,
        values=tuple(dict.fromkeys((*new.values, *old.values))),
        minimum=min(lows, default=None),
        maximum=max(highs, default=None),
        nullable=old.nullable or new.nullable,
    )


def _policies(old: Rulebook, new: Rulebook, together: tuple[str, str] | None) -> Mapping[str, str]:
    """Old name -> new name of the policies that are called otherwise now."""
    if together is not None:
        return {} if together[0] == together[1] else {together[0]: together[1]}
    before, after = ({policy.name for policy in book.active} for book in (old, new))
    return {
        policy.was: policy.name
        for policy in new.active
        if policy.was in before - after and policy.name not in before
    }


def _retyped(old: Mapping[str, Fact], new: Mapping[str, Fact]) -> Mapping[str, str]:
    other = [name for name in old.keys() & new.keys() if old[name].type is not new[name].type]
    return {name: BEFORE.format(name=name) for name in other}


def _in_new_names(old: Rulebook, names: Names) -> Rulebook:
    facts = [_fact(fact, names) for fact in old.facts.values()]
    policies = [renamed(policy, names) for policy in old.policies.values()]
    return Rulebook(
        facts={fact.name: fact for fact in facts},
        invariants=tuple(condition(each, names) for each in old.invariants),
        policies={policy.name: policy for policy in policies},
    )


def _fact(fact: Fact, names: Names) -> Fact:
    now = names.values(fact.name)
    values = tuple(now.get(value, value) for value in fact.values)
    return replace(fact, name=names.facts.get(fact.name, fact.name), values=values)


def _pair(old: Policy, new: Policy, names: Names) -> Pair:
    """The pair, with the steps of the old one as they are called now."""
    steps = Names(steps=_steps(old, new))
    before = {now: was for was, now in names.policies.items()}
    mine = {before[new.name]: new.name} if new.name in before else {}
    found = Names(policies=mine, steps=steps.steps)
    return Pair(old=renamed(old, steps), new=new, names=found)


def _steps(old: Policy, new: Policy) -> Mapping[str, str]:
    before, after = _ids(old), _ids(new)
    return {
        step.was: step.id
        for step in new.steps
        if step.was in before and step.was not in after and step.id not in before
    }


def _ids(policy: Policy) -> Collection[str]:
    return {step.id for step in policy.steps}
