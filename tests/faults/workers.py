"""Three workers on one store and a provider in a file: killed, or paused, and begun again.

`python -m tests.faults.workers FOLDER [--kills 10000] [--pauses] [--summary FILE]` prints a line
every 500 kills (kills, messages, duplicates, lost, stuck, unknown, seconds), and writes the last
to FILE as JSON. A store takes `MESSAGES` messages; when they have gone, the next store begins,
whose provider can be dealt with in the next way. A minute of the workers is a tenth of a second of
ours, so look-ups, retries and settling happen while others die.
"""

import argparse
import asyncio
import json
import os
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, Final, cast

import dispatcher.hearing
from dispatcher.deliver.journal import Journal
from dispatcher.deliver.loop import send_due
from dispatcher.deliver.owner import is_alive, living_owner
from dispatcher.deliver.recover import recover
from dispatcher.hearing import ask
from dispatcher.house import House, Post
from dispatcher.model.settings import Environment
from dispatcher.ports import Message
from dispatcher.store.ahead import named
from dispatcher.store.connection import Store
from dispatcher.store.interventions import Deed as Intervention
from dispatcher.store.open import open_store
from dispatcher.store.verify import verify
from tests.deliver.doubles import message_of
from tests.faults.forks import begin_again, in_child
from tests.faults.homes import by_itself
from tests.faults.judge import Found, judged
from tests.faults.provider import KINDS, Deed, Kind, Log, Provider, provider
from tests.faults.standing import book_in
from tests.faults.warm import keep_engines, stay_put
from tests.store.store_samples import NOW, book_on, filled, frozen, outbox_on


MESSAGES: Final = 400
WORKERS: Final = 3
BATCH: Final = 5
CHANNEL: Final = "sms"

#: Seconds of the workers' clock in one of ours.
HASTE: Final = 600

#: Seconds between two kills of a worker, and how long one is paused.
LIVES: Final = (0.05, 0.35)
PAUSED: Final = (0.05, 0.8)

#: Seconds that one attempt may last: less than the longest pause.
ATTEMPT: Final = 0.4

#: How long a provider takes to answer at most, in seconds.
SLOW: Final = 0.03

#: How long workers that are left alone may take to end, in seconds.
PATIENCE: Final = 60.0

#: Kills of one store's workers at most; then they are left to end.
MOST: Final = 100

