"""Rendering in limited processes: one bad template is named and stopped, the others go on."""

import pickle
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing.connection import wait
from time import monotonic
from types import TracebackType
from typing import Self

from dispatcher.model.problem import Problem
from dispatcher.render.job import Job, Rendered
from dispatcher.render.process import WORKER, Lot, Process, start
from dispatcher.render.worker import READY, Result, Task


LOT = 50  # jobs per message to a worker
AHEAD = 20  # lots that may be done or in hand while an earlier one is not
LOOK = 0.1  # seconds between two looks at a silent worker
START = 30.0  # seconds in which a worker has to begin
ATTEMPTS = 3  # of a lot whose worker dies before it begins any job


class Pool:
    """Worker processes that render, each within `memory_mb` and `seconds` per message.

    One is started at once, the others, up to `workers`, when there is work for them. A context
    manager; leaving it ends every process, whatever it does. `texts` are templates that
    `compose.library.load` takes without a problem. `entry` is the module that a worker runs.
    """

    def __init__(
        self,
        texts: Mapping[str, str],
        *,
        workers: int = 2,
        memory_mb: int = 512,
        seconds: float = 2.0,
        entry: str = WORKER,
    ) -> None:
        self._texts = texts
        self._count = workers
        self._memory_mb = memory_mb
        self._seconds = seconds
        self._entry = entry
        self._unstarted = 0  # workers that died before they were ready
        self._processes: list[Process] = []

    def __enter__(self) -> Self:
        try:
            self._processes.append(self._start())
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def render(self, jobs: Iterable[Job]) -> Iterator[Rendered]:
        """The results in the order of the jobs, which are read as they are needed.

        Raises:
            RuntimeError: workers cannot be started, whatever they are given.
        """
        run = _Run(jobs=enumerate(map(_task, jobs)))
        try:
            while True:
                self._feed(run)
                yield from run.finished()
                if run.over:
                    return
                self._await(run)
        finally:
            for process in [p for p in self._processes if p.lot is not None]:
                self._replace(process)  # the caller went away: what it does is for nobody

    def _feed(self, run: "_Run") -> None:
        for process in list(self._processes):
            if process.ready and process.lot is None and (lot := run.next()) is not None:
                self._give(run, process, lot)
        idle = sum(process.lot is None for process in self._processes)
        if len(self._processes) < self._count and run.has(idle + 1):
            self._processes.append(self._start())

    def _give(self, run: "_Run", process: Process, lot: Lot) -> None:
        try:
            process.give(lot, monotonic())
        except (BrokenPipeError, ConnectionResetError):
            self._died(run, process)

    def _await(self, run: "_Run") -> None:
        """Wait until a worker answers, and look at those that do not."""
        awaited = [p for p in self._processes if p.lot is not None or not p.ready]
        answered = set(map(id, wait([p.connection for p in awaited], timeout=LOOK)))
        for process in awaited:
            if id(process.connection) in answered:
                self._answered(run, process)
            elif process.lot is not None:
                self._watch(run, process)

    def _answered(self, run: "_Run", process: Process) -> None:
        try:
            content = process.connection.recv_bytes()
        except (EOFError, ConnectionResetError):
            self._died(run, process)
            return
        if not process.ready:
            process.ready = content == READY
            return
        lot = process.take()
        # The worker gets its next lot before we spend time on this one.
        following = run.next()
        if following is not None:
            self._give(run, process, following)
        run.take(lot, pickle.loads(content))  # noqa: S301 - from our own worker

    def _watch(self, run: "_Run", process: Process) -> None:
        process.look(monotonic(), 2 * LOOK)
        if process.quiet > (self._seconds if process.begun else START):
            lot = process.take()
            self._replace(process)
            fields = {"seconds": f"{self._seconds:g}"}
            run.blame(lot, process.begun, "template/too-slow", fields)

    def _died(self, run: "_Run", process: Process) -> None:
        process.last_breath()
        if not process.ready:
            self._start_again(process)
            return
        lot = process.take()
        reason = self._replace(process)
        run.blame(lot, process.begun, "template/crashed", {"detail": reason})

    def _start_again(self, process: Process) -> None:
        """A successor for one that was killed before it was ready; one that gave up gets none."""
        reason = self._replace(process)
        self._unstarted += 1
        if reason.startswith("exit") or self._unstarted > ATTEMPTS:
            message = f"a rendering process did not start ({reason})"
            raise RuntimeError(message)

    def _replace(self, process: Process) -> str:
        reason = process.end()
        self._processes[self._processes.index(process)] = self._start()
        return reason

    def _start(self) -> Process:
        return start(
            self._texts, memory_mb=self._memory_mb, seconds=self._seconds, entry=self._entry
        )

    def _end(self) -> None:
        while self._processes:
            self._processes.pop().end()


@dataclass(slots=True, kw_only=True)
class _Run:
    """The lots of one call: cut from the jobs, handed out, put back in order."""

    jobs: Iterator[tuple[int, Task]]
    again: deque[Lot] = field(default_factory=deque)
    done: dict[int, Lot] = field(default_factory=dict)
    cut: int = 0  # lots made so far
    given: int = 0  # lots given back to the caller
    dry: bool = False  # no more jobs

    @property
    def over(self) -> bool:
        return self.dry and self.given == self.cut

    def has(self, lots: int) -> bool:
        """Whether as many lots wait for a worker."""
        while len(self.again) < lots and self.cut - self.given < AHEAD:
            lot = self._cut()
            if lot is None:
                break
            self.again.append(lot)
        return len(self.again) >= lots

    def next(self) -> Lot | None:
        """A lot to work on, or None: there is none, or too many wait for a slow one."""
        if self.again:
            return self.again.popleft()
        return None if self.cut - self.given >= AHEAD else self._cut()

    def _cut(self) -> Lot | None:
        waiting = list(islice(self.jobs, LOT))
        if not waiting:
            self.dry = True
            return None
        self.cut += 1
        return Lot(number=self.cut - 1, waiting=waiting)

    def take(self, lot: Lot, results: list[Result]) -> None:
        """The results of the jobs that waited."""
        for (index, _), result in zip(lot.waiting, results, strict=True):
            lot.done.append(_rendered(index, result))
        lot.waiting = []
        self.done[lot.number] = lot

    def blame(self, lot: Lot, begun: int, code: str, fields: Mapping[str, str]) -> None:
        """Name the job that was begun last; the others of its lot are done again."""
        lot.attempts += 0 if begun else 1
        if lot.attempts > ATTEMPTS:
            raise RuntimeError("rendering processes die before they begin")
        if begun:
            index, task = lot.waiting.pop(begun - 1)
            problem = Problem(code=code, fields={"template": task[0], **fields})
            lot.done.append(Rendered(index=index, problem=problem))
        if lot.waiting:
            self.again.append(lot)
        else:
            self.done[lot.number] = lot

    def finished(self) -> Iterator[Rendered]:
        """What may be given back now, in order."""
        while self.given in self.done:
            lot = self.done.pop(self.given)
            self.given += 1
            yield from sorted(lot.done, key=lambda rendered: rendered.index)


def _task(job: Job) -> Task:
    return (job.template, job.channel, job.tone, job.lang, job.data)


def _rendered(index: int, result: Result) -> Rendered:
    if isinstance(result, Problem):
        return Rendered(index=index, problem=result)
    parts, files = result
    return Rendered(index=index, parts=parts, files=files)
