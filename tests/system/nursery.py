"""Whole `relance` processes at a fraction of their start: forked from one that has loaded it all.

Run as a program with a folder it serves command lines from its input; `Nursery` is how tests talk
to it. What it forks is a process like any other: its own locks, files, signals and death. It waits
for strace to hold it where that is asked, before it does anything.
"""

import json
import os
import resource
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any, Final

from tests.system.strace import is_traced


ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What a process said, and its code; minus the signal that killed it."""

    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        return self.out + self.err


@dataclass(kw_only=True)
class Running:
    """A process that was started."""

    pid: int
    files: tuple[Path, Path]
    nursery: "Nursery"

    def wait(self) -> Ended:
        """Until it ends."""
        return self.ended

    def kill(self, number: int = signal.SIGKILL) -> None:
        os.kill(self.pid, number)

    def said(self) -> str:
        """What it has said so far."""
        return "".join(path.read_text("utf-8", "replace") for path in self.files)

    @cached_property
    def ended(self) -> Ended:
        status = self.nursery.ask({"wait": self.pid})
        out, err = (path.read_text("utf-8", "replace") for path in self.files)
        return Ended(code=os.waitstatus_to_exitcode(int(status)), out=out, err=err)


class Nursery:
    """The other end of the program."""

    def __init__(self, process: "subprocess.Popen[str]", folder: Path) -> None:
        self._process = process
        self._folder = folder
        self._started = 0

    def start(
        self,
        *argv: str,
        env: Mapping[str, str] | None = None,
        held: bool = False,
        largest: int = 0,
    ) -> Running:
        """`relance` with these words.

        `held`: it begins once strace has it. `largest`: no file of it may be longer, in bytes.
        """
        self._started += 1
        files = tuple(self._folder / f"{self._started}.{end}" for end in ("out", "err"))
        for file in files:
            file.touch()
        told: dict[str, object] = {"argv": argv, "env": dict(env or {}), "held": held}
        told |= {"files": [*map(str, files)], "largest": largest}
        return Running(pid=int(self.ask(told)), files=(files[0], files[1]), nursery=self)

    def run(self, *argv: str, env: Mapping[str, str] | None = None) -> Ended:
        """The same, to its end."""
        return self.start(*argv, env=env).wait()

    def ask(self, told: Mapping[str, object]) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@contextmanager
def nursery(folder: Path) -> Iterator[Nursery]:
    """A program that forks; whatever it still runs at the end is killed."""
    folder.mkdir()
    with subprocess.Popen(
        [sys.executable, "-m", "tests.system.nursery", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        yield Nursery(process, folder)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=60) == 0


# -- the program --------------------------------------------------------------------------------


def serve(orders: IO[str], answers: IO[str]) -> None:
    """Fork and wait as told, line by line, until there are no more."""
    alive = set[int]()
    for line in orders:
        told = json.loads(line)
        if "wait" in told:
            _, said = os.waitpid(told["wait"], 0)
            alive.discard(told["wait"])
        else:
            said = _forked(told)
            alive.add(said)
        answers.write(f"{said}\n")
        answers.flush()
    for pid in alive:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _forked(told: Mapping[str, Any]) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        _settle_in(told)
        from dispatcher.cli.commands import command  # noqa: PLC0415 - loaded long ago

        code = command(told["argv"])
    except BaseException:  # noqa: BLE001 - as the interpreter would say it
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _settle_in(told: Mapping[str, Any]) -> None:
    os.environ.update(told["env"])
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    for number, name in enumerate(told["files"], start=1):
        file = os.open(name, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        os.dup2(file, number)
        os.close(file)
    if told["largest"]:
        resource.setrlimit(resource.RLIMIT_FSIZE, (told["largest"], told["largest"]))
    while told["held"] and not is_traced(os.getpid()):
        time.sleep(0.002)


def main(folder: Path) -> None:
    from tests.day.kill_day import load_libraries  # noqa: PLC0415 - only the program needs it

    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what loading prints is no answer
    load_libraries(folder / "first")
    import dispatcher.cli.commands  # noqa: F401, PLC0415 - what every fork begins with

    serve(sys.stdin, answers)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
