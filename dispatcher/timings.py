"""How long each stage of a day takes, and the most memory that the process held meanwhile."""

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final


MB: Final = 1024 * 1024

#: Linux counts the most memory anew from the moment on that `5` is written here (proc(5)).
FORGET: Final = Path("/proc/self/clear_refs")
STATUS: Final = Path("/proc/self/status")


class Timings:
    """What was measured so far: stage to seconds, and to the peak in bytes, in order.

    Memory is the process's own resident set; a stage inside another one is measured in both.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.peaks: dict[str, int] = {}
        self._open: list[str] = []

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure what happens inside; a stage that comes again adds up."""
        self.seconds.setdefault(name, 0.0)
        self.peaks.setdefault(name, 0)
        self._note()
        self._open.append(name)
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] += time.perf_counter() - begun
            self._note()
            self._open.pop()

    def _note(self) -> None:
        """What the stages at work have held since the peak was last forgotten."""
        peak = _peak() if self._open else 0
        for name in self._open:
            self.peaks[name] = max(self.peaks[name], peak)
        with suppress(OSError):  # elsewhere the peak is that of the process so far
            FORGET.write_text("5", encoding="ascii")


def _peak() -> int:
    with suppress(OSError, StopIteration):
        lines = STATUS.read_text(encoding="ascii").splitlines()
        line = next(line for line in lines if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
