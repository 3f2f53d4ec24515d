"""One policy under examination: its table, its rows by rule, and how a finding is said."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from dispatcher.model.decision import Action
from dispatcher.model.problem import Place, Problem
from dispatcher.model.settings import Deadlines
from dispatcher.model.vocabulary import Fact, Value
from dispatcher.policy.boxes import as_written
from dispatcher.policy.names import Names
from dispatcher.policy.terms import All, Condition, Contact, OneOf, Policy, Rule, Rulebook, Step
from dispatcher.prove.exact.diagram import NO, Diagrams
from dispatcher.prove.exact.outcomes import OUTSIDE, Layer
from dispatcher.prove.exact.reach import by_channel
from dispatcher.prove.exact.table import COUNTED_OUT, COUNTED_UP, Table, node_of
from dispatcher.prove.exact.witness import telling
from dispatcher.prove.findings.walks import given, met


LAST_STEP: Final = "last_step"
LATE, SINCE = COUNTED_UP
TIMES: Final = (*COUNTED_UP, COUNTED_OUT)

#: What a rule does that people or debtors notice.
ACTING: Final = frozenset({Action.CONTACT, Action.TASK, Action.HAND_OVER})


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What is known beside the rules: names, templates with legal effect, deadlines printed."""

    names: Names = field(default_factory=Names)
    deadlines: Deadlines = field(default_factory=Deadlines)

    @property
    def legal(self) -> frozenset[str]:
        """The templates with legal effect."""
        known = self.names.templates or {}
        return frozenset(name for name, words in known.items() if words.legal_effect)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A policy, its exact table, and what the home knows."""

    table: Table
    world: World

    @property
    def policy(self) -> Policy:
        """The policy."""
        return self.table.policy

    @property
    def rulebook(self) -> Rulebook:
        """All rules of the home."""
        return self.table.rulebook

    @property
    def diagrams(self) -> Diagrams:
        """The nodes of the table."""
        return self.table.diagrams

    @cached_property
    def places(self) -> Mapping[str, tuple[int, ...]]:
        """By rule the places of its rows; of a stop first where it is true, then where unknown."""
        found: dict[str, list[int]] = defaultdict(list)
        for place, row in enumerate(self.table.rows):
            if row.outcome.rule:
                found[row.outcome.rule].append(place)
        return {rule: tuple(places) for rule, places in found.items()}

    @cached_property
    def outside(self) -> int:
        """The rows of cases that are not the policy's, as bits."""
        return self.bits(lambda layer: layer in OUTSIDE)

    @cached_property
    def silent(self) -> int:
        """The row of cases that nothing answers, as bits."""
        return self.bits(lambda layer: layer is Layer.NOTHING)

    @cached_property
    def acting(self) -> int:
        """The rows of choices and hand-overs that do something, as bits."""
        return sum(
            1 << place
            for place, row in enumerate(self.table.rows)
            if row.outcome.action in ACTING and row.outcome.layer is not Layer.STOP
        )

    def bits(self, wanted: Callable[[Layer], bool]) -> int:
        """The rows of these layers, as bits."""
        rows = enumerate(self.table.rows)
        return sum(1 << place for place, row in rows if wanted(row.outcome.layer))

    @cached_property
    def nodes(self) -> Mapping[str, int]:
        """By rule the cases for which its condition reads as it must, whatever stands before it."""
        return {
            rule: self.diagrams.any(
                node_of(self.table.rows[place], self.diagrams) for place in all_
            )
            for rule, all_ in self.places.items()
        }

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Stops, hand-over and choices, with their own conditions only."""
        own = (choice for step in self.policy.steps for choice in step.choose)
        return (*self.policy.stops, *self.policy.hand_over, *own)

    @cached_property
    def winners(self) -> frozenset[str]:
        """The rules that answer some case."""
        return frozenset(outcome.rule for outcome in self.table.winners())

    @cached_property
    def times(self) -> frozenset[int]:
        """The levels of the facts that days change."""
        level = self.diagrams.space.level
        return frozenset(level[name] for name in TIMES if name in level)

    @cached_property
    def climbs(self) -> bool:
        """Whether the space knows the steps at all."""
        return LAST_STEP in self.diagrams.space.values

    def bit(self, rule: str) -> int:
        """The rows of a rule, as bits."""
        return sum(1 << place for place in self.places.get(rule, ()))

    def met(self, node: int) -> int:
        """The rows that the cases of a node come to, as bits."""
        return met(self.diagrams, node, self.table.root)

    def on(self, step: str) -> int:
        """The table of the cases whose last step this is."""
        bit = self.diagrams.space.bit(LAST_STEP, step)
        return given(self.diagrams, self.table.root, LAST_STEP, bit, aside=len(self.table.rows))

    def standing(self, *steps: str) -> int:
        """The cases whose last step is one of these."""
        return self.diagrams.of(OneOf(fact=LAST_STEP, values=steps))

    def answered(self, rule: str, within: int) -> int:
        """Those of a node that a rule answers."""
        diagrams = self.diagrams
        mine = diagrams.both(within, self.nodes[rule])
        if not met(diagrams, mine, self.table.root) & self.bit(rule):
            return NO
        return diagrams.both(mine, diagrams.only(self.table.root, self.bit(rule)))

    def of(self, *conditions: Condition) -> int:
        """The cases for which all of these are true."""
        return self.diagrams.of(All(parts=conditions))

    def named(self, bits: int) -> str:
        """The rules of these rows, each once, in order."""
        rows = enumerate(self.table.rows)
        names = [row.outcome.rule for place, row in rows if bits >> place & 1]
        return ", ".join(dict.fromkeys(name for name in names if name))

    def case(self, node: int) -> str:
        """The most ordinary case of a node, as it is written in a test."""
        return written(telling(self.diagrams, node) or {}, self.rulebook.facts)

    def contacted(self, rule: Rule, node: int) -> str:
        """The same, of a debtor whom the contact of a rule reaches, if there is one."""
        if not isinstance(rule.then, Contact):
            return self.case(node)
        lost = by_channel(rule.then, self.diagrams)[""]
        reached = self.diagrams.both(node, self.diagrams.negative(lost))
        return self.case(node if reached == NO else reached)

    def step(self, name: str) -> Step:
        """A step of the ladder."""
        return next(step for step in self.policy.steps if step.id == name)

    def say(self, code: str, place: Place | None, **fields: str) -> Problem:
        """A finding about this policy."""
        return Problem(code=code, place=place, fields={"policy": self.policy.name, **fields})


def written(case: Mapping[str, Value], facts: Mapping[str, Fact]) -> str:
    """A case as it is written in a test."""
    return f"{{{as_written(case, set(case), facts)}}}" if case else "{}"
