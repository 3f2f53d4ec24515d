"""Two writers on one file, and random days against a model of a few lines."""

import atexit
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from dispatcher.model.message import NOTHING_REACHED, State
from dispatcher.model.settings import Environment
from dispatcher.ports import Accepted, Claim, NotAccepted, Outcome, Rejected, Unknown
from dispatcher.store.connection import Store
from dispatcher.store.open import open_store
from dispatcher.store.verify import verify
from tests.store.store_samples import (
    NOW,
    PLAIN,
    answer,
    book_on,
    claim,
    filled,
    frozen,
    live,
    outbox_on,
    states,
)


Result = TypeVar("Result")

TWINS = 4


def at_once(path: Path, act: Callable[[Store], Result]) -> list[Result]:
    """What each of several writers got, all started together, each with a store of its own."""
    start = threading.Barrier(TWINS)

    def one(_: int) -> Result:
        store = open_store(path, environment=Environment.SANDBOX)
        start.wait()
        try:
            return act(store)
        finally:
            store.close()

    with ThreadPoolExecutor(TWINS) as pool:
        return list(pool.map(one, range(TWINS)))


def test_twins_freeze_each_key_once(store: Store) -> None:
    batch = [frozen(1, 2), frozen(3), frozen(4, 5, 6)]
    given = at_once(store.path, lambda own: book_on(own).freeze(None, batch, now=NOW))
    assert sorted(map(str, given)) == sorted(map(str, [[1, 2, 3]] + [[None] * 3] * (TWINS - 1)))
    assert verify(store.path).first_fault is None


def test_twins_claim_each_message_once(store: Store) -> None:
    book_on(store).freeze(None, [frozen(n) for n in range(1, 7)], now=NOW)

    def drain(own: Store) -> list[int]:
        found: list[int] = []
        while taken := claim(outbox_on(own), limit=1):
            found += [each.id for each in taken]
        return found

    claimed = [number for found in at_once(store.path, drain) for number in found]
    assert sorted(claimed) == [1, 2, 3, 4, 5, 6]
    assert verify(store.path).first_fault is None


def test_a_reader_is_not_disturbed_by_a_writer_that_gives_up(store: Store) -> None:
    def give_up() -> None:
        with store.writing() as connection:
            connection.exec_driver_sql("UPDATE debtor SET name = 'x'")
            raise LookupError

    with pytest.raises(LookupError):
        give_up()
    assert "x" not in book_on(store).frames()["debtors"]["name"].to_list()


OUTCOMES: dict[str, tuple[Outcome | None, State]] = {
    "accepted": (Accepted(provider_id="p"), State.SENT),
    "rejected": (Rejected(code="550", evidence=""), State.FAILED),
    "deferred": (NotAccepted(code="451", evidence=""), State.DEFERRED),
    "unknown": (Unknown(stage="data", evidence=""), State.UNKNOWN),
    "withheld": (None, State.PLANNED),
}


@cache
def template() -> Path:
    folder = Path(mkdtemp())
    atexit.register(shutil.rmtree, folder)
    store = filled(folder)
    store.close()
    return store.path


class Days(RuleBasedStateMachine):
    """Freezing, claiming, guarding, answering, and time going on."""

    def __init__(self) -> None:
        super().__init__()
        path = Path(shutil.copy(template(), Path(mkdtemp()) / "relance.sqlite"))
        self.store = open_store(path, environment=Environment.SANDBOX, check=False)
        self.book, self.outbox = book_on(self.store), outbox_on(self.store)
        self.now: datetime = NOW
        self.states: dict[int, State] = {}
        self.cases: dict[int, frozenset[int]] = {}
        self.claims: list[Claim] = []

    def taken(self) -> set[int]:
        return {
            case
            for number, cases in self.cases.items()
            if self.states[number] not in NOTHING_REACHED
            for case in cases
        }

    @rule(cases=st.frozensets(st.integers(1, 6), min_size=1, max_size=3))
    def freeze(self, cases: frozenset[int]) -> None:
        free = not cases & self.taken()
        (number,) = self.book.freeze(None, [frozen(*sorted(cases))], now=self.now)
        assert (number is not None) is free
        if number is not None:
            self.states[number], self.cases[number] = State.PLANNED, cases

    @rule(refused=st.sets(st.integers(1, 12)), limit=st.integers(1, 4))
    def claim(self, refused: set[int], limit: int) -> None:
        self.claims += self.outbox.claim(
            channel="email",
            limit=limit,
            owner="me",
            boot="b",
            now=self.now,
            guard=lambda asked: {each.id: "paid" for each in asked if each.id in refused},
        )
        self.follow_claim(refused, limit)

    def follow_claim(self, refused: set[int], limit: int) -> None:
        waiting = [
            n for n in sorted(self.states) if self.states[n] in {State.PLANNED, State.DEFERRED}
        ]
        if self.now > PLAIN.valid_until:
            self.states |= dict.fromkeys(waiting, State.EXPIRED)
            return
        while batch := waiting[:limit]:
            going = [n for n in batch if n not in refused]
            self.states |= dict.fromkeys(batch, State.WITHDRAWN)
            self.states |= dict.fromkeys(going, State.SENDING)
            waiting = [] if going else waiting[limit:]

    @precondition(lambda self: self.claims)
    @rule(how=st.sampled_from(sorted(OUTCOMES)), which=st.integers(0, 9))
    def answer(self, how: str, which: int) -> None:
        taken = self.claims.pop(which % len(self.claims))
        outcome, to = OUTCOMES[how]
        answer(self.outbox, taken, outcome, at=self.now, next_at=self.now)
        self.states[taken.id] = to

    @precondition(lambda self: self.claims)
    @rule()
    def answer_of_a_stranger(self) -> None:
        answer(self.outbox, self.claims[0], Rejected(code="x", evidence=""), owner="another")

    @rule(hours=st.integers(1, 60))
    def go_on(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @invariant()
    def agrees(self) -> None:
        assert states(self.book) == {n: state.value for n, state in self.states.items()}
        assert live(self.book) == self.taken()
        abandoned = [each.id for _, _, each in self.outbox.abandoned()]
        assert abandoned == sorted(each.id for each in self.claims)

    def teardown(self) -> None:
        self.store.close()
        assert verify(self.store.path).first_fault is None
        shutil.rmtree(self.store.path.parent)


TestDays = Days.TestCase
TestDays.settings = settings(
    max_examples=5,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
