"""The command line: thin, every word from the registry, every error with its exit code."""

import sys


def main() -> None:
    """Run one command; `relance --help` lists them."""
    from dispatcher.cli.commands import command  # noqa: PLC0415 - nothing heavy before it is needed

    sys.exit(command(sys.argv[1:]))
