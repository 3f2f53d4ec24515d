"""Stages of a run, each with its time and the most memory it held."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from types import ModuleType
from typing import ParamSpec, TypeVar


P = ParamSpec("P")
R = TypeVar("R")


@dataclass(slots=True, kw_only=True)
class Stages:
    """What has been measured so far: name to seconds and MB, in order."""

    seconds: dict[str, float] = field(default_factory=dict)
    peaks: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure what happens inside; a name that comes again adds up."""
        _forget_peak()
        begun = time.perf_counter()
        try:
            yield
        finally:
            took = time.perf_counter() - begun
            self.seconds[name] = self.seconds.get(name, 0.0) + took
            self.peaks[name] = max(self.peaks.get(name, 0), _peak_mb())

    def watched(self, module: ModuleType, function: str, name: str) -> None:
        """Measure every call of a module's function from now on."""
        inside = getattr(module, function, None)
        if inside is not None:
            setattr(module, function, self._watched(inside, name))

    def _watched(self, inside: Callable[P, R], name: str) -> Callable[P, R]:
        @wraps(inside)
        def outside(*args: P.args, **kwargs: P.kwargs) -> R:
            with self.stage(name):
                return inside(*args, **kwargs)

        return outside


def _forget_peak() -> None:
    """Let the kernel count the most memory from now on."""
    Path("/proc/self/clear_refs").write_text("5")


def _peak_mb() -> int:
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024
