"""Proposals to hand over: who has to say yes, what a yes and a no do."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

import polars as pl

from dispatcher.errors import BadInput
from dispatcher.house import House
from dispatcher.messages.accounts import debtors_of
from dispatcher.model.event import EventKind
from dispatcher.model.problem import Problem
from dispatcher.people.approval import role_of
from dispatcher.people.happened import one_line
from dispatcher.policy.terms import HandOver, Rulebook
from dispatcher.store.events import NewEvent
from dispatcher.store.tasks import TaskRow


YES, NO = "handed_over", "refused"

#: What may come of a proposal to hand over.
OUTCOMES: Final = (YES, NO)

BY_TASK: Final = "task"  # the source of what people decide on a task


def lacking(house: House, row: TaskRow) -> tuple[str, ...]:
    """The roles that have to say yes to a proposal and have not, in the rule's order."""
    given = {role for role, _ in _given(house, row)}
    return tuple(role for role in _roles(house.rulebook, row) if role not in given)


def decide(
    house: House, row: TaskRow, *, outcome: str, person: str, note: str, until: date | None
) -> bool:
    """Say yes or no to a proposal, for a role that this person may hold; whether that ends it.

    A no of one is enough; a yes needs every role that the rule names, each another person.

    Raises:
        BadInput: nothing like that can come of it, or this person may not.
    """
    if outcome not in OUTCOMES:
        fields = {"value": outcome, "allowed": ", ".join(OUTCOMES)}
        raise BadInput(Problem(code="run/outcome", fields=fields))
    roles = lacking(house, row)
    role = _speaks(house, row, roles, person) if roles else ""
    if outcome == YES and len(roles) > 1:
        house.book.record_event(_yes(house, row, role, person), now=house.clock.now())
        return False
    house.book.finish_task(
        row.id,
        outcome=outcome,
        person=one_line(person),
        note=one_line(note),
        now=house.clock.now(),
        until=until,
        followed_by=[_handed(house, row, person)] if outcome == YES else [],
    )
    return True


def _speaks(house: House, row: TaskRow, roles: Sequence[str], person: str) -> str:
    number = f"T{row.id}"
    if not one_line(person):
        raise BadInput(Problem(code="event/person"))
    if _same(person) in {_same(name) for _, name in _given(house, row)}:
        fields = {"value": number, "person": person}
        raise BadInput(Problem(code="approve/twice", fields=fields))
    debtor = debtors_of(house.book.frames([row.debtor_id]))[row.debtor_id]
    return role_of(person, roles, house.settings, debtor, number=number)


def _roles(rulebook: Rulebook, row: TaskRow) -> tuple[str, ...]:
    policy = rulebook.policies.get(row.policy)
    rules = () if policy is None else policy.hand_over
    found = next((rule.then for rule in rules if rule.id == row.rule), None)
    return found.needs_approval if isinstance(found, HandOver) else ()


def _given(house: House, row: TaskRow) -> Iterator[tuple[str, str]]:
    """Each role that has said yes to this proposal, and by whom."""
    events = house.book.frames([row.debtor_id])["events"]
    said = events.filter(pl.col("kind") == EventKind.HAND_OVER_APPROVED.value)
    for detail in said["detail"]:
        number, role, person = detail.split(":", 2)
        if number == f"T{row.id}":
            yield role, person


def _yes(house: House, row: TaskRow, role: str, person: str) -> NewEvent:
    return NewEvent(
        source=BY_TASK,
        reference=f"T{row.id}-{role}",
        kind=EventKind.HAND_OVER_APPROVED,
        debtor_id=row.debtor_id,
        day=house.clock.today(),
        detail=f"T{row.id}:{role}:{one_line(person)}",
        person=one_line(person),
    )


def _handed(house: House, row: TaskRow, person: str) -> NewEvent:
    """From now on somebody else speaks to this debtor: every channel of ours is silent."""
    return NewEvent(
        source=BY_TASK,
        reference=f"T{row.id}-{YES}",
        kind=EventKind.HANDED_OVER,
        debtor_id=row.debtor_id,
        day=house.clock.today(),
        detail=row.reason,
        person=one_line(person),
    )


def _same(name: str) -> str:
    return " ".join(name.split()).casefold()
