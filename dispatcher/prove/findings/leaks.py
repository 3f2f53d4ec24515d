"""Stops that a missing value lets through."""

from collections.abc import Iterator

from dispatcher.model.problem import Problem
from dispatcher.policy.boxes import may_lack
from dispatcher.policy.terms import Known, Lacks
from dispatcher.prove.exact.diagram import NO
from dispatcher.prove.exact.later import leaves
from dispatcher.prove.findings.scene import Scene


def leaks(scene: Scene) -> Iterator[Problem]:
    """Stops that would hold for some value of a fact, and do not hold where it is unknown."""
    diagrams = scene.diagrams
    for stop in scene.policy.stops:
        sure = {leaf.fact for leaf in leaves(stop.when) if isinstance(leaf, Known | Lacks)}
        for fact in sorted(sure):
            if not may_lack(scene.rulebook.facts[fact]):
                continue
            lacks = diagrams.of(Lacks(fact=fact))
            level = frozenset({diagrams.space.level[fact]})
            known = diagrams.both(diagrams.of(stop.when), diagrams.negative(lacks))
            through = diagrams.both(lacks, diagrams.some(known, level))
            if through == NO or not scene.met(through) & scene.acting:
                continue
            passed = diagrams.both(through, diagrams.only(scene.table.root, scene.acting))
            fields = {"rule": stop.id, "fact": fact, "case": scene.case(passed)}
            yield scene.say("prove/stop-lets-through", stop.place, **fields)