#: Kills between two lines of the report.
REPORT: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Quick:
    """A clock that hastens, the same for all workers."""

    began: float

    def now(self) -> datetime:
        return NOW + timedelta(seconds=(time.monotonic() - self.began) * HASTE)

    def today(self) -> date:
        return self.now().date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One store with its provider, and how that can be dealt with."""

    folder: Path
    kind: Kind
    clock: Quick

    @property
    def path(self) -> Path:
        return self.folder / "relance.sqlite"

    @property
    def log(self) -> Log:
        return Log(self.folder / "provider.log")

    @property
    def locks(self) -> Path:
        return self.folder / "locks"

    def opened(self) -> Store:
        return open_store(self.path, environment=Environment.SANDBOX, check=False)

    def provider(self) -> Provider:
        return provider(
            self.kind,
            log=self.log,
            now=self.clock.now,
            name=CHANNEL,
            batch=BATCH,
            script=trouble,
            slow=SLOW,
            draw=Random(),
        )


def trouble(message: Message) -> Deed:
    """Some are not taken at first, some never."""
    if message.id % 37 == 0:
        return "later"
    return "refuse" if message.id % 53 == 0 else "take"


def fill(folder: Path, messages: int) -> None:
    """A store with so many messages to be sent."""
    folder.mkdir(parents=True)
    store = filled(folder, cases=messages)
    planned = [
        replace(frozen(case, channel=CHANNEL), debtor_id=1 + case % 3, content=b'{"sms":"facture"}')
        for case in range(1, messages + 1)
    ]
    book_on(store).freeze(None, planned, now=NOW)
    store.close()


# -- one worker ----------------------------------------------------------------------------------


def work(place: Place, *, asks: bool) -> None:
    """Settle, ask, send, until nothing is left that this worker could do."""
    with closing(place.opened()) as store, living_owner(place.locks) as owner:
        naming = partial(named, store, now=place.clock.now())
        with Journal(place.folder / "journal.jsonl", naming=naming) as journal:
            post = Post(
                channels={CHANNEL: place.provider()},
                journal=journal,
                owner=owner,
                is_alive=partial(is_alive, place.locks),
            )
            while once(place, store, post, asks=asks):
                time.sleep(0.01)


def once(place: Place, store: Store, post: Post, *, asks: bool) -> bool:
    """One turn; whether anything is left to do."""
    settles(place, store, post)
    if asks:
        ask(inquiring(place, store), post)
    asyncio.run(sends(place, store, post))
    return bool(waiting(store, "unknown" if asks and place.kind == "lookup" else ""))


def settles(place: Place, store: Store, post: Post) -> None:
    """What the dead left."""
    recover(
        outbox=outbox_on(store),
        journal=post.journal,
        is_alive=post.is_alive,
        boot=post.owner.boot,
        classes={name: each.delivery_class for name, each in post.channels.items()},
        clock=place.clock,
    )


async def sends(place: Place, store: Store, post: Post) -> None:
    """What is due."""
    await send_due(
        outbox=outbox_on(store),
        channels=post.channels,
        journal=post.journal,
        guard=lambda _claims: {},
        clock=place.clock,
        owner=post.owner,
        prepare=message_of,
        stopped=lambda: False,
        progress=lambda _channel, _counts: None,
        attempt_limit=ATTEMPT,
    )


def inquiring(place: Place, store: Store) -> House:
    """As much of a house as questions need."""
    made = SimpleNamespace(
        book=book_on(store),
        clock=place.clock,
        settings=SimpleNamespace(environment=Environment.PRODUCTION),
        blobs=SimpleNamespace(read=None),
    )
    return cast("House", made)


def waiting(store: Store, *besides: str) -> int:
    """How many messages somebody still has to do something for."""
    states = ", ".join(f"'{each}'" for each in ("planned", "deferred", "sending", *besides))
    with store.reading() as connection:
        query = f"SELECT count(*) FROM message WHERE state IN ({states})"
        return int(connection.exec_driver_sql(query).scalar_one())


def listen(place: Place) -> None:
    """Hear what the provider reports: at least once, and where it was cut off again."""
    heard = place.folder / "heard"
    with closing(place.opened()) as store:
        while True:
            begun = int(heard.read_text("ascii")) if heard.exists() else 0
            taken = place.log.taken()
            for each in taken[begun:]:
                news = place.provider().callback(each.token)
                book_on(store).hear([news], now=place.clock.now())
            aside = heard.with_suffix(".new")
            aside.write_text(str(len(taken)), "ascii")
            aside.replace(heard)
            if not waiting(store) and len(place.log.taken()) == len(taken):
                return
            time.sleep(0.01)


# -- those who kill ------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class Worker:
    """A place at the store, and whoever works there now."""

    task: Callable[[], None]
    child: int = 0
    ends: float = 0.0  # when it is killed or paused next
    wakes: float = 0.0  # when it goes on; 0: it is not paused

    def begin(self, draw: Random) -> None:
        self.child = started(self.task)
        self.ends, self.wakes = time.monotonic() + draw.uniform(*LIVES), 0.0


def started(task: Callable[[], None]) -> int:
    """A fork that does it."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            task()
            status = 0
        except BaseException:  # noqa: BLE001 - whoever waits is told by the status
            traceback.print_exc()
        finally:
            os._exit(status)
    return child


@dataclass(slots=True, kw_only=True)
class Tally:
    """What all stores together came to."""

    kills: int = 0
    pauses: int = 0
    stores: int = 0
    messages: int = 0
    duplicates: int = 0
    lost: int = 0
    stuck: int = 0
    unknown: int = 0
    faults: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def add(self, found: Found, accepted: int) -> None:
        self.stores += 1
        self.messages += found.messages
        self.duplicates += len(found.twice)
        self.lost += len(found.lost) + len(found.idle)
        self.stuck += len(found.stuck)
        self.unknown += found.unknown
        if not found.whole:
            self.faults.append("a trail is broken")
        if found.messages and not accepted:
            self.faults.append("nothing was sent")

    def as_json(self) -> dict[str, object]:
        told = {name: value for name, value in asdict(self).items() if name != "began"}
        return {**told, "seconds": round(time.monotonic() - self.began, 1)}


@dataclass(slots=True, kw_only=True)
class Killer:
    """Kills workers of one store until their messages have gone, or there were enough kills."""

    place: Place
    tally: Tally
    draw: Random
    most: int  # kills, of all stores together
    pauses: bool = False
    workers: list[Worker] = field(default_factory=list)

    def run(self) -> None:
        tasks: list[Callable[[], None]] = [
            partial(work, self.place, asks=number == 0) for number in range(WORKERS)
        ]
        if self.place.kind == "callbacks":
            tasks.append(partial(listen, self.place))
        self.workers = [Worker(task=task) for task in tasks]
        for each in self.workers:
            each.begin(self.draw)
        most = min(self.most, self.tally.kills + MOST)
        while self.workers and self.tally.kills < most:
            time.sleep(0.005)
            for each in list(self.workers):
                self.look(each)
        self.let_end()

    def look(self, each: Worker) -> None:
        """Kill, pause or wake a worker whose time has come; begin again where one was killed."""
        done, status = os.waitpid(each.child, os.WNOHANG)
        now = time.monotonic()
        if done:
            self.ended(each, status)
        elif each.wakes and now >= each.wakes:
            os.kill(each.child, signal.SIGCONT)
            each.wakes, each.ends = 0.0, now + self.draw.uniform(*LIVES)
        elif not each.wakes and now >= each.ends:
            if self.pauses and self.draw.random() < 0.5:
                os.kill(each.child, signal.SIGSTOP)
                each.wakes = now + self.draw.uniform(*PAUSED)
                self.tally.pauses += 1
            else:
                self.kill(each)
                each.begin(self.draw)

    def kill(self, each: Worker) -> None:
        os.kill(each.child, signal.SIGKILL)
        _, status = os.waitpid(each.child, 0)
        self.tally.kills += os.WIFSIGNALED(status)

    def ended(self, each: Worker, status: int) -> None:
        """By itself: nothing was left to do for it."""
        self.workers.remove(each)
        if status:
            self.tally.faults.append(f"a worker ended with {status}")

    def let_end(self) -> None:
        """Nobody is killed any more; whoever hangs is a finding."""
        until = time.monotonic() + PATIENCE
        for each in self.workers:
            os.kill(each.child, signal.SIGCONT)
        while self.workers and time.monotonic() < until:
            time.sleep(0.01)
            for each in list(self.workers):
                done, status = os.waitpid(each.child, os.WNOHANG)
                if done:
                    self.ended(each, status)
        for each in self.workers:
            os.kill(each.child, signal.SIGKILL)
            os.waitpid(each.child, 0)
            self.tally.faults.append("a worker that nobody killed did not end")


