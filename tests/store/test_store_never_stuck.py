"""Random days of deaths, holds, resolutions and late answers: nothing twice, nothing lost or stuck.

Full size: `python -m pytest tests/store/test_store_never_stuck.py -n 0 -q -m slow`
(200 seeds of 120 steps).
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Final

import pytest
from sqlalchemy import text

from dispatcher.deliver.journal import Journal
from dispatcher.deliver.recover import recover
from dispatcher.model.message import NOTHING_REACHED, UNFINISHED, State
from dispatcher.ports import Accepted, Claim, NotAccepted, Outcome, Rejected, Unknown
from dispatcher.store.interventions import LETS, Deed
from dispatcher.store.passage import Move, move
from dispatcher.store.trail import append
from dispatcher.store.verify import verify
from tests.deliver.doubles import FixedClock
from tests.store.store_samples import (
    NOW,
    answer,
    book_on,
    claim,
    filled,
    frozen,
    let_go,
    outbox_on,
)


CASES: Final = 6

STATES: Final = "SELECT id, state FROM message"
LIVE: Final = "SELECT invoice_id FROM line WHERE live ORDER BY invoice_id"

#: What a provider may say of a message that reached it, and of one that did not.
TOOK_IT: Final[Sequence[Outcome]] = (
    Accepted(provider_id="p"),
    Accepted(provider_id="p"),
    Unknown(stage="data", evidence=""),
)
REFUSED: Final[Sequence[Outcome | None]] = (
    NotAccepted(code="451", evidence=""),
    Rejected(code="550", evidence=""),
    Unknown(stage="data", evidence=""),
    None,
)


class World:
    """A house whose workers die, whose people interfere, and the truth of what left."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.draw = Random(seed)
        store = filled(folder, cases=CASES)
        self.store, self.book, self.outbox = store, book_on(store), outbox_on(store)
        self.journal = folder / "journal"
        self.now = NOW
        self.workers = 0
        self.of: dict[int, int] = {}  # the case of each message
        self.left: dict[int, Claim] = {}  # by message: the attempt that reached the debtor
        self.reached: Counter[int] = Counter()  # by case

    def steps(self) -> Mapping[str, Callable[[], None]]:
        return {
            "plan": self.plan,
            "work": self.work,
            "work again": self.work,
            "late": self.late,
            "resolve": self.resolve,
            "interfere": self.interfere,
            "go on": self.go_on,
        }

    def plan(self) -> None:
        """A run: every case that nothing is in hand for is planned."""
        taken = self.live()
        for case in range(1, CASES + 1):
            if case not in taken:
                until = self.now + timedelta(days=5)
                planned = replace(frozen(case), not_before=self.now, valid_until=until)
                (number,) = self.book.freeze(None, [planned], now=self.now)
                assert number is not None
                self.of[number] = case

    def work(self) -> None:
        """One worker: settles what the dead left, tries one batch or one suspect, may die."""
        self.recover()
        self.workers += 1
        name = f"w{self.workers}"
        suspects = self.draw.random() < 0.4
        taken = self.suspect(name) if suspects else self.batch(name)
        dies = self.draw.random() < 0.4
        with Journal(self.journal) as journal:
            journal.open_batch(taken)
            for each in taken:
                reaches = self.draw.random() < 0.6
                if dies and self.draw.random() < 0.5:
                    continue  # dead before it came to this one
                self.hand_over(journal, each, name, reaches=reaches, noted=not dies)

    def hand_over(
        self, journal: Journal, each: Claim, name: str, *, reaches: bool, noted: bool
    ) -> None:
        outcome: Outcome | None = self.draw.choice(TOOK_IT if reaches else REFUSED)
        if outcome is not None:
            journal.going(each)
        if reaches:
            self.left[each.id] = each
            self.reached.update(line.case_id for line in each.lines)
        if noted:
            later = self.now + timedelta(hours=1)
            answer(self.outbox, each, outcome, owner=name, at=self.now, next_at=later)

    def batch(self, name: str) -> Sequence[Claim]:
        return claim(self.outbox, limit=3, owner=name, now=self.now)

    def suspect(self, name: str) -> Sequence[Claim]:
        return self.outbox.claim_suspect(
            channel="email", owner=name, boot="boot", now=self.now, guard=let_go
        )

    def recover(self) -> None:
        with Journal(self.journal) as journal:
            recover(
                outbox=self.outbox,
                journal=journal,
                is_alive=lambda _: False,
                boot="boot",
                classes={"email": "none"},
                clock=FixedClock(self.now),
            )

    def late(self) -> None:
        """The provider says once more, and late, that it has one."""
        if self.left:
            each = self.left[self.draw.choice(sorted(self.left))]
            answer(self.outbox, each, Accepted(provider_id="p"), owner="late", at=self.now)

    def resolve(self) -> None:
        """A person finds out what became of an unknown message, and is right."""
        unknown = [number for number, state in self.states().items() if state == State.UNKNOWN]
        if not unknown:
            return
        number = self.draw.choice(unknown)
        to = State.SENT if number in self.left else State.DEFERRED
        with self.store.writing() as connection:
            step = Move(message_id=number, start=State.UNKNOWN, to=to, columns={"next_at": None})
            append(connection, move(connection, [step], now=self.now), at=self.now)

    def interfere(self) -> None:
        """A person holds, lets go or withdraws something that may be."""
        deed = self.draw.choice(list(Deed))
        fit = [number for number, state in self.states().items() if State(state) in LETS[deed]]
        if fit:
            number = self.draw.choice(fit)
            self.book.intervene(number, deed, person="P", note="n", now=self.now)

    def go_on(self) -> None:
        self.now += timedelta(hours=self.draw.randrange(1, 40))

    def states(self) -> dict[int, str]:
        with self.store.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(text(STATES))}

    def live(self) -> list[int]:
        """Cases whose key is taken."""
        with self.store.reading() as connection:
            return [row[0] for row in connection.execute(text(LIVE))]

    def agrees(self) -> None:
        stands = self.states()
        waiting = {number for number, state in stands.items() if State(state) in UNFINISHED}
        assert {row.id for row in self.book.lying()} == waiting
        held = [self.of[n] for n, state in stands.items() if State(state) not in NOTHING_REACHED]
        assert sorted(held) == self.live()  # each case once
        assert max(self.reached.values(), default=0) <= 1
        assert self.book.twice() == ()

    def ends(self) -> None:
        """No open case has only ended messages once it is planned; all that left is known."""
        self.recover()
        self.plan()
        self.agrees()
        assert self.live() == list(range(1, CASES + 1))
        stands = self.states()
        assert {stands[number] for number in self.left} <= {"sent", "unknown"}
        assert verify(self.store.path).first_fault is None


def live_through(folder: Path, seed: int, steps: int) -> None:
    world = World(folder, seed)
    world.plan()
    for _ in range(steps):
        deeds = world.steps()
        deeds[world.draw.choice(sorted(deeds))]()
        world.agrees()
    world.ends()
    world.store.close()


@pytest.mark.parametrize("seed", range(4))
def test_no_day_leaves_anything_twice_lost_or_stuck(tmp_path: Path, seed: int) -> None:
    live_through(tmp_path, seed, steps=35)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 300))
def test_nor_do_many_days(tmp_path: Path, seed: int) -> None:
    live_through(tmp_path, seed, steps=120)
