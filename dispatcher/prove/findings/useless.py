"""Rules that answer no case, and conditions that change nothing: each stands there for nothing.

A rule or a condition that several policies inherit is useless only if it is so in all of them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from dispatcher.model.problem import Place, Problem
from dispatcher.policy.boxes import may_lack
from dispatcher.policy.terms import All, Condition, Lacks, OneOf, Rule, Step
from dispatcher.prove.exact.diagram import NO, YES
from dispatcher.prove.exact.outcomes import compared
from dispatcher.prove.findings.edits import Edit, edits, label
from dispatcher.prove.findings.scene import LAST_STEP, Scene


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Something that was looked at in one policy, and what is wrong with it, if anything is."""

    key: tuple[object, ...]
    problem: Problem | None


def looked(scene: Scene) -> tuple[Seen, ...]:
    """Every rule and condition of a policy, and what is wrong with it.

    Raises:
        OverBudget: it takes too many steps of work.
    """
    return (*_rules(scene), *_conditions(scene))


def useless(policies: Iterable[Iterable[Seen]]) -> Iterator[Problem]:
    """Rules and conditions of no use in every policy that has them."""
    everywhere: dict[tuple[object, ...], list[Problem | None]] = {}
    for policy in policies:
        for seen in policy:
            everywhere.setdefault(seen.key, []).append(seen.problem)
    for problems in everywhere.values():
        first = problems[0]
        if first is not None and None not in problems:
            yield first


# -- rules ------------------------------------------------------------------------------------


def _rules(scene: Scene) -> Iterator[Seen]:
    for rule in scene.rules:
        problem = None if rule.id in scene.winners else _hidden(rule, scene)
        yield Seen(key=("rule", _key(rule.place, scene, rule.id)), problem=problem)


def _hidden(rule: Rule, scene: Scene) -> Problem:
    node = scene.nodes[rule.id]
    by = scene.met(node) & ~scene.outside
    if not by:
        return scene.say("prove/impossible", rule.place, rule=rule.id)
    inside = scene.diagrams.only(scene.table.root, by)
    case = scene.case(scene.diagrams.both(node, inside))
    names = _needed(node, scene.named(by).split(", "), scene)
    return scene.say("prove/unreachable", rule.place, rule=rule.id, by=", ".join(names), case=case)


def _needed(node: int, names: Sequence[str], scene: Scene) -> Sequence[str]:
    """Those of the rules without which some case of a node would be left; stops go first."""
    kept = list(names)
    left = _beyond(node, kept, scene)
    for name in names:
        others = [other for other in kept if other != name]
        if others and _beyond(node, others, scene) == left:
            kept = others
    return kept


def _beyond(node: int, names: Sequence[str], scene: Scene) -> int:
    """The cases of a node that none of the rules would take."""
    taken = scene.diagrams.any(scene.nodes[name] for name in names)
    return scene.diagrams.both(node, scene.diagrams.negative(taken))


# -- conditions -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """What an edit does to some rules: the cases they gain and lose; nothing is `changed`?"""

    gained: int
    lost: int
    changed: bool


def _conditions(scene: Scene) -> Iterator[Seen]:
    for stop in scene.policy.stops:
        if stop.id in scene.winners:
            yield from _edited(stop.when, stop.id, scene, lambda e, r=stop: _of_stop(e, r, scene))  # type: ignore[misc] # mypy cannot infer a lambda with a default
    for rule in scene.policy.hand_over:
        if rule.id in scene.winners:
            yield from _of_rules(rule.when, rule.id, [(rule, YES)], scene)
    for step in scene.policy.steps:
        around = _around(step, scene, start=True, when=True)
        for rule in step.choose:
            if rule.id in scene.winners:
                yield from _of_rules(rule.when, rule.id, [(rule, around)], scene)
    yield from _shared(scene)


def _shared(scene: Scene) -> Iterator[Seen]:
    """The conditions of whole steps, and of `start`."""
    for step in scene.policy.steps:
        around = _around(step, scene, start=True, when=False)
        yield from _of_steps(step.when, step.id, [(step, around)], scene)
    held = [step for step in scene.policy.steps if not step.optional]
    rest = [(step, _around(step, scene, start=False, when=True)) for step in held]
    yield from _of_steps(scene.policy.start, "start", rest, scene)


def _around(step: Step, scene: Scene, *, start: bool, when: bool) -> int:
    """What else holds of the cases of a step's choices."""
    parts: list[Condition] = [OneOf(fact=LAST_STEP, values=step.after)]
    if start and not step.optional:
        parts.append(scene.policy.start)
    if when:
        parts.append(step.when)
    return scene.of(*parts)


def _of_rules(
    when: Condition, name: str, rules: Sequence[tuple[Rule, int]], scene: Scene
) -> Iterator[Seen]:
    """Each part of a rule's own condition."""
    ((rule, around),) = rules
    (place,) = scene.places[rule.id]
    later = -1 << place + 1

    def change(edit: Edit) -> _Change:
        gained, lost = _moved(when, edit.rest, around, scene)
        changed = scene.met(gained) & later or scene.met(lost) & 1 << place
        return _Change(gained=gained, lost=lost, changed=bool(changed))

    return _edited(when, name, scene, change)


