"""Kills a delivering process at every point where it could die, and looks at what is left.

Run as a program with a folder: prints, for each kill point, what left and where messages stand.
Forks from one process, so that the libraries are imported once. With `power` the whole machine
goes down with the process: the journal loses what was not synced, and the next start has another
boot id.
"""

import asyncio
import json
import os
import shutil
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from dispatcher.deliver.journal import Journal
from dispatcher.deliver.loop import send_due
from dispatcher.deliver.owner import is_alive, living_owner
from dispatcher.deliver.recover import recover
from dispatcher.model.settings import Environment
from dispatcher.ports import (
    Accepted,
    Attempted,
    Claim,
    DeliveryClass,
    Going,
    Guard,
    Message,
    Outcome,
)
from dispatcher.store.open import open_store
from dispatcher.store.outbox import StoredOutbox
from dispatcher.store.verify import verify
from tests.deliver.doubles import FixedClock, message_of
from tests.store.store_samples import NOW, book_on, filled, frozen, outbox_on


MESSAGES = 6  # a claim of two, and one of four in two batches
BATCH = 2

Tick = Callable[[], None]


def dies_at(point: int) -> Tick:
    """A tick that kills this process the so-many-th time; 0 never."""
    left = point

    def tick() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return tick


class DyingJournal(Journal):
    def __init__(self, path: Path, tick: Tick) -> None:
        super().__init__(path)
        self._tick = tick
        self._synced = path.with_suffix(".synced")

    def open_batch(self, claims: Sequence[Claim]) -> None:
        self._tick()
        super().open_batch(claims)
        self._synced.write_text(str(self.path.stat().st_size), encoding="ascii")
        self._tick()

    def going(self, claim: Claim) -> None:
        self._tick()
        super().going(claim)
        self._tick()

    def gone(self, claim: Claim, outcome: Outcome) -> None:
        self._tick()
        super().gone(claim, outcome)
        self._tick()


class DyingOutbox:
    def __init__(self, inner: StoredOutbox, tick: Tick) -> None:
        self._inner = inner
        self._tick = tick
        self.abandoned = inner.abandoned

    def claim(
        self, *, channel: str, limit: int, owner: str, boot: str, now: datetime, guard: Guard
    ) -> Sequence[Claim]:
        self._tick()
        claims = self._inner.claim(
            channel=channel, limit=limit, owner=owner, boot=boot, now=now, guard=guard
        )
        self._tick()
        return claims

    def claim_suspect(
        self, *, channel: str, owner: str, boot: str, now: datetime, guard: Guard
    ) -> Sequence[Claim]:
        self._tick()
        claims = self._inner.claim_suspect(
            channel=channel, owner=owner, boot=boot, now=now, guard=guard
        )
        self._tick()
        return claims

    def record(self, attempted: Sequence[Attempted], *, owner: str) -> None:
        self._tick()
        self._inner.record(attempted, owner=owner)
        self._tick()


class World:
    """A channel whose messages, once gone, stay gone: a line in a file."""

    name = "email"
    batch = BATCH

    def __init__(self, log: Path, delivery_class: DeliveryClass, tick: Tick) -> None:
        self._log = log
        self.delivery_class = delivery_class
        self._tick = tick

    async def send(self, message: Message, going: Going) -> Outcome:
        going()
        with self._log.open("a", encoding="ascii") as file:
            file.write(f"{message.id}\n")
        self._tick()
        await asyncio.sleep(0)
        return Accepted(provider_id=str(message.id))

    async def close(self) -> None:
        pass


def lose_power(folder: Path) -> None:
    """Take from the journal what was not synced, and a half of a line more than that stays."""
    journal, synced = folder / "journal", folder / "journal.synced"
    if journal.exists():
        kept = int(synced.read_text(encoding="ascii")) if synced.exists() else 0
        journal.write_bytes(journal.read_bytes()[: kept + 10])


def work(folder: Path, delivery_class: DeliveryClass, tick: Tick, boot: str = "first") -> None:
    """One worker's day: settle what the dead left, then send what is due."""
    store = open_store(folder / "relance.sqlite", environment=Environment.SANDBOX, check=False)
    outbox = DyingOutbox(outbox_on(store), tick)
    channel = World(folder / "left", delivery_class, tick)
    locks = folder / "locks"
    with (
        living_owner(locks, boot=boot) as owner,
        DyingJournal(folder / "journal", tick) as journal,
    ):
        recover(
            outbox=outbox,
            journal=journal,
            is_alive=lambda token: is_alive(locks, token),
            boot=owner.boot,
            classes={"email": delivery_class},
            clock=FixedClock(NOW),
        )
        asyncio.run(
            send_due(
                outbox=outbox,
                channels={"email": channel},
                journal=journal,
                guard=lambda _claims: {},
                clock=FixedClock(NOW),
                owner=owner,
                prepare=message_of,
                stopped=lambda: False,
                progress=lambda _channel, _counts: None,
            )
        )


def in_a_child(deed: Callable[[], None]) -> bool:
    """Whether the deed came to its end, rather than being killed."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            deed()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise SystemExit("a child failed by itself")
    return os.WIFEXITED(status)


def tell(folder: Path, point: int) -> None:
    """Print what left and where the messages stand."""
    path = folder / "relance.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        states = dict(connection.execute("SELECT CAST(id AS TEXT), state FROM message"))
    log = folder / "left"
    left = Counter(log.read_text(encoding="ascii").split()) if log.exists() else {}
    whole = verify(path).first_fault is None
    line = json.dumps({"at": point, "states": states, "left": left, "whole": whole})
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def prepare(folder: Path) -> None:
    """A store with a few planned messages, to be copied for every kill."""
    folder.mkdir()
    store = filled(folder)
    batch = [replace(frozen(n), debtor_id=1 + n % 3) for n in range(1, MESSAGES + 1)]
    book_on(store).freeze(None, batch, now=NOW)
    store.close()


def main(folder: Path, delivery_class: DeliveryClass, *, power: bool = False) -> None:
    master = folder / "master"
    in_a_child(partial(prepare, master))
    point, finished = 0, False
    while not finished:
        point += 1
        home = folder / str(point)
        shutil.copytree(master, home)
        finished = in_a_child(partial(work, home, delivery_class, dies_at(point)))
        if power:
            lose_power(home)
        boot = "second" if power else "first"
        in_a_child(partial(work, home, delivery_class, dies_at(0), boot))
        in_a_child(partial(tell, home, point))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], power="power" in sys.argv)  # type: ignore[arg-type]  # one of the three words
