"""One policy before and after: exactly the cases that it answers otherwise, and renamed rules."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from dispatcher.model.vocabulary import Value
from dispatcher.policy.terms import Contact, HandOver, Policy, Rule, Rulebook, Then
from dispatcher.prove.changes.regions_said import Said, regions_said
from dispatcher.prove.changes.renaming import Names, renamed
from dispatcher.prove.exact.diagram import MOST_WORK, NO, YES, Diagrams, OverBudget
from dispatcher.prove.exact.outcomes import OUTSIDE, Layer, Outcome, Row, answered, rows_of
from dispatcher.prove.exact.reach import by_channel, channel_conditions
from dispatcher.prove.exact.sampling import cases
from dispatcher.prove.exact.space import Space, space_of
from dispatcher.prove.exact.table import Table, table_in
from dispatcher.prove.exact.witness import case_in, telling


PAIR: Final = 2

MOST_REGIONS: Final = 6  # what a person reads of one pair of answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """Cases that got one answer and get another.

    `regions` are large boxes of them; the cases of other policies, and those that the same stop
    holds before and after, are aside. `case` is the most ordinary of them with every fact, if
    possible of a debtor who can be reached; `telling` holds its facts that matter. `cells` counts
    the combinations of atoms; 0 where cases were sampled, and then there are no regions.
    """

    old: Outcome
    new: Outcome
    regions: tuple[Said, ...]
    case: Mapping[str, Value]
    telling: Mapping[str, Value]
    cells: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What has become of the answers of a pair; `hidden` are stops that changed behind others.

    `rules` are the rules that are only called otherwise, old id to new id. Not `exact`: there was
    too much to look at, so cases were tried, and what is missing here is not proved to be the same.
    """

    changes: tuple[Changed, ...]
    rules: Mapping[str, str]
    hidden: tuple[tuple[Rule | None, Rule | None], ...] = ()
    exact: bool = True


def answers_changed(
    old: Policy, new: Policy, books: tuple[Rulebook, Rulebook], *, most: int = MOST_WORK
) -> Answers:
    """What one policy answers otherwise than the other, by pair of answers, in the old order.

    `books` are the rulebooks of both, over the same facts. Which debtors a policy is for, and which
    cases can be, is not asked here: only of cases that both take the answers are compared.
    """
    space = _space(old, new, books)
    diagrams = Diagrams(space, most=most)
    try:
        names = Names(rules=_renamed_rules(old, new, diagrams))
        old = renamed(old, names)
        before = table_in(diagrams, old, books[0], rows_of(old, books[0]))
        after = table_in(diagrams, new, books[1], rows_of(new, books[1]))
        changes = tuple(_changes(before, after))
        hidden = tuple(_hidden(before, after, changes))
    except OverBudget:
        rows = rows_of(old, books[0]), rows_of(new, books[1])
        return Answers(changes=tuple(_tried(*rows, space)), rules={}, exact=False)
    return Answers(changes=changes, rules=names.rules, hidden=hidden)


def meaning(outcome: Outcome) -> tuple[object, ...]:
    """What two answers have in common exactly when they are the same to people and to the book.

    Where its step stands in the ladder is no part of it, nor is the order of people's roles.
    """
    if outcome.layer is Layer.STOP and outcome.reason != getattr(outcome.then, "reason", ""):
        return (outcome.layer, outcome.rule, outcome.reason)  # it holds for what is unknown
    return (outcome.layer, outcome.rule, outcome.reason, _in_order(outcome.then))


def _in_order(then: Then | None) -> Then | None:
    match then:
        case Contact(copy_to=copies, needs_approval=roles):
            return replace(then, copy_to=_sorted(copies), needs_approval=_sorted(roles))
        case HandOver(needs_approval=roles):
            return replace(then, needs_approval=_sorted(roles))
        case _:
            return then


def _sorted(roles: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(roles))


def _space(old: Policy, new: Policy, books: tuple[Rulebook, Rulebook]) -> Space:
    both = tuple(zip((old, new), books, strict=True))
    asked = [row.when for policy, book in both for row in rows_of(policy, book)]
    reach = [when for policy, book in both for when in channel_conditions(policy, book.facts)]
    return space_of([*asked, *reach], books[0].facts)


def _changes(before: Table, after: Table) -> Iterator[Changed]:
    diagrams = before.diagrams
    pairs: dict[tuple[int, int], int] = {}

    def told(one: int, other: int) -> int:
        a, b = before.rows[one].outcome, after.rows[other].outcome
        if a.layer in OUTSIDE or b.layer in OUTSIDE or meaning(a) == meaning(b):
            return 0
        return pairs.setdefault((one, other), len(pairs) + 1)

    root = diagrams.together(before.root, after.root, told)
    apart = _aside(before, after, stops=False), _aside(before, after, stops=True)
    for (one, other), number in sorted(pairs.items()):
        a, b = before.rows[one].outcome, after.rows[other].outcome
        node = diagrams.only(root, 1 << number)
        shown = _reaching(node, (a, b), diagrams)
        case = case_in(diagrams, shown)
        if case is not None:
            of_stops = Layer.STOP in {a.layer, b.layer}
            beside = apart[0] if of_stops else apart[1]
            yield Changed(
                old=a,
                new=b,
                regions=regions_said(diagrams, node, aside=beside, limit=MOST_REGIONS),
                case=case,
                telling=telling(diagrams, shown) or {},
                cells=diagrams.cells(node),
            )


