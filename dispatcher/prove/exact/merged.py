"""Contacts after merging: who may lead one, which cases it may take along, and by which rule.

Leader and carried case share the debtor's facts; those of their invoices are their own. A case is
carried when its own step is due, or will be within `gather` days; work in hand and decisions of
people on a hand-over are not looked at.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

from dispatcher.model.decision import Action
from dispatcher.model.vocabulary import Owner, Value
from dispatcher.policy.terms import Between, Condition, Contact, Policy, Rulebook
from dispatcher.prove.exact.diagram import NO, YES
from dispatcher.prove.exact.moved import moved
from dispatcher.prove.exact.outcomes import OUTSIDE, Layer, Outcome, Reads, Row, outcome_of
from dispatcher.prove.exact.reach import by_channel
from dispatcher.prove.exact.table import Table, node_of
from dispatcher.prove.exact.witness import case_in, telling


OVERDUE = Between(fact="days_late", at_least=1)
#: Why a case waits whose hand-over another case of the debtor keeps back.
KEPT_BACK = "hand-over"
WAITING = (Action.WAIT, Action.NOTHING_YET)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Cases by what they answer.

    `after`: they answer so only beside another case of the debtor, whose hand-over entry (this
    rule) stands first; empty: by themselves.
    """

    outcome: Outcome
    node: int
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Led:
    """Cases that lead a contact by this channel: their node and how they answer."""

    outcome: Outcome
    contact: Contact
    channel: str
    legal: bool
    node: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """Cases whose own step goes with another's contact; `early`: not due today."""

    outcome: Outcome
    legal: bool
    early: bool
    node: int


def later_rows(policy: Policy, rulebook: Rulebook) -> tuple[Row, ...]:
    """What the policy will say of an overdue case in `gather` days, asked of its facts today."""
    days, facts = policy.limits.gather, rulebook.facts
    held = Outcome(layer=outcome_of(policy.stops[0], policy).layer) if policy.stops else None
    rows = [
        Row(outcome=held, when=moved(rule.when, days, facts), reads=Reads.MAYBE)
        for rule in policy.stops
        if held is not None
    ]
    rows += [
        Row(outcome=outcome_of(rule, policy), when=moved(rule.when, days, facts))
        for rule in (*policy.hand_over, *policy.choices)
    ]
    return tuple(rows)


def conditions(policy: Policy, rulebook: Rulebook) -> tuple[Condition, ...]:
    """What cuts the space for contacts after merging, beside the rules themselves."""
    late = (OVERDUE,) if "days_late" in rulebook.facts else ()
    if not policy.limits.gather:
        return late
    return (*late, *(row.when for row in later_rows(policy, rulebook)))


