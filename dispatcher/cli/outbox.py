"""`relance outbox`: what has not left and why, and a person's word on one message."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from dispatcher.cli.asked import (
    DateOption,
    HomeOption,
    LangOption,
    PersonOption,
    opened,
    refuse_before,
)


if TYPE_CHECKING:
    from dispatcher.store.interventions import Deed


SET_ASIDE: Final = 1

outbox = typer.Typer(
    help="What has not left yet, and why; hold, let go or withdraw one message.",
    invoke_without_command=True,
    rich_markup_mode=None,
)

StateOption = Annotated[
    str,
    typer.Option(
        help="Only unknown, quarantined, hold, awaiting, sending, deferred or planned.",
        metavar="STATE",
    ),
]
FormatOption = Annotated[str, typer.Option("--format", help="text or json.", metavar="FORMAT")]
MessageArgument = Annotated[
    str, typer.Argument(help="The number in the list: M12.", metavar="MESSAGE")
]
ReasonOption = Annotated[str, typer.Option(help="Why.", metavar="TEXT")]


@outbox.callback()
def lying(
    context: typer.Context,
    state: StateOption = "",
    form: FormatOption = "text",
    home: HomeOption = "",
    lang: LangOption = "",
) -> int:
    """List what has not left, what needs a person first; 1 if something went out twice."""
    if context.invoked_subcommand is not None:
        refuse_before(context, given=bool(state or home or lang or form != "text"))
        return 0
    return _list(state, form, home, lang)


@outbox.command(name="list")
def list_(
    state: StateOption = "",
    form: FormatOption = "text",
    home: HomeOption = "",
    lang: LangOption = "",
) -> int:
    """The same list."""
    return _list(state, form, home, lang)


def _list(state: str, form: str, home: str, lang: str) -> int:
    from dispatcher.cli.lying import as_json, show_lying, show_twice  # noqa: PLC0415 - heavy
    from dispatcher.cli.policies.reports import known_format  # noqa: PLC0415 - as above
    from dispatcher.people.outbox import lying  # noqa: PLC0415 - as above

    known_format(form, ("text", "json"))
    with opened(home, lang, writes=False) as (house, speaker):
        rows, twice = lying(house, state), house.book.twice()
        if form == "json":
            speaker.line(as_json(rows, twice))
        else:
            show_lying(
                speaker,
                rows,
                timezone=house.settings.timezone,
                now=house.clock.now(),
                all_of_them=bool(state),
            )
            show_twice(speaker, twice)
    return SET_ASIDE if twice else 0


@outbox.command()
def show(
    message: MessageArgument,
    form: FormatOption = "text",
    home: HomeOption = "",
    lang: LangOption = "",
) -> int:
    """Show one message: its attempts and their proof, what came back, what people did."""
    from dispatcher.cli.lying import show_story, story_as_json  # noqa: PLC0415 - as above
    from dispatcher.cli.policies.reports import known_format  # noqa: PLC0415 - as above
    from dispatcher.people.outbox import story  # noqa: PLC0415 - as above

    known_format(form, ("text", "json"))
    with opened(home, lang, writes=False) as (house, speaker):
        found = story(house, message)
        if form == "json":
            speaker.line(story_as_json(found))
        else:
            show_story(speaker, found, timezone=house.settings.timezone, now=house.clock.now())
    return 0


@outbox.command()
def hold(  # noqa: PLR0917 - one parameter per option of the command
    message: MessageArgument,
    person: PersonOption,
    reason: ReasonOption = "",
    home: HomeOption = "",
    date: DateOption = "",
    lang: LangOption = "",
) -> int:
    """Keep a message from leaving until a person lets it go."""
    from dispatcher.store.interventions import Deed  # noqa: PLC0415 - as above

    return _intervene(Deed.HOLD, message, person, reason, home, date, lang)


@outbox.command()
def release(  # noqa: PLR0917 - as above
    message: MessageArgument,
    person: PersonOption,
    reason: ReasonOption = "",
    home: HomeOption = "",
    date: DateOption = "",
    lang: LangOption = "",
) -> int:
    """Let a message go that a person holds, or that was set aside."""
    from dispatcher.store.interventions import Deed  # noqa: PLC0415 - as above

    return _intervene(Deed.RELEASE, message, person, reason, home, date, lang)


@outbox.command()
def withdraw(  # noqa: PLR0917 - as above
    message: MessageArgument,
    person: PersonOption,
    reason: ReasonOption = "",
    home: HomeOption = "",
    date: DateOption = "",
    lang: LangOption = "",
) -> int:
    """Give up a message that has not left; its cases are planned anew."""
    from dispatcher.store.interventions import Deed  # noqa: PLC0415 - as above

    return _intervene(Deed.WITHDRAW, message, person, reason, home, date, lang)


def _intervene(  # noqa: PLR0917 - handed on from the commands
    deed: "Deed", message: str, person: str, reason: str, home: str, date: str, lang: str
) -> int:
    from dispatcher.people.numbered import message_number  # noqa: PLC0415 - as above
    from dispatcher.people.outbox import intervene, story  # noqa: PLC0415 - as above

    with opened(home, lang, date=date, writes=True) as (house, speaker):
        number = message_number(story(house, message).row.id)
        state = intervene(house, number, deed, person=person, reason=reason)
        speaker.say(f"outbox/done/{state.value}", number=number, person=person)
    return 0
