"""What lies in the outbox, and what a named person does to one of its messages."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from dispatcher.errors import BadInput
from dispatcher.house import House
from dispatcher.model.message import State
from dispatcher.model.problem import Problem
from dispatcher.people.happened import one_line
from dispatcher.people.numbered import MESSAGE, id_of, message_number
from dispatcher.problems.suggest import nearest
from dispatcher.store.interventions import LETS, Deed
from dispatcher.store.outbox_rows import LYING, LyingRow, Story


#: Why nothing can be done to a message in that state.
WHY_NOT: Final[Mapping[State, str]] = {
    State.SENDING: "outbox/under-way",
    State.UNKNOWN: "outbox/may-have-left",
    State.ACCEPTED: "outbox/left",
    State.SENT: "outbox/left",
    State.DELIVERED: "outbox/left",
    State.BOUNCED: "outbox/ended",
    State.FAILED: "outbox/ended",
    State.WITHDRAWN: "outbox/ended",
    State.EXPIRED: "outbox/ended",
    State.HOLD: "outbox/held",
}


def lying(house: House, state: str = "") -> tuple[LyingRow, ...]:
    """What lies in the outbox, in one state or in all; what needs a person comes first.

    Raises:
        BadInput: no message of the outbox is ever in a state of that name.
    """
    return house.book.lying(_states(state))


def story(house: House, number: str) -> Story:
    """One message with all that happened to it, whatever its state.

    Raises:
        BadInput: there is no such message.
    """
    row_id = id_of(number, MESSAGE)
    found = None if row_id is None else house.book.story(row_id)
    if found is None:
        raise BadInput(Problem(code="outbox/no-message", fields={"value": number}))
    return found


def intervene(house: House, number: str, deed: Deed, *, person: str, reason: str) -> State:
    """Do it in a person's name; the state in which the message is then.

    What is let go is asked by the guard before it leaves, as always.

    Raises:
        BadInput: there is no such message, its state does not let it, or a name or reason lacks.
    """
    row = story(house, number).row
    problems = list(_not_now(row, deed))
    if not one_line(person):
        problems.append(Problem(code="event/person"))
    if deed is not Deed.RELEASE and not one_line(reason):
        problems.append(Problem(code="hold/reason"))
    if problems:
        raise BadInput(problems)
    try:
        return house.book.intervene(
            row.id,
            deed,
            person=one_line(person),
            note=one_line(reason),
            now=house.clock.now(),
        )
    except ValueError as error:  # it moved since it was looked at: then that is why
        moved = list(_not_now(story(house, number).row, deed))
        if not moved:
            raise
        raise BadInput(moved) from error


def _not_now(row: LyingRow, deed: Deed) -> Iterator[Problem]:
    """Why its state does not let it."""
    if row.state not in LETS[deed]:
        code = WHY_NOT.get(row.state, "outbox/not-held")
        yield Problem(code=code, fields={"value": message_number(row.id)})


def _states(state: str) -> Collection[State]:
    if not state:
        return LYING
    allowed = [each.value for each in LYING]
    if state not in allowed:
        fields = {"value": state, "allowed": ", ".join(allowed)}
        suggestion = nearest(state, allowed)
        raise BadInput(Problem(code="outbox/state", fields=fields, suggestion=suggestion))
    return (State(state),)
