"""The accounts that messages speak of: debtors, their open items and credits, as values.

Between `decide`, which thinks in columns, and `compose`, which speaks of one debtor: only the
debtors that are contacted become values.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import polars as pl

from dispatcher.compose.contact import Data, contact_data
from dispatcher.decide import calendars
from dispatcher.model.debtor import Debtor, LegalKind
from dispatcher.model.letter import CreditItem, Item
from dispatcher.model.message import MAY_HAVE_LEFT
from dispatcher.model.settings import Settings
from dispatcher.policy.terms import Days
from dispatcher.ports import Frames


#: How long we ask to be paid within: what most French reminders give.
ASKED_WITHIN = Days(count=8)

_MARKS = {"dispute": {"open": "disputed", "part": "disputed"}, "promise": {"open": "promised"}}

_ACCOUNT = ("debtor_id", "currency")


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """Debtors by id, items by case id, and what each debtor and currency has open besides."""

    debtors: Mapping[int, Debtor]
    items: Mapping[int, Item]
    overdue: Mapping[tuple[int, str], tuple[int, ...]]
    currencies: Mapping[int, str]
    credits: Mapping[tuple[int, str], tuple[CreditItem, ...]]
    previous: Mapping[int, date]
    place: str  # the creditor's territory


def accounts_of(
    frames: Frames,
    facts: pl.DataFrame,
    settings: Settings,
    debtor_ids: Collection[int],
    *,
    today: date,
) -> Accounts:
    """The accounts of these debtors; `facts` gives the marks (disputed, promised) of each case."""
    wanted = pl.Series(sorted(debtor_ids), dtype=pl.Int64).implode()
    mine = {
        name: frame.filter(pl.col("debtor_id").is_in(wanted))
        for name, frame in frames.items()
        if name in {"invoices", "credits", "messages"}
    }
    invoices = mine["invoices"].sort("due", "id")
    marks = _marks(facts.filter(pl.col("debtor_id").is_in(wanted)))
    debtors = frames["debtors"].filter(pl.col("id").is_in(wanted))
    return Accounts(
        debtors={row["id"]: _debtor(row) for row in debtors.iter_rows(named=True)},
        items=_items(invoices, marks, today),
        overdue=_overdue(invoices, today),
        currencies=dict(invoices.select("id", "currency").iter_rows()),
        credits=_credits(mine["credits"]),
        previous=_previous(mine["messages"], today),
        place=calendars.territory_of(calendars.HOME, settings.creditor.postcode),
    )


def printed(
    accounts: Accounts,
    settings: Settings,
    *,
    debtor_id: int,
    to: str,
    case_ids: Iterable[int],
    planned_on: date,
    today: date,
) -> Data:
    """What a message to this debtor prints that claims these cases.

    Everything else that was overdue on the day of planning stands below. The limit date counts
    from that day too, so the same message printed later says the same.
    """
    claimed = sorted(case_ids, key=lambda case: (accounts.items[case].due, case))
    account = (debtor_id, accounts.currencies[claimed[0]])
    taken = set(claimed)
    below = [case for case in accounts.overdue.get(account, ()) if case not in taken]
    return contact_data(
        creditor=settings.creditor,
        debtor=accounts.debtors[debtor_id],
        to=to,
        claimed=[accounts.items[case] for case in claimed],
        listed=[accounts.items[case] for case in below],
        credits=accounts.credits.get(account, ()),
        today=today,
        limit=limit_day(planned_on, accounts.place),
        previous=accounts.previous.get(debtor_id),
        currency=account[1],
    )


@lru_cache(maxsize=64)
def limit_day(planned_on: date, place: str) -> date:
    """The working day of the creditor by which a message planned that day asks to be paid."""
    day = calendars.after(planned_on, ASKED_WITHIN, place)
    while calendars.closing(day, place):
        day += timedelta(days=1)
    return day


def _debtor(row: Mapping[str, object]) -> Debtor:
    texts = {
        name: str(row[name] or "")
        for name in (
            "reference",
            "name",
            "profile",
            "email",
            "phone",
            "mobile",
            "postcode",
            "city",
            "country",
            "language",
            "contact_name",
            "account_manager",
        )
    }
    address = tuple(line for line in str(row["address"] or "").split("\n") if line)
    number = row["id"]
    assert isinstance(number, int)  # noqa: S101 - the column's type
    return Debtor(id=number, legal_kind=LegalKind(str(row["legal_kind"])), address=address, **texts)


def _items(
    invoices: pl.DataFrame, marks: Mapping[int, tuple[str, ...]], today: date
) -> dict[int, Item]:
    terms = dict(invoices.group_by("number").agg(pl.col("term").max()).iter_rows())
    columns = invoices.select("id", "number", "term", "issued", "due", "balance")
    return {
        case: Item(
            number=number,
            term=term,
            terms=terms[number],
            issued=issued,
            due=due,
            balance=balance,
            days_late=max(0, (today - due).days),
            marks=marks.get(case, ()) if due < today else ("not_due",),
        )
        for case, number, term, issued, due, balance in columns.iter_rows()
    }


def _overdue(invoices: pl.DataFrame, today: date) -> dict[tuple[int, str], tuple[int, ...]]:
    late = invoices.filter(pl.col("due") < today)
    grouped = late.group_by(_ACCOUNT, maintain_order=True).agg("id")
    return {(debtor, currency): tuple(ids) for debtor, currency, ids in grouped.iter_rows()}


def _marks(facts: pl.DataFrame) -> dict[int, tuple[str, ...]]:
    read = [name for name in _MARKS if name in facts.columns]
    found: dict[int, tuple[str, ...]] = {}
    for row in facts.select("case_id", *read).iter_rows(named=True):
        marks = [_MARKS[name].get(str(row[name]), "") for name in read]
        if any(marks):
            found[row["case_id"]] = tuple(mark for mark in marks if mark)
    return found


def _credits(credits: pl.DataFrame) -> dict[tuple[int, str], tuple[CreditItem, ...]]:  # noqa: A002 - the word of the field
    found: dict[tuple[int, str], tuple[CreditItem, ...]] = {}
    for row in credits.sort("id").iter_rows(named=True):
        key = (row["debtor_id"], row["currency"])
        item = CreditItem(number=row["number"], amount=row["amount"], issued=row["issued"])
        found[key] = (*found.get(key, ()), item)
    return found


def _previous(messages: pl.DataFrame, today: date) -> dict[int, date]:
    """The day of the last contact with each debtor before this day: not of today's own message."""
    left = messages.filter(
        pl.col("contact_on") < today,
        pl.col("state").is_in([state.value for state in MAY_HAVE_LEFT]),
    )
    return dict(left.group_by("debtor_id").agg(pl.col("contact_on").max()).iter_rows())
