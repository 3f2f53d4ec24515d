"""Messages whose outcome nobody knows, and messages of which nothing was heard, as rows."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypedDict

from sqlalchemy import Connection, Row, and_, func, or_, select

from dispatcher.model.message import State
from dispatcher.ports import Claim
from dispatcher.store.claims import claims
from dispatcher.store.instants import from_ms, to_ms
from dispatcher.store.resolutions import Word, disproved, words_of
from dispatcher.store.tables import attempt, debtor, inquiry, invoice, line, message, report


#: No attempt lasts longer: what began earlier than this before it was given up had ended by then,
#: when its worker died and nobody was there to say so.
LONGEST_ATTEMPT: Final = timedelta(minutes=15)

LOOK_UP: Final = "look-up"
POLL: Final = "poll"
OUT: Final = (State.ACCEPTED.value, State.SENT.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquired:
    """One question that was put to a provider about a message, and what it said."""

    message_id: int
    attempt: int
    kind: str
    answer: str
    said: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What the lines of a message are about: cases by name, what they claim (minor units)."""

    cases: tuple[str, ...] = ()
    amount: int = 0
    currency: str = ""


NO_LINES: Final = Sums()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownRow:
    """A message that may have left.

    `began` is when the first attempt began of which nothing is proven, `ended` when the last one
    was over, `since` when it became unknown (UTC). `stage` and `evidence` are what the last attempt
    left. `asked` and `words` are about that attempt.
    """

    claim: Claim
    debtor: str
    about: Sums
    began: datetime
    ended: datetime
    since: datetime
    stage: str
    evidence: str
    asked: tuple[Inquired, ...] = ()
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentRow:
    """A message that was taken at `since`, and of which nothing was heard but by asking."""

    message_id: int
    attempt: int
    channel: str
    provider_id: str
    since: datetime
    asked: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknowns:
    """How many messages are unknown, and how many of them with legal effect for too long."""

    count: int = 0
    legal: int = 0


NONE_UNKNOWN: Final = Unknowns()


def counted(connection: Connection, *, before: datetime) -> Unknowns:
    """How many are unknown; those with legal effect only where they have been since `before`."""
    old = and_(message.c.legal_effect, message.c.changed_at <= to_ms(before))
    found = select(func.count(), func.count().filter(old)).where(
        message.c.state == State.UNKNOWN.value
    )
    count, legal = connection.execute(found).one()
    return Unknowns(count=count, legal=legal)


def unknown(
    connection: Connection, secret: bytes, message_id: int | None = None
) -> tuple[UnknownRow, ...]:
    """Every unknown message, or that one alone; the oldest first."""
    wanted = select(message).where(message.c.state == State.UNKNOWN.value)
    if message_id is not None:
        wanted = wanted.where(message.c.id == message_id)
    rows = connection.execute(wanted.order_by(message.c.id)).all()
    if not rows:
        return ()
    numbers = [row.id for row in rows]
    tries, sums = _attempts(connection, numbers), _sums(connection, numbers)
    asked, words = _asked(connection, numbers, LOOK_UP), words_of(connection, numbers)
    names = _names(connection, {row.debtor_id for row in rows})
    found = claims(connection, secret, rows)
    return tuple(
        UnknownRow(
            claim=each,
            debtor=names[row.debtor_id],
            about=sums.get(row.id, NO_LINES),
            **_left_by(tries[row.id], row),
            since=from_ms(row.changed_at),
            asked=tuple(one for one in asked[row.id] if one.attempt == row.attempted),
            words=tuple(one for one in words[row.id] if one.attempt == row.attempted),
        )
        for row, each in zip(rows, found, strict=True)
    )


def taken(connection: Connection, to: str, *, but: int) -> frozenset[str]:
    """What providers call our other messages to that address."""
    mine = and_(message.c.recipient == to, message.c.id != but)
    named = select(message.c.provider_id).where(mine, message.c.provider_id != "")
    tried = (
        select(attempt.c.provider_id)
        .join(message, message.c.id == attempt.c.message_id)
        .where(mine, attempt.c.provider_id != "")
    )
    return frozenset(connection.execute(named.union(tried)).scalars())


