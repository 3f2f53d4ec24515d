"""What tests share without seeing it: readings of equal texts, and warm rendering processes.

Hundreds of tests open homes in which the same rules and templates stand. What is read from equal
texts is equal and never changes, so it is read once per worker; a rendering process knows nothing
but its templates, so the next test with these goes on with it. The tests of the readers and of the
pool itself import what they test by name, and get the real thing.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from functools import wraps
from typing import ParamSpec, TypeVar

from dispatcher.render.pool import Pool
from dispatcher.render.process import Process


P = ParamSpec("P")
R = TypeVar("R")

READINGS = 64  # of each reader, the latest ones
WARM = 4  # rendering processes that wait for the next test


def remembered(read: Callable[P, R]) -> Callable[P, R]:
    """The pure reader, which does not read equal texts again."""
    known: OrderedDict[Hashable, list[tuple[object, R]]] = OrderedDict()

    @wraps(read)
    def reading(*args: P.args, **kwargs: P.kwargs) -> R:
        key = tuple(_key(each) for each in args)
        same = known.setdefault(key, [])
        known.move_to_end(key)
        for asked, result in same:
            if asked == kwargs:
                return result
        result = read(*args, **kwargs)
        same.append((kwargs, result))
        while len(known) > READINGS:
            known.popitem(last=False)
        return result

    return reading


def _key(value: object) -> Hashable:
    return tuple(sorted(value.items())) if isinstance(value, Mapping) else str(value)


class WarmPool(Pool):
    """A pool whose processes wait for the next one with the same templates and limits."""

    _warm: "list[tuple[object, Process]]" = []  # noqa: RUF012 - of all pools, on purpose

    def _start(self) -> Process:
        for at, (made_for, process) in enumerate(self._warm):
            if made_for == self._made_for:
                del self._warm[at]
                return process
        return super()._start()

    def _end(self) -> None:
        while self._processes:
            process = self._processes.pop()
            if process.lot is None and process.popen.poll() is None:
                self._warm.append((self._made_for, process))
            else:
                process.end()
        self.cool(WARM)

    @property
    def _made_for(self) -> object:
        return dict(self._texts), self._memory_mb, self._seconds, self._entry

    @classmethod
    def cool(cls, most: int) -> None:
        """End the processes that have waited longest, until so many are left."""
        while len(cls._warm) > most:
            cls._warm.pop(0)[1].end()
