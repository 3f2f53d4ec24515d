"""A policy as ordered rows, each with what it answers: the first that holds is the answer.

What the book adds to facts stays outside: work in hand, credits of other invoices, decisions of
people on a hand-over. A policy that keeps its debtors may meet them outside its `applies_to`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dispatcher.model.decision import Action
from dispatcher.model.vocabulary import FactType, Value
from dispatcher.policy.boxes import TooMany, atoms_of, may_lack
from dispatcher.policy.interpret import Case, truth
from dispatcher.policy.terms import (
    ALWAYS,
    All,
    Between,
    Condition,
    Contact,
    Either,
    HandOver,
    Hold,
    Known,
    Lacks,
    OneOf,
    Policy,
    Rule,
    Rulebook,
    Then,
    Wait,
    Work,
)
from dispatcher.prove.exact.later import leaves


class Layer(StrEnum):
    """Where an answer comes from."""

    IMPOSSIBLE = "impossible"  # the facts cannot be true together
    ELSEWHERE = "elsewhere"  # another policy, or none, answers the case
    STOP = "stop"
    LADDER = "ladder"  # its last step is not a step of this policy
    HAND_OVER = "hand_over"
    CHOICE = "choice"
    NOTHING = "nothing yet"


#: Layers whose cases this policy does not answer.
OUTSIDE: Final = frozenset({Layer.IMPOSSIBLE, Layer.ELSEWHERE})


class Reads(StrEnum):
    """For which of Kleene's values a row holds."""

    TRUE = "true"
    MAYBE = "true or unknown"
    NOT_TRUE = "false or unknown"