def _of_steps(
    when: Condition, name: str, steps: Sequence[tuple[Step, int]], scene: Scene
) -> Iterator[Seen]:
    """Each part of a condition that all choices of some steps share."""
    if isinstance(when, All) and not when.parts:
        return iter(())
    diagrams = scene.diagrams
    choices = {step.id: _any_choice(step, scene) for step, _ in steps}

    def change(edit: Edit) -> _Change:
        gained, lost, changed = [NO], [NO], False
        for step, around in steps:
            mine = diagrams.both(around, choices[step.id])
            more, less = _moved(when, edit.rest, mine, scene)
            places = [place for rule in step.choose for place in scene.places[rule.id]]
            later, own = -1 << max(places) + 1, sum(1 << place for place in places)
            changed = changed or bool(scene.met(more) & later or scene.met(less) & own)
            gained.append(more)
            lost.append(less)
            if changed:
                break
        return _Change(gained=diagrams.any(gained), lost=diagrams.any(lost), changed=changed)

    return _edited(when, name, scene, change)


def _any_choice(step: Step, scene: Scene) -> int:
    return scene.diagrams.any(scene.of(rule.when) for rule in step.choose)


def _of_stop(edit: Edit, stop: Rule, scene: Scene) -> _Change:
    """A stop holds where it is true and, with other words, where it is unknown."""
    diagrams, places = scene.diagrams, scene.places[stop.id]
    first, own = places[0], scene.bit(stop.id)
    gained, lost = _moved(stop.when, edit.rest, YES, scene)
    more = diagrams.of(edit.rest, unknown=True)
    less = diagrams.of(stop.when, unknown=True)
    wider = diagrams.both(more, diagrams.negative(less))
    narrower = diagrams.both(less, diagrams.negative(more))
    changed = (
        scene.met(gained) & -1 << first + 1
        or scene.met(wider) & -1 << places[-1] + 1
        or scene.met(lost) & 1 << first
        or scene.met(narrower) & own
        or _another_reason(edit, stop, scene)
    )
    both = diagrams.any([gained, wider])
    return _Change(gained=both, lost=diagrams.any([lost, narrower]), changed=bool(changed))


def _another_reason(edit: Edit, stop: Rule, scene: Scene) -> int:
    """The rows that name another missing fact first than they would without the part."""
    diagrams, rows = scene.diagrams, scene.table.rows
    maybe = diagrams.of(edit.rest, unknown=True)
    left = diagrams.both(maybe, diagrams.negative(diagrams.of(edit.rest)))
    found = 0
    for fact in compared(edit.rest):
        if may_lack(scene.rulebook.facts[fact]):
            lacks = diagrams.of(Lacks(fact=fact))
            own = [n for n in scene.places[stop.id] if rows[n].lacks not in ("", fact)]
            found |= scene.met(diagrams.both(left, lacks)) & sum(1 << n for n in own)
            left = diagrams.both(left, diagrams.negative(lacks))
    return found


def _moved(old: Condition, new: Condition, around: int, scene: Scene) -> tuple[int, int]:
    """The cases that a rule gains and loses by another condition."""
    diagrams = scene.diagrams
    before, after = diagrams.of(old), diagrams.of(new)
    gained = diagrams.all([around, after, diagrams.negative(before)])
    lost = diagrams.all([around, before, diagrams.negative(after)])
    return gained, lost


def _edited(
    when: Condition, name: str, scene: Scene, change: Callable[[Edit], _Change]
) -> Iterator[Seen]:
    for edit in edits(when):
        done = change(edit)
        problem = None if done.changed else _said(edit, done, name, scene)
        key = ("part", _key(_place(edit.part), scene, name, label(edit.part)))
        yield Seen(key=key, problem=problem)


def _said(edit: Edit, change: _Change, name: str, scene: Scene) -> Problem:
    place = _place(edit.part)
    fields = {"rule": name, "part": label(edit.part)}
    if edit.alternative:
        node = scene.diagrams.of(edit.part)
        if not scene.met(node) & ~scene.outside:
            return scene.say("prove/always-false", place, **fields)
        return scene.say("prove/no-effect", place, **fields, case=scene.case(node))
    others = scene.met(change.gained) & ~scene.outside
    if not others:
        return scene.say("prove/always-true", place, **fields)
    inside = scene.diagrams.only(scene.table.root, others)
    case = scene.case(scene.diagrams.both(change.gained, inside))
    return scene.say("prove/no-effect", place, **fields, case=case)


def _place(part: Condition) -> Place | None:
    """Where a part stands: its own place, or that of its first part that has one."""
    if part.place is not None or not hasattr(part, "parts"):
        return part.place
    places: Iterable[Place | None] = (_place(each) for each in part.parts)
    return next((place for place in places if place is not None), None)


def _key(place: Place | None, scene: Scene, *names: str) -> tuple[object, ...]:
    """The same for what several policies inherit from one place."""
    return (place,) if place is not None else (scene.policy.name, *names)
