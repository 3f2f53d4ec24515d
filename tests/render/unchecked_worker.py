"""A worker whose templates are not checked: the walls have to hold when the door is open."""

import os

from dispatcher.compose import head, library
from dispatcher.compose.environment import text_environment
from dispatcher.model.problem import Problem
from dispatcher.render import worker


def _unchecked(*_: object) -> tuple[Problem, ...]:
    return ()


def _die(_: object) -> str:
    os._exit(3)


def serve(socket: int, progress: int, memory_mb: int, seconds: float) -> None:
    """What `dispatcher.render.worker` does, without the check of the template's tree."""
    for module, name in ((head, "check"), (library, "check"), (library, "check_blocks")):
        setattr(module, name, _unchecked)
    text_environment().globals["range"] = range
    text_environment().filters["die"] = _die
    worker.serve(socket, progress, memory_mb, seconds)
