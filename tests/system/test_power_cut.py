"""The power fails in the middle of a run, and the machine starts again.

The home is made again as its disk may have held it at that moment (`disk.py`), from the log of a
real run: what was synced is there; of the rest nothing, all but the journal's lines, or some writes
and not others. Then the day is run on it, on another start of the machine.

At every sync, and more of each: `./run test -m slow tests/system/test_power_cut.py`.
"""

import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import cycle, islice, pairwise
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from dispatcher import app
from dispatcher.deliver import owner
from dispatcher.home import Home
from dispatcher.wiring import opened_house
from tests.system.conftest import Watched
from tests.system.departures import departures
from tests.system.disk import SYNCS, Disk, Survives
from tests.system.homes import DAY, exported, faults, stored
from tests.system.strace import Call


CUTS: Final = 12
SLOW_CUTS: Final = 200

STORE: Final = Path("var/relance.sqlite")
OUTSIDE: Final = (Path("var/sinks/email"), Path("var/sinks/sms"))


def some(path: Path, number: int) -> bool:
    return zlib.crc32(f"{path.name} {number}".encode()) % 2 == 0


#: What survives of what was not synced, and whether names do.
LEFT: Final[dict[str, tuple[Survives, bool]]] = {
    "nothing": (lambda _path, _number: False, False),
    "all but the journal": (lambda path, _number: path.name != "journal.jsonl", True),
    "some": (some, True),
}


class Cut(NamedTuple):
    """The call with which the power fails: done, or only begun."""

    at: int
    how: str


class Head(NamedTuple):
    """The newest record of a trail."""

    seq: int
    hash: bytes


def moments(calls: Sequence[Call]) -> list[int]:
    """Just before and just after every sync, as numbers of calls that were done."""
    syncs = [number for number, call in enumerate(calls) if call.name in SYNCS]
    return sorted({moment for number in syncs for moment in (number, number + 1)})


def cuts(calls: Sequence[Call], count: int) -> list[Cut]:
    """So many moments, over the whole run, each with another way in turn."""
    every = moments(calls)
    # An odd step: otherwise all would lie on one side of their syncs.
    chosen = [every[number * len(every) // count] for number in range(count)]
    return [Cut(at, how) for at, how in zip(chosen, cycle(LEFT))]


def laid_down(lived: Watched, cut: Cut, folder: Path) -> Home:
    """The home after that cut; what had left lies outside of it."""
    disk = Disk(lived.before, lived.home.folder)
    for call in lived.calls[: cut.at]:
        disk.see(call)
    survives, names = LEFT[cut.how]
    disk.lay_down(folder, survives, names=names)
    for place in OUTSIDE:
        for path in (folder / place).glob("*"):
            path.unlink()
    home = Home(folder=folder)
    exported(home)
    return home


def left_before(lived: Watched, cut: Cut) -> list[str]:
    """The tokens of e-mails and texts whose last byte was out; folders tell of letters."""
    end = lived.calls[cut.at - 1].ended if cut.at else -1
    return [
        each.token
        for each in departures(lived.calls)
        if each.channel != "letter" and each.last.began <= end
    ]


def head(store: Path) -> Head:
    with closing(sqlite3.connect(store)) as connection:
        return Head(*connection.execute("SELECT max(seq), hash FROM audit").fetchone())


def acknowledged(lived: Watched, cut: Cut, folder: Path) -> Head | None:
    """The newest record whose commit had said that it was on the disk; None: none had."""
    undo = str(lived.home.folder / f"{STORE}-journal")
    done = [number for number, call in enumerate(lived.calls[: cut.at]) if call.path == undo]
    done = [now for last, now in pairwise(done) if _commits(lived.calls[last], lived.calls[now])]
    if not done:
        return None
    disk = Disk(lived.before, lived.home.folder)
    for call in lived.calls[: done[-1] + 1]:
        disk.see(call)
    disk.lay_down(folder, lambda _path, _number: True, names=True)
    return head(folder / STORE)


def _commits(last: Call, now: Call) -> bool:
    """Whether a transaction is over: its undo is empty for good."""
    return last.name == "ftruncate" and now.name in SYNCS


def on_another_start(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run of the day after the machine came back."""
    monkeypatch.setattr(owner, "boot_id", lambda: "another start of the machine")
    with opened_house(home, day=str(DAY), writes=True) as house:
        app.run(house)


def look(lived: Watched, cut: Cut, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is wrong when the day has been run again after that cut."""
    folder.mkdir()
    home = laid_down(lived, cut, folder / "home")
    known = acknowledged(lived, cut, folder / "known")
    claimed = in_flight(home)
    on_another_start(home, monkeypatch)
    wrong = faults(home, left=left_before(lived, cut), unknown=claimed)
    if known is not None and known.hash not in trail(home):
        wrong.append(f"the record {known.seq} was acknowledged and is gone")
    return [f"{cut}: {each}" for each in wrong]


def in_flight(home: Home) -> int:
    """How many messages had been claimed, and no answer recorded, when the power failed."""
    if not (home.folder / STORE).exists():
        return 0
    try:
        return sum(each.state == "sending" for each in stored(home))
    except sqlite3.OperationalError:  # an empty store has no tables
        return 0


def trail(home: Home) -> set[bytes]:
    with closing(sqlite3.connect(home.folder / STORE)) as connection:
        return {found for (found,) in connection.execute("SELECT hash FROM audit")}


def looked_at(
    lived: Watched, chosen: Sequence[Cut], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    for number, cut in enumerate(chosen):
        yield from look(lived, cut, folder / str(number), monkeypatch)


def test_the_disk_is_made_again_as_it_was(lived: Watched, tmp_path: Path) -> None:
    disk = Disk(lived.before, lived.home.folder)
    for call in lived.calls:
        disk.see(call)
    disk.lay_down(tmp_path / "again", lambda _path, _number: True, names=True)
    made = {p.relative_to(tmp_path / "again"): p for p in (tmp_path / "again").rglob("*")}
    real = {p.relative_to(lived.home.folder): p for p in lived.home.folder.rglob("*")}
    assert made.keys() == real.keys()
    for name, path in real.items():
        assert path.is_dir() or path.read_bytes() == made[name].read_bytes(), name


@pytest.mark.timeout(300)
def test_after_a_power_cut_nothing_is_lost_and_nothing_leaves_twice(
    lived: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = cuts(lived.calls, CUTS)
    assert list(looked_at(lived, chosen, tmp_path, monkeypatch)) == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("how", LEFT)
def test_after_a_power_cut_at_any_sync(
    lived: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    chosen = [Cut(at, how) for at in islice(moments(lived.calls), SLOW_CUTS)]
    assert list(looked_at(lived, chosen, tmp_path, monkeypatch)) == []


def test_a_disk_that_lies_about_syncing_is_found_out(
    lived: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same run on a disk that syncs nothing: what left is forgotten, and leaves again."""
    sent = next(
        number
        for number, call in enumerate(lived.calls)
        if call.name == "write" and b'"end":1' in call.data
    )
    lying = Watched(
        home=lived.home,
        before=lived.before,
        calls=[call for call in lived.calls[: sent + 1] if call.name not in SYNCS],
    )
    cut = Cut(len(lying.calls), "nothing")
    folder = tmp_path / "lying"
    folder.mkdir()
    home = laid_down(lying, cut, folder / "home")
    on_another_start(home, monkeypatch)
    assert any("does not know" in each for each in faults(home, left=left_before(lying, cut)))