def silent(
    connection: Connection, channels: Collection[str], *, after: datetime, before: datetime
) -> tuple[SilentRow, ...]:
    """Messages taken between two instants, of which nothing was heard unless we asked."""
    heard = select(report.c.id).where(report.c.message_id == message.c.id).exists()
    polled = select(inquiry.c.id).where(
        inquiry.c.message_id == message.c.id, inquiry.c.kind == POLL
    )
    wanted = (
        select(message)
        .where(
            message.c.state.in_(OUT),
            message.c.channel.in_(sorted(channels)),
            message.c.provider_id != "",
            message.c.changed_at > to_ms(after),
            message.c.changed_at <= to_ms(before),
            or_(~heard, polled.exists()),
        )
        .order_by(message.c.id)
    )
    rows = connection.execute(wanted).all()
    asked = _asked(connection, [row.id for row in rows], POLL)
    return tuple(
        SilentRow(
            message_id=row.id,
            attempt=row.attempted,
            channel=row.channel,
            provider_id=row.provider_id,
            since=from_ms(row.changed_at),
            asked=tuple(one.at for one in asked[row.id]),
        )
        for row in rows
    )


def _attempts(
    connection: Connection, numbers: Sequence[int]
) -> Mapping[int, list[Row[tuple[object, ...]]]]:
    """The attempts that may have left, by message, in order."""
    found: dict[int, list[Row[tuple[object, ...]]]] = defaultdict(list)
    cleared = disproved(connection, numbers)
    statement = (
        select(attempt)
        .where(attempt.c.message_id.in_(numbers), attempt.c.outcome == State.UNKNOWN.value)
        .order_by(attempt.c.number)
    )
    for row in connection.execute(statement):
        if row.number > cleared.get(row.message_id, 0):
            found[row.message_id].append(row)
    return found


class _LeftBy(TypedDict):
    began: datetime
    ended: datetime
    stage: str
    evidence: str


def _left_by(tries: Sequence[Row[tuple[object, ...]]], row: Row[tuple[object, ...]]) -> _LeftBy:
    """What the attempts left; of a message that was rebuilt from the journal there are none."""
    if not tries:
        at = from_ms(row.changed_at)
        return _LeftBy(began=at, ended=at, stage="", evidence="")
    first, last = tries[0], tries[-1]
    ended = from_ms(last.started_at if last.ended_at is None else last.ended_at)
    return _LeftBy(
        began=from_ms(first.started_at),
        ended=min(ended, from_ms(last.started_at) + LONGEST_ATTEMPT),
        stage=last.code,
        evidence=last.evidence,
    )


def _sums(connection: Connection, numbers: Sequence[int]) -> Mapping[int, Sums]:
    """Cases by name, and what is claimed on them, by message."""
    found: dict[int, Sums] = {}
    statement = (
        select(line.c.message_id, line.c.amount, line.c.claimed)
        .add_columns(invoice.c.number, invoice.c.term, invoice.c.currency)
        .join(invoice, invoice.c.id == line.c.invoice_id)
        .where(line.c.message_id.in_(numbers))
        .order_by(line.c.id)
    )
    for row in connection.execute(statement):
        name = row.number if row.term == 1 else f"{row.number}/{row.term}"
        before = found.get(row.message_id, NO_LINES)
        found[row.message_id] = Sums(
            cases=(*before.cases, name),
            amount=before.amount + (row.amount if row.claimed else 0),
            currency=row.currency,
        )
    return found


def _names(connection: Connection, numbers: Collection[int]) -> Mapping[int, str]:
    named = select(debtor.c.id, debtor.c.name, debtor.c.reference).where(debtor.c.id.in_(numbers))
    return {row.id: f"{row.name} ({row.reference})" for row in connection.execute(named)}


def _asked(
    connection: Connection, numbers: Sequence[int], kind: str
) -> Mapping[int, list[Inquired]]:
    found: dict[int, list[Inquired]] = defaultdict(list)
    statement = (
        select(inquiry)
        .where(inquiry.c.message_id.in_(numbers), inquiry.c.kind == kind)
        .order_by(inquiry.c.id)
    )
    for row in connection.execute(statement):
        found[row.message_id].append(
            Inquired(
                message_id=row.message_id,
                attempt=row.attempt,
                kind=row.kind,
                answer=row.answer,
                said=row.said,
                at=from_ms(row.at),
            )
        )
    return found
