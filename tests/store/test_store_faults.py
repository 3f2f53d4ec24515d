"""Every transaction, broken at its Nth statement for every N: nothing of it is left."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import event

from dispatcher.model.event import EventKind
from dispatcher.model.plan import PlannedTask
from dispatcher.model.tables import FOLLOWED
from dispatcher.ports import Accepted, Attempted, Claim, Rejected
from dispatcher.store.connection import Store
from dispatcher.store.events import NewEvent
from dispatcher.store.verify import verify
from tests.store.store_samples import (
    DAY,
    NOW,
    PLAIN,
    answer,
    book_on,
    claim,
    frozen,
    invoices,
    outbox_on,
)


class Broken(Exception):
    """The power went off."""


@contextmanager
def broken_at(store: Store, number: int) -> Iterator[None]:
    """Raises at that statement, counted from 1; a commit is a statement too."""
    left = [number]

    def count(*_: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Broken

    event.listen(store.engine, "before_cursor_execute", count)
    event.listen(store.engine, "commit", count)
    try:
        yield
    finally:
        event.remove(store.engine, "before_cursor_execute", count)
        event.remove(store.engine, "commit", count)


def picture(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return hashlib.sha256("\n".join(connection.iterdump()).encode()).hexdigest()


def prepare(store: Store) -> None:
    """A message on its way, one planned with its `also`, a call in hand, an open task, a run."""
    book, outbox = book_on(store), outbox_on(store)
    book.begin_run(kind="run", day=DAY, now=NOW)
    book.freeze(1, [frozen(1), frozen(2, channel="call")], now=NOW)
    claim(outbox)
    answer(outbox, claim(outbox, channel="call")[0], Accepted())
    also = replace(PLAIN, channel="sms", lines=(), also_of=0)
    book.freeze(1, [frozen(3), also, frozen(4)], now=NOW)
    book.open_tasks(1, [task("stops/a")], now=NOW)
    book.follow(1, standing(anew=False), now=NOW)


def standing(*, anew: bool) -> dict[str, pl.DataFrame]:
    """Stops, a step to do again and a policy; anew, all of them are others."""
    name = "b" if anew else "a"
    hold = {"case_id": 1, "policy": name, "rule": f"stops/{name}", "reason": name}
    placed = {"debtor_id": 1, "currency": "EUR", "policy": name, "legal_kind": "business"}
    again = [{"case_id": 1, "line_id": 1, "step": "reminder", "to_step": "none"}] if anew else []
    schema = {column: getattr(pl, kind) for column, kind in FOLLOWED["sent_back"].items()}
    return {
        "holds": pl.DataFrame([{**hold, "on_unknown": False}]),
        "sent_back": pl.DataFrame(again, schema=schema),
        "placements": pl.DataFrame([placed]),
    }


def task(rule: str) -> PlannedTask:
    return PlannedTask(debtor_id=1, policy="b2b", rule=rule, name="look-up", case_ids=(1,))


def in_hand(store: Store) -> Claim:
    return outbox_on(store).abandoned()[0][2]


def take(store: Store) -> None:
    book_on(store).take(
        {"invoices": invoices(8).slice(2)},
        source="erp",
        kind="open_items",
        now=NOW,
        day=DAY,
        complete=True,
    )


def claim_with_guard(store: Store) -> None:
    outbox_on(store).claim(
        channel="email", limit=9, owner="me", boot="b", now=NOW, guard=lambda _: {3: "paid"}
    )


def record_rejected(store: Store) -> None:
    outcome = Rejected(code="550", evidence="no such user")
    attempted = Attempted(claim=in_hand(store), outcome=outcome, at=NOW)
    outbox_on(store).record([attempted], owner="me")


def record_event(store: Store) -> None:
    new = NewEvent(source="o", reference="1", kind=EventKind.PAUSED, debtor_id=1, day=DAY)
    book_on(store).record_event(new, now=NOW)


ACTS: dict[str, Callable[[Store], object]] = {
    "take": take,
    "begin run": lambda s: book_on(s).begin_run(kind="run", day=DAY, now=NOW),
    "end run": lambda s: book_on(s).end_run(1, state="done", now=NOW),
    "policies": lambda s: book_on(s).remember_policies({"00": "text"}, now=NOW),
    "freeze": lambda s: book_on(s).freeze(1, [frozen(5), frozen(6)], now=NOW),
    "tasks": lambda s: book_on(s).open_tasks(1, [task("b")], now=NOW, closing={"stops/a"}),
    "finish task": lambda s: book_on(s).finish_task(
        1, outcome="done", person="a", note="", now=NOW
    ),
    "event": record_event,
    "call": lambda s: book_on(s).finish_by_person(
        2, outcome="promised", person="a", note="", now=NOW
    ),
    "claim": claim_with_guard,
    "record": lambda s: answer(outbox_on(s), in_hand(s), Accepted()),
    "record rejected": record_rejected,
    "follow": lambda s: book_on(s).follow(1, standing(anew=True), now=NOW),
}


@pytest.mark.parametrize("act", list(ACTS.values()), ids=list(ACTS))
def test_a_transaction_broken_anywhere_leaves_nothing(
    store: Store, act: Callable[[Store], object]
) -> None:
    prepare(store)
    before = picture(store.path)
    number = 0
    while True:
        number += 1
        try:
            with broken_at(store, number):
                act(store)
        except Broken:
            assert picture(store.path) == before, number
            continue
        break
    assert number > 3  # begin, something, its record, commit
    assert picture(store.path) != before
    assert verify(store.path).first_fault is None
