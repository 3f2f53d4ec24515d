"""The course of a ladder: tone, channel, and a notice before anybody is handed over."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from dispatcher.model.problem import Problem
from dispatcher.policy.terms import Contact, HandOver, Rule, Step, Work
from dispatcher.prove.exact.diagram import NO, YES
from dispatcher.prove.findings.scene import LAST_STEP, Scene


#: `understanding` is for those who cannot pay, at any time: it is no rung.
TONES: Final = {"friendly": 0, "courteous": 1, "firm": 2, "formal": 3}
#: What people do by voice has no weight beside writing.
CHANNELS: Final = {"email": 0, "sms": 0, "letter": 1, "registered_letter": 2}
SPOKEN: Final = frozenset({"call", "visit"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """Cases to which a written rule spoke last; time and steps are left out of the node."""

    rule: Rule
    tone: int | None
    channel: int | None
    node: int


class Course:
    """What each step's cases were last told, all else unchanged."""

    def __init__(self, scene: Scene) -> None:
        self._scene, self._diagrams = scene, scene.diagrams

    @cached_property
    def _free(self) -> frozenset[int]:
        return self._scene.times | {self._diagrams.space.level[LAST_STEP]}

    def findings(self) -> Iterator[Problem]:
        """Steps that speak more softly than the one before, and hand-overs without a notice."""
        if not self._scene.climbs:
            return
        heard: dict[str, list[_Said]] = {"none": []}
        for step in self._scene.policy.steps:
            mine = [said for rule in step.choose if (said := self._said(rule, step)) is not None]
            for said in mine:
                yield from self._backwards(said, step, heard)
            heard[step.id] = [
                *(said for said in mine if not _spoken(said)),
                *self._kept(mine, step, heard),
            ]
        yield from self._unnoticed()

    def _said(self, rule: Rule, step: Step) -> _Said | None:
        if not isinstance(rule.then, Contact) or rule.id not in self._scene.winners:
            return None
        node = self._scene.answered(rule.id, self._scene.standing(*step.after))
        return _Said(
            rule=rule,
            tone=TONES.get(rule.then.tone),
            channel=CHANNELS.get(rule.then.channels[0]),
            node=self._diagrams.some(node, self._free),
        )

    def _kept(
        self, mine: list[_Said], step: Step, heard: Mapping[str, list[_Said]]
    ) -> Iterator[_Said]:
        """What was written before a call still stands after it."""
        calls = self._diagrams.any([NO, *(said.node for said in mine if _spoken(said))])
        if calls == NO:
            return
        seen: dict[tuple[int | None, int | None], _Said] = {}
        for before in step.after:
            for said in heard.get(before, []):
                node = self._diagrams.both(said.node, calls)
                if node != NO and (said.tone, said.channel) not in seen:
                    seen[said.tone, said.channel] = _with(said, node)
        yield from seen.values()

    def _backwards(
        self, said: _Said, step: Step, heard: Mapping[str, list[_Said]]
    ) -> Iterator[Problem]:
        if _spoken(said):
            return
        for code, of in _SOFTER.items():
            found = next(self._softer(code, of, said, step, heard), None)
            if found is not None:
                yield found

    def _softer(
        self,
        code: str,
        of: str,
        said: _Said,
        step: Step,
        heard: Mapping[str, list[_Said]],
    ) -> Iterator[Problem]:
        now = getattr(said, of)
        for before in step.after:
            for earlier in heard.get(before, []):
                rank = getattr(earlier, of)
                if now is None or rank is None or rank <= now:
                    continue
                node = self._diagrams.both(earlier.node, self._scene.standing(before))
                both = self._scene.answered(said.rule.id, node)
                if both != NO:
                    fields = {"rule": said.rule.id, "before": earlier.rule.id}
                    case = self._scene.contacted(said.rule, both)
                    yield self._scene.say(code, said.rule.place, **fields, case=case)

    # -- hand-over ------------------------------------------------------------------------------

    def _unnoticed(self) -> Iterator[Problem]:
        """Hand-overs of cases that never had a contact with legal effect."""
        takes = [r for r in self._scene.policy.hand_over if isinstance(r.then, HandOver)]
        if not takes or self._scene.world.names.templates is None:
            return
        without = self._without_notice()
        for rule in takes:
            for step, node in without.items():
                here = self._diagrams.both(node, self._scene.standing(step))
                found = self._scene.answered(rule.id, here) if here != NO else NO
                if found != NO:
                    case = self._scene.case(found)
                    code = "prove/hand-over-without-notice"
                    yield self._scene.say(code, rule.place, rule=rule.id, case=case)
                    break

    def _without_notice(self) -> Mapping[str, int]:
        """By step the cases that come to it without one, all else unchanged."""
        found = {"none": YES}
        for step in self._scene.policy.steps:
            ways = [NO]
            for before in step.after:
                here = self._scene.standing(before)
                for rule in step.choose:
                    if self._moves(rule):
                        mine = self._scene.answered(rule.id, here)
                        there = self._diagrams.some(mine, self._free)
                        ways.append(self._diagrams.both(there, found[before]))
            found[step.id] = self._diagrams.any(ways)
        return found

    def _moves(self, rule: Rule) -> bool:
        """Whether it does the step without legal effect."""
        then = rule.then
        if rule.id not in self._scene.winners:
            return False
        if isinstance(then, Contact):
            return then.template not in self._scene.world.legal
        return isinstance(then, Work)


_SOFTER: Final = {"prove/tone-backwards": "tone", "prove/channel-backwards": "channel"}


def _spoken(said: _Said) -> bool:
    then = said.rule.then
    return isinstance(then, Contact) and then.channels[0] in SPOKEN


def _with(said: _Said, node: int) -> _Said:
    return _Said(rule=said.rule, tone=said.tone, channel=said.channel, node=node)
