"""Calls and visits that people have in hand."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from dispatcher.model.message import HUMAN_CHANNELS, State
from dispatcher.store.tables import content, debtor, invoice, line, message


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """One call or visit without an outcome yet; `amount` is what its cases owe now, minor units."""

    id: int
    channel: str
    to: str
    debtor_id: int
    debtor: str
    debtor_name: str
    policy: str
    rule: str
    case_ids: tuple[int, ...]
    amount: int
    currency: str
    due_on: date | None
    assignee: str
    attempts: int
    content: bytes


def calls(connection: Connection) -> tuple[CallRow, ...]:
    """Those that are due first."""
    cases = func.group_concat(line.c.invoice_id)
    statement = (
        select(
            message,
            debtor.c.reference,
            debtor.c.name,
            content.c.body,
            cases.label("cases"),
            func.sum(invoice.c.balance).label("amount"),
            func.min(invoice.c.currency).label("currency"),
        )
        .join(debtor, debtor.c.id == message.c.debtor_id)
        .join(line, line.c.message_id == message.c.id)
        .join(invoice, invoice.c.id == line.c.invoice_id)
        .join(content, content.c.message_id == message.c.id)
        .where(
            message.c.state == State.ACCEPTED.value,
            message.c.channel.in_(sorted(HUMAN_CHANNELS)),
        )
        .group_by(message.c.id)
        .order_by(message.c.due_on, message.c.id)
    )
    return tuple(
        CallRow(
            id=row.id,
            channel=row.channel,
            to=row.recipient,
            debtor_id=row.debtor_id,
            debtor=row.reference,
            debtor_name=row.name,
            policy=row.policy,
            rule=row.rule,
            case_ids=tuple(sorted(int(number) for number in row.cases.split(","))),
            amount=row.amount,
            currency=row.currency,
            due_on=row.due_on,
            assignee=row.assignee,
            attempts=row.attempts,
            content=row.body,
        )
        for row in connection.execute(statement)
    )
