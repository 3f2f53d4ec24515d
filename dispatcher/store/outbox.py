"""The outbox on the store: claims, outcomes, and what dead workers left behind."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Final

from sqlalchemy import (
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    func,
    not_,
    or_,
    select,
)

from dispatcher.model.message import HUMAN_CHANNELS, State
from dispatcher.ports import Attempted, Claim, Guard
from dispatcher.store import news, outcomes
from dispatcher.store.claims import DIED, claims
from dispatcher.store.connection import Store, raw
from dispatcher.store.instants import to_ms
from dispatcher.store.numbers import ids
from dispatcher.store.passage import PENDING, Move, move
from dispatcher.store.postponed import postpone
from dispatcher.store.tables import attempt, message
from dispatcher.store.trail import append


MAIN_IS_OUT = (State.ACCEPTED, State.SENT, State.DELIVERED)
WAITING = (State.PLANNED, State.DEFERRED)

# Parts of questions that are asked for every batch; to put them together takes longer than to ask.
_MAIN: Final = message.alias("main")
_MAIN_HAS_LEFT: Final = (
    select(_MAIN.c.id)
    .where(_MAIN.c.id == message.c.main_id, _MAIN.c.state.in_(MAIN_IS_OUT))
    .exists()
)

#: Whether a worker died with the message; one that was never tried is not looked up.
_SEEN_DEATH: Final = and_(
    message.c.attempted > 0,
    select(attempt.c.id)
    .where(attempt.c.message_id == message.c.id, attempt.c.outcome == DIED)
    .exists(),
)

_DUE: Final = select(message).where(
    message.c.channel == bindparam("channel"),
    message.c.state == bindparam("state"),
    message.c.not_before <= bindparam("at"),
    or_(message.c.next_at.is_(None), message.c.next_at <= bindparam("at")),
    or_(message.c.main_id.is_(None), _MAIN_HAS_LEFT),
)
_READY: Final = {
    legal_effect: _DUE.where(not_(_SEEN_DEATH), message.c.legal_effect.is_(legal_effect))
    .order_by(message.c.id)
    .limit(bindparam("most"))
    for legal_effect in (True, False)
}
_DEATHS: Final = (
    select(func.count())
    .where(attempt.c.message_id == message.c.id, attempt.c.outcome == DIED)
    .scalar_subquery()
)
_SUSPECTS: Final = (
    _DUE.where(_SEEN_DEATH)
    .add_columns(_DEATHS.label("deaths"))
    .order_by("deaths", message.c.id)
    .limit(1)
)
_READY_AT_ALL: Final = and_(message.c.state.in_(WAITING), message.c.not_before <= bindparam("at"))
_LATE: Final = and_(
    message.c.state.in_((*WAITING, State.AWAITING)), message.c.valid_until < bindparam("at")
)
_ANY: Final = (
    select(message.c.id)
    .where(message.c.channel == bindparam("channel"), or_(_READY_AT_ALL, _LATE))
    .limit(1)
)
_EXPIRED: Final = (
    select(message.c.id, message.c.state)
    .where(message.c.channel == bindparam("channel"), _LATE)
    .order_by(message.c.id)
)

_TRY: Final = """
    INSERT INTO attempt (id, message_id, number, stage, owner, boot, started_at)
    VALUES (?, ?, ?, ?, ?, ?, ?)
"""

#: How the guard says that nothing of a message is owed any more (`decide.recheck.PAID`).
PAID: Final = "paid"


class StoredOutbox:
    """`ports.Outbox` on a store; `day_of` gives the civil day of an instant in the home's zone.

    `presented` says when what goes by post that day is in the debtor's hands.
    """

    def __init__(
        self,
        store: Store,
        *,
        day_of: Callable[[datetime], date],
        presented: outcomes.Presented = outcomes.unsaid,
    ) -> None:
        self._store = store
        self._day_of = day_of
        self._presented = presented

    def claim(
        self, *, channel: str, limit: int, owner: str, boot: str, now: datetime, guard: Guard
    ) -> Sequence[Claim]:
        """Take due messages of a channel for one attempt; see `ports.Outbox.claim`.

        One with legal effect is taken alone. When the guard takes back a whole batch, the next one
        is tried, so an empty answer means that nothing is due.
        """
        due = partial(_due, channel=channel, limit=limit, now=now)
        return self._claim(due, channel=channel, owner=owner, boot=boot, now=now, guard=guard)

    def claim_suspect(
        self, *, channel: str, owner: str, boot: str, now: datetime, guard: Guard
    ) -> Sequence[Claim]:
        """Take one due message that had a worker die; see `ports.Outbox.claim_suspect`."""
        due = partial(_suspect, channel=channel, now=now)
        return self._claim(due, channel=channel, owner=owner, boot=boot, now=now, guard=guard)

    def _claim(
        self,
        find: Callable[[Connection], Sequence[Row[tuple[object, ...]]]],
        *,
        channel: str,
        owner: str,
        boot: str,
        now: datetime,
        guard: Guard,
    ) -> Sequence[Claim]:
        with self._store.reading() as connection:
            if not _waits(connection, channel, now):
                return []  # most channels, most of the time: nobody has to wait for a writer
        while True:
            # A transaction for each: others write meanwhile, however many the guard takes back.
            with self._store.writing() as connection:
                _expire(connection, channel, now)
                due = find(connection)
                if not due:
                    return []
                candidates = claims(connection, self._store.secret, due, further=1)
                reasons = guard(candidates)
                gone = postpone(connection, reasons, now=now)
                _withdraw(connection, due, gone, now)
                going = [row for row in due if row.id not in reasons]
                _take(connection, going, owner, boot, now, contact_on=self._day_of(now))
            if going:
                return [each for each in candidates if each.id not in reasons]

    def record(self, attempted: Sequence[Attempted], *, owner: str) -> None:
        """Write outcomes and the states that follow; see `ports.Outbox.record`.

        An answer for an attempt that `owner` no longer holds only enters the trail, but for an
        acceptance, which is always believed (`late.believed`).
        """
        if not attempted:
            return
        with self._store.writing() as connection:
            outcomes.write(
                connection,
                attempted,
                owner=owner,
                day_of=self._day_of,
                presented=self._presented,
            )
            # A provider may report before its own answer is written down.
            news.catch_up(connection, now=max(each.at for each in attempted), day_of=self._day_of)

    def recall(self, *, now: datetime, guard: Guard) -> Mapping[int, str]:
        """Withdraw what has not left, or was not called yet, and the guard names: id -> reason.

        What a person holds is withdrawn only where nothing is left to claim: planned anew, it
        would leave although he wanted it to stay.
        """
        with self._store.writing() as connection:
            rows = connection.execute(_not_out()).all()
            if not rows:
                return {}
            named = guard(claims(connection, self._store.secret, rows))
            held = {row.id for row in rows if row.state == State.HOLD}
            reasons = {
                number: why for number, why in named.items() if number not in held or why == PAID
            }
            _withdraw(connection, rows, reasons, now)
            return reasons

    def waits(self, channel: str, now: datetime) -> bool:
        """Whether a message of the channel may be due or too late; `claim` looks closer."""
        with self._store.reading() as connection:
            return _waits(connection, channel, now)

    def due(self, now: datetime) -> int:
        """How many messages may be claimed now, over all channels."""
        waiting = (
            select(func.count())
            .select_from(message)
            .where(
                message.c.state.in_([state.value for state in WAITING]),
                message.c.not_before <= to_ms(now),
                func.coalesce(message.c.next_at, 0) <= to_ms(now),
            )
        )
        with self._store.reading() as connection:
            return int(connection.execute(waiting).scalar_one())

    def abandoned(self) -> Sequence[tuple[str, str, Claim]]:
        """Every `sending` message with its owner and the owner's boot id, oldest first."""
        with self._store.reading() as connection:
            statement = select(message).where(message.c.state == State.SENDING)
            rows = connection.execute(statement.order_by(message.c.id)).all()
            found = claims(connection, self._store.secret, rows)
            return [(row.owner, row.boot, each) for row, each in zip(rows, found, strict=True)]


