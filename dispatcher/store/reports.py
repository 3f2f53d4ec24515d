"""What came back, as people see it: what is kept for them, whose it is, when it is done with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, Row, Select, func, select, text

from dispatcher.model.message import MAY_HAVE_LEFT, State
from dispatcher.model.news import Verdict
from dispatcher.store.instants import from_ms
from dispatcher.store.news import Effect, apply, restate, told_by
from dispatcher.store.placing import SPOKEN, Place
from dispatcher.store.sealed import load_keys
from dispatcher.store.tables import debtor, line, message, report


MANY: Final = 500  # pieces of news that are listed


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """One piece of news as kept; `said_at` and `recorded_at` in UTC.

    `debtor` is his reference, empty where nobody knows whose it is. `evidence` are the words of a
    provider or of a debtor.
    """

    id: int
    source: str
    kind: str
    channel: str
    message_id: int | None
    debtor: str
    word: str
    code: str
    verdict: str
    open: bool
    said_at: datetime
    recorded_at: datetime
    evidence: str
    person: str


def reports(connection: Connection, *, every: bool = False) -> tuple[ReportRow, ...]:
    """What is kept for a person, oldest first; with `every` the newest of all."""
    wanted = _rows()
    if not every:
        wanted = wanted.where(text("report.open"))  # in the words of the partial index
    rows = connection.execute(wanted.order_by(report.c.id.desc()).limit(MANY)).all()
    load_keys(connection, {row.debtor_id or 0 for row in rows})
    return tuple(_row(row) for row in reversed(rows))


def waiting(connection: Connection) -> int:
    """How many pieces of news wait for a person."""
    counted = select(func.count()).select_from(report).where(text("report.open"))
    return int(connection.execute(counted).scalar_one())


def report_of(connection: Connection, number: int) -> ReportRow:
    """The piece of news of that number.

    Raises:
        LookupError: there is none.
    """
    row = connection.execute(_rows().where(report.c.id == number)).first()
    if row is None:
        raise LookupError(number)
    return _row(row)


def close(connection: Connection, number: int, *, person: str, now: datetime) -> None:
    """A person has seen it: it is open no more, and nothing else changes.

    Raises:
        LookupError: no piece of news of that number is open.
    """
    row = _open(connection, number)
    placed = Place(debtor_id=row.debtor_id)
    effect = Effect(verdict=Verdict(row.verdict), open=False)
    restate(connection, row, effect, now=now, place=placed, person=person)


def assign(
    connection: Connection,
    number: int,
    invoice_id: int,
    debtor_id: int,
    *,
    person: str,
    now: datetime,
    day_of: Callable[[datetime], date],
) -> Verdict:
    """A person says whose it is: then it counts as if it had been found; what it did.

    A status counts for the newest message of that case on that channel that may have left.

    Raises:
        LookupError: no piece of news of that number is open.
        ValueError: it is placed already, or that case has no message that it could be about.
    """
    row = _open(connection, number)
    if row.debtor_id is not None:
        raise ValueError("placed")
    news = told_by(row)
    about = _newest(connection, invoice_id, row.channel)
    if about is None and news.kind not in SPOKEN:
        raise ValueError("message")
    placed = Place(message=None if news.kind in SPOKEN else about, debtor_id=debtor_id)
    effect = apply(connection, number, news, placed, now=now, day_of=day_of)
    effect = Effect(verdict=effect.verdict, open=False)
    restate(connection, row, effect, now=now, place=placed, person=person)
    return effect.verdict


def _open(connection: Connection, number: int) -> Row[tuple[object, ...]]:
    row = connection.execute(select(report).where(report.c.id == number, report.c.open)).first()
    if row is None:
        raise LookupError(number)
    return row


def _newest(
    connection: Connection, invoice_id: int, channel: str
) -> Row[tuple[object, ...]] | None:
    """The newest message of a case on a channel (empty: any) that may have left."""
    left = [state.value for state in MAY_HAVE_LEFT - {State.SENDING}]
    wanted = (
        select(message)
        .join(line, line.c.message_id == message.c.id)
        .where(line.c.invoice_id == invoice_id, message.c.state.in_(left))
        .order_by(message.c.id.desc())
        .limit(1)
    )
    if channel:
        wanted = wanted.where(message.c.channel == channel)
    return connection.execute(wanted).first()


def _rows() -> Select[tuple[object, ...]]:
    return select(report, debtor.c.reference.label("whose")).join(
        debtor, debtor.c.id == report.c.debtor_id, isouter=True
    )


def _row(row: Row[tuple[object, ...]]) -> ReportRow:
    return ReportRow(
        id=row.id,
        source=row.source,
        kind=row.kind,
        channel=row.channel,
        message_id=row.message_id,
        debtor=row.whose or "",
        word=row.word,
        code=row.code,
        verdict=row.verdict,
        open=row.open,
        said_at=from_ms(row.said_at),
        recorded_at=from_ms(row.recorded_at),
        evidence=row.evidence.decode(),
        person=row.person,
    )
