"""`relance event`: what happened outside, entered by the person who knows of it."""

from typing import Annotated

import typer

from dispatcher.cli.asked import (
    CaseArgument,
    DateOption,
    HomeOption,
    LangOption,
    PersonOption,
    opened,
)


def event(  # noqa: PLR0917 - one parameter per option of the command
    case: CaseArgument,
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="promise_made, dispute_opened, payment, ...")
    ],
    person: PersonOption,
    on: Annotated[str, typer.Option("--on", help="The day it happened.", metavar="DAY")] = "",
    until: Annotated[
        str, typer.Option("--until", help="The day that was promised.", metavar="DAY")
    ] = "",
    amount: Annotated[
        str, typer.Option("--amount", help="In the case's currency: 150 or 150.00.", metavar="EUR")
    ] = "",
    part: Annotated[bool, typer.Option("--part", help="Only --amount of it is disputed.")] = False,
    channel: Annotated[
        str, typer.Option("--channel", help="The channel it is about.", metavar="NAME")
    ] = "",
    reason: Annotated[
        str, typer.Option("--reason", help="Why he does not pay.", metavar="WORD")
    ] = "",
    instalments: Annotated[
        str,
        typer.Option("--instalments", help="Of a plan: monthly, from --until on.", metavar="N"),
    ] = "",
    note: Annotated[str, typer.Option("--note", help="What was said.", metavar="TEXT")] = "",
    home: HomeOption = "",
    date: DateOption = "",
    lang: LangOption = "",
) -> int:
    """Enter what happened to a case: a promise, a dispute, a plan, a payment, a reply."""
    from dispatcher.people.happened import Told, record  # noqa: PLC0415 - heavy, and not for --help

    with opened(home, lang, date=date, writes=True) as (house, speaker):
        told = Told(
            kind=kind,
            on=on,
            until=until,
            amount=amount,
            part=part,
            channel=channel,
            reason=reason,
            instalments=instalments,
            note=note,
            person=person,
        )
        day = record(house, case, told)
        speaker.say("event/done", case=case, what=speaker.words(f"event/{kind}"), day=day)
    return 0
