"""The area `installation`: Python, SQLite, our own packages, what ships with them."""

from collections.abc import Iterator

from dispatcher.checklist.point import Point, State, point
from dispatcher.checklist.seen import Machine


def installation(machine: Machine) -> Iterator[Point]:
    """What every home on this machine stands on."""
    yield point("python", good=True, otherwise=State.PROBLEM, version=machine.python)
    yield point("sqlite", good=True, otherwise=State.PROBLEM, version=machine.sqlite)
    yield point("package", good=not machine.foreign, otherwise=State.PROBLEM)
    folder, names = machine.shipped, ", ".join(machine.missing)
    yield point(
        "shipped", good=not machine.missing, otherwise=State.PROBLEM, folder=folder, names=names
    )
