"""What findings weigh in a home that has its reasons."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from dispatcher.model.problem import Problem
from dispatcher.model.settings import Weight


def weighed(problems: Iterable[Problem], weights: Mapping[str, Weight]) -> Iterator[Problem]:
    """The problems with the home's own levels, without those that it does not want to be told."""
    for problem in problems:
        weight = weights.get(problem.code)
        if weight is None or not _about(problem, weight):
            yield problem
        elif weight.level is not None:
            yield replace(problem, level=weight.level)


def _about(problem: Problem, weight: Weight) -> bool:
    return not weight.only or not set(weight.only).isdisjoint(problem.fields.values())
