"""`relance replay`: what the rules would have done over a past ledger with its payments."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dispatcher.cli.asked import HomeOption, LangOption, asked
from dispatcher.cli.policies.simulate import FormOption, SeedOption


if TYPE_CHECKING:
    from collections.abc import Sequence

    from dispatcher.cli.policies.replayed import Asks, Side
    from dispatcher.cli.say import Speaker
    from dispatcher.home import Home
    from dispatcher.ledgers import Asked
    from dispatcher.policy.terms import Rulebook


def replay(  # noqa: PLR0917 - one parameter per option of the command
    ledger: Annotated[
        Path | None,
        typer.Argument(help="A file with payment days; all files of the home without."),
    ] = None,
    begin: Annotated[
        str, typer.Option("--from", help="The first day, YYYY-MM-DD.", metavar="DAY")
    ] = "",
    end: Annotated[str, typer.Option("--to", help="The last day, YYYY-MM-DD.", metavar="DAY")] = "",
    source: Annotated[
        str, typer.Option(help="The source of config.yaml that reads the file.", metavar="NAME")
    ] = "",
    rules: Annotated[
        str, typer.Option("--rules", "--policy", help="By other rules.", metavar="RULES")
    ] = "",
    against: Annotated[
        str, typer.Option(help="Side by side with these rules.", metavar="RULES")
    ] = "",
    assume: Annotated[
        str, typer.Option(help="A file that says what is paid after a step.", metavar="FILE")
    ] = "",
    disputed: Annotated[
        str,
        typer.Option(
            help="What is disputed from its due day: Disputed=Yes.", metavar="COLUMN=VALUE"
        ),
    ] = "",
    seed: SeedOption = 1,
    form: FormOption = "text",
    home: HomeOption = "",
    lang: LangOption = "",
) -> int:
    """Live a past ledger again: real invoices, real payments, what would have been sent."""
    # As `simulate`.
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    from dispatcher.cli.policies import replayed  # noqa: PLC0415 - Polars, not for --help
    from dispatcher.cli.policies.ahead import FORMATS, other_rules  # noqa: PLC0415 - as above
    from dispatcher.cli.policies.reports import known_format  # noqa: PLC0415 - as above
    from dispatcher.ledgers import Asked  # noqa: PLC0415 - as above

    found, speaker = asked(home, lang)
    known_format(form, FORMATS)
    wanted = Asked(file=ledger, source=source, disputed=_disputed(disputed))
    books = [(rules or found.rules.name, other_rules(rules, found))]
    if against:
        books.append((against, other_rules(against, found)))
    asks = replayed.Asks(begin=begin, end=end, assume=assume, seed=seed)
    sides = _sides(speaker, found, wanted, books, asks)
    replayed.FORMS[form](speaker, sides)
    return 0


def _disputed(text: str) -> tuple[str, str]:
    from dispatcher.errors import BadInput  # noqa: PLC0415 - as above
    from dispatcher.model.problem import Problem  # noqa: PLC0415 - as above

    heading, sign, value = text.partition("=")
    if text and not (heading and sign and value):
        raise BadInput(Problem(code="replay/disputed", fields={"value": text}))
    return heading.strip(), value.strip()


def _sides(
    speaker: "Speaker",
    home: "Home",
    wanted: "Asked",
    books: "Sequence[tuple[str, Rulebook | None]]",
    asks: "Asks",
) -> "list[Side]":
    from dispatcher.cli.policies import replayed  # noqa: PLC0415 - as above
    from dispatcher.wiring import looking  # noqa: PLC0415 - as above

    sides, before = [], 0
    with speaker.progress() as tell:
        for name, rulebook in books:

            def told(done: int, total: int, before: int = before) -> None:
                tell("simulate", before + done, total * len(books))

            with looking(home, rulebook=rulebook) as house:
                sides.append(replayed.lived(name, house, wanted, asks, told))
            before += sides[-1].told.forecast.runs
    return sides
