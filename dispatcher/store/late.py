"""Answers that come late: an acceptance is always believed, and two of them are told loudly."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Row, Select, and_, func, or_, select

from dispatcher.model.message import HUMAN_CHANNELS, NOTHING_REACHED, UNFINISHED, State
from dispatcher.store.doubt import doubtful
from dispatcher.store.passage import PENDING, Move
from dispatcher.store.tables import attempt, line, message


ACCEPTED: Final = "accepted"  # as the row of an attempt says it
TWICE: Final = "sent-twice"  # accepted, and so was another attempt of the same contact
LATE_OF: Final = "late_of"  # in the evidence: the attempt that the answer belongs to
ALREADY_SENT: Final = "already-sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """One acceptance on record: of which attempt, under the provider's name for it."""

    attempt: int
    provider_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Believed:
    """What follows from a late acceptance.

    `known`: nothing, it only enters the trail. `moves`: the message goes on as accepted, after the
    messages `instead` are withdrawn, which were planned because it was thought not to have left.
    `beside` are those that may have left as well.
    """

    known: bool = False
    moves: bool = False
    twice: bool = False
    instead: tuple[Move, ...] = ()
    beside: tuple[int, ...] = ()


def acceptances(
    connection: Connection, numbers: Sequence[int]
) -> Mapping[int, Sequence[Acceptance]]:
    """What is on record as accepted, by message."""
    found: dict[int, list[Acceptance]] = defaultdict(list)
    if not numbers:
        return found
    accepted = select(attempt).where(
        attempt.c.message_id.in_(numbers), attempt.c.outcome.in_((ACCEPTED, TWICE))
    )
    for row in connection.execute(accepted):
        late_of = json.loads(row.evidence).get(LATE_OF)
        number = row.number if late_of is None else int(late_of)
        found[row.message_id].append(Acceptance(attempt=number, provider_id=row.provider_id))
    return found


def is_another(before: Sequence[Acceptance], number: int, provider_id: str) -> bool:
    """Whether an acceptance of that attempt is a second one, and not the same told again."""
    return bool(before) and not any(
        each.attempt == number or (provider_id and each.provider_id == provider_id)
        for each in before
    )


def believed(
    connection: Connection,
    row: Row[tuple[object, ...]],
    before: Sequence[Acceptance],
    number: int,
    provider_id: str,
) -> Believed:
    """What a late acceptance of attempt `number` makes of its message, which is `row`.

    What was planned in the belief that nothing had left is withdrawn; what may have left as well
    is named: then the debtor has got it twice.
    """
    state = State(row.state)
    if state is State.SENDING:  # a later attempt is on its way: its answer will find this one
        return Believed(known=number >= row.attempted)
    if state in UNFINISHED:
        return Believed(moves=True)
    if state in NOTHING_REACHED - {State.BOUNCED} and row.channel not in HUMAN_CHANNELS:
        return given_up(connection, row)
    twice = is_another(before, number, provider_id)
    return Believed(known=not twice, twice=twice)


def next_number(connection: Connection, message_id: int) -> int:
    """The number of one more row of attempts."""
    highest = select(func.max(attempt.c.number)).where(attempt.c.message_id == message_id)
    return int(connection.execute(highest).scalar_one() or 0) + 1


def given_up(connection: Connection, row: Row[tuple[object, ...]]) -> Believed:
    """What a proof that it left makes of a message that had ended as if nothing had."""
    others = connection.execute(_of_the_same(row)).all()
    # One that is to go once more on a guess may have left before.
    guessed = doubtful(connection, [other.id for other in others]) if others else frozenset()
    beside = tuple(each.id for each in others if each.state not in PENDING or each.id in guessed)
    instead = tuple(
        Move(
            message_id=other.id,
            start=State(other.state),
            to=State.WITHDRAWN,
            reason=ALREADY_SENT,
        )
        for other in others
        if other.id not in beside
    )
    return Believed(moves=not beside, twice=bool(beside), instead=instead, beside=beside)


def _of_the_same(row: Row[tuple[object, ...]]) -> Select[tuple[int, str]]:
    """Messages that took a key of this one, or answer the same event, since it was given up."""
    mine, theirs = line.alias("mine"), line.alias("theirs")
    same_key = and_(
        theirs.c.invoice_id == mine.c.invoice_id,
        theirs.c.step == mine.c.step,
        theirs.c.cycle == mine.c.cycle,
        theirs.c.live,
        theirs.c.message_id != row.id,
    )
    taken = (
        select(theirs.c.message_id)
        .select_from(mine.join(theirs, same_key))
        .where(mine.c.message_id == row.id)
    )
    answered = and_(
        message.c.event_id == row.event_id,
        message.c.id != row.id,
        message.c.state.not_in([state.value for state in NOTHING_REACHED]),
    )
    return (
        select(message.c.id, message.c.state)
        .where(or_(message.c.id.in_(taken), answered))
        .order_by(message.c.id)
    )
