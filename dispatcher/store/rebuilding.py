"""Writing into a store that was put back from a copy what its journal knows and it has forgotten.

Every message is taken on its way again, attempt and all, as if it were sent now: the records say
so, and the tables follow them. Nothing is ever planned anew by this.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, Row, func, insert, select, update

from dispatcher.model.event import EventKind
from dispatcher.model.message import State
from dispatcher.model.record import Content
from dispatcher.ports import Accepted, Attempted, Unknown
from dispatcher.store import outcomes
from dispatcher.store.ahead import journal_begins
from dispatcher.store.claims import claims, token
from dispatcher.store.events import NewEvent, record_event
from dispatcher.store.instants import to_ms
from dispatcher.store.numbers import ids
from dispatcher.store.passage import PENDING, Move, move
from dispatcher.store.tables import attempt, debtor, event, invoice, line, message, store
from dispatcher.store.trail import Entry, append


class Fate(StrEnum):
    """What a recovery does with a message that the journal knows."""

    KNOWN = "known"  # the store knows all of it
    SETTLE = "settle"  # the store has it, and not that it left
    NUMBER = "number"  # the store has it and nothing left: only its attempts are counted on
    REBUILD = "rebuild"  # the store has never heard of it
    NEVER_LEFT = "never-left"  # the store has never heard of it, and need not: only its id is taken
    NAMELESS = "nameless"  # lines of an older version: there is nothing to rebuild it from


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One line of a lost message, by its public names."""

    number: str
    term: int
    step: str
    choice: str
    cycle: int
    amount: int
    claimed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A message as the journal knows it; `outcome` None: nothing left.

    `event` is source, reference, kind, day, until, amount, invoice number and term of what it
    answers. Of a line of an older version only `id`, `attempt` and `outcome` are there.
    """

    id: int
    attempt: int
    outcome: Accepted | Unknown | None
    at: datetime
    foreign: bool = False  # it was another store's
    token: str = ""
    debtor: str = ""
    channel: str = ""
    policy: str = ""
    policy_hash: str = ""
    rule: str = ""
    template: str = ""
    tone: str = ""
    legal_effect: bool = False
    created_at: datetime | None = None
    main_id: int | None = None
    cases: tuple[Case, ...] = ()
    event: tuple[str | int | None, ...] = ()


#: How a message gets where an attempt may begin.
_WAY_TO_SENDING: Final[Mapping[State, tuple[State, ...]]] = {
    State.AWAITING: (State.PLANNED,),
    State.PLANNED: (),
    State.DEFERRED: (),
    State.HOLD: (State.PLANNED,),
    State.QUARANTINED: (State.PLANNED,),
    State.SENDING: (),
    State.UNKNOWN: (State.DEFERRED,),
}

#: How an earlier message gives up a key that a later one is known to have had: it can only have
#: been free because nothing of the earlier one had reached anyone.
_GIVES_WAY: Final[Mapping[State, State]] = {
    **dict.fromkeys(PENDING, State.WITHDRAWN),
    State.SENDING: State.FAILED,
    State.UNKNOWN: State.FAILED,
    State.ACCEPTED: State.BOUNCED,
    State.SENT: State.BOUNCED,
    State.DELIVERED: State.BOUNCED,
}

WHY: Final = "recovered"


def fate(connection: Connection, lost: Lost) -> Fate:
    """What has to be done with a message."""
    row = _same(connection, lost)
    if row is None:
        if lost.outcome is None:
            return Fate.NEVER_LEFT
        return Fate.REBUILD if lost.debtor else Fate.NAMELESS
    sending = row.state == State.SENDING and lost.attempt == row.attempted
    if not sending and lost.attempt <= row.attempted:
        return Fate.KNOWN
    if lost.outcome is None:
        return Fate.KNOWN if sending else Fate.NUMBER
    return Fate.SETTLE if State(row.state) in _WAY_TO_SENDING else Fate.KNOWN


def absent(connection: Connection, lost: Sequence[Lost]) -> tuple[str, ...]:
    """Invoices (number, or number/term) of these messages that the store does not have."""
    cases = sorted({(case.number, case.term) for each in lost for case in each.cases})
    return tuple(
        number if term == 1 else f"{number}/{term}"
        for number, term in cases
        if _case_id(connection, number, term) is None
    )


def rebuild(
    connection: Connection,
    lost: Sequence[Lost],
    *,
    last: int,
    told: Mapping[str, Content],
    now: datetime,
    day_of: Callable[[datetime], date],
    presented: outcomes.Presented,
) -> None:
    """Write what is lost, oldest first, and let the store be opened again.

    Ids up to `last` are never given out; `told` stands in the record of the whole. Invoices and
    debtors that the store does not have are kept as closed ones until an import names them.
    """
    for each in sorted(lost, key=lambda one: (one.at, one.id)):
        what = fate(connection, each)
        if what is Fate.NUMBER:
            statement = update(message).where(message.c.id == each.id)
            connection.execute(statement.values(attempted=each.attempt))
        if what is Fate.REBUILD:
            number = _rebuilt(connection, each, now=now, day=day_of(each.at))
        elif what is Fate.SETTLE:
            number = each.id
        else:
            continue
        _take_on_its_way(connection, number, each, now=now, day_of=day_of, presented=presented)
        _answer(connection, number, each.outcome, at=each.at, day_of=day_of, presented=presented)
    connection.execute(update(store).values(copied_at=None, last_id=max(last, _last(connection))))
    journal_begins(connection, now=now)
    append(connection, [Entry("recovered", told)], at=now)


def _last(connection: Connection) -> int:
    return int(connection.execute(select(store.c.last_id)).scalar_one())


def _same(connection: Connection, lost: Lost) -> Row[tuple[object, ...]] | None:
    """The store's row of the message; one that only has its number is another message."""
    if lost.foreign:
        row = None
        if lost.token:
            statement = select(message).where(message.c.token == lost.token)
            row = connection.execute(statement).first()
        return row
    row = connection.execute(select(message).where(message.c.id == lost.id)).first()
    if row is None or lost.created_at is None or row.created_at == to_ms(lost.created_at):
        return row
    return None


