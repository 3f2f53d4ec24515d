"""What a person gets for a call or visit: the script, the whole account, the past, the offers."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from dispatcher.decide.channels import contact_rules
from dispatcher.errors import BadInput
from dispatcher.house import House
from dispatcher.model.event import EventKind
from dispatcher.model.problem import Problem
from dispatcher.model.settings import Offer
from dispatcher.store.calls import CallRow
from dispatcher.store.history import Happened, HistoryRow


SCRIPT = "script"

#: What of the past helps in a conversation; attempts to hand something over do not.
TOLD = (Happened.EVENT, Happened.FROZEN)

#: Events that are about our own bookkeeping.
OURS = (EventKind.SPOKEN, EventKind.HAND_OVER_APPROVED, EventKind.NOT_BEFORE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item or credit of the account; `amount` in minor units, below zero for a credit."""

    number: str
    due: date | None
    days_late: int
    amount: int
    claimed: bool = False
    credit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One call or visit as the person who makes it needs it.

    `tries` counts the calls without an answer of the `attempts` that are asked for. `past` is
    oldest first, over all cases of the call.
    """

    number: str
    row: CallRow
    script: str
    entries: tuple[Entry, ...]
    offer: Offer | None
    past: tuple[HistoryRow, ...]
    tries: int
    attempts: int

    @property
    def net(self) -> int:
        """What the account owes in all, credits deducted, in minor units."""
        return sum(entry.amount for entry in self.entries)


def sheet(house: House, number: str) -> Sheet:
    """The sheet of a call or visit by the number in the list of tasks.

    Raises:
        BadInput: nobody has to make a call or visit of that number.
    """
    rows = {f"C{row.id}": row for row in house.book.calls()}
    row = rows.get(number.upper())
    if row is None:
        raise BadInput(Problem(code="run/no-task", fields={"value": number}))
    return sheet_of(house, row, number.upper())


def sheet_of(house: House, row: CallRow, number: str) -> Sheet:
    """The sheet of a call or visit, whether somebody has it in hand yet or not."""
    then = contact_rules(house.rulebook).get((row.policy, row.rule))
    past = _past(house, row)
    return Sheet(
        number=number,
        row=row,
        script=script_of(row),
        entries=tuple(_entries(house, row)),
        offer=None if then is None else house.settings.offers.get(then.offer),
        past=tuple(each for each in past if _helps(each, row)),
        tries=sum(each.message_id == row.id and each.what == "no_answer" for each in past),
        attempts=row.attempts,
    )


def script_of(row: CallRow) -> str:
    """What is said, as it was frozen."""
    return str(json.loads(row.content).get(SCRIPT, ""))


def _helps(each: HistoryRow, row: CallRow) -> bool:
    return each.happened in TOLD and each.what not in OURS and each.message_id != row.id


def _past(house: House, row: CallRow) -> Sequence[HistoryRow]:
    """What happened to the cases of a call, each once."""
    found = dict[tuple[object, ...], HistoryRow]()
    for case in row.case_ids:
        for each in house.book.history(case):
            same = (each.at, each.happened, each.what, each.message_id, each.day)
            found.setdefault(same, each)
    return sorted(found.values(), key=lambda each: each.at)


def _entries(house: House, row: CallRow) -> Iterator[Entry]:
    """All that is open of the account, claimed items first, then the others, then credits."""
    frames, today = house.book.frames([row.debtor_id]), house.clock.today()
    mine = pl.col("currency") == row.currency
    claimed = pl.col("id").is_in(row.case_ids)
    invoices = frames["invoices"].filter(mine, pl.col("balance") > 0)
    ordered = invoices.with_columns(claimed=claimed).sort(
        "claimed", "due", "id", descending=[True, False, False]
    )
    for number, term, due, balance, asked in ordered.select(
        "number", "term", "due", "balance", "claimed"
    ).iter_rows():
        yield Entry(
            number=number if term == 1 else f"{number}/{term}",
            due=due,
            days_late=max(0, (today - due).days),
            amount=balance,
            claimed=asked,
        )
    credited = frames["credits"].filter(mine).sort("id")
    for number, amount in credited.select("number", "amount").iter_rows():
        yield Entry(number=number, due=None, days_late=0, amount=-amount, credit=True)