ACTIONS: Final[dict[type[Then], Action]] = {
    Hold: Action.HOLD,
    Wait: Action.WAIT,
    Contact: Action.CONTACT,
    Work: Action.TASK,
    HandOver: Action.HAND_OVER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a row answers. `rule` is empty where no rule answers; `action` None: not ours.

    `step` and `position` are the step that the answer does, and its rung; `position` -1: none.
    """

    layer: Layer
    rule: str = ""
    action: Action | None = None
    then: Then | None = None
    reason: str = ""
    step: str = ""
    position: int = -1

    @property
    def contact(self) -> Contact | None:
        """How the debtor is contacted, if he is."""
        return self.then if isinstance(self.then, Contact) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: it holds where its condition reads so and, if named, the fact is unknown."""

    outcome: Outcome
    when: Condition = ALWAYS
    reads: Reads = Reads.TRUE
    lacks: str = ""

    def holds(self, case: Case) -> bool:
        """Whether it holds for a case, read naively."""
        said = truth(self.when, case)
        if self.lacks and case.get(self.lacks) is not None:
            return False
        return _READ[self.reads](said)


_READ: Final = {
    Reads.TRUE: lambda said: said is True,
    Reads.MAYBE: lambda said: said is not False,
    Reads.NOT_TRUE: lambda said: said is not True,
}

NOTHING_YET: Final = Outcome(layer=Layer.NOTHING, action=Action.NOTHING_YET)


def rows_of(policy: Policy, rulebook: Rulebook) -> tuple[Row, ...]:
    """The rows of a policy, in the order in which they answer; the last one always holds."""
    return (
        *outside(policy, rulebook),
        *stops(policy, rulebook),
        *ladder(policy, rulebook),
        *(Row(outcome=outcome_of(rule, policy), when=rule.when) for rule in policy.hand_over),
        *(Row(outcome=outcome_of(rule, policy), when=rule.when) for rule in policy.choices),
        Row(outcome=NOTHING_YET),
    )


def answered(rows: tuple[Row, ...], case: Case) -> Outcome:
    """What the first row that holds answers, read naively."""
    return next(row.outcome for row in rows if row.holds(case))


def outside(policy: Policy, rulebook: Rulebook) -> Iterator[Row]:
    """The cases that cannot be, and those of other policies."""
    impossible = Outcome(layer=Layer.IMPOSSIBLE)
    yield from (Row(outcome=impossible, when=when) for when in rulebook.invariants)
    scope = _scope(policy, rulebook)
    if scope is not None:
        elsewhere = Outcome(layer=Layer.ELSEWHERE)
        yield Row(outcome=elsewhere, when=scope, reads=Reads.NOT_TRUE)


def stops(policy: Policy, rulebook: Rulebook) -> Iterator[Row]:
    """Each stop when it is true, then when it is unknown, by the first fact that is missing."""
    for rule in policy.stops:
        yield Row(outcome=outcome_of(rule, policy), when=rule.when)
        for fact in compared(rule.when):
            if may_lack(rulebook.facts[fact]):
                unknown = Outcome(
                    layer=Layer.STOP,
                    rule=rule.id,
                    action=Action.HOLD,
                    then=rule.then,
                    reason=f"unknown: {fact}",
                )
                yield Row(outcome=unknown, when=rule.when, reads=Reads.MAYBE, lacks=fact)


def ladder(policy: Policy, rulebook: Rulebook) -> Iterator[Row]:
    """The cases whose last step this ladder does not know."""
    fact = rulebook.facts.get("last_step")
    if fact is None or fact.type is not FactType.STEP:
        return
    rungs = {"none", *(step.id for step in policy.steps)}
    foreign = tuple(value for value in fact.values if value not in rungs)
    if foreign:
        lost = Outcome(layer=Layer.LADDER, action=Action.HOLD, reason="unknown-step")
        yield Row(outcome=lost, when=OneOf(fact="last_step", values=foreign))


def outcome_of(rule: Rule, policy: Policy) -> Outcome:
    """What a rule answers."""
    head = rule.id.partition("/")[0]
    rungs = {step.id: place for place, step in enumerate(policy.steps)}
    moves = head in rungs and isinstance(rule.then, Contact | Work)
    layer = {"stops": Layer.STOP, "hand_over": Layer.HAND_OVER}.get(head, Layer.CHOICE)
    return Outcome(
        layer=layer,
        rule=rule.id,
        action=ACTIONS[type(rule.then)],
        then=rule.then,
        reason=_reason(rule.then),
        step=head if moves else "",
        position=rungs[head] if moves else -1,
    )


def compared(condition: Condition) -> tuple[str, ...]:
    """The facts whose absence leaves a condition unknown, in order of writing."""
    return tuple(
        dict.fromkeys(x.fact for x in leaves(condition) if not isinstance(x, Known | Lacks))
    )


def _reason(then: Then) -> str:
    return then.reason if isinstance(then, Hold | Wait) else ""


def _scope(policy: Policy, rulebook: Rulebook) -> Condition | None:
    """Whose cases the policy may answer; one that keeps its debtors also those who have left."""
    if policy.applies_to is None or not policy.keep:
        return policy.applies_to
    kept: list[Condition] = []
    if "debtor_overdue" in rulebook.facts:
        kept.append(Between(fact="debtor_overdue", at_least=1))
    if "policy_before" in rulebook.facts:
        kept.append(OneOf(fact="policy_before", values=(policy.name,)))
    if "legal_kind" in rulebook.facts:
        kept.append(OneOf(fact="legal_kind", values=_kinds(policy.applies_to, rulebook)))
    return Either(parts=(policy.applies_to, All(parts=tuple(kept))))


def _kinds(applies_to: Condition, rulebook: Rulebook) -> tuple[Value, ...]:
    """The legal kinds that the policy may have taken in."""
    values = rulebook.facts["legal_kind"].values
    atoms = atoms_of([applies_to, Known(fact="legal_kind")], rulebook.facts)
    try:
        boxes = atoms.boxes(applies_to)
    except TooMany:
        return values
    full = atoms.full("legal_kind")
    taken = [box.get("legal_kind", full) for box in boxes]
    return tuple(
        value for bit, value in enumerate(values) if any(mask >> bit & 1 for mask in taken)
    )