# -- a message that the store has never heard of -----------------------------------------------


def _rebuilt(connection: Connection, lost: Lost, *, now: datetime, day: date) -> int:
    debtor_id = _debtor_id(connection, lost.debtor)
    cases = [(case, _known_case(connection, case, debtor_id, day)) for case in lost.cases]
    event_id = _event_id(connection, lost, debtor_id, now)
    _free_keys(connection, cases, event_id, now)
    number, main_id = _number(connection, lost), _main_id(connection, lost, debtor_id)
    row = _row(connection, lost, number)
    row |= {"debtor_id": debtor_id, "main_id": main_id, "event_id": event_id}
    connection.execute(insert(message).values(row))
    numbers = ids(connection, line)
    for case, case_id in cases:
        values = {
            "id": next(numbers),
            "message_id": number,
            "invoice_id": case_id,
            "step": case.step,
            "choice": case.choice,
            "cycle": case.cycle,
            "amount": case.amount,
            "claimed": case.claimed,
            "live": True,
        }
        connection.execute(insert(line).values(values))
    ids_of = {"main_id": main_id, "event_id": event_id}
    append(connection, [_entry(lost, number, debtor_id, cases, **ids_of)], at=now)
    return number


def _number(connection: Connection, lost: Lost) -> int:
    """Its own id; the next one only where another message has it."""
    taken = connection.execute(select(message.c.id).where(message.c.id == lost.id)).first()
    return lost.id if taken is None else next(ids(connection, message))


