"""What stops a command, by who has to act.

* RelanceError
    - BadInput: an operator mends a file, a setting or an option (exit 2)
    - WantsPerson: safety, stale data or a missing confirmation (exit 3)
    - StoreFault: the store or the disk does not do its work (exit 4)
    - Busy: another run is at work; come back later (exit 75)
    - Withheld: `stop` was said before this message left; nothing was sent

Mistakes in what operators write are values (`model.problem.Problem`), collected and carried by
`BadInput` all at once. Mistakes of programmers raise whatever Python raises.
"""

from collections.abc import Sequence
from typing import ClassVar

from dispatcher.model.problem import Problem


class RelanceError(Exception):
    """A command cannot go on; `problems` says why, in values that are put into words later."""

    exit_code: ClassVar[int] = 2

    def __init__(self, problems: Sequence[Problem] | Problem) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__(", ".join(problem.code for problem in self.problems))


class BadInput(RelanceError):
    """Nothing was done: a file, a setting or an option has to be mended first."""

    exit_code = 2


class WantsPerson(RelanceError):
    """Nothing leaves before a person has looked: a safety limit, stale data, a confirmation."""

    exit_code = 3


class StoreFault(RelanceError):
    """The store or the disk failed; what was committed stays, what was not never happened."""

    exit_code = 4


class Busy(RelanceError):
    """Another run holds the home; this one gave way and changed nothing (EX_TEMPFAIL)."""

    exit_code = 75


class Withheld(Exception):
    """`stop` was said before the irrevocable byte: the message has not left and stays planned."""
