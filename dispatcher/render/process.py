"""One rendering process as its caller sees it: started, given a lot, watched, ended."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from signal import Signals
from socket import socketpair

from dispatcher.render.job import Rendered
from dispatcher.render.worker import Task


WORKER = "dispatcher.render.worker"

LAST_BREATH = 2.0  # seconds between hanging up and death

# A fresh interpreter with our path: nothing of the caller is copied, `__main__` is not run again.
_CODE = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "serve = __import__(sys.argv[2], fromlist=['serve']).serve; "
    "serve(int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]), float(sys.argv[6]))"
)


@dataclass(slots=True, kw_only=True)
class Lot:
    """Jobs that travel together; `waiting` have no result yet, in order."""

    number: int
    waiting: list[tuple[int, Task]]
    done: list[Rendered] = field(default_factory=list)
    attempts: int = 0


@dataclass(slots=True, kw_only=True)
class Process:
    """A worker; `lot` is what it has in hand, `begun` how many of its jobs it began."""

    popen: subprocess.Popen[bytes]
    connection: Connection
    progress: int
    ready: bool = False
    lot: Lot | None = None
    begun: int = 0
    quiet: float = 0.0  # seconds for which it was watched and began nothing new
    looked: float = 0.0

    def give(self, lot: Lot, now: float) -> None:
        """Hand over the jobs that wait."""
        self.lot, self.begun, self.quiet, self.looked = lot, 0, 0.0, now
        self.connection.send([task for _, task in lot.waiting])

    def look(self, now: float, most: float) -> None:
        """Read how far it is; time in which the caller itself stood still counts `most` once."""
        begun = self._begun()
        self.quiet = 0.0 if begun else self.quiet + min(now - self.looked, most)
        self.begun += begun
        self.looked = now

    def take(self) -> Lot:
        """Its lot, back in the caller's hands, with the bytes that it wrote for it read."""
        if self.lot is None:
            raise RuntimeError("a process without a lot")
        lot, self.lot = self.lot, None
        self.begun += self._begun()
        return lot

    def last_breath(self) -> None:
        """Wait a moment for one that hung up: what it died of is known once it is dead."""
        with suppress(subprocess.TimeoutExpired):
            self.popen.wait(timeout=LAST_BREATH)

    def end(self) -> str:
        """End it, whatever it does, and say what it died of."""
        self.popen.kill()
        code = self.popen.wait()
        self.begun += self._begun()
        self.connection.close()
        os.close(self.progress)
        return Signals(-code).name if code < 0 else f"exit {code}"

    def _begun(self) -> int:
        try:
            return len(os.read(self.progress, 65536))
        except BlockingIOError:
            return 0


def start(
    texts: Mapping[str, str], *, memory_mb: int, seconds: float, entry: str = WORKER
) -> Process:
    """Start a worker and send it the templates; it says when it is ready.

    `entry` is the module whose `serve` it runs.
    """
    ours, theirs = socketpair()
    progress, write = os.pipe()
    os.set_blocking(progress, False)
    numbers = [str(theirs.fileno()), str(write), str(memory_mb), str(seconds)]
    popen = subprocess.Popen(  # noqa: S603 - our own interpreter, our own code
        [sys.executable, "-c", _CODE, json.dumps(sys.path), entry, *numbers],
        pass_fds=(theirs.fileno(), write),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    theirs.close()
    os.close(write)
    connection = Connection(ours.detach())
    connection.send(dict(texts))
    return Process(popen=popen, connection=connection, progress=progress)
