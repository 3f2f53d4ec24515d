"""A whole policy as one decision diagram: exactly which row answers which cases."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from dispatcher.model.vocabulary import Value
from dispatcher.policy.interpret import Case
from dispatcher.policy.terms import Condition, Lacks, Policy, Rule, Rulebook
from dispatcher.prove.exact.diagram import MOST_WORK, YES, Diagrams
from dispatcher.prove.exact.outcomes import OUTSIDE, Layer, Outcome, Reads, Row, rows_of
from dispatcher.prove.exact.reach import by_channel, channel_conditions
from dispatcher.prove.exact.regions import MOST_BOXES, Region, regions
from dispatcher.prove.exact.space import Space, space_of
from dispatcher.prove.exact.witness import case_in


#: Facts that grow day by day; when known they end at their bound. And one known to the due day.
COUNTED_UP: Final = ("days_late", "days_since_step")
COUNTED_OUT: Final = "days_before_due"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A policy over its space: `root` leads every case to the place of the row that answers it.

    Rules are named by id (`stops/dispute`). Every question may raise OverBudget.
    """

    policy: Policy
    rulebook: Rulebook
    rows: tuple[Row, ...]
    diagrams: Diagrams
    root: int

    def winners(self) -> tuple[Outcome, ...]:
        """The answers that some case gets, in order, each once."""
        found = self.diagrams.reached(self.root)
        said = [row.outcome for place, row in enumerate(self.rows) if found >> place & 1]
        return tuple(one for one in said if one.layer not in OUTSIDE)

    def unreachable(self) -> tuple[Rule, ...]:
        """The rules that answer no case, hidden by one earlier rule or by several together."""
        won = {outcome.rule for outcome in self.winners()}
        rules = (*self.policy.stops, *self.policy.hand_over, *self.policy.choices)
        return tuple(rule for rule in rules if rule.id not in won)

    def told(self, case: Case) -> Outcome:
        """What a case is answered; a fact that it does not name is unknown.

        Raises:
            KeyError: a fact has a value that the vocabulary does not allow; names the fact.
        """
        space, node = self.diagrams.space, self.root
        while node >= 0:
            name = space.order[self.diagrams.level(node)]
            atom = space.atom(name, case.get(name))
            if not atom:
                raise KeyError(name)
            node = next(child for mask, child in self.diagrams.edges(node) if mask & atom)
        return self.rows[~node].outcome

    def at(self, place: int) -> int:
        """The node of the cases that a row answers."""
        return self.diagrams.only(self.root, 1 << place)

    def where(self, wanted: Callable[[Outcome], bool]) -> int:
        """The node of the cases whose answer is wanted."""
        places = (place for place, row in enumerate(self.rows) if wanted(row.outcome))
        return self.diagrams.only(self.root, sum(1 << place for place in places))

    def node(self, rule: str) -> int:
        """The node of the cases that a rule answers."""
        return self.where(lambda outcome: outcome.rule == rule)

    def region(self, rule: str, *, limit: int = MOST_BOXES) -> tuple[Region, ...]:
        """The cases that a rule answers, as large boxes, at most so many.

        The boxes speak of cases of the policy that nothing stops; those of a stop, of all of them.
        """
        stop = rule.startswith("stops/")
        return regions(
            self.diagrams, self.node(rule), aside=self.aside(stops=not stop), limit=limit
        )

    def witness(self, rule: str) -> Mapping[str, Value] | None:
        """The most ordinary case that a rule answers; None: it answers none.

        With every fact. A contact reaches the debtor, if it ever can.
        """
        node = self.node(rule)
        contacts = [o.contact for o in self.winners() if o.rule == rule and o.contact is not None]
        reached = [self.diagrams.negative(by_channel(one, self.diagrams)[""]) for one in contacts]
        found = case_in(self.diagrams, self.diagrams.all([node, *reached]))
        return case_in(self.diagrams, node) if found is None else found

    def gaps(self, *, limit: int = MOST_BOXES) -> tuple[Region, ...]:
        """Dead ends: cases that no rule answers however long one waits, as large boxes.

        The boxes speak of cases of the policy that nothing stops.
        """
        silent = self.where(lambda outcome: outcome.layer is Layer.NOTHING)
        node = self.diagrams.both(silent, self.at_the_end())
        return regions(self.diagrams, node, aside=self.aside(), limit=limit)

    def aside(self, *, stops: bool = True) -> int:
        """The node of the cases that are not the policy's, and of those that a stop holds."""
        layers = {*OUTSIDE, Layer.STOP} if stops else OUTSIDE
        return self.where(lambda outcome: outcome.layer in layers)

    def at_the_end(self) -> int:
        """The node of the cases whose days have all been counted on."""
        space = self.diagrams.space
        return self.diagrams.all(
            self.diagrams.one(name, _end(name, space))
            for name in (*COUNTED_UP, COUNTED_OUT)
            if name in space.values
        )

    def cells(self) -> int:
        """How many combinations of atoms there are."""
        return self.diagrams.cells(YES)


def analyse(
    policy: Policy,
    rulebook: Rulebook,
    *,
    also: Iterable[Condition] = (),
    most: int = MOST_WORK,
) -> Table:
    """The table of a policy; its space is cut by the conditions of `also` too.

    Raises:
        OverBudget: it takes more than `most` steps of work.
    """
    rows = rows_of(policy, rulebook)
    asked = channel_conditions(policy, rulebook.facts)
    space = space_of([*(row.when for row in rows), *also, *asked], rulebook.facts)
    diagrams = Diagrams(space, most=most)
    return table_in(diagrams, policy, rulebook, rows)


def table_in(
    diagrams: Diagrams, policy: Policy, rulebook: Rulebook, rows: tuple[Row, ...]
) -> Table:
    """The table of a policy in a space that others share."""
    root = diagrams.first([node_of(row, diagrams) for row in rows])
    return Table(policy=policy, rulebook=rulebook, rows=rows, diagrams=diagrams, root=root)


def node_of(row: Row, diagrams: Diagrams) -> int:
    """The cases for which a row holds, whatever stands before it."""
    node = diagrams.of(row.when, unknown=row.reads is Reads.MAYBE)
    if row.reads is Reads.NOT_TRUE:
        node = diagrams.negative(node)
    return diagrams.both(node, diagrams.of(Lacks(fact=row.lacks))) if row.lacks else node


def _end(name: str, space: Space) -> int:
    """The atoms at which counting ends: the last known one, or unknown where that may be."""
    values = space.values[name]
    lacking = 1 << len(values) - 1 if values[-1] is None else 0
    if name == COUNTED_OUT:
        return lacking or space.full[space.level[name]]
    known = len(values) - (1 if lacking else 0)
    return lacking | 1 << known - 1
