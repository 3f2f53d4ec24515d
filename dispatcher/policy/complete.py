"""The proof that every step answers: days are counted on, and all else stays as it is.

A case that waits long enough comes to the last atom of every counted fact and stays there. What
no choice takes there, nothing ever takes; a `wait` that answers there never ends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dispatcher.model.vocabulary import Fact, Value
from dispatcher.policy.boxes import (
    Atoms,
    Box,
    TooMany,
    as_written,
    atoms_of,
    facts_of,
    not_false,
)
from dispatcher.policy.scope import Findings
from dispatcher.policy.terms import ALWAYS, Condition, OneOf, Policy, Rule, Rulebook, Step, Wait


#: Facts that grow day by day; when known they end at their bound.
_COUNTED_UP = ("days_late", "days_since_step")
#: Known up to the due day only.
_COUNTED_OUT = "days_before_due"


def check_steps(policy: Policy, rulebook: Rulebook, findings: Findings) -> None:
    """Report steps whose choices never answer some case, and waits that never end."""
    for step in policy.steps:
        if step.choose:
            held = _held(step, policy)
            _check(step.choose, held, policy, rulebook, findings, step=step)
    if policy.hand_over:
        _check(policy.hand_over, [], policy, rulebook, findings, step=None)


def _held(step: Step, policy: Policy) -> list[Condition]:
    """What is true of every case that stands before the step."""
    start = [] if step.optional else [policy.start]
    return [OneOf(fact="last_step", values=step.after), *start, step.when]


def _check(
    rules: Sequence[Rule],
    held: Sequence[Condition],
    policy: Policy,
    rulebook: Rulebook,
    findings: Findings,
    *,
    step: Step | None,
) -> None:
    waits = [n for n, rule in enumerate(rules) if rule.then == Wait() or _idle(rule)]
    if (step is None or _ends_in_any(rules)) and not waits:
        return
    try:
        proof = _proof(rules, held, policy, rulebook)
        for number in waits:
            case = proof.answered(number)
            if case is not None:
                sample = proof.written(case, rulebook.facts)
                rule = rules[number]
                findings.say("policy/endless-wait", rule.place, rule=rule.id, sample=sample)
        case = None if step is None else proof.unanswered()
        if step is not None and case is not None:
            sample = proof.written(case, rulebook.facts)
            findings.say("policy/incomplete", step.place, step=step.id, sample=sample)
    except TooMany:
        at = rules[0].place if step is None else step.place
        findings.say("policy/too-many-combinations", at, name=policy.name)


def _idle(rule: Rule) -> bool:
    return isinstance(rule.then, Wait) and not rule.then.task


def _ends_in_any(rules: Sequence[Rule]) -> bool:
    return rules[-1].when == ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class _Proof:
    """The cases at the end of counting, and the boxes of each rule over them."""

    atoms: Atoms
    spaces: Sequence[Box]
    rules: Sequence[Sequence[Box]]
    outside: Sequence[Box]
    shown: set[str]

    def unanswered(self) -> Mapping[str, Value] | None:
        """A case that no rule takes."""
        taken = [box for boxes in self.rules for box in boxes]
        return self.atoms.uncovered(self.spaces, [*self.outside, *taken])

    def answered(self, number: int) -> Mapping[str, Value] | None:
        """A case that this rule takes, and none before it."""
        earlier = [box for boxes in self.rules[:number] for box in boxes]
        spaces = self.atoms.product([self.spaces, self.rules[number]])
        return self.atoms.uncovered(spaces, [*self.outside, *earlier])

    def written(self, case: Mapping[str, Value], facts: Mapping[str, Fact]) -> str:
        """A case in the words of a test, with the facts that the rules read."""
        return as_written(case, self.shown, facts)


def _proof(
    rules: Sequence[Rule], held: Sequence[Condition], policy: Policy, rulebook: Rulebook
) -> _Proof:
    conditions = [rule.when for rule in rules]
    read = facts_of([*conditions, *held]) | {*_COUNTED_UP, _COUNTED_OUT, "last_step"}
    impossible = [c for c in rulebook.invariants if facts_of([c]) <= read]
    stops = [rule.when for rule in policy.stops if facts_of([rule.when]) <= read]
    atoms = atoms_of([*conditions, *held, *impossible, *stops], rulebook.facts)
    end = _end(atoms, rulebook.facts)
    spaces = [[end], *(atoms.boxes(condition) for condition in held)]
    outside = [box for condition in impossible for box in atoms.boxes(condition)]
    outside += [box for stop in stops for box in atoms.boxes(stop, not_false)]
    return _Proof(
        atoms=atoms,
        spaces=atoms.product(spaces),
        rules=[atoms.boxes(condition) for condition in conditions],
        outside=outside,
        shown=facts_of(conditions),
    )


def _end(atoms: Atoms, facts: Mapping[str, Fact]) -> Box:
    """Where counting ends: the last known atom, or unknown where that is possible."""
    end: dict[str, int] = {}
    for name in atoms.values:
        if name in _COUNTED_UP:
            known = [value for value in atoms.values[name] if value is not None]
            last = {None, max(int(value) for value in known)}
            end[name] = atoms.mask(name, lambda value, last=last: value in last)  # type: ignore[misc] # mypy cannot infer a lambda with a default
        elif name == _COUNTED_OUT and facts[name].nullable:
            end[name] = atoms.mask(name, lambda value: value is None)
    return end
