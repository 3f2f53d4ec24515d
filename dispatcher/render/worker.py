"""The rendering process: few rights, little memory, one lot of jobs after the other.

It is started as a fresh interpreter that imports this module alone, never as a copy of the
caller, and talks over one socket: lots in, results out. Before each job it writes one byte to a
pipe, so that the caller knows which job it died of.
"""

import os
import resource
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection

from dispatcher.compose.contact import Data
from dispatcher.compose.library import Library, load
from dispatcher.compose.render import NotRendered, render
from dispatcher.model.problem import Problem


#: template, channel, tone, language, data: tuples pickle faster than our classes.
Task = tuple[str, str, str, str, Data]
Result = Mapping[str, str] | Problem

MEGABYTE = 1024 * 1024
READY = b"ready"


def serve(socket: int, progress: int, memory_mb: int, seconds: float) -> None:
    """Read the templates, then render lots until the caller closes the socket."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the caller has the keyboard, and closes us
    connection = Connection(socket)
    with suppress(EOFError, ConnectionResetError, BrokenPipeError):
        library = _library(connection.recv())
        _limit(memory_mb)
        connection.send_bytes(READY)
        while True:
            tasks: Sequence[Task] = connection.recv()
            _allow(len(tasks) * seconds)
            connection.send(list(_results(library, tasks, progress, memory_mb)))


def _library(texts: Mapping[str, str]) -> Library:
    library, problems = load(texts)
    if library is None:
        message = f"the caller has to check its templates first: {problems[0].code}"
        raise ValueError(message)
    return library


def _results(
    library: Library, tasks: Sequence[Task], progress: int, memory_mb: int
) -> Iterator[Result]:
    for template, channel, tone, lang, data in tasks:
        os.write(progress, b".")
        try:
            yield render(library, template, channel=channel, tone=tone, lang=lang, data=data)
        except NotRendered as refused:
            yield refused.problem
        except MemoryError:
            fields = {"template": template, "memory": str(memory_mb)}
            yield Problem(code="template/too-much-memory", fields=fields)


def _limit(memory_mb: int) -> None:
    """No more memory than this, no file written, no core left behind."""
    for what, most in (
        (resource.RLIMIT_AS, memory_mb * MEGABYTE),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # a system may forbid what it does not know
            resource.setrlimit(what, (most, most))


def _allow(seconds: float) -> None:
    """Processor time for one lot, in case nobody is left to watch."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime + seconds) + 2
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
