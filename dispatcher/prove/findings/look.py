"""All findings of a rulebook: exact where that can be done, else sampled, and then it says so."""

from collections.abc import Iterator, Sequence
from typing import Final

from dispatcher.model.problem import Place, Problem
from dispatcher.policy.interpret import truth
from dispatcher.policy.terms import Contact, Policy, Rulebook
from dispatcher.prove.exact.diagram import OverBudget
from dispatcher.prove.exact.table import analyse
from dispatcher.prove.findings.aimed import tried
from dispatcher.prove.findings.course import Course
from dispatcher.prove.findings.leaks import leaks
from dispatcher.prove.findings.pace import Pace
from dispatcher.prove.findings.resumed import resumed
from dispatcher.prove.findings.scene import Scene, World, written
from dispatcher.prove.findings.stuck import stuck
from dispatcher.prove.findings.suspects import PROVING, asked, proved, suspects
from dispatcher.prove.findings.useless import Seen, looked, useless


#: Steps of work on one policy before samples are taken instead.
MOST_WORK: Final = 6_000_000

_NOWHERE: Final = Place(file="")


def findings(rulebook: Rulebook, world: World, *, most: int = MOST_WORK) -> tuple[Problem, ...]:
    """Everything that is odd about the policies that may be chosen, in the order of their files.

    A finding keeps nothing from being used. Above `most` steps of work on a policy samples of its
    cases are tried, and nothing is claimed of it beyond them.
    """
    conditions: list[tuple[Seen, ...]] = []
    found: list[Problem] = []
    for policy in rulebook.active:
        try:
            scene = seen(policy, rulebook, world, most=most)
            found += _alone(scene)
            conditions.append(looked(scene))
        except OverBudget:
            found += _sampled(policy, rulebook, world)
    if len(conditions) == len(rulebook.active):  # what is inherited is judged by all its heirs
        found += useless(conditions)
    return _once(found)


def seen(policy: Policy, rulebook: Rulebook, world: World, *, most: int = MOST_WORK) -> Scene:
    """The table of a policy, cut by all that findings ask.

    Raises:
        OverBudget: it takes more than `most` steps of work.
    """
    also = [*asked(policy, rulebook, world), *(line.when for line in policy.resume)]
    table = analyse(policy, rulebook, also=also, most=most)
    return Scene(table=table, world=world)


def _alone(scene: Scene) -> list[Problem]:
    """What one policy shows by itself."""
    return [
        *stuck(scene),
        *Pace(scene=scene, limits=scene.policy.limits).findings(),
        *Course(scene).findings(),
        *proved(scene),
        *_without_proof(scene.policy, scene.world),
        *leaks(scene),
        *resumed(scene),
    ]


def _without_proof(policy: Policy, world: World) -> Iterator[Problem]:
    """Contacts with legal effect by channels whose arrival nobody can show."""
    for rule in policy.choices:
        if isinstance(rule.then, Contact) and rule.then.template in world.legal:
            weak = [name for name in rule.then.channels if name not in PROVING]
            if weak:
                fields = {"policy": policy.name, "rule": rule.id, "channels": ", ".join(weak)}
                yield Problem(code="prove/legal-without-proof", place=rule.place, fields=fields)


def _sampled(policy: Policy, rulebook: Rulebook, world: World) -> list[Problem]:
    """What a sample of cases shows; what it does not show may be there all the same."""
    open_ = list(suspects(policy, rulebook, world))
    found: list[Problem] = []
    count = 0
    for case, outcome in tried(policy, rulebook, tuple(open_)):
        count += 1
        for suspect in [each for each in open_ if each.rule.id == outcome.rule]:
            if truth(suspect.when, case) is True:
                found.append(suspect.said(policy.name, written(case, rulebook.facts)))
                open_.remove(suspect)
    place = policy.applies_to.place if policy.applies_to is not None else None
    fields = {"policy": policy.name, "count": str(count)}
    return [Problem(code="prove/sampled", place=place, fields=fields), *found]


def _once(found: Sequence[Problem]) -> tuple[Problem, ...]:
    """Each finding once: what several policies inherit is said at the first of them."""
    by = {(each.code, each.place, _who(each)): each for each in reversed(found)}
    kept = {id(each) for each in by.values()}
    said = [each for each in found if id(each) in kept]
    return tuple(sorted(said, key=lambda each: (each.place is None, each.place or _NOWHERE)))


def _who(problem: Problem) -> tuple[str, ...]:
    """What tells two findings at one place apart."""
    names = ("rule", "step", "part", "fact", "before")
    return tuple(problem.fields.get(name, "") for name in names)
