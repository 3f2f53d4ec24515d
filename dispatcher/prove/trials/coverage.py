"""What of a policy no test reaches: rules, and comparisons seen only true or only false.

Each gap comes with the missing test written out, found by the analyser: it is what the policy says
today, for a person to agree with or not.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dispatcher.model.vocabulary import Fact, Value
from dispatcher.policy.boxes import as_written
from dispatcher.policy.function import compile_policy
from dispatcher.policy.promises import Promises
from dispatcher.policy.terms import Leaf, Policy, Rulebook
from dispatcher.prove.exact.table import Table, analyse
from dispatcher.prove.exact.witness import case_in
from dispatcher.prove.trials.alone import Answered, Case, answer, contradictions, whole
from dispatcher.prove.trials.result import Ran, Sort
from dispatcher.prove.trials.tried import Question, asked, questions


#: What of an answer a written test expects.
EXPECTED: Final = ("action", "rule", "channel", "template", "to")

#: Facts of which one cannot change without the others.
TOGETHER: Final = (("last_step", "days_since_step"), ("days_late", "days_before_due"))

NAMES: Final = {True: "true", False: "false"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something that no test reaches.

    `where` is a rule, a step or `start`; `leaf` a comparison of it that no test has seen come out
    as `missing`; without one the rule itself has answered no case. `test` is an entry of `tests:`;
    empty where no case can reach it.
    """

    file: str
    policy: str
    where: str
    leaf: Leaf | None = None
    missing: bool = True
    test: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """How much of a policy its tests reach, and what they do not."""

    policy: str
    rules: int
    rules_of: int
    sides: int
    sides_of: int
    gaps: tuple[Gap, ...]


def coverage(promises: Promises, ran: Ran, rulebook: Rulebook) -> Covered:
    """What the tests of one file reach of its policy."""
    policy = rulebook.policies[promises.policy]
    mine = [o for o in ran.outcomes if o.file == promises.file and o.sort is not Sort.INVARIANT]
    cases = [case for outcome in mine for case in outcome.cases]
    answered = {each.rule for outcome in mine for each in outcome.answers}
    seen = {found for case in cases for found in asked(policy, case)}
    table = analyse(policy, rulebook)
    rules = [rule.id for rule in (*policy.stops, *policy.hand_over, *policy.choices)]
    writer = _Writer(promises, policy, rulebook)
    gaps = [writer.of_rule(rule, table) for rule in rules if rule not in answered]
    found = [each for each in _sides(policy, table) if each[2] is not None]
    lacking = [each for each in found if (each[0], each[1]) not in seen]
    for question, side, case in lacking:
        if (question, side) not in writer.shown:  # a test that is written already shows it
            gaps.append(writer.of_side(question, case, side=side))
    return Covered(
        policy=policy.name,
        rules=sum(rule in answered for rule in rules),
        rules_of=len(rules),
        sides=len(found) - len(lacking),
        sides_of=len(found),
        gaps=tuple(gaps),
    )


def _sides(
    policy: Policy, table: Table
) -> Iterator[tuple[Question, bool, Mapping[str, Value] | None]]:
    """Each comparison and side of it, with a case that shows it; None: there is none."""
    for question in dict.fromkeys(questions(policy)):
        for side in (True, False):
            yield question, side, shown_by(question, side=side, table=table)


def shown_by(question: Question, *, side: bool, table: Table) -> Mapping[str, Value] | None:
    """The most ordinary case of which a comparison is asked and comes out on that side."""
    diagrams = table.diagrams
    places = [n for n, row in enumerate(table.rows) if row.outcome.rule == question.rule]
    tried = diagrams.only(table.root, sum(1 << n for n in range(places[0], len(table.rows))))
    leaf = question.leaf
    came_out = diagrams.of(leaf) if side else diagrams.negative(diagrams.of(leaf, unknown=True))
    return case_in(diagrams, diagrams.all([tried, diagrams.of(question.given), came_out]))


class _Writer:
    """Writes missing tests, as differences from what the tests of a file share.

    `shown` is all that the tests written so far would show.
    """

    def __init__(self, promises: Promises, policy: Policy, rulebook: Rulebook) -> None:
        self._promises = promises
        self._policy = policy
        self._rulebook = rulebook
        self._decide = compile_policy(policy, rulebook.facts)
        self._shared = whole(promises.case, rulebook.facts)
        self.shown = set[tuple[Question, bool | None]]()

    def of_rule(self, rule: str, table: Table) -> Gap:
        """A rule that answers no test."""
        case = table.witness(rule)
        kept = None if case is None else self._nearer(case, lambda near: self._rule(near) == rule)
        return self._gap(rule, None, missing=True, case=kept, name=rule)

    def _rule(self, case: Case) -> str:
        return self._answer(case).rule

    def _answer(self, case: Case) -> Answered:
        return answer(case, self._policy, self._decide, self._rulebook.facts)

    def of_side(self, question: Question, case: Case | None, *, side: bool) -> Gap:
        """A side of a comparison that no test has seen."""
        name = f"{question.where}, {question.leaf.fact} {NAMES[side]}"
        wanted = (question, side)
        kept = None
        if case is not None:
            kept = self._nearer(case, lambda near: wanted in asked(self._policy, near))
        return self._gap(question.where, question.leaf, missing=side, case=kept, name=name)

    def _nearer(self, case: Case, keeps: Callable[[Case], bool]) -> Case:
        return nearer(case, self._shared, keeps, self._rulebook)

    def _gap(
        self, where: str, leaf: Leaf | None, *, missing: bool, case: Case | None, name: str
    ) -> Gap:
        possible = case is not None and not any(contradictions(case, self._rulebook))
        return Gap(
            file=self._promises.file,
            policy=self._policy.name,
            where=where,
            leaf=leaf,
            missing=missing,
            test=self._test(name, case) if case is not None and possible else "",
        )

    def _test(self, name: str, case: Case) -> str:
        self.shown |= set(asked(self._policy, case))
        return written(name, case, self._answer(case), self._shared, self._rulebook.facts)


def nearer(case: Case, shared: Case, keeps: Callable[[Case], bool], rulebook: Rulebook) -> Case:
    """The case with as many of the shared facts as still show the same."""
    alone = [(name,) for name in rulebook.facts]
    for names in (*TOGETHER, *alone):
        near = {**case, **{name: shared[name] for name in names if name in shared}}
        if near != case and keeps(near) and not any(contradictions(near, rulebook)):
            case = near
    return case


def written(
    name: str,
    case: Case,
    answered: Answered,
    shared: Case,
    facts: Mapping[str, Fact],
) -> str:
    """A case and its answer as an entry of `tests:` in a file whose tests share these facts."""
    changed = {fact for fact in facts if case.get(fact) != shared.get(fact)}
    told = {word: str(getattr(answered, word)) for word in EXPECTED if getattr(answered, word)}
    expected = ", ".join(f"{word}: {said}" for word, said in told.items())
    lines: Sequence[str] = (
        f'  - name: "{name}"',
        *([f"    case: {{{as_written(case, changed, facts)}}}"] if changed else []),
        f"    expect: {{{expected}}}",
    )
    return "\n".join(lines)
