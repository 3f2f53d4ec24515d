"""Lines of `resume:` that no case comes to, because those before take all of theirs."""

from collections.abc import Iterator

from dispatcher.model.problem import Problem
from dispatcher.policy.terms import Condition
from dispatcher.prove.exact.diagram import NO, Diagrams
from dispatcher.prove.findings.scene import Scene


def resumed(scene: Scene) -> Iterator[Problem]:
    """Lines after which nothing is left of their stop."""
    diagrams, lines = scene.diagrams, scene.policy.resume
    for place, line in enumerate(lines):
        before = [each.when for each in lines[:place] if each.after == line.after]
        if before and _left(line.when, before, diagrams) == NO:
            yield scene.say("prove/resume-unreachable", line.place, after=line.after)


def _left(when: Condition, before: list[Condition], diagrams: Diagrams) -> int:
    taken = diagrams.any(diagrams.of(each) for each in before)
    return diagrams.both(diagrams.of(when), diagrams.negative(taken))
