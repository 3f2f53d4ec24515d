"""The worker or the whole machine stops at every point of claims in several batches.

That a worker stops is an exception that nothing catches, after which nothing of his has any
effect; what a power cut takes from the disk is cut from the journal. Then another worker comes.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest

from dispatcher.deliver.journal import Journal
from dispatcher.deliver.loop import send_due
from dispatcher.deliver.owner import Owner
from dispatcher.deliver.recover import recover
from dispatcher.ports import Accepted, Attempted, Claim, Going, Guard, Message, Outcome
from tests.deliver.doubles import FixedClock, MemoryOutbox, ScriptedChannel, claim, message_of


MESSAGES = 11  # claims of three, six and two
BATCH = 3


class Stopped(KeyboardInterrupt):
    """The worker is no more; asyncio hands this kind on at once."""


class Life:
    """Ends at the so-many-th tick, for good; 0 never."""

    def __init__(self, ends_at: int) -> None:
        self._left = ends_at
        self.over = False

    def tick(self) -> None:
        self._left -= 1
        self.over = self.over or self._left == 0
        if self.over:
            raise Stopped


class DyingJournal(Journal):
    """Takes nothing once its worker is no more; `synced` bytes survive a power cut."""

    def __init__(self, path: Path, life: Life) -> None:
        super().__init__(path)
        self._life, self.synced = life, path.stat().st_size

    def open_batch(self, claims: Sequence[Claim]) -> None:
        super().open_batch(claims)
        self.synced = self.path.stat().st_size

    def _append(self, content: bytes) -> None:
        self._life.tick()
        super()._append(content)
        self._life.tick()


class DyingOutbox(MemoryOutbox):
    """A store that commits nothing more once the worker is no more."""

    life = Life(0)

    def _take(self, *told: object, **named: object) -> Sequence[Claim]:
        self.life.tick()
        taken = super()._take(*told, **named)  # type: ignore[arg-type]  # handed on as it came
        self.life.tick()
        return taken

    def record(self, attempted: Sequence[Attempted], *, owner: str) -> None:
        self.life.tick()
        super().record(attempted, owner=owner)
        self.life.tick()


class World(ScriptedChannel):
    """What has left stays gone."""

    def __init__(self) -> None:
        super().__init__(batch=BATCH)
        self.life = Life(0)

    async def send(self, message: Message, going: Going) -> Outcome:
        going()
        self.left.append(message.id)
        self.life.tick()
        await asyncio.sleep(0)
        self.life.tick()
        return Accepted(provider_id=f"p{message.id}")


def let_go(_claims: Sequence[Claim]) -> dict[int, str]:
    return {}


def work(outbox: DyingOutbox, world: World, journal: DyingJournal, boot: str, life: Life) -> None:
    outbox.life = world.life = life
    recover(
        outbox=outbox,
        journal=journal,
        is_alive=lambda _: False,
        boot=boot,
        classes={"email": "none"},
        clock=FixedClock(),
    )
    guard: Guard = let_go

    async def sending() -> None:
        # Nobody is there to hear of tasks that ended with their worker.
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        await send_due(
            outbox=outbox,
            channels={"email": world},
            journal=journal,
            guard=guard,
            clock=FixedClock(),
            owner=Owner(token=f"me on {boot}", boot=boot),
            prepare=message_of,
            stopped=lambda: False,
            progress=lambda _channel, _counts: None,
        )

    asyncio.run(sending())


def stopped_at(path: Path, point: int, kept: int | None) -> tuple[DyingOutbox, World, bool]:
    """Two workers; the first stops at that point. `kept` unsynced bytes survive, None: all do."""
    outbox, world = DyingOutbox(claim(n) for n in range(1, MESSAGES + 1)), World()
    life = Life(point)
    with DyingJournal(path, life) as journal:
        with suppress(KeyboardInterrupt):
            work(outbox, world, journal, "one", life)
        synced = journal.synced
    if kept is not None:
        path.write_bytes(path.read_bytes()[: synced + kept])
    with DyingJournal(path, Life(0)) as journal:
        work(outbox, world, journal, "one" if kept is None else "two", Life(0))
    return outbox, world, life.over


@pytest.mark.parametrize(
    "kept",
    [
        pytest.param(None, id="killed"),
        pytest.param(0, id="power cut"),
        pytest.param(10, id="power cut, a torn line"),
        pytest.param(10**6, id="power cut, all lines were on the disk"),
    ],
)
def test_nothing_leaves_twice_is_lost_or_in_doubt_without_need(
    tmp_path: Path, kept: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fdatasync", lambda _file: None)  # it is the cut that tells
    doubts = Counter[int]()
    for point in count(1):
        outbox, world, over = stopped_at(tmp_path / f"{point}", point, kept)
        states = outbox.states()
        assert set(states.values()) <= {"sent", "unknown"}, point
        assert len(world.left) == len(set(world.left)), point
        assert {n for n, state in states.items() if state == "sent"} <= set(world.left), point
        doubtful = outbox.in_state("unknown")
        doubts[doubtful] += 1
        # Who is killed leaves in doubt what was on its way; a power cut all of the last batch.
        assert doubtful <= BATCH, point
        if not over:
            break
    assert set(states.values()) == {"sent"}
    assert doubts[0] > 0
    assert max(doubts) >= 1
    assert point > 4 * MESSAGES
