"""`relance explain`: why a case is answered so, and what another answer would take."""

from typing import Annotated

import typer

from dispatcher.cli.asked import CaseArgument, DateOption, HomeOption, LangOption, asked


def explain(
    case: CaseArgument,
    why_not: Annotated[
        str,
        typer.Option(help="Instead: what it would take for this rule to answer.", metavar="RULE"),
    ] = "",
    home: HomeOption = "",
    date: DateOption = "",
    lang: LangOption = "",
) -> int:
    """Say what one case answers and why; with --date what it answered, or would answer, then."""
    from dispatcher.questions import explained  # noqa: PLC0415 - heavy, and not for --help
    from dispatcher.wiring import looking  # noqa: PLC0415 - as above

    found, speaker = asked(home, lang)
    with looking(found, day=date) as house:
        told = explained(house, case, speaker.lang, chosen=bool(date), rule=why_not)
        for line in told:
            speaker.line(line)
    return 0
