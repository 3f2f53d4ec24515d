"""The rendering process: few rights, little memory, one lot of jobs after the other.

It is started as a fresh interpreter that imports this module alone, never as a copy of the
caller, and talks over one socket: lots in, results out. Before each job it writes one byte to a
pipe, so that the caller knows which job it died of.
"""

import os
import resource
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection

from dispatcher.compose.contact import Data
from dispatcher.compose.library import Library, known
from dispatcher.compose.render import NotRendered, render
from dispatcher.model.problem import Problem
from dispatcher.render.typeset import Press


#: template, channel, tone, language, data: tuples pickle faster than our classes.
Task = tuple[str, str, str, str, Data]
#: Parts and files by name, or why there are none.
Result = tuple[Mapping[str, str], Mapping[str, bytes]] | Problem

MEGABYTE = 1024 * 1024
READY = b"ready"


def serve(
    socket: int,
    progress: int,
    memory_mb: int,
    seconds: float,
    *,
    press: Callable[[Mapping[str, str]], Press] = Press,
) -> None:
    """Read the templates, then render lots until the caller closes the socket.

    `press` makes the files of letters.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the caller has the keyboard, and closes us
    connection = Connection(socket)
    with suppress(EOFError, ConnectionResetError, BrokenPipeError):
        texts = connection.recv()
        library, maker = known(texts), press(texts)
        _limit(memory_mb)
        connection.send_bytes(READY)
        while True:
            tasks: Sequence[Task] = connection.recv()
            _allow(len(tasks) * seconds)
            connection.send(list(_results(library, maker, tasks, progress, memory_mb)))


def _results(
    library: Library, press: Press, tasks: Sequence[Task], progress: int, memory_mb: int
) -> Iterator[Result]:
    for template, channel, tone, lang, data in tasks:
        os.write(progress, b".")
        try:
            parts = render(library, template, channel=channel, tone=tone, lang=lang, data=data)
            yield press.letter(template, parts, data, channel=channel, lang=lang)
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
