"""The command line: thin, every word from the registry, every error with its exit code."""

import gc
import sys
from typing import Final


#: New objects between two looks for cycles. A day makes millions of objects and hardly a cycle:
#: at Python's 700 the looking costs a quarter of a month of the sample company.
LOOK_AFTER: Final = 100_000


def main() -> None:
    """Run one command; `relance --help` lists them."""
    gc.set_threshold(LOOK_AFTER, 20, 20)
    from dispatcher.cli.commands import command  # noqa: PLC0415 - nothing heavy before it is needed

    sys.exit(command(sys.argv[1:]))