@dataclass(frozen=True, kw_only=True)
class Merging:
    """The contacts of a table; `legal` names the templates with legal effect."""

    table: Table
    legal: frozenset[str]
    reached: dict[tuple[str, ...], Mapping[str, int]] = field(default_factory=dict)

    @cached_property
    def invoice(self) -> frozenset[int]:
        """The levels of facts that are an invoice's own."""
        space = self.table.diagrams.space
        return frozenset(
            level for name, level in space.level.items() if space.facts[name].of is Owner.INVOICE
        )

    @cached_property
    def leaders(self) -> tuple[Led, ...]:
        """Every contact that a case may lead, by rule and channel."""
        return tuple(self._leaders())

    @cached_property
    def carried(self) -> tuple[Carried, ...]:
        """Every case that a contact may take along, by the rule that moves it."""
        return (*self._due(), *self._early())

    def taken(self, leader: Led, case: Carried, node: int) -> int:
        """Those of the node that the leader may take along, before his debtor is looked at.

        A case that is due by the leader's own rule is left out: it gets what it would get alone.
        """
        same = leader.outcome.step == case.outcome.step
        if not case.early and leader.outcome.rule == case.outcome.rule:
            return NO
        if leader.legal:
            return node if case.legal and same and not case.early else NO
        if case.legal or case.outcome.position > leader.outcome.position:
            return NO
        return node if same and not case.early else self._overdue(node)

    def _overdue(self, node: int) -> int:
        diagrams = self.table.diagrams
        if "days_late" not in diagrams.space.facts:
            return node
        return diagrams.both(node, diagrams.of(OVERDUE))

    @cached_property
    def answers(self) -> tuple[Answered, ...]:
        """Every answer of the policy and the cases that get it."""
        there = self.table.diagrams.reached(self.table.root)
        alone = [
            Answered(outcome=row.outcome, node=self.table.at(place))
            for place, row in enumerate(self.table.rows)
            if there >> place & 1 and row.outcome.layer not in OUTSIDE
        ]
        return (*alone, *self._beaten(alone))

    def _beaten(self, alone: Sequence[Answered]) -> Iterator[Answered]:
        """What cases answer whose hand-over another case of the debtor keeps back."""
        diagrams = self.table.diagrams
        entries = [answer for answer in alone if answer.outcome.layer is Layer.HAND_OVER]
        for before, answer in combinations(entries, 2):
            debtors = diagrams.some(before.node, self.invoice)
            node = diagrams.both(answer.node, debtors)
            if node != NO:
                yield from self._instead(answer.outcome, node, before.outcome.rule)

    def _instead(self, kept: Outcome, node: int, after: str) -> Iterator[Answered]:
        """What the steps say of cases that are not handed over now; else they wait."""
        diagrams = self.table.diagrams
        rows = [row for row in self.table.rows if row.outcome.layer is Layer.CHOICE]
        root = diagrams.first([*(node_of(row, diagrams) for row in rows), YES])
        waits = Outcome(layer=Layer.HAND_OVER, rule=kept.rule, action=Action.WAIT, reason=KEPT_BACK)
        for place, outcome in enumerate([*(row.outcome for row in rows), waits]):
            mine = diagrams.both(node, diagrams.only(root, 1 << place))
            if mine != NO:
                yield Answered(outcome=outcome, node=mine, after=after)

    def _leaders(self) -> Iterator[Led]:
        diagrams = self.table.diagrams
        for answer in self.answers:
            contact = answer.outcome.contact
            if contact is None:
                continue
            for channel, reach in self.reach(contact).items():
                node = diagrams.both(answer.node, reach)
                if channel and node != NO:
                    yield Led(
                        outcome=answer.outcome,
                        contact=contact,
                        channel=channel,
                        legal=contact.template in self.legal,
                        node=node,
                    )

    def _due(self) -> Iterator[Carried]:
        for answer in self.answers:
            contact = answer.outcome.contact
            if contact is not None:
                legal = contact.template in self.legal
                yield Carried(outcome=answer.outcome, legal=legal, early=False, node=answer.node)

    def _early(self) -> Iterator[Carried]:
        policy, diagrams = self.table.policy, self.table.diagrams
        if not policy.limits.gather:
            return
        rows = later_rows(policy, self.table.rulebook)
        still = [answer.node for answer in self.answers if answer.outcome.action in WAITING]
        waiting = self._overdue(diagrams.any(still))
        root = diagrams.first([*(node_of(row, diagrams) for row in rows), YES])
        for place, row in enumerate(rows):
            contact = row.outcome.contact
            if contact is None or contact.template in self.legal:
                continue
            soon = diagrams.only(root, 1 << place)
            node = diagrams.both(waiting, soon)
            if node != NO:
                yield Carried(outcome=row.outcome, legal=False, early=True, node=node)

    def reach(self, contact: Contact) -> Mapping[str, int]:
        """By channel the cases that the contact reaches by it; under "" those it cannot reach."""
        found = self.reached.get(contact.channels)
        if found is None:
            found = self.reached[contact.channels] = by_channel(contact, self.table.diagrams)
        return found

    # -- two cases of one debtor ----------------------------------------------------------------

    def two(
        self, leader: Led, carried: Carried, node: int
    ) -> tuple[Mapping[str, Value], Mapping[str, Value]] | None:
        """A leader and a carried case out of the node, of one debtor; None: there are no such.

        Both with the facts that matter.
        """
        for leading, led in self._ranked(leader, carried, node):
            shared = self._shared(leading, led)
            if shared is not None:
                diagrams = self.table.diagrams
                one = telling(diagrams, diagrams.both(leading, shared))
                other = telling(diagrams, diagrams.both(led, shared))
                if one is not None and other is not None:
                    return one, other
        return None

    def _ranked(self, leader: Led, carried: Carried, node: int) -> Iterator[tuple[int, int]]:
        """Leaders and carried cases whose order is right.

        Of two that are due and stand on one rung, the one that is later leads, unless its own
        contact cannot reach the debtor.
        """
        space, diagrams = self.table.diagrams.space, self.table.diagrams
        ties = carried.outcome.position == leader.outcome.position
        if carried.early or not ties or "days_late" not in space.values:
            yield leader.node, node
            return
        own = carried.outcome.contact
        if own is not None:
            yield leader.node, diagrams.both(node, self.reach(own)[""])
        full = space.full[space.level["days_late"]]
        for bit in range(full.bit_length()):
            as_late = diagrams.one("days_late", full >> bit << bit)
            led = diagrams.both(node, diagrams.one("days_late", 1 << bit))
            yield diagrams.both(leader.node, as_late), led

    def _shared(self, leading: int, led: int) -> int | None:
        """One debtor who has cases of both: all his facts, as a node."""
        diagrams, space = self.table.diagrams, self.table.diagrams.space
        own = self.invoice
        both = diagrams.both(diagrams.some(leading, own), diagrams.some(led, own))
        case = case_in(diagrams, both)
        if case is None:
            return None
        his = [name for name in space.order if space.facts[name].of is Owner.DEBTOR]
        atoms = {name: space.atom(name, case[name]) for name in his}
        return diagrams.all(diagrams.one(name, atom) for name, atom in atoms.items() if atom)
