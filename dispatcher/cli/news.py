"""`relance news`: what came back, and what is kept for a person to look at."""

from typing import Annotated

import typer

from dispatcher.cli.asked import (
    DateOption,
    HomeOption,
    LangOption,
    PersonOption,
    opened,
    refuse_before,
)


news = typer.Typer(
    help="What came back after sending; what nobody could place waits for a person.",
    invoke_without_command=True,
    rich_markup_mode=None,
)

FormatOption = Annotated[str, typer.Option("--format", help="text or json.", metavar="FORMAT")]
NewsArgument = Annotated[str, typer.Argument(help="The number in the list: N12.", metavar="NEWS")]


@news.callback()
def listed(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="The newest of all that came.")] = False,
    form: FormatOption = "text",
    home: HomeOption = "",
    lang: LangOption = "",
) -> int:
    """List what came back and waits for a person."""
    if context.invoked_subcommand is not None:
        refuse_before(context, given=bool(every or home or lang or form != "text"))
        return 0
    from dispatcher.cli.came_back import as_json, show_news  # noqa: PLC0415 - not for --help
    from dispatcher.cli.policies.reports import known_format  # noqa: PLC0415 - as above
    from dispatcher.people.news import listed as rows_of  # noqa: PLC0415 - as above

    known_format(form, ("text", "json"))
    with opened(home, lang, writes=False) as (house, speaker):
        rows = rows_of(house, every=every)
        if form == "json":
            speaker.line(as_json(rows))
        else:
            show_news(speaker, rows, timezone=house.settings.timezone)
    return 0


@news.command()
def show(
    number: NewsArgument,
    form: FormatOption = "text",
    home: HomeOption = "",
    lang: LangOption = "",
) -> int:
    """Show one piece of news with every word of it."""
    from dispatcher.cli.came_back import as_json, show_piece  # noqa: PLC0415 - as above
    from dispatcher.cli.policies.reports import known_format  # noqa: PLC0415 - as above
    from dispatcher.people.news import piece  # noqa: PLC0415 - as above

    known_format(form, ("text", "json"))
    with opened(home, lang, writes=False) as (house, speaker):
        row = piece(house, number)
        if form == "json":
            speaker.line(as_json([row]))
        else:
            show_piece(speaker, row, timezone=house.settings.timezone)
    return 0


@news.command()
def close(
    number: NewsArgument,
    person: PersonOption,
    home: HomeOption = "",
    date: DateOption = "",
    lang: LangOption = "",
) -> int:
    """Say that you have seen it: nothing else changes."""
    from dispatcher.people.news import close as close_it  # noqa: PLC0415 - as above
    from dispatcher.people.numbered import news_number  # noqa: PLC0415 - as above

    with opened(home, lang, date=date, writes=True) as (house, speaker):
        row = close_it(house, number, person=person)
        speaker.say("news/done", number=news_number(row.id), person=person)
    return 0


@news.command()
def assign(  # noqa: PLR0917 - one parameter per option of the command
    number: NewsArgument,
    case: Annotated[
        str, typer.Option("--case", help="The invoice that it is about.", metavar="INVOICE")
    ],
    person: PersonOption,
    home: HomeOption = "",
    date: DateOption = "",
    lang: LangOption = "",
) -> int:
    """Say whose it is: it counts as if it had been found at once."""
    from dispatcher.people.news import assign as assign_it  # noqa: PLC0415 - as above
    from dispatcher.people.numbered import news_number  # noqa: PLC0415 - as above

    with opened(home, lang, date=date, writes=True) as (house, speaker):
        row, verdict = assign_it(house, number, case, person=person)
        became = speaker.words(f"news/verdict/{verdict}")
        speaker.say("news/assigned", number=news_number(row.id), case=case, verdict=became)
    return 0
