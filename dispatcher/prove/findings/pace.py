"""The fastest way up the ladder: steps that nothing leads to, or that come when it is too late."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from dispatcher.model.problem import Problem
from dispatcher.policy.terms import AtMost, Contact, Limits, Step
from dispatcher.prove.exact.outcomes import Outcome
from dispatcher.prove.findings.scene import LATE, SINCE, Scene
from dispatcher.prove.findings.stuck import values_of
from dispatcher.prove.findings.walks import met


ENDLESS: Final = 10**6


@dataclass(frozen=True, slots=True, kw_only=True)
class Climbed:
    """The first and the last day late on which a step can be done, and the contacts before."""

    first: int
    last: int
    contacts: tuple[tuple[int, Outcome], ...] = ()
    way: tuple[str, ...] = ()
    contacted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """From one step to the next by one rule: in which days it answers."""

    before: str
    outcome: Outcome
    late: tuple[int, int]
    since: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast a case can climb."""

    scene: Scene
    limits: Limits
    climbed: dict[str, Climbed] = field(default_factory=dict)

    def findings(self) -> Iterator[Problem]:
        """Steps to which no way leads, in time or at all; what stands behind them is not said."""
        if not self.scene.climbs:
            return
        yield from self._never()
        self.climbed["none"] = Climbed(first=0, last=ENDLESS)
        for step in self.scene.policy.steps:
            if not any(before in self.climbed for before in step.after):
                continue
            ways = [way for before in step.after for way in self._ways(before, step)]
            found = self._fastest(ways, limits=True)
            if found is not None:
                self.climbed[step.id] = found
            else:
                yield from self._missed(step, ways)

    def _missed(self, step: Step, ways: Sequence[_Way]) -> Iterator[Problem]:
        """Why no way leads to a step."""
        rules = {rule.id for rule in step.choose}
        if not ways:
            waits = rules & self.scene.winners
            if waits or step.optional:
                yield self.scene.say("prove/unreachable-step", step.place, step=step.id)
            return
        free = self._fastest(ways, limits=False)
        code = "prove/too-late" if free is None else "prove/limit-too-late"
        first = min(self._soonest(way, limits=free is not None) for way in ways)
        before = self.climbed[ways[0].before]
        way = " > ".join((*before.way, f"{step.id}: {first}"))
        fields = {"step": step.id, "first": str(first), "want": _wanted(ways), "way": way}
        yield self.scene.say(code, step.place, **fields)

    def _fastest(self, ways: Sequence[_Way], *, limits: bool) -> Climbed | None:
        """The widest days on which a step can be done, by all its ways."""
        found: Climbed | None = None
        for way in ways:
            before = self.climbed[way.before]
            first, last = self._soonest(way, limits=limits), self._latest(way)
            wait = max(way.since[0], self._wait(way, before) if limits else 0)
            if first > last or wait > way.since[1]:
                continue
            if found is None or first < found.first:
                found = self._after(way, before, first, max(last, found.last if found else last))
            elif last > found.last:
                found = Climbed(
                    first=found.first,
                    last=last,
                    contacts=found.contacts,
                    way=found.way,
                    contacted=found.contacted,
                )
        return found

    def _after(self, way: _Way, before: Climbed, first: int, last: int) -> Climbed:
        contact = way.outcome.contact is not None
        more = ((first, way.outcome),) if contact else ()
        return Climbed(
            first=first,
            last=last,
            contacts=(*before.contacts, *more),
            way=(*before.way, f"{way.outcome.step}: {first}"),
            contacted=contact,
        )

    def _soonest(self, way: _Way, *, limits: bool) -> int:
        before = self.climbed[way.before]
        if way.before == "none":
            return way.late[0]
        wait = max(way.since[0], self._wait(way, before) if limits else 0)
        soonest = max(way.late[0], before.first + wait)
        return max([soonest, *(self._capped(cap, way, before) for cap in self._caps(limits))])

    def _latest(self, way: _Way) -> int:
        before = self.climbed[way.before]
        return min(way.late[1], ENDLESS if way.before == "none" else before.last + way.since[1])

    def _caps(self, limits: bool) -> tuple[AtMost, ...]:
        return self.limits.at_most if limits else ()

    def _wait(self, way: _Way, before: Climbed) -> int:
        """How long nobody contacts the debtor after a step."""
        if way.outcome.contact is None:
            return 0
        after = self.limits.after.get(way.before, 0)
        if not before.contacted:
            return after
        last = before.contacts[-1][1]
        alone = [cap for cap in self.limits.at_most if cap.count == 1 and self._counts(cap, last)]
        caps = [cap.per for cap in alone if self._counts(cap, way.outcome)]
        return max([self.limits.gap, after, *caps])

    def _capped(self, cap: AtMost, way: _Way, before: Climbed) -> int:
        """The first day that a cap leaves to a contact."""
        days = [day for day, outcome in before.contacts if self._counts(cap, outcome)]
        if cap.count < 1 or not self._counts(cap, way.outcome) or len(days) < cap.count:
            return 0
        return days[-cap.count] + cap.per

    def _counts(self, cap: AtMost, outcome: Outcome) -> bool:
        contact = outcome.contact
        if contact is None:
            return False
        if cap.what == "legal_effect":
            return contact.template in self.scene.world.legal
        return cap.what in ("contacts", contact.channels[0])

    # -- from step to step ------------------------------------------------------------------------

    def _ways(self, before: str, step: Step) -> Iterator[_Way]:
        """How the choices of a step answer cases that stand on the one before."""
        if before not in self.climbed:
            return
        scene, diagrams = self.scene, self.scene.diagrams
        here, table = scene.standing(before), scene.on(before)
        for rule in step.choose:
            places = scene.places[rule.id]
            outcome = scene.table.rows[places[0]].outcome
            mine = diagrams.both(here, scene.nodes[rule.id])
            if outcome.step and met(diagrams, mine, table) & scene.bit(rule.id):
                node = diagrams.both(mine, diagrams.only(table, scene.bit(rule.id)))
                for late, since in _days(node, scene):
                    yield _Way(before=before, outcome=outcome, late=late, since=since)

    # -- limits that are closed -------------------------------------------------------------------

    def _never(self) -> Iterator[Problem]:
        """Steps whose every contact a limit keeps back for ever."""
        for step in self.scene.policy.steps:
            contacts = [
                rule.then
                for rule in step.choose
                if isinstance(rule.then, Contact) and rule.id in self.scene.winners
            ]
            shut = [self._shut(contact, step) for contact in contacts]
            if shut and all(shut):
                yield self.scene.say(
                    "prove/limit-never", step.place, step=step.id, limit=next(iter(shut))
                )

    def _shut(self, contact: Contact, step: Step) -> str:
        """The limit that never lets a contact go, as it is written; empty: there is none."""
        channel = contact.channels[0]
        kinds = {"contacts", channel}
        if contact.template in self.scene.world.legal:
            kinds.add("legal_effect")
        caps = (cap.what for cap in self.limits.at_most if not cap.count and cap.what in kinds)
        for what in caps:
            return f"at_most: {{{what}: 0}}"
        if self.limits.per_day.get(channel) == 0:
            return f"per_day: {{{channel}: 0}}"
        for closed in self.limits.closed:
            if (not closed.steps or step.id in closed.steps) and _whole_year(
                closed.start, closed.end
            ):
                return "closed"
        return ""