def made_good(place: Place) -> dict[str, Any]:
    """People let go what was set aside, cron ends the rest; then it is judged."""
    with closing(place.opened()) as store:
        book = book_on(store)
        aside = [row.id for row in book.lying() if row.state == "quarantined"]
        for number in aside:
            book.intervene(
                number, Intervention.RELEASE, person="P", note="seen", now=place.clock.now()
            )
    work(place, asks=True)
    if place.kind == "callbacks":
        (place.folder / "heard").unlink(missing_ok=True)
        listen(place)
    refused = [int(str(line["message"])) for line in place.log.lines() if line["what"] == "tried"]
    found = judged(
        book_in(place.path, whole=verify(place.path).first_fault is None),
        place.log.taken(),
        refused=[number for number in refused if number % 53 == 0 and number % 37],
    )
    return {"found": found.as_json(), "accepted": len(place.log.taken())}


def unbroken() -> None:
    """Nothing is broken."""


def lock_ignored() -> None:
    """Whoever is asked, every other worker is dead: a lease that is always over."""
    global is_alive  # noqa: PLW0603 - broken on purpose
    is_alive = lambda *_: False  # noqa: E731 - as above


def stores(folder: Path, *, messages: int) -> Iterator[Place]:
    """One store after the other, each with the next way of its provider."""
    template, number = folder / "template", 0
    in_child(partial(fill, template, messages))
    while True:
        kind = KINDS[number % len(KINDS)]
        number += 1
        here = folder / "store"
        shutil.rmtree(here, ignore_errors=True)
        shutil.copytree(template, here)
        yield Place(folder=here, kind=kind, clock=Quick(began=time.monotonic()))


def kill_all(
    folder: Path,
    *,
    kills: int,
    pauses: bool = False,
    messages: int = MESSAGES,
    seed: int = 1,
    report: Callable[[Tally], None] = lambda _tally: None,
    broken: Callable[[], None] = unbroken,
) -> Tally:
    """Kill so many workers; what came of it. `broken` breaks something on purpose before."""
    setattr(dispatcher.hearing, "presented", by_itself)  # noqa: B010 - not for its type
    keep_engines()
    tally, draw, told = Tally(), Random(seed), 0
    broken()
    stay_put()
    for place in stores(folder, messages=messages):
        Killer(place=place, tally=tally, draw=draw, most=kills, pauses=pauses).run()
        ended = in_child(partial(made_good, place))["said"]
        tally.add(Found(**ended["found"]), ended["accepted"])
        if tally.kills // REPORT > told or tally.kills >= kills:
            told = tally.kills // REPORT
            report(tally)
        if tally.kills >= kills or tally.faults:
            return tally
    raise AssertionError("there is always a next store")


def main(given: list[str]) -> int:
    begin_again("tests.faults.workers", given)
    parser = argparse.ArgumentParser(prog="python -m tests.faults.workers")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kills", type=int, default=10_000)
    parser.add_argument("--messages", type=int, default=MESSAGES)
    parser.add_argument("--pauses", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ignore-lock", action="store_true", help="break it, and see it found")
    parser.add_argument("--summary", type=Path)
    asked = parser.parse_args(given)

    def report(tally: Tally) -> None:
        line = json.dumps(tally.as_json())
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
        if asked.summary is not None:
            asked.summary.write_text(line + "\n", "utf-8")

    tally = kill_all(
        asked.folder,
        kills=asked.kills,
        pauses=asked.pauses,
        messages=asked.messages,
        seed=asked.seed,
        report=report,
        broken=lock_ignored if asked.ignore_lock else unbroken,
    )
    return 1 if tally.duplicates or tally.lost or tally.stuck or tally.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
