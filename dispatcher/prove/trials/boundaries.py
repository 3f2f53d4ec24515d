"""Both sides of every threshold of a policy as cases, with what they answer."""

from collections.abc import Iterator
from dataclasses import dataclass

from dispatcher.model.vocabulary import Value
from dispatcher.policy.function import compile_policy
from dispatcher.policy.promises import Promises
from dispatcher.policy.terms import Between, Policy, Rulebook
from dispatcher.prove.exact.later import edges
from dispatcher.prove.exact.outcomes import Outcome
from dispatcher.prove.exact.table import Table, analyse
from dispatcher.prove.exact.witness import case_in
from dispatcher.prove.trials.alone import Answered, Case, answer, contradictions, whole
from dispatcher.prove.trials.coverage import nearer, shown_by
from dispatcher.prove.trials.result import Ran, Sort
from dispatcher.prove.trials.tried import Question, asked, questions


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A case just below a threshold or on it; `tested`: a test stands exactly there."""

    value: int
    case: Case
    answered: Answered
    tested: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """A threshold: where it stands, its fact, and the sides that can be."""

    file: str
    policy: str
    where: str
    fact: str
    sides: tuple[Side, ...]


def boundaries(promises: Promises, ran: Ran, rulebook: Rulebook) -> tuple[Boundary, ...]:
    """Every threshold of the policy that a file tests, in the order in which rules are asked."""
    policy = rulebook.policies[promises.policy]
    tested = _tested(promises, ran, policy)
    table = analyse(policy, rulebook)
    shared = whole(promises.case, rulebook.facts)
    return tuple(
        Boundary(
            file=promises.file,
            policy=policy.name,
            where=question.where,
            fact=question.leaf.fact,
            sides=sides,
        )
        for question in dict.fromkeys(questions(policy))
        if isinstance(question.leaf, Between)
        for edge in edges(question.leaf)
        if (sides := tuple(_sides(question, edge, table, tested, shared)))
    )


def _tested(promises: Promises, ran: Ran, policy: Policy) -> frozenset[tuple[Question, Value]]:
    """Each comparison and the values with which tests ask it."""
    return frozenset(
        (question, case.get(question.leaf.fact))
        for outcome in ran.outcomes
        if outcome.file == promises.file and outcome.sort is not Sort.INVARIANT
        for case in outcome.cases
        for question, _ in asked(policy, case)
    )


def _deciding(question: Question, table: Table) -> Case | None:
    """A case that a rule answers because of the comparison; None: it never decides."""
    step = question.rule.partition("/")[0]
    whole_step = question.where != question.rule

    def mine(outcome: Outcome) -> bool:
        return outcome.rule.startswith(f"{step}/") if whole_step else outcome.rule == question.rule

    diagrams = table.diagrams
    return case_in(diagrams, diagrams.both(table.where(mine), diagrams.of(question.leaf)))


def _sides(
    question: Question,
    edge: int,
    table: Table,
    tested: frozenset[tuple[Question, Value]],
    shared: Case,
) -> Iterator[Side]:
    """The case just below the threshold and the one on it, all else the same where that can be."""
    policy, rulebook = table.policy, table.rulebook
    fact = rulebook.facts[question.leaf.fact]
    decide = compile_policy(policy, rulebook.facts)
    shown = _deciding(question, table) or shown_by(question, side=True, table=table)
    values = (edge - 1, edge)

    def rules(case: Case) -> list[str]:
        """What answers on both sides, all else as in this case."""
        both = ({**case, fact.name: value} for value in values)
        return [answer(each, policy, decide, rulebook.facts).rule for each in both]

    if shown is not None:
        wanted = rules(shown)
        shown = nearer(shown, shared, lambda near: rules(near) == wanted, rulebook)
    for value in values:
        low, high = fact.minimum, fact.maximum
        outside = (low is not None and value < low) or (high is not None and value > high)
        if shown is None or outside:
            continue
        case = {**shown, fact.name: value}
        if not any(contradictions(case, rulebook)):
            answered = answer(case, policy, decide, rulebook.facts)
            known = (question, value) in tested
            yield Side(value=value, case=case, answered=answered, tested=known)
