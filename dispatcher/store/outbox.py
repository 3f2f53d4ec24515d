"""The outbox on the store: claims, outcomes, and what dead workers left behind."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Connection, Row, Select, and_, func, insert, or_, select

from dispatcher.model.message import HUMAN_CHANNELS, State
from dispatcher.ports import Attempted, Claim, Guard
from dispatcher.store import outcomes
from dispatcher.store.claims import claims
from dispatcher.store.connection import Store
from dispatcher.store.instants import to_ms
from dispatcher.store.numbers import ids
from dispatcher.store.passage import Move, move
from dispatcher.store.tables import attempt, message
from dispatcher.store.trail import append


MAIN_IS_OUT = (State.ACCEPTED, State.SENT, State.DELIVERED)
WAITING = (State.PLANNED, State.DEFERRED)


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
        with self._store.reading() as connection:
            if not _waits(connection, channel, now):
                return []  # most channels, most of the time: nobody has to wait for a writer
        with self._store.writing() as connection:
            _expire(connection, channel, now)
            while due := _due(connection, channel, limit, now):
                candidates = claims(connection, self._store.secret, due)
                reasons = guard(candidates)
                _withdraw(connection, due, reasons, now)
                going = [row for row in due if row.id not in reasons]
                if going:
                    _take(connection, going, owner, boot, now, contact_on=self._day_of(now))
                    return [
                        replace(each, attempt=each.attempt + 1)
                        for each in candidates
                        if each.id not in reasons
                    ]
        return []

    def record(self, attempted: Sequence[Attempted], *, owner: str) -> None:
        """Write outcomes and the states that follow; see `ports.Outbox.record`.

        An answer for a message that `owner` no longer holds only enters the trail, but for an
        acceptance of an unknown one: an acceptance is always believed.
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

    def recall(self, *, now: datetime, guard: Guard) -> Mapping[int, str]:
        """Withdraw what has not left, or was not called yet, and the guard names: id -> reason."""
        with self._store.writing() as connection:
            rows = connection.execute(_not_out()).all()
            if not rows:
                return {}
            reasons = guard(claims(connection, self._store.secret, rows))
            _withdraw(connection, rows, reasons, now)
            return reasons

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
    waiting = message.c.state.in_((*WAITING, State.AWAITING))
    to_call = and_(message.c.state == State.ACCEPTED, message.c.channel.in_(sorted(HUMAN_CHANNELS)))
    return select(message).where(or_(waiting, to_call)).order_by(message.c.id)


def _waits(connection: Connection, channel: str, now: datetime) -> bool:
    """Whether a message of the channel may be due or too late; `claim` looks closer."""
    at = to_ms(now)
    ready = and_(message.c.state.in_(WAITING), message.c.not_before <= at)
    late = and_(message.c.state.in_((*WAITING, State.AWAITING)), message.c.valid_until < at)
    found = select(message.c.id).where(message.c.channel == channel, or_(ready, late)).limit(1)
    return connection.execute(found).first() is not None


def _expire(connection: Connection, channel: str, now: datetime) -> None:
    late = select(message.c.id, message.c.state).where(
        message.c.channel == channel,
        message.c.state.in_((*WAITING, State.AWAITING)),
        message.c.valid_until < to_ms(now),
    )
    moves = [
        Move(message_id=row.id, start=State(row.state), to=State.EXPIRED, reason="valid-until")
        for row in connection.execute(late.order_by(message.c.id))
    ]
    append(connection, move(connection, moves, now=now), at=now)


def _due(
    connection: Connection, channel: str, limit: int, now: datetime
) -> Sequence[Row[tuple[object, ...]]]:
    """One message with legal effect, else the oldest others."""
    for legal_effect, most in ((True, 1), (False, max(1, limit))):
        rows = [
            row
            for state in WAITING  # one by one, so that each query reads along the index
            for row in connection.execute(
                _ready(channel, state, now)
                .where(message.c.legal_effect.is_(legal_effect))
                .limit(most)
            )
        ]
        if rows:
            return sorted(rows, key=lambda row: int(row.id))[:most]
    return []


def _ready(channel: str, state: State, now: datetime) -> Select[tuple[object, ...]]:
    at = to_ms(now)
    main = message.alias("main")
    main_is_out = (
        select(main.c.id)
        .where(main.c.id == message.c.main_id, main.c.state.in_(MAIN_IS_OUT))
        .exists()
    )
    return (
        select(message)
        .where(
            message.c.channel == channel,
            message.c.state == state,
            message.c.not_before <= at,
            or_(message.c.next_at.is_(None), message.c.next_at <= at),
            or_(message.c.main_id.is_(None), main_is_out),
        )
        .order_by(message.c.id)
    )


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
    tries = [
        {
            "id": next(numbers),
            "message_id": row.id,
            "number": row.attempted + 1,
            "stage": "intent",
            "owner": owner,
            "boot": boot,
            "started_at": to_ms(now),
        }
        for row in rows
    ]
    connection.execute(insert(attempt), tries)
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
