"""The smallest change of facts after which a wanted rule would answer a case.

Few changes come before many. Among as many, what comes by itself is nearest (days go by), then
what happens (events), then what somebody enters, last what hardly ever changes (the legal kind).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from dispatcher.model.vocabulary import Source, Value
from dispatcher.policy.interpret import Case
from dispatcher.policy.terms import Contact, Policy, Rule
from dispatcher.policy.values import NUMERIC
from dispatcher.prove.exact.diagram import NO, YES
from dispatcher.prove.exact.later import LATER, days_late, days_until, moved_on
from dispatcher.prove.exact.needs import Need, needs_of
from dispatcher.prove.exact.outcomes import OUTSIDE
from dispatcher.prove.exact.reach import by_channel
from dispatcher.prove.exact.space import Space
from dispatcher.prove.exact.table import Table
from dispatcher.prove.exact.witness import usual


CHANGE: Final = 1_000_000  # what another fact costs: more than all ranks and ways together
RANK: Final = 1_000  # what another rank costs: more than all ways together
FARTHEST: Final = 20  # atoms; beyond, a number is as far as it can be

#: The least key of a way that needs a change besides days that go by: none of them is nearer.
ONE_BESIDES: Final = (2 * CHANGE // RANK + 1, 0, 0)

#: How likely a fact is to change: the less, the nearer. Days that go by have rank 0.
HAPPENS: Final = 1
ENTERED: Final = 2
MOVED: Final = 3
STAYS: Final = 4
FORGOTTEN: Final = 5

#: Facts that hardly ever change.
FIXED: Final = frozenset({"legal_kind", "policy_before", "payer_history", "usual_days_late"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """The nearest case that the wanted rule answers.

    `days` go by first, in which `grown` comes by itself; `changed` has to happen besides, what
    happens most easily first. `case` is the case as it would be, with every fact.
    """

    rule: str
    days: int
    grown: tuple[Need, ...]
    changed: tuple[Need, ...]
    case: Case


def rules_named(name: str, policy: Policy) -> tuple[str, ...]:
    """The rules meant: by id or its end, by a pattern with `*`, by step, layer or channel."""
    rules = (*policy.stops, *policy.hand_over, *policy.choices)
    ways: tuple[Callable[[Rule], bool], ...] = (
        lambda rule: fnmatchcase(rule.id, name) or rule.id.startswith(f"{name}/"),
        lambda rule: rule.id.endswith(f"/{name}"),
        lambda rule: isinstance(rule.then, Contact) and name in rule.then.channels,
    )
    found = (tuple(rule.id for rule in rules if means(rule)) for means in ways)
    return next((each for each in found if each), ())


def is_channel(name: str, policy: Policy) -> bool:
    """Whether a channel is meant: contacts by another channel do not count then."""
    rules = {rule.id for rule in (*policy.stops, *policy.hand_over, *policy.choices)}
    ends = {rule.partition("/")[2] for rule in rules} | {rule.partition("/")[0] for rule in rules}
    contacts = [rule.then for rule in policy.choices if isinstance(rule.then, Contact)]
    return name not in ends and any(name in contact.channels for contact in contacts)


def wanted(name: str, table: Table) -> int:
    """The node of the cases that one of the rules meant answers; of a channel, by that channel."""
    if is_channel(name, table.policy):
        return _by_channel(name, table)
    rules = rules_named(name, table.policy)
    return table.where(lambda outcome: outcome.layer not in OUTSIDE and outcome.rule in rules)


def _by_channel(channel: str, table: Table) -> int:
    diagrams = table.diagrams
    nodes = [
        diagrams.both(table.node(outcome.rule), by_channel(outcome.contact, diagrams)[channel])
        for outcome in table.winners()
        if outcome.contact is not None and channel in outcome.contact.channels
    ]
    return diagrams.any(nodes) if nodes else NO


def nearest(table: Table, node: int, case: Case, *, today: Case | None = None) -> Nearest | None:
    """The nearest case of a node; None: there is none, however much changes.

    `case` is what days and changes begin with, with every fact; `today` what the facts are where
    that is something else (a stop that has to end lets the clock start again).

    Raises:
        OverBudget: there is too much to look at.
    """
    found = _cheapest(table, node, case)
    if found is None:
        return None
    moved = moved_on(case, found.days, table.rulebook.facts)
    after = {**moved, **_changed(found.bits, moved, table.diagrams.space)}
    needs = needs_of(table.diagrams, node, after, moved=moved, before=case)
    grown = [name for name in needs if name not in found.bits]
    ranks = {name: rank(name, moved[name], after[name], table) for name in found.bits}
    now = case if today is None else today
    return Nearest(
        rule=table.told(after).rule,
        days=found.days,
        grown=tuple(Need(wanted=needs[name], now=case[name]) for name in grown),
        changed=tuple(
            Need(wanted=needs[name], now=now[name], stays=ranks[name] >= STAYS)
            for name in sorted(ranks, key=ranks.__getitem__)
        ),
        case=after,
    )


# -- the cheapest way ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """So many days, and by fact the atom that it has to change to."""

    days: int
    cost: int
    bits: Mapping[str, int]

    @property
    def key(self) -> tuple[int, int, int]:
        cost = self.cost + (CHANGE if self.days else 0)
        return cost // RANK, self.days, cost % RANK


def _cheapest(table: Table, node: int, case: Case) -> _Way | None:
    """The cheapest way over all days on which something counted comes to another atom."""
    best = _way(table, node, case, 0)
    if best is not None and not best.bits:
        return best
    for days in _days(case, table.diagrams.space):
        moved = moved_on(case, days, table.rulebook.facts)
        if answers(table, node, moved):
            return _Way(days=days, cost=0, bits={})  # days alone: nothing else is as near
        if best is None or best.key > ONE_BESIDES:
            ways = (best, _way(table, node, moved, days))
            best = min((way for way in ways if way is not None), key=_key, default=None)
    return best


def _key(way: _Way) -> tuple[int, int, int]:
    return way.key


def _way(table: Table, node: int, moved: Case, days: int) -> _Way | None:
    """The cheapest way from the case as it stands after some days."""
    space = table.diagrams.space
    at = [space.atom(name, moved.get(name)) for name in space.order]
    prices = _Prices(table=table, case=moved, at=at)
    way = table.diagrams.cheapest(node, YES, prices)
    if way is None:
        return None
    told = {level: 1 << bit for level, bit in way.items() if not at[level] >> bit & 1}
    cost = sum(prices(level, mask)[0] for level, mask in told.items())
    bits = {space.order[level]: mask.bit_length() - 1 for level, mask in told.items()}
    return _Way(days=days, cost=cost, bits=bits)


def answers(table: Table, node: int, case: Case) -> bool:
    """Whether a case is in the set of a node."""
    diagrams = table.diagrams
    while node >= 0:
        name = diagrams.space.order[diagrams.level(node)]
        atom = diagrams.space.atom(name, case.get(name))
        node = next((child for mask, child in diagrams.edges(node) if mask & atom), NO)
    return node == YES


def _days(case: Case, space: Space) -> list[int]:
    """The days on which a counted fact comes to another atom, counted from the case."""
    late, found = days_late(case), {1 - days_late(case)}
    for name in LATER:
        if case.get(name) is not None or name == "days_late":
            edges = (value for value in space.values.get(name, ()) if value is not None)
            found.update(days_until(name, int(edge), case, late) for edge in edges)
    return sorted(day for day in found if day > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prices:
    """By level and atoms: what it costs to come to the nearest of them, and which it is."""

    table: Table
    case: Case
    at: Sequence[int]

    def __call__(self, level: int, mask: int) -> tuple[int, int]:
        now = self.at[level]
        if mask & now:
            return 0, now.bit_length() - 1
        name = self.table.diagrams.space.order[level]
        count = len(self.table.diagrams.space.values[name])
        return min((self._cost(name, bit, now), bit) for bit in range(count) if mask >> bit & 1)

    def _cost(self, name: str, bit: int, now: int) -> int:
        space = self.table.diagrams.space
        ranked = rank(name, self.case.get(name), space.values[name][bit], self.table)
        return CHANGE + RANK * ranked + min(abs(bit - now.bit_length() + 1), FARTHEST)


def rank(name: str, now: Value, then: Value, table: Table) -> int:
    """How hard it is to change a fact so, from what happens every day to what never does."""
    if then is None and now is not None:
        return FORGOTTEN
    if name == "last_step":
        rungs = ["none", *(step.id for step in table.policy.steps)]
        known = now in rungs and then in rungs
        forward = known and rungs.index(str(now)) < rungs.index(str(then))
        return HAPPENS if forward else STAYS
    if name in LATER:
        return MOVED
    if name in FIXED:
        return STAYS
    return HAPPENS if table.rulebook.facts[name].source is Source.LEDGER else ENTERED


def _changed(bits: Mapping[str, int], moved: Case, space: Space) -> dict[str, Value]:
    """The changed facts, each as near to what it is as its atom allows."""
    return {name: _value(name, bit, moved.get(name), space) for name, bit in bits.items()}


def _value(name: str, bit: int, now: Value, space: Space) -> Value:
    first = space.values[name][bit]
    if first is None or space.facts[name].type not in NUMERIC:
        return first
    low, high = space.ends(name, bit)
    wished = usual(space.facts[name]) if now is None else now
    return low if wished is None else min(max(int(wished), low), high)
