"""The sheets of calls and visits that are only looked at: nobody has them in hand yet."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from dispatcher.messages.accounts import Accounts
from dispatcher.model.debtor import Debtor
from dispatcher.model.message import HUMAN_CHANNELS
from dispatcher.model.settings import Offer
from dispatcher.people.sheets import Entry, Sheet, script_of
from dispatcher.ports import Frozen
from dispatcher.store.calls import CallRow
from dispatcher.store.history import Happened, HistoryRow


#: Stands where a call that somebody has in hand has its number.
NUMBER: Final = "C…"


def is_call(frozen: Frozen) -> bool:
    """A person makes it, and needs a sheet."""
    return frozen.channel in HUMAN_CHANNELS


def row_of(frozen: Frozen, debtor: Debtor, currency: str) -> CallRow:
    """The call or visit as it would stand in the list of tasks."""
    return CallRow(
        id=0,
        channel=frozen.channel,
        to=frozen.to,
        debtor_id=frozen.debtor_id,
        debtor=debtor.reference,
        debtor_name=debtor.name,
        policy=frozen.policy,
        rule=frozen.rule,
        case_ids=tuple(line.case_id for line in frozen.lines),
        amount=sum(line.amount for line in frozen.lines),
        currency=currency,
        due_on=frozen.due_on,
        assignee=frozen.assignee,
        attempts=frozen.attempts,
        content=frozen.content,
    )


def of_sample(
    frozen: Frozen, accounts: Accounts, currency: str, offer: Offer | None, now: datetime
) -> Sheet:
    """The sheet of a sample debtor, as `sheets.sheet` makes it from the store."""
    row = row_of(frozen, accounts.debtors[frozen.debtor_id], currency)
    row = replace(row, due_on=row.due_on or now.date())
    return Sheet(
        number=NUMBER,
        row=row,
        script=script_of(row),
        entries=tuple(_entries(row, accounts)),
        offer=offer,
        past=_past(row, accounts, now),
        tries=0,
        attempts=row.attempts,
    )


def _entries(row: CallRow, accounts: Accounts) -> Iterator[Entry]:
    account = (row.debtor_id, row.currency)
    others = [each for each in accounts.overdue[account] if each not in row.case_ids]
    for number in (*row.case_ids, *others):
        item = accounts.items[number]
        yield Entry(
            number=item.number if item.term == 1 else f"{item.number}/{item.term}",
            due=item.due,
            days_late=item.days_late,
            amount=item.balance,
            claimed=number in row.case_ids,
        )
    for each in accounts.credits.get(account, ()):
        yield Entry(number=each.number, due=None, days_late=0, amount=-each.amount, credit=True)


def _past(row: CallRow, accounts: Accounts, now: datetime) -> tuple[HistoryRow, ...]:
    earlier = {
        (each.day, each.channel)
        for case in row.case_ids
        for each in accounts.recalled.get(case, {}).values()
    }
    return tuple(
        HistoryRow(at=now, happened=Happened.FROZEN, what=channel, day=day)
        for day, channel in sorted(earlier)
    )
