"""`relance sample`: exports to try things out with."""

from datetime import date
from pathlib import Path
from typing import Final

import typer

from dispatcher.cli.say import Speaker
from dispatcher.errors import BadInput
from dispatcher.home import unwritable
from dispatcher.sample.company import DEBTORS, company
from dispatcher.sample.files import exports
from dispatcher.sample.portfolio import portfolio


SMALL: Final = 60  # debtors of the portfolio that is printed


def print_portfolio(*, today: date, seed: int, debtors: int) -> None:
    """A small export without a past on standard output; 0 debtors are the usual number."""
    typer.echo(portfolio(today=today, seed=seed, debtors=debtors or SMALL), nl=False)


def write_company(speaker: Speaker, folder: Path, *, today: date, seed: int, debtors: int) -> None:
    """All exports of a company with two years behind it; 0 debtors are the usual number.

    Raises:
        BadInput: the folder cannot be written.
    """
    made = company(today=today, seed=seed, debtors=debtors or DEBTORS)
    for name, text in exports(made, today).items():
        path = folder / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise BadInput(unwritable(path, error)) from error
        speaker.say("sample/written", path=path, rows=text.count("\n") - 1)
