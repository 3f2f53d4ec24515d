"""Kills a whole `relance run` at every point where it could die, runs it again, and counts.

Run as a program with a folder and a share (`0/2`: every second point): prints one JSON line per
kill point. A point lies before and after every commit of the store, around every line of the
journal and around every file of the sink. Forks from one process, so libraries load once.
"""

import json
import os
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

from sqlalchemy import Engine, Pool, event

import channels.sink
from dispatcher import app
from dispatcher.deliver.journal import Journal
from dispatcher.home import Home, lay_down
from dispatcher.sample import portfolio
from dispatcher.wiring import looking, opened_house, verified


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
    event.listen(Engine, "commit", lambda _: tick())
    event.listen(Pool, "checkin", lambda *_: tick())
    for name in ("open_batch", "going", "gone"):
        setattr(Journal, name, around(getattr(Journal, name), tick))
    channels.sink.store = around(channels.sink.store, tick)


def around(function: Callable[..., object], tick: Tick) -> Callable[..., object]:
    def ticking(*args: object, **named: object) -> object:
        tick()
        result = function(*args, **named)
        tick()
        return result

    return ticking


def prepare(folder: Path) -> tuple[Home, str]:
    """A home with some debtors to write to and some to call; the digest of its first plan."""
    home = lay_down(folder)
    text = portfolio(today=DAY, debtors=7, seed=8)
    (home.incoming / "open-items.csv").write_text(text, encoding="utf-8")
    with looking(home, day=str(DAY)) as house:
        _, plan = app.preview(house)
    return home, plan.digest


def run_day(home: Home, point: int) -> int:
    """Run the day in a child that dies at that point; how many points it passed if it did not."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        tick, count = dies_at(point)
        tick_everywhere(tick)
        with opened_house(home, day=str(DAY), writes=True) as house:
            app.run(house)
        os.write(writer, str(count[0]).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as said:
        passed = said.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return 0
    assert os.WEXITSTATUS(status) == 0, "the run failed"
    return int(passed)


def outcome(home: Home) -> dict[str, object]:
    """What was left in the sink and in the book when all is over."""
    with opened_house(home, day=str(DAY), writes=False) as house:
        frames = house.book.frames()
        plan = app.decide(house)
    messages = frames["messages"]
    files = Counter(path.stem.partition("-")[0] for path in home.sinks.rglob("*.eml"))
    return {
        "mails": len(files),
        "twice": sum(n > 1 for n in files.values()),
        "states": dict(Counter(f"{m['channel']}: {m['state']}" for m in messages.to_dicts())),
        "pending": sum(m["state"] in PENDING for m in messages.to_dicts()),
        "debtors": messages["debtor_id"].n_unique(),
        "wanted": len(plan.contacts),
        "whole": verified(home, lambda _: None).first_fault is None,
    }


def main(folder: Path, first: int, step: int) -> None:
    template, _ = prepare(folder / "template")
    point = first
    while True:
        home = Home(folder=folder / f"killed-{point}")
        shutil.copytree(template.folder, home.folder)
        passed = run_day(home, point)
        if not passed:
            run_day(home, 0)
        print(json.dumps({"point": point, "passed": passed, **outcome(home)}), flush=True)
        shutil.rmtree(home.folder)
        if passed:
            return
        point += step


if __name__ == "__main__":
    first, _, step = sys.argv[2].partition("/")
    main(Path(sys.argv[1]), int(first) or int(step), int(step))