def _aside(before: Table, after: Table, *, stops: bool) -> int:
    """The cases that are not of both policies; with `stops` those too that a stop holds alike."""

    def told(one: int, other: int) -> int:
        a, b = before.rows[one].outcome, after.rows[other].outcome
        stopped = stops and a.layer is Layer.STOP and meaning(a) == meaning(b)
        return int(a.layer in OUTSIDE or b.layer in OUTSIDE or stopped)

    return before.diagrams.together(before.root, after.root, told)


def _reaching(node: int, outcomes: Sequence[Outcome], diagrams: Diagrams) -> int:
    """Of the cases those whose debtor is reached, by another channel than before, if any are."""
    ways = [by_channel(each.contact, diagrams) for each in outcomes if each.contact is not None]
    reached = diagrams.all([node, *(diagrams.negative(way[""]) for way in ways)])
    found = diagrams.both(reached, _by_other_channels(ways, diagrams))
    return next(each for each in (found, reached, node) if each != NO)


def _by_other_channels(ways: Sequence[Mapping[str, int]], diagrams: Diagrams) -> int:
    """The cases whose debtor two contacts reach by different channels; all, if there are no two."""
    if len(ways) != PAIR:
        return YES
    old, new = ways
    alike = [diagrams.both(old[name], new[name]) for name in old.keys() & new.keys()]
    return diagrams.negative(diagrams.any(alike))


def _tried(before: tuple[Row, ...], after: tuple[Row, ...], space: Space) -> Iterator[Changed]:
    """Differences that cases at every boundary and at random show."""
    found = set[tuple[object, ...]]()
    for case in cases(space):
        a, b = answered(before, case), answered(after, case)
        outside = a.layer in OUTSIDE or b.layer in OUTSIDE
        key = (meaning(a), meaning(b))
        if not outside and key[0] != key[1] and key not in found:
            found.add(key)
            yield Changed(old=a, new=b, regions=(), case=case, telling=case, cells=0)


# -- rules that are only called otherwise ---------------------------------------------------------


def _renamed_rules(old: Policy, new: Policy, diagrams: Diagrams) -> dict[str, str]:
    """Old id -> new id of each rule with the same condition and deed in the same place."""
    found: dict[str, str] = {}
    for before, after in _places(old, new):
        gone = [rule for rule in before if rule.id not in {each.id for each in after}]
        come = [rule for rule in after if rule.id not in {each.id for each in before}]
        for rule in gone:
            same = next((each for each in come if _same(rule, each, diagrams)), None)
            if same is not None:
                found[rule.id] = same.id
                come.remove(same)
    return found


def _places(old: Policy, new: Policy) -> Iterator[tuple[Sequence[Rule], Sequence[Rule]]]:
    yield old.stops, new.stops
    yield old.hand_over, new.hand_over
    steps = {step.id: step.choose for step in new.steps}
    for step in old.steps:
        yield step.choose, steps.get(step.id, ())


def _same(one: Rule, other: Rule, diagrams: Diagrams) -> bool:
    return one.then == other.then and all(
        diagrams.of(one.when, unknown=unknown) == diagrams.of(other.when, unknown=unknown)
        for unknown in (False, True)
    )


# -- stops behind other stops ---------------------------------------------------------------------


def _hidden(
    before: Table, after: Table, changes: Sequence[Changed]
) -> Iterator[tuple[Rule | None, Rule | None]]:
    """Stops that hold otherwise though no answer shows it: every stop that holds is recorded."""
    seen = {outcome.rule for change in changes for outcome in (change.old, change.new)}
    old, new = ({rule.id: rule for rule in table.policy.stops} for table in (before, after))
    ours = before.diagrams.negative(before.diagrams.any([_outside(before), _outside(after)]))
    for name in {**old, **new}:
        one, other = old.get(name), new.get(name)
        held = (_held(one, ours, before), _held(other, ours, before))
        if held[0] != held[1] and name not in seen:
            yield one, other


def _outside(table: Table) -> int:
    return table.where(lambda outcome: outcome.layer in OUTSIDE)


def _held(rule: Rule | None, ours: int, table: Table) -> tuple[int, int, str]:
    """The cases of ours that a stop holds, those where it is unknown, and as what."""
    nothing = table.diagrams.both(ours, table.diagrams.negative(ours))
    if rule is None:
        return nothing, nothing, ""
    nodes = [
        table.diagrams.both(ours, table.diagrams.of(rule.when, unknown=unknown))
        for unknown in (False, True)
    ]
    reason = getattr(rule.then, "reason", "") if nodes[1] != nothing else ""
    return nodes[0], nodes[1], reason