def _not_out() -> Select[tuple[object, ...]]:
    """Messages that nobody has got yet: waiting ones, and calls that a person has in hand."""
    waiting = message.c.state.in_(PENDING)
    to_call = and_(message.c.state == State.ACCEPTED, message.c.channel.in_(sorted(HUMAN_CHANNELS)))
    return select(message).where(or_(waiting, to_call)).order_by(message.c.id)


def _waits(connection: Connection, channel: str, now: datetime) -> bool:
    """Whether a message of the channel may be due or too late; `claim` looks closer."""
    return connection.execute(_ANY, {"channel": channel, "at": to_ms(now)}).first() is not None


def _expire(connection: Connection, channel: str, now: datetime) -> None:
    moves = [
        Move(message_id=row.id, start=State(row.state), to=State.EXPIRED, reason="valid-until")
        for row in connection.execute(_EXPIRED, {"channel": channel, "at": to_ms(now)})
    ]
    append(connection, move(connection, moves, now=now), at=now)


def _due(
    connection: Connection, channel: str, limit: int, now: datetime
) -> Sequence[Row[tuple[object, ...]]]:
    """One message with legal effect, else the oldest others."""
    told = {"channel": channel, "at": to_ms(now)}
    for legal_effect, most in ((True, 1), (False, max(1, limit))):
        rows = [
            row
            for state in WAITING  # one by one, so that each query reads along the index
            for row in connection.execute(
                _READY[legal_effect], {**told, "state": state.value, "most": most}
            )
        ]
        if rows:
            return sorted(rows, key=lambda row: int(row.id))[:most]
    return []


def _suspect(
    connection: Connection, channel: str, now: datetime
) -> Sequence[Row[tuple[object, ...]]]:
    """The due message of the channel that has seen the fewest deaths, of those that saw any."""
    told = {"channel": channel, "at": to_ms(now)}
    rows = [
        row
        for state in WAITING
        for row in connection.execute(_SUSPECTS, {**told, "state": state.value})
    ]
    return sorted(rows, key=lambda row: (row.deaths, row.id))[:1]


def _withdraw(
    connection: Connection,
    rows: Sequence[Row[tuple[object, ...]]],
    reasons: Mapping[int, str],
    now: datetime,
) -> None:
    moves = [
        Move(message_id=row.id, start=State(row.state), to=State.WITHDRAWN, reason=reasons[row.id])
        for row in rows
        if row.id in reasons
    ]
    append(connection, move(connection, moves, now=now), at=now)


def _take(
    connection: Connection,
    rows: Sequence[Row[tuple[object, ...]]],
    owner: str,
    boot: str,
    now: datetime,
    *,
    contact_on: date,
) -> None:
    numbers = ids(connection, attempt)
    at = to_ms(now)
    tries = [(next(numbers), row.id, row.attempted + 1, "intent", owner, boot, at) for row in rows]
    raw(connection).executemany(_TRY, tries)
    moves = [
        Move(
            message_id=row.id,
            start=State(row.state),
            to=State.SENDING,
            columns={
                "owner": owner,
                "boot": boot,
                "attempted": row.attempted + 1,
                "next_at": None,
                "contact_on": contact_on,
            },
            content={"attempt": row.attempted + 1, "owner": owner},
        )
        for row in rows
    ]
    append(connection, move(connection, moves, now=now), at=now)