def _main_id(connection: Connection, lost: Lost, debtor_id: int) -> int | None:
    """The message beside which it left, if the store has that one."""
    known = select(message.c.id).where(
        message.c.id == lost.main_id, message.c.debtor_id == debtor_id
    )
    return connection.execute(known).scalar()


def _row(connection: Connection, lost: Lost, number: int) -> dict[str, object]:
    secret = connection.execute(select(store.c.secret)).scalar_one()
    created = to_ms(lost.created_at or lost.at)
    return {
        "id": number,
        "channel": lost.channel,
        "state": State.PLANNED.value,
        "reason": WHY,
        "policy": lost.policy,
        "policy_hash": lost.policy_hash,
        "rule": lost.rule,
        "template": lost.template,
        "tone": lost.tone,
        "legal_effect": lost.legal_effect,
        "planned_on": (lost.created_at or lost.at).date(),
        "not_before": created,
        "valid_until": to_ms(lost.at),
        "attempts": 1,
        "attempted": lost.attempt - 1,
        "created_at": created,
        "changed_at": to_ms(lost.at),
        "token": lost.token or token(secret, number),
    }


def _entry(
    lost: Lost,
    number: int,
    debtor_id: int,
    cases: Sequence[tuple[Case, int]],
    *,
    main_id: int | None,
    event_id: int | None,
) -> Entry:
    told: dict[str, Content] = {
        "message": number,
        "debtor": debtor_id,
        "channel": lost.channel,
        "to": State.PLANNED.value,
        "policy": lost.policy_hash,
        "rule": lost.rule,
        "template": lost.template,
        "lines": [
            {
                "case": case_id,
                "step": case.step,
                "choice": case.choice,
                "cycle": case.cycle,
                "amount": case.amount,
                "claimed": int(case.claimed),
            }
            for case, case_id in cases
        ],
    }
    if main_id is not None:
        told["main"] = main_id
    if event_id is not None:
        told["event"] = event_id
    return Entry("message-rebuilt", told)


def _debtor_id(connection: Connection, reference: str) -> int:
    known = select(debtor.c.id).where(debtor.c.reference == reference)
    found = connection.execute(known).scalar()
    if found is not None:
        return int(found)
    number = next(ids(connection, debtor))
    connection.execute(insert(debtor).values(id=number, reference=reference))
    return number


def _case_id(connection: Connection, number: str, term: int) -> int | None:
    known = select(invoice.c.id).where(invoice.c.number == number, invoice.c.term == term)
    return connection.execute(known).scalar()


def _known_case(connection: Connection, case: Case, debtor_id: int, day: date) -> int:
    """The invoice; one that nobody names any more is kept closed, so that its key is taken."""
    found = _case_id(connection, case.number, case.term)
    if found is not None:
        return found
    number = next(ids(connection, invoice))
    values = {
        "id": number,
        "number": case.number,
        "term": case.term,
        "debtor_id": debtor_id,
        "balance": 0,
        "open": False,
        "closed_on": day,
    }
    connection.execute(insert(invoice).values(values))
    return number


def _event_id(connection: Connection, lost: Lost, debtor_id: int, now: datetime) -> int | None:
    """What it answers; an event that is lost is written again, without what was said."""
    match lost.event:
        case (str(source), str(reference), str(kind), str(day), until, amount, name, term):
            pass
        case _:
            return None
    named = select(event.c.id).where(event.c.source == source, event.c.reference == reference)
    found: int | None = connection.execute(named).scalar()
    if found is None:
        new = NewEvent(
            source=source,
            reference=reference,
            kind=EventKind(kind),
            debtor_id=debtor_id,
            day=date.fromisoformat(day),
            invoice_id=_case_id(connection, str(name), int(term or 0)) if name else None,
            until=date.fromisoformat(until) if isinstance(until, str) else None,
            amount=amount if isinstance(amount, int) else None,
            person=WHY,
        )
        found = record_event(connection, new, now=now)
    return found


