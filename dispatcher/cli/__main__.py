"""`python -m dispatcher.cli` is the command `relance`."""

from dispatcher.cli import main


main()
