"""The book on the morning of day 0: one debtor of whom the facts of a test's case are true.

What a case owes beside its own item stands in a second one that is paused. Facts that the days
make themselves (`DAYS`) follow from the due day; what a book cannot make true is found by looking
at the facts of day 0 (`untrue`).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

import polars as pl

from dispatcher.model.event import EventKind
from dispatcher.model.tables import FRAMES
from dispatcher.model.vocabulary import Source, Value
from dispatcher.policy.terms import Rulebook
from dispatcher.prove.days.book_rows import SCHEMAS, empty_frames


Case = Mapping[str, Value]

#: Facts that follow from the due day and the day itself.
DAYS: Final = frozenset({"days_late", "days_before_due", "limitation_days", "days_since_step"})

OWED: Final = 100_000  # minor units, where a case does not say what is due
LONG_AGO: Final = 400  # days
ROOM: Final = 10  # ids of one debtor's rows
BESIDE: Final = 1  # the second item of a debtor, from the first

#: Each way of paying as days late, three times: as little as tells something of a debtor.
HABITS: Final = {"good": (0, 0, 0), "irregular": (2, 12, 20), "bad": (40, 45, 50)}

ADDRESSES: Final = {
    "has_email": {"email": "compta@debiteur.example"},
    "has_mobile": {"mobile": "+33600000001"},
    "has_phone": {"phone": "+33140000001"},
    "has_address": {"address": "4 rue des Lilas", "postcode": "75011", "city": "Paris"},
}


@dataclass(slots=True)
class Rows:
    """Rows by table, as one debtor brings them."""

    debtor: int
    case: Case
    start: date
    due: date
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def item(self) -> int:
        """The case that is tested."""
        return self.debtor * ROOM

    def add(self, table: str, **row: Any) -> None:  # noqa: ANN401 - any cell of a table
        """One row of this debtor."""
        mine = self.tables.setdefault(table, [])
        self.tables[table] = [*mine, {"debtor_id": self.debtor, **row}]

    def event(self, kind: EventKind, *, ago: int = 0, **row: Any) -> None:  # noqa: ANN401 - as above
        """Something that happened to the case so many days before day 0."""
        row = {"invoice_id": self.item, "detail": "", **row}
        self.add("events", kind=kind.value, day=self.start - timedelta(days=ago), **row)


def opened(
    debtor: int, case: Case, start: date, due: date | None, rulebook: Rulebook
) -> dict[str, pl.DataFrame]:
    """The tables of one debtor; `due` is the due day of his item, None: as the facts say."""
    rows = Rows(debtor=debtor, case=case, start=start, due=due or _due(case, start))
    _debtor(rows, rulebook)
    _items(rows, rulebook)
    _history(rows)
    for tell in TOLD:
        tell(rows)
    return _frames(rows)


def untrue(case: Case, row: Mapping[str, Any], *, moved: bool) -> Iterator[tuple[str, Value]]:
    """Facts of the case that are something else in the book, with what they are.

    `row` is the row of the facts table on day 0; `moved`: the due day is an event of the timeline.
    What is disputed or credited is not overdue, whatever the case says.
    """
    netted = case.get("dispute") == "open" or case.get("debtor_credit") in {"part", "covers"}
    beside = DAYS | ({"debtor_overdue"} if moved or netted else set())
    for name, value in case.items():
        if name not in beside | {"last_step"} and row.get(name) != value:
            yield name, row.get(name)


def _due(case: Case, start: date) -> date:
    before = case.get("days_before_due")
    late = case.get("days_late")
    days = -int(before) if before is not None and not late else int(late or 0)
    return start - timedelta(days=days)


# -- who owes, and what -------------------------------------------------------------------------


def _debtor(rows: Rows, rulebook: Rulebook) -> None:
    told: dict[str, Any] = {}
    for fact, cells in ADDRESSES.items():
        if rows.case.get(fact) is True:
            told |= cells
    rows.tables["debtors"] = [
        {
            "id": rows.debtor,
            "reference": f"T{rows.debtor}",
            "name": "Exemple SARL",
            "legal_kind": rows.case.get("legal_kind") or "",
            "profile": rows.case.get("profile") or "",
            "country": "FR",
            "language": "fr",
            **told,
            "extra": _extra(rows.case, rulebook, "debtor"),
        }
    ]


def _extra(case: Case, rulebook: Rulebook, owner: str) -> str:
    """The facts that a source tells, as it would write them; unknown as null."""
    own = FRAMES["debtors"] | FRAMES["invoices"]
    told = {
        name: value
        for name, value in case.items()
        if (fact := rulebook.facts.get(name)) is not None
        and fact.source is Source.COLUMN
        and fact.of == owner
        and name not in own
        and name != "amount_due"
    }
    return json.dumps({name: _text(value) for name, value in told.items()})


def _text(value: Value) -> str | None:
    return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _items(rows: Rows, rulebook: Rulebook) -> None:
    """The item, what the debtor owes beside it, and what is credited."""
    overdue = rows.case.get("debtor_overdue")
    owed = rows.case.get("amount_due")
    amount = int(owed) if owed is not None else OWED
    if overdue:
        amount = min(amount, int(overdue))
    parted = amount if rows.case.get("dispute") == "part" else 0
    _item(rows, rows.item, rows.due, amount + parted, _extra(rows.case, rulebook, "invoice"))
    beside = int(overdue or 0) - amount
    if beside > 0:
        _item(rows, rows.item + BESIDE, rows.start - timedelta(days=60), beside, "{}")
        paused = {"invoice_id": rows.item + BESIDE}
        rows.event(EventKind.PAUSED, ago=60, **paused)
    credit = rows.case.get("debtor_credit")
    if credit in {"part", "covers"}:
        told = 1 if credit == "part" else amount + max(0, beside)
        rows.add("credits", number="AV1", invoice_number="", currency="EUR", amount=told)


def _item(rows: Rows, number: int, due: date, balance: int, extra: str) -> None:
    rows.add(
        "invoices",
        id=number,
        number=f"F{number}",
        term=1,
        currency="EUR",
        amount=balance,
        balance=balance,
        issued=due - timedelta(days=30),
        due=due,
        extra=extra,
    )


def _history(rows: Rows) -> None:
    """Three payments of the last year, from which the debtor's habits are read."""
    usual = rows.case.get("usual_days_late")
    days = HABITS.get(str(rows.case.get("payer_history")), ())
    if usual is not None and not days:
        days = (int(usual),) * 3
    for number, late in enumerate(days):
        closed = rows.start - timedelta(days=100 + number)
        paid = {"due": closed - timedelta(days=late), "closed_on": closed}
        rows.add("payments", id=rows.item + 5 + number, **paid)


