"""Samples where exact analysis is too dear: cases at random, and cases aimed at each suspicion."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from dispatcher.model.vocabulary import Value
from dispatcher.policy.interpret import Case, truth
from dispatcher.policy.terms import ALWAYS, All, Condition, Either, Leaf, Named, Policy, Rulebook
from dispatcher.prove.exact.later import leaves
from dispatcher.prove.exact.outcomes import Outcome, answered, rows_of
from dispatcher.prove.exact.sampling import Dice, boundaries, sampled
from dispatcher.prove.exact.space import Space, space_of
from dispatcher.prove.exact.witness import usual
from dispatcher.prove.findings.suspects import Suspect


SHOTS: Final = 60  # at each suspicion
SEED: Final = 2027


def tried(
    policy: Policy, rulebook: Rulebook, suspects: Sequence[Suspect]
) -> Iterator[tuple[Case, Outcome]]:
    """Cases and what the policy answers; the same for the same policy."""
    asked = [suspect.when for suspect in suspects]
    yield from sampled(policy, rulebook, also=asked)
    rows = rows_of(policy, rulebook)
    space = space_of([*(row.when for row in rows), *asked], rulebook.facts)
    aim = _Aim(space=space, impossible=rulebook.invariants, dice=Dice(SEED))
    whole = {rule.id: rule.when for rule in (*policy.hand_over, *policy.choices)}
    for suspect in suspects:
        when = (policy.applies_to or ALWAYS, whole[suspect.rule.id], suspect.when)
        for _ in range(SHOTS):
            case = aim.case(All(parts=when))
            yield case, answered(rows, case)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Aim:
    """Cases made so that a condition is likely to be true of them."""

    space: Space
    impossible: tuple[Condition, ...]
    dice: Dice
    fixed: set[str] = field(default_factory=set)

    def case(self, when: Condition) -> Case:
        """A case as usual but for what the condition asks, and for what that rules out."""
        self.fixed.clear()
        case: dict[str, Value] = {n: usual(fact) for n, fact in self.space.facts.items()}
        for leaf in self._wanted(when):
            self._set(leaf, case, true=True)
        for impossible in self.impossible:
            for leaf in leaves(impossible) if truth(impossible, case) is True else ():
                if leaf.fact not in self.fixed:
                    self._set(leaf, case, true=False)
                    break
        return case

    def _wanted(self, condition: Condition) -> Iterator[Leaf]:
        """The comparisons of one way to make a condition true."""
        match condition:
            case All(parts=parts):
                for part in parts:
                    yield from self._wanted(part)
            case Either(parts=parts):
                yield from self._wanted(parts[self.dice.below(len(parts))])
            case Named(condition=inside):
                yield from self._wanted(inside)
            case _:
                yield condition

    def _set(self, leaf: Leaf, case: dict[str, Value], *, true: bool) -> None:
        """Give a fact a value for which the comparison is true, or is not."""
        name = leaf.fact
        self.fixed.add(name)
        if (truth(leaf, case) is True) == true:
            return
        fits = [
            value
            for value in boundaries(self.space, name)
            if (truth(leaf, {name: value}) is True) == true
        ]
        if fits:
            case[name] = fits[self.dice.below(len(fits))]
