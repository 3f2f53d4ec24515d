"""Which debtors get another policy than before: the conditions `applies_to` of all together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dispatcher.model.vocabulary import Value
from dispatcher.policy.terms import ALWAYS, Policy
from dispatcher.prove.changes.pairing import Paired
from dispatcher.prove.changes.regions_said import Said, regions_said
from dispatcher.prove.exact.diagram import MOST_WORK, Diagrams
from dispatcher.prove.exact.space import space_of
from dispatcher.prove.exact.witness import case_in, telling


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Debtors of one currency that go from one policy to another.

    Empty: from none, to none; of several, the policies overlap. `keep` may still hold debtors
    where they are until they have paid.
    """

    currency: str
    old: tuple[str, ...]
    new: tuple[str, ...]
    regions: tuple[Said, ...]
    case: Mapping[str, Value]
    telling: Mapping[str, Value]


def debtors_moved(found: Paired, *, most: int = MOST_WORK) -> tuple[Move, ...]:
    """The moves by currency and pair of policies, whatever the answers of both.

    Raises:
        OverBudget: it takes more than `most` steps of work.
    """
    every = (*found.old.active, *found.new.active)
    currencies = dict.fromkeys(policy.currency for policy in every)
    return tuple(move for each in currencies for move in _moves(found, each, most))


def _moves(found: Paired, currency: str, most: int) -> Iterator[Move]:
    sides = [
        [policy for policy in book.active if policy.currency == currency]
        for book in (found.old, found.new)
    ]
    if _scopes(sides[0]) == _scopes(sides[1]):
        return
    books = (found.old, found.new)
    cannot = [when for book in books for when in book.invariants]
    asked = [policy.applies_to or ALWAYS for side in sides for policy in side]
    diagrams = Diagrams(space_of([*asked, *cannot], found.new.facts), most=most)
    impossible = diagrams.any(diagrams.of(when) for when in cannot)
    known: list[tuple[str, ...]] = [()]
    before, after = (_taken(side, known, diagrams) for side in sides)
    pairs: dict[tuple[tuple[str, ...], tuple[str, ...]], int] = {}

    def told(one: int, other: int) -> int:
        key = (known[one], known[other])
        return 0 if key[0] == key[1] else pairs.setdefault(key, len(pairs) + 1)

    root = diagrams.together(before, after, told)
    for (old, new), number in pairs.items():
        node = diagrams.both(diagrams.only(root, 1 << number), diagrams.negative(impossible))
        case = case_in(diagrams, node)
        if case is not None:
            yield Move(
                currency=currency,
                old=old,
                new=new,
                regions=regions_said(diagrams, node, aside=impossible),
                case=case,
                telling=telling(diagrams, node) or {},
            )


def _scopes(side: Sequence[Policy]) -> Mapping[str, object]:
    return {policy.name: policy.applies_to for policy in side}


def _taken(side: Sequence[Policy], known: list[tuple[str, ...]], diagrams: Diagrams) -> int:
    """Every debtor to the number of the policies that are for him, as they stand in `known`."""
    found = ~0
    for policy in sorted(side, key=lambda each: each.name):
        scope = diagrams.of(policy.applies_to or ALWAYS)

        def told(one: int, takes: int, name: str = policy.name) -> int:
            return _number((*known[one], name), known) if takes else one

        found = diagrams.together(found, scope, told)
    return found


def _number(names: tuple[str, ...], known: list[tuple[str, ...]]) -> int:
    if names not in known:
        known.append(names)
    return known.index(names)