def _wanted(ways: Sequence[_Way]) -> str:
    """When the rules of a step answer, in the words of a condition."""
    for name, ranges in ((LATE, [w.late for w in ways]), (SINCE, [w.since for w in ways])):
        low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
        if high < ENDLESS:
            return f"{name}: {low} to {high}"
    return "any"


def _days(node: int, scene: Scene) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Days late and days since the last step of a node, as pairs of ranges that cover it."""
    space, diagrams = scene.diagrams.space, scene.diagrams
    if LATE not in space.level:
        yield (0, ENDLESS), _range(SINCE, values_of(node, SINCE, scene), scene)
        return
    mask = values_of(node, LATE, scene)
    bit = 0
    while mask >> bit:
        if mask >> bit & 1 and space.values[LATE][bit] is not None:
            part = diagrams.both(node, diagrams.one(LATE, 1 << bit))
            since = values_of(part, SINCE, scene)
            yield _range(LATE, 1 << bit, scene), _range(SINCE, since, scene)
        bit += 1


def _range(name: str, mask: int, scene: Scene) -> tuple[int, int]:
    """The least and the greatest number of some atoms; none at all, or no such fact: any."""
    space = scene.diagrams.space
    if name not in space.level:
        return (0, ENDLESS)
    values = space.values[name]
    bits = [bit for bit in range(len(values)) if mask >> bit & 1 and values[bit] is not None]
    if not bits:
        return (0, ENDLESS)
    last = space.ends(name, bits[-1])[1]
    top = scene.rulebook.facts[name].maximum
    return space.ends(name, bits[0])[0], ENDLESS if last == top else last


def _whole_year(start: tuple[int, int], end: tuple[int, int]) -> bool:
    """Whether a season leaves no day: it begins on the day after its end."""
    if start == (1, 1):
        return end == (12, 31)
    month, day = start
    return start > end and (end[0] == month and end[1] == day - 1)
