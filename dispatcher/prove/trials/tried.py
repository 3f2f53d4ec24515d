"""Which comparisons of a policy were looked at for a case, and how they came out."""

from collections.abc import Iterator
from dataclasses import dataclass

from dispatcher.policy.interpret import interpret, truth
from dispatcher.policy.terms import All, Condition, Leaf, OneOf, Policy, Rule
from dispatcher.prove.exact.later import leaves
from dispatcher.prove.trials.alone import Case, on_ladder


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One comparison, and where it stands: a rule, a step, or `start`.

    It is asked of a case where `rule` is tried: where no row before it answers. `given` is what
    must hold besides.
    """

    where: str
    leaf: Leaf
    rule: str
    given: Condition


def questions(policy: Policy) -> Iterator[Question]:
    """Every comparison of a policy, in the order in which rules are asked."""
    for rule in (*policy.stops, *policy.hand_over):
        yield from _of_rule(rule)
    first = [step for step in policy.steps if step.choose and not step.optional]
    for step in first[:1]:
        for leaf in leaves(policy.start):
            stands = OneOf(fact="last_step", values=step.after)
            yield Question(where="start", leaf=leaf, rule=step.choose[0].id, given=stands)
    for step in policy.steps:
        stands = OneOf(fact="last_step", values=step.after)
        started = () if step.optional else (policy.start,)
        for leaf in leaves(step.when):
            begun = All(parts=(stands, *started))
            yield Question(where=step.id, leaf=leaf, rule=step.choose[0].id, given=begun)
        for rule in step.choose:
            yield from _of_rule(rule, All(parts=(stands, *started, step.when)))


def _of_rule(rule: Rule, given: Condition | None = None) -> Iterator[Question]:
    for leaf in leaves(rule.when):
        yield Question(where=rule.id, leaf=leaf, rule=rule.id, given=given or All())


def asked(policy: Policy, case: Case) -> Iterator[tuple[Question, bool | None]]:
    """The comparisons that are looked at for a case, with their truth (None: unknown)."""
    case, _ = on_ladder(case, policy)
    verdict = interpret(policy, case)
    last = _answered_at(policy, verdict.stop, verdict.hand_over, verdict.choice)
    places = {rule.id: place for place, rule in enumerate(_rules(policy))}
    for question in questions(policy):
        if places[question.rule] <= last and truth(question.given, case) is True:
            yield question, truth(question.leaf, case)


def _answered_at(
    policy: Policy, stop: int | None, hand_over: int | None, choice: int | None
) -> int:
    """The place of the rule that answers among all rules; past the last where none does."""
    if stop is not None:
        return stop
    if hand_over is not None:
        return len(policy.stops) + hand_over
    before = len(policy.stops) + len(policy.hand_over)
    return before + (len(policy.choices) if choice is None else choice)


def _rules(policy: Policy) -> tuple[Rule, ...]:
    return (*policy.stops, *policy.hand_over, *policy.choices)
