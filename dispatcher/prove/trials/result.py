"""What came of the tests of a file: each passed, failed, or failed as it was expected to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from dispatcher.decide.explain import Part
from dispatcher.model.problem import Place, Problem
from dispatcher.model.vocabulary import Value
from dispatcher.prove.exact.properties import Proof
from dispatcher.prove.trials.alone import Answered
from dispatcher.prove.trials.expected import Mismatch


class Sort(StrEnum):
    """What of a test file it was."""

    TEST = "test"
    TIMELINE = "timeline"
    INVARIANT = "invariant"


class Result(StrEnum):
    """How it ended. `todo` failed as expected; `fixed` passed although it is marked `todo`."""

    PASSED = "passed"
    FAILED = "failed"
    TODO = "todo"
    FIXED = "fixed"


#: The run fails on these.
BAD = frozenset({Result.FAILED, Result.FIXED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """What kept the expected rule from answering, or why another answered.

    `missed` is the expected rule and the comparison that it failed by; where it would have
    answered, `before` is the rule that stands before it. Without an expected rule, `read` is what
    the rule that did answer read.
    """

    rule: str
    missed: Part | None = None
    before: str = ""
    read: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """One answer that was not the expected one; `day` of a timeline, None of a single test."""

    mismatches: tuple[Mismatch, ...]
    answered: Answered
    day: int | None = None
    place: Place | None = None
    why: Why | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one test, timeline or invariant.

    `cases` are those that were decided, whole, for coverage; `proof` is that of an invariant.
    """

    file: str
    policy: str
    name: str
    sort: Sort
    result: Result
    place: Place | None = None
    shortfalls: tuple[Shortfall, ...] = ()
    cases: tuple[Mapping[str, Value], ...] = ()
    answers: tuple[Answered, ...] = ()
    proof: Proof | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """All that came of a run; `problems` are tests that say what cannot be."""

    outcomes: tuple[Outcome, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def bad(self) -> bool:
        """Whether anything ended otherwise than it should."""
        return any(outcome.result in BAD for outcome in self.outcomes)

    def count(self, *results: Result) -> int:
        """How many ended so."""
        return sum(outcome.result in results for outcome in self.outcomes)


def result_of(*, kept: bool, todo: bool) -> Result:
    """How a test ended: whether its promise was kept, and whether that was expected."""
    if todo:
        return Result.FIXED if kept else Result.TODO
    return Result.PASSED if kept else Result.FAILED


def together(runs: Iterable[Ran]) -> Ran:
    """Several runs as one, in order."""
    found = list(runs)
    return Ran(
        outcomes=tuple(outcome for ran in found for outcome in ran.outcomes),
        problems=tuple(problem for ran in found for problem in ran.problems),
    )
