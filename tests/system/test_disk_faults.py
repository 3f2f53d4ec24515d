"""The disk refuses: a whole run ends with one clear line, and the next one makes it good.

strace lets the so-manyth call of a run fail. At every call: `./run test -m slow
tests/system/test_disk_faults.py`.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from dispatcher import app
from dispatcher.home import Home
from dispatcher.wiring import opened_house
from tests.system.conftest import Watched
from tests.system.homes import DAY, exported, faults, stored
from tests.system.nursery import Ended, Nursery
from tests.system.strace import refused


SAMPLED: Final = 2

DISK: Final = 4  # exit code


class Fault(NamedTuple):
    """Calls that fail, how, for ever or once, and in which file (all of them when empty)."""

    call: str
    error: str
    for_ever: bool = False
    file: str = ""


FAULTS: Final = {
    "the disk is full": Fault("pwrite64", "ENOSPC", for_ever=True),
    "syncing fails": Fault("fdatasync", "EIO"),
    "the journal has no place": Fault("write", "ENOSPC", file="var/journal.jsonl"),
}
MORE: Final = {
    **FAULTS,
    "the disk is full for a moment": Fault("pwrite64", "ENOSPC"),
    "the disk is broken": Fault("pwrite64", "EIO", for_ever=True),
    "syncing fails for ever": Fault("fdatasync", "EIO", for_ever=True),
    "files cannot be synced": Fault("fsync", "EIO"),
    "the journal is broken": Fault("write", "EIO", for_ever=True, file="var/journal.jsonl"),
}


def numbers(lived: Watched, fault: Fault, most: int) -> Sequence[int]:
    """Which of these calls of the run's own thread are tried, counted from 1."""
    own = next(call.process for call in lived.calls)
    calls = [call for call in lived.calls if call.name == fault.call and call.process == own]
    places = [call.path for call in calls if call.path.endswith(fault.file)]
    # A letter that cannot be filed is put off like any other message.
    every = [number for number, path in enumerate(places, start=1) if "/sinks/" not in path]
    assert len(every) > 3, fault
    most = min(most, len(every))
    return [every[number * len(every) // most] for number in range(most)]


def struck(relance: Nursery, home: Home, fault: Fault, number: int) -> Ended:
    """A run whose so-manyth call fails."""
    run = relance.start("run", "--home", str(home.folder), "--date", str(DAY), held=True)
    when = f"{number}+" if fault.for_ever else str(number)
    path = home.folder / fault.file if fault.file else None
    with refused(run.pid, fault.call, fault.error, when, path=path):
        return run.wait()


def unclear(ended: Ended) -> Iterator[str]:
    """What is wrong with how it ended."""
    told = re.findall(r"^error\[([a-z/-]+)\]", ended.err, re.MULTILINE)
    if ended.code != DISK or len(told) != 1 or "Traceback" in ended.all:
        yield f"ended with {ended.code} and said {ended.err[-700:]}"


def made_good(home: Home) -> Iterator[str]:
    """What is wrong after the next run, which nothing hinders."""
    claimed = sum(each.state == "sending" for each in stored(home)) if has_begun(home) else 0
    exported(home)
    with opened_house(home, day=str(DAY), writes=True) as house:
        app.run(house)
    yield from faults(home, unknown=claimed)


def has_begun(home: Home) -> bool:
    return (home.var / "relance.sqlite").exists()


def tried(relance: Nursery, lived: Watched, fault: Fault, folder: Path, most: int) -> Iterator[str]:
    for number in numbers(lived, fault, most):
        home = Home(folder=Path(shutil.copytree(lived.before, folder / str(number))))
        wrong = [*unclear(struck(relance, home, fault, number)), *made_good(home)]
        yield from (f"{fault.call} {number} {fault.error}: {each}" for each in wrong)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_of_the_disk_is_one_clear_line_and_the_next_run_makes_it_good(
    relance: Nursery, lived: Watched, tmp_path: Path, fault: Fault
) -> None:
    assert list(tried(relance, lived, fault, tmp_path, SAMPLED)) == []


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("fault", MORE.values(), ids=MORE)
def test_a_fault_at_any_call_is_made_good(
    relance: Nursery, lived: Watched, tmp_path: Path, fault: Fault
) -> None:
    assert list(tried(relance, lived, fault, tmp_path, 10_000)) == []


# -- limits of the system itself ------------------------------------------------------------------


@pytest.mark.parametrize("largest", [20_000, 300_000])
def test_a_file_that_may_not_grow_is_one_clear_line(
    relance: Nursery, home: Home, largest: int
) -> None:
    arguments = ("run", "--home", str(home.folder), "--date", str(DAY))
    ended = relance.start(*arguments, largest=largest).wait()
    assert [*unclear(ended), *made_good(home)] == []


@contextmanager
def small_disk(folder: Path, room: int) -> Iterator[Callable[[str], None]]:
    """A file system of its own in that folder, of so many bytes; gives what mounts it anew."""
    folder.mkdir()
    made = mount("-t", "tmpfs", "-o", f"size={room}", "tmpfs", str(folder))
    if made.returncode:
        pytest.skip(f"needs the right to mount: {made.stderr}")
    try:
        yield lambda options: mount("-o", f"remount,{options}", str(folder)).check_returncode()
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def mount(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)


def moved_in(template: Home, folder: Path, outside: Path) -> Home:
    """The home in that folder; what leaves by the sandbox's channels has room elsewhere."""
    home = Home(folder=Path(shutil.copytree(template.folder, folder / "home")))
    outside.mkdir()
    shutil.rmtree(home.sinks, ignore_errors=True)
    home.sinks.symlink_to(outside)
    exported(home)
    return home


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts")
def test_a_disk_that_fills_up_is_one_clear_line_and_room_makes_it_good(
    relance: Nursery, template: Home, tmp_path: Path
) -> None:
    """From a disk on which nothing has room to one that lacks a page at the end."""
    wrong = list[str]()
    with small_disk(tmp_path / "disk", 64_000_000) as again:
        for room in (0, 60_000, 440_000):
            home = moved_in(template, tmp_path / "disk", tmp_path / f"sinks-{room}")
            again(f"size={used(tmp_path / 'disk') + room}")
            ended = relance.run("run", "--home", str(home.folder), "--date", str(DAY))
            again("size=64000000")
            found = [*unclear(ended), *made_good(home)]
            wrong += [f"with room for {room}: {each}" for each in found]
            shutil.rmtree(home.folder)
    assert wrong == []


def used(folder: Path) -> int:
    return shutil.disk_usage(folder).used


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts")
def test_a_disk_that_may_only_be_read_is_one_clear_line(
    relance: Nursery, template: Home, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", 64_000_000) as again:
        home = moved_in(template, tmp_path / "disk", tmp_path / "sinks")
        again("ro")
        first = relance.run("run", "--home", str(home.folder), "--date", str(DAY))
        again("rw")
        assert [*unclear(first), *made_good(home)] == []
        again("ro")
        later = relance.run("send", "--home", str(home.folder), "--date", str(DAY))
        assert list(unclear(later)) == []
