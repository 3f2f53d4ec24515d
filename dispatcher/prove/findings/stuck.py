"""Cases that nothing moves any more: dead ends, windows that have closed, the end of a ladder."""

from collections.abc import Iterator
from functools import reduce

from dispatcher.model.problem import Problem
from dispatcher.policy.boxes import may_lack
from dispatcher.policy.terms import Contact, Lacks, Step
from dispatcher.prove.exact.diagram import NO
from dispatcher.prove.exact.regions import in_words
from dispatcher.prove.exact.table import COUNTED_OUT
from dispatcher.prove.findings.scene import LAST_STEP, LATE, TIMES, Scene
from dispatcher.prove.findings.walks import met


#: A Friday that is a holiday, with its weekend.
SHUT = 3


def stuck(scene: Scene) -> Iterator[Problem]:
    """Cases that no rule answers however long one waits, by the step they stand on."""
    if scene.climbs:
        for step in ("none", *(step.id for step in scene.policy.steps)):
            yield from _Standing(scene, step).findings()
    yield from _narrow(scene)


class _Standing:
    """The cases on one step."""

    def __init__(self, scene: Scene, step: str) -> None:
        self._scene, self._diagrams, self._step = scene, scene.diagrams, step
        self._here = scene.standing(step)
        self._table = scene.on(step)
        self._end = scene.table.at_the_end()

    def findings(self) -> Iterator[Problem]:
        """What is wrong with the cases that stand here for ever."""
        silent = met(self._diagrams, self._end, self._table) & self._scene.silent
        if not silent:
            return
        left = self._of(silent, self._end)
        following = self._following()
        if following is None and not self._scene.policy.hand_over:
            at = self._scene.step(self._step)
            yield self._scene.say("prove/ladder-ends", at.place, step=at.id, case=self._case(left))
            return
        windowed = self._diagrams.both(left, self._timeless(self._acting()))
        if windowed != NO:
            yield self._window(windowed)
            left = self._diagrams.both(left, self._diagrams.negative(windowed))
        for fact, node in self._unknown(left):
            if node != NO:
                yield self._say("prove/stuck-on-unknown", node, fact=fact)
                left = self._diagrams.both(left, self._diagrams.negative(node))
        if left != NO:
            yield self._say("prove/dead-end", left)

    def _following(self) -> Step | None:
        """The step that should come next, one that may not be left out first."""
        after = [step for step in self._scene.policy.steps if self._step in step.after]
        return next((step for step in after if not step.optional), after[0] if after else None)

    def _of(self, bits: int, within: int) -> int:
        found = self._diagrams.only(self._table, bits)
        return self._diagrams.all([within, found, self._here])

    def _acting(self) -> int:
        return self._of(self._scene.acting, self._here)

    def _timeless(self, node: int) -> int:
        return self._diagrams.some(node, self._scene.times)

    def _say(self, code: str, node: int, **fields: str) -> Problem:
        step = self._following()
        at = self._scene.policy.hand_over[-1].place if step is None else step.place
        name = "hand_over" if step is None else step.id
        return self._scene.say(code, at, step=name, case=self._case(node), **fields)

    def _case(self, node: int) -> str:
        return self._scene.case(node)

    def _window(self, node: int) -> Problem:
        """The rule that would have answered these cases earlier, and when."""
        scene, diagrams = self._scene, self._diagrams
        acting = diagrams.both(self._acting(), self._timeless(node))
        bits = met(diagrams, acting, self._table) & scene.acting
        first = scene.table.rows[(bits & -bits).bit_length() - 1].outcome.rule
        mine = diagrams.both(acting, scene.nodes[first])
        rule = next(rule for rule in scene.rules if rule.id == first)
        case = scene.case(diagrams.both(node, self._timeless(mine)))
        window = ", ".join(_ranges(mine, scene))
        return scene.say("prove/closed-window", rule.place, rule=first, window=window, case=case)

    def _unknown(self, node: int) -> Iterator[tuple[str, int]]:
        """By fact the cases that stand here only because it is unknown."""
        scene, diagrams = self._scene, self._diagrams
        answered = ~(scene.silent | scene.outside | 1 << len(scene.table.rows))
        space = diagrams.space
        free = self._of(answered & (1 << len(scene.table.rows)) - 1, self._end)
        for name in space.order:
            if name in TIMES or name == LAST_STEP or not may_lack(space.facts[name]):
                continue
            lacks = diagrams.of(Lacks(fact=name))
            known = diagrams.both(free, diagrams.negative(lacks))
            other = diagrams.some(known, frozenset({space.level[name]}))
            yield name, diagrams.all([node, lacks, other])


def _ranges(node: int, scene: Scene) -> Iterator[str]:
    """The ranges of days of a node that end; before the due day nothing is late."""
    space = scene.diagrams.space
    masks = {name: values_of(node, name, scene) for name in TIMES}
    ahead = _known(masks[COUNTED_OUT], COUNTED_OUT, scene)
    for name, mask in masks.items():
        known = _known(mask, name, scene)
        if not known or (name == LATE and ahead):
            continue
        ends = name == COUNTED_OUT or not known & _top(_known(-1, name, scene))
        if ends and known != _known(-1, name, scene):
            yield in_words({name: known}, space)


def _known(mask: int, name: str, scene: Scene) -> int:
    """The atoms of a fact in which it is known."""
    space = scene.diagrams.space
    if name not in space.level:
        return 0
    lacking = 1 << len(space.values[name]) - 1 if space.values[name][-1] is None else 0
    return mask & space.full[space.level[name]] & ~lacking


def values_of(node: int, name: str, scene: Scene) -> int:
    """The atoms of a fact that cases of a node have."""
    diagrams = scene.diagrams
    space = diagrams.space
    if name not in space.level or node == NO:
        return 0
    level = space.level[name]
    there = diagrams.some(node, frozenset(range(len(space.order))) - {level})
    if there < 0:
        return space.full[level]
    kept = (mask for mask, child in diagrams.edges(there) if child != NO)
    return reduce(int.__or__, kept, 0)


def _top(mask: int) -> int:
    return 1 << mask.bit_length() - 1 if mask else 0


def _narrow(scene: Scene) -> Iterator[Problem]:
    """Steps that may be left out, and are, when their few days are no working days."""
    if not scene.policy.limits.business_days:
        return
    for step in scene.policy.steps:
        for rule in step.choose if step.optional else ():
            if not isinstance(rule.then, Contact) or rule.id not in scene.winners:
                continue
            node = scene.answered(rule.id, scene.standing(*step.after))
            if _width(node, scene) <= SHUT:
                window = ", ".join(_ranges(node, scene))
                fields = {"rule": rule.id, "window": window, "case": scene.case(node)}
                yield scene.say("prove/narrow-window", rule.place, **fields)


def _width(node: int, scene: Scene) -> int:
    """How many days a node has before the due day, else after it; endless: it is not bounded."""
    widths = (_days(node, name, scene) for name in (COUNTED_OUT, LATE))
    return next((days for days in widths if days is not None), SHUT + 1)


def _days(node: int, name: str, scene: Scene) -> int | None:
    """How many days a range of days has; None: the fact does not bound it."""
    space = scene.diagrams.space
    mask = values_of(node, name, scene)
    if not mask or mask == space.full[space.level[name]]:
        return None
    bits = [bit for bit in range(mask.bit_length()) if mask >> bit & 1]
    if space.values[name][bits[-1]] is None:
        return None
    return space.ends(name, bits[-1])[1] - space.ends(name, bits[0])[0] + 1
