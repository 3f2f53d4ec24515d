"""Stages of a run, each with its time and the most memory it held."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True, kw_only=True)
class Stages:
    """What has been measured so far: name to seconds and MB, in order.

    `worked` is processor time of all threads: on a busy machine the seconds say little.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    worked: dict[str, float] = field(default_factory=dict)
    peaks: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure what happens inside; a name that comes again adds up."""
        _forget_peak()
        begun, worked = time.perf_counter(), time.process_time()
        try:
            yield
        finally:
            took = time.perf_counter() - begun
            self.seconds[name] = self.seconds.get(name, 0.0) + took
            worked = time.process_time() - worked
            self.worked[name] = self.worked.get(name, 0.0) + worked
            self.peaks[name] = max(self.peaks.get(name, 0), _peak_mb())


def prefixed(stages: Stages, name: str) -> Callable[[str], AbstractContextManager[None]]:
    """The stages of one part of a run."""
    return lambda stage: stages.stage(f"{name}: {stage}")


def _forget_peak() -> None:
    """Let the kernel count the most memory from now on."""
    Path("/proc/self/clear_refs").write_text("5")


def _peak_mb() -> int:
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024