def _free_keys(
    connection: Connection,
    cases: Sequence[tuple[Case, int]],
    event_id: int | None,
    now: datetime,
) -> None:
    # Again until nobody holds one: what was sent once more on a guess is unknown before it fails.
    while holders := _holders(connection, cases, event_id):
        moves = [
            Move(message_id=number, start=state, to=_GIVES_WAY[state], reason=WHY)
            for number, state in sorted(holders.items())
        ]
        append(connection, move(connection, moves, now=now), at=now)


def _holders(
    connection: Connection, cases: Sequence[tuple[Case, int]], event_id: int | None
) -> Mapping[int, State]:
    """The messages that hold one of these keys, or answer that event."""
    holders: dict[int, State] = {}
    for case, case_id in cases:
        held = (
            select(message.c.id, message.c.state)
            .join(line, line.c.message_id == message.c.id)
            .where(
                line.c.invoice_id == case_id,
                line.c.step == case.step,
                line.c.cycle == case.cycle,
                line.c.live,
            )
        )
        holders |= {row.id: State(row.state) for row in connection.execute(held)}
    if event_id is not None:
        answers = select(message.c.id, message.c.state).where(message.c.event_id == event_id)
        rows = connection.execute(answers).all()
        holders |= {row.id: State(row.state) for row in rows if State(row.state) in _GIVES_WAY}
    return holders


# -- on its way again --------------------------------------------------------------------------


def _take_on_its_way(
    connection: Connection,
    number: int,
    lost: Lost,
    *,
    now: datetime,
    day_of: Callable[[datetime], date],
    presented: outcomes.Presented,
) -> None:
    """Into `sending`, with the attempt that the journal saw."""
    row = connection.execute(select(message).where(message.c.id == number)).one()
    state = State(row.state)
    if state is State.SENDING:
        if row.attempted == lost.attempt:
            return
        # The store may give it out again; that it did stands in the journal.
        _answer(connection, number, None, at=now, day_of=day_of, presented=presented)
        state = State.PLANNED
    tries = _tries(connection, number, lost.attempt)
    _walk(connection, number, state, tries, now=now, day=day_of(lost.at))
    tried = {
        "id": next(ids(connection, attempt)),
        "message_id": number,
        "number": tries,
        "stage": "intent",
        "owner": WHY,
        "started_at": to_ms(lost.at),
    }
    connection.execute(insert(attempt).values(tried))


def _tries(connection: Connection, number: int, seen: int) -> int:
    """The number of the attempt: the journal's, unless the store has one of that number."""
    highest = select(func.max(attempt.c.number)).where(attempt.c.message_id == number)
    return max(seen, (connection.execute(highest).scalar() or 0) + 1)


def _walk(
    connection: Connection, number: int, state: State, tries: int, *, now: datetime, day: date
) -> None:
    for way in (*_WAY_TO_SENDING[state], State.SENDING):
        columns: dict[str, object] = {"next_at": None}
        content: dict[str, Content] = {}
        if way is State.SENDING:
            columns |= {"owner": WHY, "boot": "", "attempted": tries, "contact_on": day}
            content = {"attempt": tries, "owner": WHY}
        step = Move(
            message_id=number, start=state, to=way, reason=WHY, columns=columns, content=content
        )
        append(connection, move(connection, [step], now=now), at=now)
        state = way


def _answer(
    connection: Connection,
    number: int,
    outcome: Accepted | Unknown | None,
    *,
    at: datetime,
    day_of: Callable[[datetime], date],
    presented: outcomes.Presented,
) -> None:
    secret = connection.execute(select(store.c.secret)).scalar_one()
    row = connection.execute(select(message).where(message.c.id == number)).one()
    claim = claims(connection, secret, [row])[0]
    told = Attempted(claim=claim, outcome=outcome, at=at, evidence={"by": WHY})
    outcomes.write(connection, [told], owner=row.owner, day_of=day_of, presented=presented)
