"""All that the book knows of one case, in the order in which it happened."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, Connection, Row, and_, or_, select

from dispatcher.store.instants import from_ms
from dispatcher.store.mails import ENOUGH, envelope_of
from dispatcher.store.tables import (
    attempt,
    content,
    event,
    inquiry,
    invoice,
    line,
    message,
    report,
    resolution,
)
from dispatcher.store.unknown import LOOK_UP


#: What an entry says about an event, beside its kind and day.
OF_EVENTS: Final = ("source", "reference", "until", "amount", "detail", "note", "person")


class Happened(StrEnum):
    """What an entry tells of."""

    EVENT = "event"
    FROZEN = "frozen"  # a message was planned and rendered
    ATTEMPT = "attempt"  # to hand it over, or a call a person made
    INQUIRY = "inquiry"  # what a provider answered when it was asked about one
    SAID = "said"  # what a person said of one that may have left
    REPORT = "report"  # what came back of a message
    STATE = "state"  # where the message stands since


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """One thing that happened to a case, at an instant UTC.

    `what` is the kind of event, the channel, the outcome of an attempt or the state of a message;
    `fields` holds the rest as text, what is empty left out.
    """

    at: datetime
    happened: Happened
    what: str
    message_id: int | None = None
    day: date | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    event_id: int | None = None


def case_id(connection: Connection, *, number: str, term: int) -> int | None:
    """The id of the case with that invoice number and term."""
    found = select(invoice.c.id).where(invoice.c.number == number, invoice.c.term == term)
    return connection.execute(found).scalar()


def history(connection: Connection, case: int) -> tuple[HistoryRow, ...]:
    """Events of the case and its debtor, messages, attempts and states; empty for no such case."""
    debtor_id = connection.execute(select(invoice.c.debtor_id).where(invoice.c.id == case)).scalar()
    if debtor_id is None:
        return ()
    found = [
        *_events(connection, case, debtor_id),
        *_messages(connection, case, debtor_id),
        *_attempts(connection, case, debtor_id),
        *_inquiries(connection, case, debtor_id),
        *_said(connection, case, debtor_id),
        *_reports(connection, case, debtor_id),
    ]
    order = list(Happened)
    found.sort(key=lambda row: (row.at, row.message_id or 0, order.index(row.happened)))
    return tuple(found)


def _about(case: int, debtor_id: int) -> ColumnElement[bool]:
    """Events of the case and of its debtor."""
    of_case = or_(event.c.invoice_id.is_(None), event.c.invoice_id == case)
    return and_(event.c.debtor_id == debtor_id, of_case)


def _events(connection: Connection, case: int, debtor_id: int) -> Iterator[HistoryRow]:
    statement = select(event).where(_about(case, debtor_id))
    for row in connection.execute(statement.order_by(event.c.id)):
        yield HistoryRow(
            at=from_ms(row.recorded_at),
            happened=Happened.EVENT,
            what=row.kind,
            day=row.day,
            fields=_texts(row, OF_EVENTS),
            event_id=row.id,
        )


def _messages(connection: Connection, case: int, debtor_id: int) -> Iterator[HistoryRow]:
    columns = (line.c.step, line.c.choice, line.c.cycle, line.c.amount, line.c.done_on)
    carried = (
        select(message, content.c.commitment, content.c.body, *columns, line.c.taken_back_on)
        .join(content, content.c.message_id == message.c.id, isouter=True)
        .join(
            line,
            (line.c.invoice_id == case)
            & or_(line.c.message_id == message.c.id, line.c.message_id == message.c.main_id),
            isouter=True,
        )
        .join(event, event.c.id == message.c.event_id, isouter=True)
        .where(
            message.c.debtor_id == debtor_id,
            or_(line.c.id.is_not(None), and_(message.c.main_id.is_(None), _about(case, debtor_id))),
        )
        .order_by(message.c.id)
    )
    names = ("step", "choice", "cycle", "policy", "rule", "template", "tone")
    for row in connection.execute(carried):
        yield HistoryRow(
            at=from_ms(row.created_at),
            happened=Happened.FROZEN,
            what=row.channel,
            message_id=row.id,
            day=row.planned_on,
            fields=_texts(row, (*names, "recipient", "amount", "commitment", "main_id"))
            | _around(row.body),
        )
        yield HistoryRow(
            at=from_ms(row.changed_at),
            happened=Happened.STATE,
            what=row.state,
            message_id=row.id,
            day=row.contact_on,
            fields=_texts(row, ("reason", "provider_id", "done_on", "taken_back_on")),
        )


def _around(body: bytes | None) -> dict[str, str]:
    """Who answers an e-mail goes to, who got a copy, and the files that went along."""
    envelope = envelope_of((body or b"")[:ENOUGH])
    if not envelope:
        return {}
    told = {
        "reply_to": envelope["reply_to"]["address"],
        "copies": ", ".join(each["address"] for each in (*envelope["cc"], *envelope["bcc"])),
        "attached": ", ".join(each["name"] for each in envelope["files"]),
    }
    return {name: text for name, text in told.items() if text}


def _attempts(connection: Connection, case: int, debtor_id: int) -> Iterator[HistoryRow]:
    carrying = select(line.c.message_id).where(line.c.invoice_id == case)
    answering = (
        select(message.c.id)
        .join(event, event.c.id == message.c.event_id)
        .where(message.c.main_id.is_(None), _about(case, debtor_id))
    )
    mine = or_(
        message.c.id.in_(carrying), message.c.main_id.in_(carrying), message.c.id.in_(answering)
    )
    statement = (
        select(attempt)
        .join(message, message.c.id == attempt.c.message_id)
        .where(mine)
        .order_by(attempt.c.id)
    )
    for row in connection.execute(statement):
        yield HistoryRow(
            at=from_ms(row.started_at if row.ended_at is None else row.ended_at),
            happened=Happened.ATTEMPT,
            what=row.outcome or row.stage,
            message_id=row.message_id,
            fields=_texts(row, ("number", "code", "provider_id", "evidence", "person")),
        )


def _inquiries(connection: Connection, case: int, debtor_id: int) -> Iterator[HistoryRow]:
    """What was asked about the unknown messages that carry the case, or stand beside one."""
    statement = (
        select(inquiry)
        .join(message, message.c.id == inquiry.c.message_id)
        .where(message.c.debtor_id == debtor_id, _carrying(case), inquiry.c.kind == LOOK_UP)
        .order_by(inquiry.c.id)
    )
    for row in connection.execute(statement):
        yield HistoryRow(
            at=from_ms(row.at),
            happened=Happened.INQUIRY,
            what=row.answer,
            message_id=row.message_id,
            fields=_texts(row, ("attempt", "said")),
        )


def _said(connection: Connection, case: int, debtor_id: int) -> Iterator[HistoryRow]:
    """What people said of its unknown messages, and why."""
    statement = (
        select(resolution)
        .join(message, message.c.id == resolution.c.message_id)
        .where(message.c.debtor_id == debtor_id, _carrying(case), resolution.c.person != "")
        .order_by(resolution.c.id)
    )
    for row in connection.execute(statement):
        yield HistoryRow(
            at=from_ms(row.at),
            happened=Happened.SAID,
            what=row.choice,
            message_id=row.message_id,
            fields={"note": row.reason.decode(), **_texts(row, ("attempt", "person", "proof"))},
        )


def _reports(connection: Connection, case: int, debtor_id: int) -> Iterator[HistoryRow]:
    """What came back of the messages that carry the case, or stand beside one that does."""
    statement = (
        select(report)
        .join(message, message.c.id == report.c.message_id)
        .where(message.c.debtor_id == debtor_id, _carrying(case))
        .order_by(report.c.id)
    )
    for row in connection.execute(statement):
        yield HistoryRow(
            at=from_ms(row.recorded_at),
            happened=Happened.REPORT,
            what=row.kind,
            message_id=row.message_id,
            fields=_texts(row, ("source", "reference", "word", "code", "verdict", "person")),
        )


def _carrying(case: int) -> ColumnElement[bool]:
    carrying = select(line.c.message_id).where(line.c.invoice_id == case)
    return or_(message.c.id.in_(carrying), message.c.main_id.in_(carrying))


def _texts(row: Row[tuple[object, ...]], names: tuple[str, ...]) -> dict[str, str]:
    value: Callable[[str], object] = row._mapping.__getitem__  # noqa: SLF001 - SQLAlchemy's public name
    return {name: str(value(name)) for name in names if value(name) not in (None, "", "{}")}
