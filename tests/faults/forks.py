"""Work in forks of one process, so that libraries are imported once and deaths cost little."""

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any, Final

from tests.faults.points import POINTS


#: A fork that dies by itself, and not by our hand, is a finding.
BROKEN: Final = 1

#: Seconds after which a fork that hangs is ended: that is a finding too.
HUNG: Final = 100

#: Polars brings an allocator whose own thread does not live on in a fork, which then waits for it.
ALLOCATOR: Final = "_RJEM_MALLOC_CONF"
ALONE: Final = "background_thread:false"

_WRITE: Final = os.write  # of our own pipe: no point


def in_child(work: Callable[[], object], *, dies_at: int | None = None) -> Any:  # noqa: ANN401 - JSON
    """What a fork makes of it, as JSON; None if it was killed at the point `dies_at`.

    Polars has threads once it has worked, so this process never works itself. With `dies_at` the
    points count; 0 counts them and kills nobody.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(HUNG)
        status = BROKEN
        try:
            os.close(reader)
            if dies_at is not None:
                POINTS.arm(dies_at)
            result = work()
            passed = POINTS.disarm()
            told = {"passed": passed, "said": result}
            _whole(writer, json.dumps(told).encode())
            status = 0
        except BaseException:  # noqa: BLE001 - the parent is told by the status
            POINTS.disarm()
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader) as said:
        result = said.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return None
    if status:
        raise SystemExit(f"a child failed by itself: {status}")
    return json.loads(result)


def begin_again(module: str, given: list[str]) -> None:
    """Start this program anew if the allocator would have a thread."""
    if ALONE not in os.environ.get(ALLOCATOR, ""):  # Polars adds words of its own
        program = [sys.executable, "-m", module, *given]
        os.execvpe(sys.executable, program, os.environ | {ALLOCATOR: ALONE})


def _whole(file: int, content: bytes) -> None:
    while content:
        content = content[_WRITE(file, content) :]
