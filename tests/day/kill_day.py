"""Kills a whole `relance run` at every point where it could die, runs it again, and counts.

Run as a program with a folder and a share (`1/2`: every second point from the first): prints
one JSON line per kill point. A point lies before and after every commit that changes the store,
around every line of the journal and every e-mail that arrives. Forks from one process, so that the
libraries are loaded once.
"""

import importlib
import json
import os
import shutil
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Engine, Pool, event
from sqlalchemy.pool import ConnectionPoolEntry

import channels.sink
from dispatcher import app
from dispatcher.deliver.journal import Journal
from dispatcher.home import Home, lay_down
from dispatcher.store.connection import raw
from dispatcher.wiring import opened_house, verified
from tests.day.situation_town import Town, row


DAY = date(2026, 11, 24)  # a Tuesday

PENDING = ("awaiting", "planned", "sending", "deferred", "quarantined")

Tick = Callable[[], None]


def dies_at(point: int) -> tuple[Tick, list[int]]:
    """A tick that kills this process the so-many-th time (0: never), and its count."""
    count = [0]

    def tick() -> None:
        count[0] += 1
        if count[0] == point:
            os.kill(os.getpid(), signal.SIGKILL)

    return tick, count


def tick_everywhere(tick: Tick) -> None:
    """Call the tick around everything that makes a run's work last."""

    def before(connection: Connection) -> None:
        changes, info = raw(connection).total_changes, connection.info
        if info.get("changes", 0) != changes:  # a transaction that only read leaves nothing
            info.update(changes=changes, lasting=True)
            tick()

    def after(_: object, record: ConnectionPoolEntry) -> None:
        if record.info.pop("lasting", False):
            tick()

    event.listen(Engine, "commit", before)
    event.listen(Pool, "checkin", after)
    for name in ("open_batch", "going", "gone"):
        setattr(Journal, name, around(getattr(Journal, name), tick))
    setattr(channels.sink, "store", around(channels.sink.store, tick))  # noqa: B010 - its type


def around(function: Callable[..., object], tick: Tick) -> Callable[..., object]:
    def ticking(*args: object, **named: object) -> object:
        tick()
        result = function(*args, **named)
        tick()
        return result

    return ticking


def in_child(work: Callable[[], object]) -> object:
    """What a fork of this process makes of it, as JSON; None if it was killed.

    Everything happens in forks: Polars has threads once it has worked, and a process with threads
    must not fork.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(reader)
            os.write(writer, json.dumps(work()).encode())
            status = 0
        except Exception:  # noqa: BLE001 - the parent is told by the status
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader) as said:
        result = said.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return None
    assert os.WEXITSTATUS(status) == 0, "the child failed"
    return json.loads(result)


#: Debtors who are reached by e-mail, by text message and by letter.
REACHED = (
    row("A-1", Compte="A"),
    row("B-1", Compte="B"),
    {**row("C-1", Compte="C", Mobile="06 12 34 56 78"), "E-mail": ""},
    {**row("D-1", Compte="D"), "E-mail": ""},
)


def prepare(folder: Path) -> None:
    """A home of firms, with some debtors to write to on every channel."""
    home = lay_down(folder)
    for path in home.rules.glob("*.yaml"):
        if path.name not in {"facts.yaml", "base.yaml", "b2b-standard.yaml"}:
            path.unlink()  # of other debtors: every run would read it for nothing
    Town(home=home).exports(DAY, *REACHED)


def run_day(home: Home, point: int) -> int:
    """Run the day, to die at that point (0: never); how many points there were."""
    tick, count = dies_at(point)
    tick_everywhere(tick)
    with opened_house(home, day=str(DAY), writes=True) as house:
        app.run(house)
    return count[0]


def outcome(home: Home) -> dict[str, object]:
    """What was left in the sink and in the book when all is over."""
    with opened_house(home, day=str(DAY), writes=False) as house:
        frames = house.book.frames()
        plan = app.decide(house)
    messages = frames["messages"]
    files = Counter(
        (path.relative_to(home.sinks).parts[0], path.stem.partition("-")[0])
        for path in home.sinks.rglob("*")
        if path.suffix in {".eml", ".txt", ".pdf"}
    )
    return {
        "arrived": dict(Counter(channel for channel, _ in files)),
        "twice": sum(n > 1 for n in files.values()),
        "states": dict(Counter(f"{m['channel']}: {m['state']}" for m in messages.to_dicts())),
        "pending": sum(m["state"] in PENDING for m in messages.to_dicts()),
        "debtors": messages["debtor_id"].n_unique(),
        "wanted": len(plan.contacts),
        "whole": verified(home).first_fault is None,
    }


def made_good(home: Home, *, again: bool) -> dict[str, object]:
    """What was left after one more run, if the first was killed."""
    if again:
        run_day(home, 0)
    return outcome(home)


def load_libraries(folder: Path) -> None:
    """Import here what a run imports, so that every fork has it already."""

    def loaded() -> list[str]:
        prepare(folder)
        run_day(Home(folder=folder), 0)
        return [name for name, module in sys.modules.items() if hasattr(module, "__file__")]

    for name in in_child(loaded) or ():  # type: ignore[attr-defined] # a list of names
        with suppress(ImportError):
            importlib.import_module(name)


def main(folder: Path, first: int, step: int) -> None:
    template = folder / "template"
    load_libraries(folder / "first")
    in_child(lambda: prepare(template))
    point = first
    while True:
        home = Home(folder=folder / f"killed-{point}")
        shutil.copytree(template, home.folder)
        passed = in_child(partial(run_day, home, point))
        found = in_child(partial(made_good, home, again=passed is None))
        sys.stdout.write(json.dumps({"point": point, "passed": passed, "found": found}) + "\n")
        sys.stdout.flush()
        shutil.rmtree(home.folder)
        if passed is not None:
            return
        point += step


if __name__ == "__main__":
    first, _, step = sys.argv[2].partition("/")
    main(Path(sys.argv[1]), int(first), int(step))
