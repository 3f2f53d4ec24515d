"""Medians of several runs, and the memory of a process."""

import os
import platform
import resource
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path


def seconds(work: Callable[[], object], *, runs: int = 5) -> float:
    """The median time of a call; the first one warms up and is not counted."""
    return raced({"": work}, runs=runs)[""]


def raced(works: Mapping[str, Callable[[], object]], *, runs: int = 5) -> dict[str, float]:
    """The median time of each, taken in turns so that a busy moment meets all of them."""
    for work in works.values():
        work()
    turns = [{name: _once(work) for name, work in works.items()} for _ in range(runs)]
    return {name: statistics.median(turn[name] for turn in turns) for name in works}


def _once(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def peak_mb() -> int:
    """The most memory that this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def machine() -> str:
    """What the figures were measured on, in one line."""
    cores = len(os.sched_getaffinity(0))
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    cpu = names[0] if names else platform.processor() or platform.machine()
    return f"{cores} cores ({cpu}), {platform.system()}, Python {platform.python_version()}"