# -- what happened before -----------------------------------------------------------------------


def _step(rows: Rows) -> None:
    last, since = rows.case.get("last_step"), rows.case.get("days_since_step")
    if last not in {None, "none"}:
        rows.event(EventKind.TAKEN_OVER, ago=int(since or 0), detail=str(last))


def _dispute(rows: Rows) -> None:
    told = rows.case.get("dispute")
    owed = next(row["balance"] for row in rows.tables["invoices"])
    if told == "open":
        rows.event(EventKind.DISPUTE_OPENED)
    elif told == "part":
        rows.event(EventKind.DISPUTE_OPENED, detail="part", amount=owed // 2)
    elif told == "settled":
        rows.event(EventKind.DISPUTE_OPENED, ago=LONG_AGO)
        rows.event(EventKind.DISPUTE_SETTLED, ago=LONG_AGO - 1)


def _promise(rows: Rows) -> None:
    told = rows.case.get("promise")
    ends = {"open": 7, "broken": 20 - LONG_AGO, "kept": 20 - LONG_AGO}
    if told not in ends:
        return
    until = rows.start + timedelta(days=ends[str(told)])
    owed = next(row["balance"] for row in rows.tables["invoices"])
    ago = 0 if told == "open" else LONG_AGO
    rows.event(EventKind.PROMISE_MADE, ago=ago, until=until, amount=owed)
    if told == "kept":
        rows.event(EventKind.PAYMENT, ago=LONG_AGO - 1, amount=owed)


def _plan(rows: Rows) -> None:
    told = rows.case.get("plan")
    if told == "running":
        rows.event(EventKind.PLAN_AGREED)
    elif told == "missed":
        rows.event(EventKind.PLAN_AGREED, ago=LONG_AGO)
        rows.event(EventKind.PLAN_MISSED, ago=LONG_AGO - 1)


def _others(rows: Rows) -> None:
    case = rows.case
    if case.get("reply") == "waiting":
        rows.event(EventKind.REPLY_RECEIVED, invoice_id=None)
    if case.get("pause") is True:
        rows.event(EventKind.PAUSED)
    if case.get("handed_over") is True:
        rows.event(EventKind.HANDED_OVER, invoice_id=None)
    if case.get("nonpayment_reason") not in {None, "none"}:
        rows.event(EventKind.REASON_GIVEN, detail=str(case["nonpayment_reason"]))
    for number in range(int(case.get("contacts_30d") or 0)):
        rows.event(EventKind.CONTACTED, ago=29 - number % 20, invoice_id=None, detail="email")


def _policy(rows: Rows) -> None:
    before = rows.case.get("policy_before")
    if before is not None:
        since = rows.start - timedelta(days=LONG_AGO)
        kind = rows.case.get("legal_kind")
        rows.add("placements", currency="EUR", policy=before, legal_kind=kind, since=since)


TOLD: Final = (_step, _dispute, _promise, _plan, _others, _policy)


def _frames(rows: Rows) -> dict[str, pl.DataFrame]:
    found = empty_frames()
    for name, mine in rows.tables.items():
        first = rows.debtor * 1_000
        whole = [{"id": first + place, **row} for place, row in enumerate(mine)]
        columns = {column: [row.get(column) for row in whole] for column in SCHEMAS[name]}
        found[name] = pl.DataFrame(columns, schema=SCHEMAS[name])
    return found
