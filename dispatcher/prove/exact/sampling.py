"""Where exact analysis would take too long: cases at every boundary, and more at random.

The same seed gives the same cases. A sample can refute; it never proves.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from dispatcher.model.vocabulary import Value
from dispatcher.policy.function import compile_policy
from dispatcher.policy.interpret import Case
from dispatcher.policy.terms import Condition, Policy, Rulebook, Verdict
from dispatcher.policy.values import NUMERIC
from dispatcher.prove.exact.outcomes import NOTHING_YET, Layer, Outcome, outcome_of, rows_of
from dispatcher.prove.exact.space import Space, space_of
from dispatcher.prove.exact.witness import usual


CASES: Final = 2_000
SEED: Final = 2026


class Dice:
    """Whole numbers that look like chance and are the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._state = seed

    def below(self, limit: int) -> int:
        """A number from 0 to below the limit."""
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self._state >> 33) % limit


def sampled(
    policy: Policy,
    rulebook: Rulebook,
    *,
    also: Iterable[Condition] = (),
    count: int = CASES,
    seed: int = SEED,
) -> Iterator[tuple[Case, Outcome]]:
    """Cases with every fact and what the policy answers: every boundary, then `count` at random."""
    rows = rows_of(policy, rulebook)
    space = space_of([*(row.when for row in rows), *also], rulebook.facts)
    decide = compile_policy(policy, rulebook.facts)
    head = tuple(row for row in rows if row.outcome.layer not in _BY_FUNCTION)
    for case in cases(space, count=count, seed=seed):
        first = next((row.outcome for row in head if row.holds(case)), None)
        yield case, first or _acting(decide(case), policy)


def cases(space: Space, *, count: int = CASES, seed: int = SEED) -> Iterator[Case]:
    """Cases of a space: each value at each boundary, unknown too, and then `count` at random."""
    dice = Dice(seed)
    marks = {name: boundaries(space, name) for name in space.order}
    common = {name: usual(fact) for name, fact in space.facts.items()}
    for name, values in marks.items():
        for value in values:
            yield {**_any(marks, common, dice), name: value}
    for _ in range(count):
        yield _any(marks, common, dice)


def boundaries(space: Space, name: str) -> tuple[Value, ...]:
    """The values of a fact at the ends of its atoms, and unknown where it may be."""
    values = space.values[name]
    if space.facts[name].type not in NUMERIC:
        return values
    known = range(len(values) - (values[-1] is None))
    ends = (end for bit in known for end in space.ends(name, bit))
    unknown: tuple[Value, ...] = (None,) if values[-1] is None else ()
    return (*dict.fromkeys(ends), *unknown)


def _any(
    marks: dict[str, tuple[Value, ...]], common: dict[str, Value], dice: Dice
) -> dict[str, Value]:
    """A case whose facts are as usual or, as often, anything."""
    rare = {
        name: values[dice.below(len(values))] for name, values in marks.items() if dice.below(2)
    }
    return {**common, **rare}


_BY_FUNCTION: Final = frozenset({Layer.HAND_OVER, Layer.CHOICE, Layer.NOTHING})


def _acting(verdict: Verdict, policy: Policy) -> Outcome:
    """What the compiled function's verdict answers of a case that nothing stops."""
    if verdict.hand_over is not None:
        return outcome_of(policy.hand_over[verdict.hand_over], policy)
    if verdict.choice is not None:
        return outcome_of(policy.choices[verdict.choice], policy)
    return NOTHING_YET
