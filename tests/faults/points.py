"""The points at which a process can die, and the death at one of them.

A point lies before and after every commit that changes a file of SQLite, around every call of the
system that writes, syncs, makes, names, cuts or removes a file (so around every line of the
journal), and where a provider of the tests says so: around the moment in which it takes a message.
"""

import io
import os
import signal
import sqlite3
from collections.abc import Callable
from typing import Any, Final


#: Calls that change what stays when the process is gone.
CALLS: Final = (
    "write",
    "fsync",
    "fdatasync",
    "ftruncate",
    "truncate",
    "rename",
    "replace",
    "link",
    "unlink",
    "remove",
    "mkdir",
    "rmdir",
)

#: What a statement begins with that ends a transaction or rewrites a file by itself.
ENDS: Final = ("COMMIT", "END", "VACUUM")


class Points:
    """Counts the points that a process passes, and kills it at one of them (0: at none)."""

    def __init__(self) -> None:
        self.armed = False
        self.passed = 0
        self.at = 0

    def arm(self, at: int) -> None:
        """From here on points count."""
        self.armed, self.passed, self.at = True, 0, at

    def disarm(self) -> int:
        """No more points; how many there were."""
        self.armed = False
        return self.passed

    def tick(self) -> None:
        """One point."""
        if not self.armed:
            return
        self.passed += 1
        if self.passed == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


#: Those of this process: a fork has its own.
POINTS: Final = Points()


class Ticking(sqlite3.Connection):
    """A connection whose commits are points, if they change anything."""

    _seen = 0

    def commit(self) -> None:
        self._ending(super().commit)

    def __exit__(self, *raised: object) -> Any:  # noqa: ANN401 - as the parent has it
        return self._ending(lambda: super(Ticking, self).__exit__(*raised))  # type: ignore[arg-type]  # as it came

    def execute(self, sql: str, *given: Any) -> Any:  # noqa: ANN401 - values of SQL
        if sql.lstrip().upper().startswith(ENDS):
            return self._ending(lambda: super(Ticking, self).execute(sql, *given), always=True)
        return super().execute(sql, *given)

    def _ending(self, end: Callable[[], Any], *, always: bool = False) -> Any:  # noqa: ANN401 - whatever it gives
        changes = self.total_changes
        if not always and changes == self._seen:
            return end()
        self._seen = changes
        POINTS.tick()
        result = end()
        POINTS.tick()
        return result


def around(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function between two points."""

    def ticking(*args: object, **named: object) -> object:
        POINTS.tick()
        result = function(*args, **named)
        POINTS.tick()
        return result

    return ticking


def everywhere() -> None:
    """Make points of all that makes work last, in this process and its forks, for good."""
    for name in CALLS:
        setattr(os, name, around(getattr(os, name)))
    plain, opened = sqlite3.connect, io.open

    def connect(*args: Any, **named: Any) -> Any:  # noqa: ANN401 - as the parent has it
        return plain(*args, **{"factory": Ticking, **named})

    def open_file(file: Any, mode: str = "r", *args: Any, **named: Any) -> Any:  # noqa: ANN401 - as above
        return (around(opened) if set(mode) & set("wax+") else opened)(file, mode, *args, **named)

    setattr(sqlite3, "connect", connect)  # noqa: B010 - its type
    setattr(io, "open", open_file)  # noqa: B010 - as above
