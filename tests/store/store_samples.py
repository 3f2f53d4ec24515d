"""Rows, messages and guards for the tests of the store."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl

from dispatcher.model.message import Line
from dispatcher.model.settings import Environment
from dispatcher.model.tables import TAKEN
from dispatcher.ports import Attempted, Claim, Frozen, Outcome
from dispatcher.store.book import Book
from dispatcher.store.connection import Store
from dispatcher.store.open import create_store
from dispatcher.store.outbox import StoredOutbox
from dispatcher.store.outcomes import Presented, unsaid


NOW = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)
DAY = date(2026, 5, 4)
DEBTORS = 3


def day_of(instant: datetime) -> date:
    return instant.date()


def new_store(folder: Path) -> Store:
    return create_store(folder / "relance.sqlite", environment=Environment.SANDBOX, now=NOW)


def book_on(store: Store) -> Book:
    return Book(store, day_of=day_of)


def outbox_on(store: Store, presented: Presented = unsaid) -> StoredOutbox:
    return StoredOutbox(store, day_of=day_of, presented=presented)


def rows(kind: str, *given: Mapping[str, object]) -> pl.DataFrame:
    """A frame of `TAKEN` with these cells; the other texts are empty, the rest null."""
    columns = TAKEN[kind]
    empty: dict[str, object] = {
        name: "" if word == "String" else None for name, word in columns.items()
    }
    empty |= {"source": "erp", "as_of": DAY, "row": 2}
    empty = {name: value for name, value in empty.items() if name in columns}
    whole = [{**empty, **each} for each in given]
    schema = {name: getattr(pl, word) for name, word in columns.items()}
    return pl.DataFrame(whole, schema=schema)


def debtors(count: int = DEBTORS) -> pl.DataFrame:
    return rows(
        "debtors",
        *({"reference": f"D{n}", "name": f"Société {n}", "digest": f"d{n}"} for n in range(count)),
    )


def invoice(number: str, *, debtor: str = "D0", balance: int = 100, **more: object) -> pl.DataFrame:
    cells = {"number": number, "term": 1, "debtor": debtor, "balance": balance, "amount": 100}
    return rows("invoices", {**cells, "digest": f"{number}/{balance}", **more})


def invoices(count: int) -> pl.DataFrame:
    return pl.concat([invoice(f"F{n}", debtor=f"D{n % DEBTORS}") for n in range(count)])


def filled(folder: Path, *, cases: int = 6) -> Store:
    """A store with three debtors and these cases, ids from 1."""
    store = new_store(folder)
    book_on(store).take(
        {"debtors": debtors(), "invoices": invoices(cases)},
        source="erp",
        kind="open_items",
        now=NOW,
        day=DAY,
        complete=True,
    )
    return store


def lines(*cases: int, step: str = "reminder", cycle: int = 0) -> tuple[Line, ...]:
    return tuple(
        Line(case_id=case, step=step, choice="standard", cycle=cycle, amount=100) for case in cases
    )


PLAIN = Frozen(
    debtor_id=1,
    channel="email",
    to="alice@example.test",
    policy="b2b",
    policy_hash="00ff",
    rule="reminder/standard",
    template="reminder",
    tone="courteous",
    lines=lines(1),
    content=b'{"subject":"3 factures \xc3\xa9chues"}',
    printed="digest",
    planned_on=DAY,
    not_before=NOW,
    valid_until=NOW + timedelta(days=5),
)


def frozen(*cases: int, channel: str = "email", legal_effect: bool = False) -> Frozen:
    return replace(PLAIN, lines=lines(*cases), channel=channel, legal_effect=legal_effect)


def let_go(_: Sequence[Claim]) -> Mapping[int, str]:
    return {}


def claim(
    outbox: StoredOutbox,
    *,
    channel: str = "email",
    limit: int = 25,
    owner: str = "me",
    now: datetime = NOW,
) -> Sequence[Claim]:
    return outbox.claim(
        channel=channel, limit=limit, owner=owner, boot="boot", now=now, guard=let_go
    )


def answer(
    outbox: StoredOutbox,
    claimed: Claim,
    outcome: Outcome | None,
    *,
    owner: str = "me",
    at: datetime = NOW,
    next_at: datetime | None = None,
) -> None:
    outbox.record([Attempted(claim=claimed, outcome=outcome, at=at, next_at=next_at)], owner=owner)


def states(book: Book) -> dict[int, str]:
    frame = book.frames()["messages"]
    return dict(zip(frame["id"].to_list(), frame["state"].to_list(), strict=True))


def live(book: Book) -> set[int]:
    """Cases whose key is taken."""
    frame = book.frames()["lines"]
    return set(frame.filter("live")["invoice_id"].to_list())
