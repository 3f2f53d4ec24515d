"""One case of one policy, decided alone: without rounds and limits, as single tests ask."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from dispatcher.decide.channels import PREFERRED
from dispatcher.decide.explain import REACHED_BY
from dispatcher.decide.merge import FIND_CONTACT
from dispatcher.decide.wording import LOOK_UP
from dispatcher.model.decision import Action
from dispatcher.model.vocabulary import Fact, Value
from dispatcher.policy.function import Decide
from dispatcher.policy.interpret import truth
from dispatcher.policy.terms import (
    Condition,
    Contact,
    HandOver,
    Hold,
    Known,
    Lacks,
    Policy,
    Rule,
    Rulebook,
    Then,
    Verdict,
    Wait,
    Work,
)
from dispatcher.prove.exact.later import leaves, next_change
from dispatcher.prove.exact.says import Says


Case = Mapping[str, Value]

NONE: Final = "none"  # the last step of a case that has had none


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(Says):
    """What a case answers, and when: beside the words of tests its task, its day and its policy.

    `until` counts days from day 0 of what asked (of a single test the day itself); None: open end.
    `policy` is whose rule it is.
    """

    task: str = ""
    until: int | None = None
    policy: str = ""


def whole(named: Case, facts: Mapping[str, Fact]) -> dict[str, Value]:
    """Every fact of a case: as named, else its default, else unknown."""
    return {
        name: named.get(name, fact.default if fact.has_default else None)
        for name, fact in facts.items()
    }


def contradictions(case: Case, rulebook: Rulebook) -> Iterator[Condition]:
    """The invariants of the vocabulary that a case breaks: it cannot exist."""
    return (each for each in rulebook.invariants if truth(each, case) is True)


def on_ladder(case: Case, policy: Policy) -> tuple[dict[str, Value], bool]:
    """The case with its last step as this ladder calls it, and whether the ladder has it."""
    rungs = {NONE, *(step.id for step in policy.steps)}
    renamed = {step.was: step.id for step in policy.steps if step.was} | dict(policy.same_as)
    last = case.get("last_step")
    found = last if last in rungs else renamed.get(str(last), last)
    return {**case, "last_step": found}, found is None or found in rungs


def answer(case: Case, policy: Policy, decide: Decide, facts: Mapping[str, Fact]) -> Answered:
    """What the policy says of a whole case; `decide` is its compiled function."""
    case, known_step = on_ladder(case, policy)
    verdict = decide(case)
    rule = _answering(verdict, policy, known_step=known_step)
    if rule is None:
        return _without_rule(case, policy, decide, facts, known_step=known_step)
    if verdict.stop is not None and verdict.stop_on_unknown:
        reason = f"unknown: {_unknown_fact(rule, case)}"
        return Answered(
            action=Action.HOLD, rule=rule.id, reason=reason, task=LOOK_UP, policy=policy.name
        )
    waits = isinstance(rule.then, Wait)
    until = next_change(case, policy, decide, facts) if waits else None
    return said(rule.id, rule.then, case, policy=policy.name, until=until)


def said(
    rule: str, then: Then, case: Case, *, policy: str = "", until: int | None = None
) -> Answered:
    """What a rule makes a case answer; a contact goes by the first channel that reaches him."""
    match then:
        case Hold(reason=reason, task=task):
            action = Action.HOLD
            return Answered(action=action, rule=rule, reason=reason, task=task, policy=policy)
        case Wait(reason=reason, task=task):
            return Answered(
                action=Action.WAIT, rule=rule, reason=reason, task=task, until=until, policy=policy
            )
        case Work(task=task):
            return Answered(action=Action.TASK, rule=rule, task=task, policy=policy)
        case HandOver(to=to):
            return Answered(action=Action.HAND_OVER, rule=rule, to=to, policy=policy)
        case Contact():
            return _contact(rule, then, case, policy)


def _contact(rule: str, then: Contact, case: Case, policy: str) -> Answered:
    channel = channel_of(then, case)
    if not channel:
        action, reason = Action.TASK, "no-channel"
        return Answered(action=action, rule=rule, reason=reason, task=FIND_CONTACT, policy=policy)
    return Answered(
        action=Action.CONTACT,
        rule=rule,
        channel=channel,
        template=then.template,
        tone=then.tone,
        offer=then.offer,
        policy=policy,
    )


def channel_of(then: Contact, case: Case) -> str:
    """The first channel that reaches the debtor, his preference first; empty: none does."""
    liked = case.get(PREFERRED)
    ordered = sorted(then.channels, key=lambda channel: channel != liked)
    return next((name for name in ordered if case.get(REACHED_BY.get(name, "")) is True), "")


def _answering(verdict: Verdict, policy: Policy, *, known_step: bool) -> Rule | None:
    """The rule that answers, in the language's order."""
    if verdict.stop is not None:
        return policy.stops[verdict.stop]
    if not known_step:
        return None
    if verdict.hand_over is not None:
        return policy.hand_over[verdict.hand_over]
    return None if verdict.choice is None else policy.choices[verdict.choice]


def _without_rule(
    case: Case, policy: Policy, decide: Decide, facts: Mapping[str, Fact], *, known_step: bool
) -> Answered:
    if not known_step:
        return Answered(action=Action.HOLD, reason="unknown-step", policy=policy.name)
    until = next_change(case, policy, decide, facts)
    return Answered(action=Action.NOTHING_YET, until=until, policy=policy.name)


def _unknown_fact(rule: Rule, case: Case) -> str:
    """The first fact that a stop reads and that has no value."""
    read = (leaf for leaf in leaves(rule.when) if not isinstance(leaf, Known | Lacks))
    return next((leaf.fact for leaf in read if case.get(leaf.fact) is None), "")
