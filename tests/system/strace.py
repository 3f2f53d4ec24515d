"""What a process asks of the system, told by strace: watched, or refused at its so-manyth call."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final


PROGRAM: Final = shutil.which("strace")

WATCHED: Final = (
    "openat,write,pwrite64,writev,ftruncate,fsync,fdatasync,connect,sendto,"
    "rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,rmdir"
)

_LINE: Final = re.compile(r"(\d+) +(\w+)\((.*)\) += (-?\d+)(.*)", re.DOTALL)
_BEGUN: Final = re.compile(r"(\d+) +(\w+)\((.*) <unfinished \.\.\.>", re.DOTALL)
_RESUMED: Final = re.compile(r"(\d+) +<\.\.\. (\w+) resumed>(.*)", re.DOTALL)
_TEXT: Final = re.compile(r'"((?:\\x[0-9a-f]{2})*)"|<((?:\\x[0-9a-f]{2})+)>')


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call that succeeded. `began` and `ended` are lines of the log, so they can be compared."""

    process: int
    name: str
    words: str  # its arguments as strace prints them
    result: int
    began: int
    ended: int
    texts: tuple[bytes, ...] = field(repr=False)  # every path and content among them, in order

    @property
    def path(self) -> str:
        """The first path, or the name of a socket."""
        return self.texts[0].decode(errors="replace") if self.texts else ""

    @property
    def data(self) -> bytes:
        """What is written or sent."""
        return self.texts[1][: self.result] if len(self.texts) > 1 else b""

    @property
    def descriptor(self) -> int:
        return int(self.words.partition("<")[0])


def calls_of(log: Path) -> list[Call]:
    """The calls of a log in the order of their ends."""
    return list(_read(log.read_text("ascii").splitlines()))


def _read(lines: Sequence[str]) -> Iterator[Call]:
    begun: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(lines):
        if (half := _BEGUN.fullmatch(line)) is not None:
            begun[half[1]] = (number, f"{half[1]} {half[2]}({half[3]}")
            continue
        began, whole = number, line
        if (rest := _RESUMED.fullmatch(line)) is not None:
            began, first = begun.pop(rest[1])
            whole = first + rest[3]
        found = _LINE.fullmatch(whole)
        if found is None or (found[4] == "-1" and "EINPROGRESS" not in found[5]):
            continue
        words = f"{found[3]} = {found[4]}{found[5]}"
        yield Call(
            process=int(found[1]),
            name=found[2],
            words=found[3],
            result=int(found[4]),
            began=began,
            ended=number,
            texts=tuple(_plain(each) for each in _TEXT.finditer(words)),
        )


def _plain(found: "re.Match[str]") -> bytes:
    return bytes.fromhex((found[1] or found[2] or "").replace("\\x", ""))


@contextmanager
def watched(pid: int, log: Path) -> Iterator[None]:
    """Every call of a process that waits for it, and of what it starts, goes into the log."""
    with _attached(pid, "-y", "-xx", "-s", "100000000", "-e", f"trace={WATCHED}", "-o", str(log)):
        yield


@contextmanager
def refused(
    pid: int, names: str, fault: str, when: str, *, path: Path | None = None
) -> Iterator[None]:
    """The so-manyth (`3`; `3+`: and all after it) of these calls of a thread fails with `fault`."""
    where = [] if path is None else ["-P", str(path)]
    told = ["-e", f"trace={names}", "-e", f"inject={names}:error={fault}:when={when}"]
    with _attached(pid, *where, *told, "-o", "/dev/null"):
        yield


@contextmanager
def _attached(pid: int, *words: str) -> Iterator[None]:
    assert PROGRAM is not None, "the tests of order and faults want strace: apt-get install strace"
    command = [PROGRAM, "-f", "-qq", *words, "-p", str(pid)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        while not is_traced(pid) and process.poll() is None:
            time.sleep(0.002)
        if process.poll():  # without the right to watch it says so, and what waits would wait on
            os.kill(pid, signal.SIGKILL)
            raise AssertionError(process.communicate()[1])
        yield
        process.communicate(timeout=100)  # it ends with what it watches


def is_traced(pid: int) -> bool:
    """Whether strace has this process."""
    with suppress(OSError):
        return "TracerPid:\t0\n" not in Path(f"/proc/{pid}/status").read_text("ascii")
    return False
