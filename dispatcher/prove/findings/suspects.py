"""What a single case shows: a rule that answers it although something about it says otherwise.

The exact engine looks for such a case among all; where there are too many, samples are tried.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from dispatcher.model.problem import Place, Problem
from dispatcher.model.vocabulary import Fact, FactType
from dispatcher.policy.terms import (
    All,
    Between,
    Condition,
    Contact,
    Either,
    HandOver,
    Lacks,
    OneOf,
    Policy,
    Rule,
    Rulebook,
    Step,
    Wait,
)
from dispatcher.prove.exact.diagram import NO
from dispatcher.prove.exact.reach import REACHED_BY
from dispatcher.prove.findings.scene import LAST_STEP, LATE, SINCE, Scene, World


#: Channels whose arrival can be shown before a court.
PROVING: Final = frozenset({"registered_letter"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A rule that must answer no case of this condition."""

    code: str
    rule: Rule
    when: Condition
    fields: tuple[tuple[str, str], ...] = ()

    def said(self, policy: str, case: str) -> Problem:
        """The finding, with the case that shows it."""
        fields = {"policy": policy, "rule": self.rule.id, "case": case, **dict(self.fields)}
        return Problem(code=self.code, place=self.place, fields=fields)

    @property
    def place(self) -> Place | None:
        """Where the rule stands."""
        return self.rule.place


def proved(scene: Scene) -> Iterator[Problem]:
    """The suspects of a policy that some case convicts."""
    for suspect in suspects(scene.policy, scene.rulebook, scene.world):
        node = scene.answered(suspect.rule.id, scene.of(suspect.when))
        if node != NO:
            yield suspect.said(scene.policy.name, scene.contacted(suspect.rule, node))


def suspects(policy: Policy, rulebook: Rulebook, world: World) -> Iterator[Suspect]:
    """All that a single case can show of a policy's rules."""
    facts = rulebook.facts
    for step in policy.steps:
        for rule in step.choose:
            if not isinstance(rule.then, Wait):
                yield from _at_once(rule, policy, facts, step.after)
            if isinstance(rule.then, Contact):
                yield from _nobody(rule, step, facts, world)
            if isinstance(rule.then, Contact) and rule.then.template in world.legal:
                yield from _notice(rule, policy, facts, world)
    for rule in policy.hand_over:
        if not isinstance(rule.then, Wait):
            yield from _at_once(rule, policy, facts, tuple(each.id for each in policy.steps))
        if isinstance(rule.then, HandOver):
            yield from _handed_over(rule, policy, facts, world)


def asked(policy: Policy, rulebook: Rulebook, world: World) -> Iterator[Condition]:
    """What cuts the space of a policy beside its own rules."""
    for suspect in suspects(policy, rulebook, world):
        yield suspect.when


# -- too early ----------------------------------------------------------------------------------


def _at_once(
    rule: Rule, policy: Policy, facts: Mapping[str, Fact], after: tuple[str, ...]
) -> Iterator[Suspect]:
    """A step that fires on the day on which a stop ends, or the step before was done."""
    rungs = tuple(step.id for step in policy.steps if not step.optional and step.id in after)
    if rungs and policy.stops and SINCE in facts and _climbs(facts):
        when = All(parts=(OneOf(fact=LAST_STEP, values=rungs), _within(0)))
        yield Suspect(code="prove/escalates-at-once", rule=rule, when=when)


def _notice(
    rule: Rule, policy: Policy, facts: Mapping[str, Fact], world: World
) -> Iterator[Suspect]:
    """A notice before the due day has passed, without a reminder, or within its deadline."""
    if LATE in facts:
        not_due = Between(fact=LATE, at_most=0)
        yield Suspect(code="prove/notice-not-due", rule=rule, when=not_due)
    if not _climbs(facts):
        return
    bare = ("none", *(step.id for step in policy.steps if step.optional))
    first = OneOf(fact=LAST_STEP, values=bare)
    yield Suspect(code="prove/notice-without-reminder", rule=rule, when=first)
    if SINCE not in facts:
        return
    days = world.deadlines.reminder
    rungs = _contacting(policy)
    when = All(parts=(OneOf(fact=LAST_STEP, values=rungs), _within(days, least=1)))
    fields = (("days", str(days)),)
    yield Suspect(code="prove/notice-too-early", rule=rule, when=when, fields=fields)


def _handed_over(
    rule: Rule, policy: Policy, facts: Mapping[str, Fact], world: World
) -> Iterator[Suspect]:
    """A hand-over within the deadline that the formal notice gave."""
    noticed = tuple(
        step.id
        for step in policy.steps
        if any(
            isinstance(each.then, Contact) and each.then.template in world.legal
            for each in step.choose
        )
    )
    if noticed and SINCE in facts and _climbs(facts):
        days = world.deadlines.formal_notice
        when = All(parts=(OneOf(fact=LAST_STEP, values=noticed), _within(days, least=1)))
        fields = (("days", str(days)),)
        yield Suspect(code="prove/hand-over-too-early", rule=rule, when=when, fields=fields)


def _contacting(policy: Policy) -> tuple[str, ...]:
    return tuple(
        step.id
        for step in policy.steps
        if not step.optional and any(isinstance(each.then, Contact) for each in step.choose)
    )


def _within(days: int, *, least: int = 0) -> Between:
    """Not more than so many days since the last step; day 0 is told apart."""
    return Between(fact=SINCE, at_least=least, at_most=max(days, least))


def _climbs(facts: Mapping[str, Fact]) -> bool:
    return LAST_STEP in facts and facts[LAST_STEP].type is FactType.STEP


# -- nobody reached -----------------------------------------------------------------------------


def _nobody(rule: Rule, step: Step, facts: Mapping[str, Fact], world: World) -> Iterator[Suspect]:
    """A debtor whom none of the channels reaches, and one that goes beside it anyhow would."""
    contact = rule.then
    if not isinstance(contact, Contact):
        return
    others = sorted(_beside(contact, step, world))
    by = dict.fromkeys(REACHED_BY[name] for name in others if REACHED_BY.get(name) in facts)
    lost = [_no(REACHED_BY.get(name, "")) for name in contact.channels]
    if by and all(REACHED_BY.get(name) in facts for name in contact.channels):
        reached = Either(parts=tuple(OneOf(fact=name, values=(True,)) for name in by))
        fields = (("channels", ", ".join(others)),)
        when = All(parts=(*lost, reached))
        yield Suspect(code="prove/reaches-nobody", rule=rule, when=when, fields=fields)


def _beside(contact: Contact, step: Step, world: World) -> set[str]:
    """The channels that the same words take beside the contact, or for other cases of the step."""
    named = {contact.also} - {""}
    for other in step.choose:
        then = other.then
        same = isinstance(then, Contact) and then.template == contact.template
        if isinstance(then, Contact) and same and then.offer == contact.offer:
            named.update(then.channels)
    legal = contact.template in world.legal
    return (named & PROVING if legal else named) - set(contact.channels)


def _no(fact: str) -> Condition:
    """Unknown is no."""
    return Either(parts=(OneOf(fact=fact, values=(False,)), Lacks(fact=fact)))
