"""`relance plan`: what a run would do, and a person's word that one case waits or goes on."""

from dataclasses import replace
from typing import Annotated, Final

import typer

from dispatcher.cli.asked import (
    CaseArgument,
    DateOption,
    HomeOption,
    LangOption,
    PersonOption,
    TimingsOption,
    asked,
    note_stops,
    opened,
    refuse_before,
)


FORMATS: Final = ("table", "json", "csv")

plan = typer.Typer(invoke_without_command=True, rich_markup_mode=None)

FormatOption = Annotated[
    str, typer.Option("--format", help="table, json or csv.", metavar="FORMAT")
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why.", metavar="TEXT")]


@plan.callback()
def show(  # noqa: PLR0917 - one parameter per option of the command
    context: typer.Context,
    home: HomeOption = "",
    date: DateOption = "",
    form: FormatOption = "table",
    timings: TimingsOption = False,
    lang: LangOption = "",
) -> int:
    """Show what a run would do today; writes nothing, sends nothing."""
    if context.invoked_subcommand is not None:
        refuse_before(context, given=bool(home or date or lang or timings or form != FORMATS[0]))
        return 0
    if form not in FORMATS:
        raise typer.BadParameter(f"'{form}' is not a format; write {', '.join(FORMATS)}")
    _show(home, date, form, lang, timings=timings)
    return 0


def _show(home: str, date: str, form: str, lang: str, *, timings: bool) -> None:
    from dispatcher.cli.export import as_csv, as_json  # noqa: PLC0415 - heavy, and not for --help
    from dispatcher.cli.planned import show_plan, show_replies  # noqa: PLC0415 - as above
    from dispatcher.cli.views import show_came, show_some, show_timings  # noqa: PLC0415 - as above
    from dispatcher.decide.costs import prices_of  # noqa: PLC0415 - as above
    from dispatcher.questions import preview  # noqa: PLC0415 - as above
    from dispatcher.timings import Timings  # noqa: PLC0415 - as above
    from dispatcher.wiring import looking  # noqa: PLC0415 - as above

    found, speaker = asked(home, lang)
    measured = Timings()
    with looking(found, day=date) as house:
        seen = preview(replace(house, stage=measured.stage))
        if form == "table":
            show_came(speaker, seen.came)
            show_plan(speaker, seen.plan, house.clock.today(), house.settings)
            show_replies(speaker, seen.replies.contacts)
        elif form == "json":
            speaker.line(as_json(seen.plan, house.clock.today(), prices_of(house.settings)))
        else:
            speaker.line(as_csv(seen.plan, prices_of(house.settings)).rstrip())
        show_some(speaker, seen.doubts)
        note_stops(house, speaker)
        if timings:
            show_timings(speaker, measured)


@plan.command()
def hold(  # noqa: PLR0917 - one parameter per option of the command
    case: CaseArgument,
    reason: ReasonOption,
    person: PersonOption,
    until: Annotated[
        str, typer.Option("--until", help="The last day of the hold.", metavar="DAY")
    ] = "",
    home: HomeOption = "",
    date: DateOption = "",
    lang: LangOption = "",
) -> int:
    """Hold one case by a person's word: nothing goes out about it meanwhile."""
    from dispatcher.people.happened import hold_case  # noqa: PLC0415 - as above

    with opened(home, lang, date=date, writes=True) as (house, speaker):
        last = hold_case(house, case, reason=reason, person=person, until=until)
        name = "hold/until" if last else "hold/open"
        speaker.say(name, case=case, person=person, until=last or "")
    return 0


@plan.command()
def take(  # noqa: PLR0917 - as above
    case: CaseArgument,
    reason: ReasonOption,
    person: PersonOption,
    home: HomeOption = "",
    date: DateOption = "",
    lang: LangOption = "",
) -> int:
    """Let one case go on that a person held."""
    from dispatcher.people.happened import take_case  # noqa: PLC0415 - as above

    with opened(home, lang, date=date, writes=True) as (house, speaker):
        take_case(house, case, reason=reason, person=person)
        speaker.say("hold/taken", case=case, person=person)
    return 0
