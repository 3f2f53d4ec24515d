"""Two versions of a policy: exactly the cases that they answer differently."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from dispatcher.model.vocabulary import Fact, Value
from dispatcher.prove.exact.diagram import MOST_WORK, Diagrams
from dispatcher.prove.exact.outcomes import OUTSIDE, Layer, Outcome
from dispatcher.prove.exact.regions import MOST_BOXES, Region, regions
from dispatcher.prove.exact.space import space_of
from dispatcher.prove.exact.table import Table, table_in
from dispatcher.prove.exact.witness import case_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Cases that got one answer and get another: large boxes, and the most ordinary case.

    The boxes speak of cases that both versions take and do not stop alike. `cells` counts the
    combinations of atoms exactly; boxes above the asked number are left out.
    """

    old: Outcome
    new: Outcome
    regions: tuple[Region, ...]
    case: Mapping[str, Value]
    cells: int


def differences(
    old: Table, new: Table, *, limit: int = MOST_BOXES, most: int = MOST_WORK
) -> tuple[Difference, ...]:
    """What changes from one table to the other, by pair of answers, in the order of the old rows.

    Empty exactly when every possible case gets the same answer: rule, action and all words of its
    `then`. Cases that are outside both (impossible, or of another policy) are no difference. Of
    two vocabularies the newer counts, widened by the values and bounds of the older.

    Raises:
        OverBudget: it takes more than `most` steps of work.
    """
    facts = joined(old.rulebook.facts, new.rulebook.facts)
    asked = [row.when for table in (old, new) for row in table.rows]
    diagrams = Diagrams(space_of(asked, facts), most=most)
    before = table_in(diagrams, old.policy, old.rulebook, old.rows)
    after = table_in(diagrams, new.policy, new.rulebook, new.rows)
    return tuple(_found(before, after, diagrams, limit))


def _found(before: Table, after: Table, diagrams: Diagrams, limit: int) -> Iterator[Difference]:
    pairs: dict[tuple[Outcome, Outcome], int] = {}

    def told(one: int, other: int) -> int:
        a, b = before.rows[one].outcome, after.rows[other].outcome
        if a == b or (a.layer in OUTSIDE and b.layer in OUTSIDE):
            return 0
        return pairs.setdefault((a, b), len(pairs) + 1)

    root = diagrams.together(before.root, after.root, told)
    aside = diagrams.together(before.root, after.root, _aside(before, after))
    order = {row.outcome: place for place, row in reversed([*enumerate(before.rows)])}
    for (old, new), number in sorted(pairs.items(), key=lambda pair: order[pair[0][0]]):
        node = diagrams.only(root, 1 << number)
        case = case_in(diagrams, node)
        if case is not None:
            yield Difference(
                old=old,
                new=new,
                regions=regions(diagrams, node, aside=aside, limit=limit),
                case=case,
                cells=diagrams.cells(node),
            )


def _aside(before: Table, after: Table) -> Callable[[int, int], int]:
    """Whether a pair of rows says nothing of interest: 1 where it does, as a condition's leaf."""

    def told(one: int, other: int) -> int:
        a, b = before.rows[one].outcome, after.rows[other].outcome
        outside = a.layer in OUTSIDE and b.layer in OUTSIDE
        return int(outside or (a.layer is Layer.STOP and a == b))

    return told


def joined(old: Mapping[str, Fact], new: Mapping[str, Fact]) -> Mapping[str, Fact]:
    """The facts of both vocabularies, each with the values and bounds of both."""
    facts = {**old, **new}
    for name in old.keys() & new.keys():
        facts[name] = _widened(old[name], new[name])
    return facts


def _widened(old: Fact, new: Fact) -> Fact:
    lows = [fact.minimum for fact in (old, new) if fact.minimum is not None]
    highs = [fact.maximum for fact in (old, new) if fact.maximum is not None]
    return replace(
        new,
        values=tuple(dict.fromkeys((*new.values, *old.values))),
        minimum=min(lows, default=None),
        maximum=max(highs, default=None),
        nullable=old.nullable or new.nullable,
    )
