"""What every command is asked: the home, the language, the day, the case; and how it opens."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dispatcher.cli.say import LANGUAGES, Speaker


if TYPE_CHECKING:
    from dispatcher.home import Home
    from dispatcher.house import House


HomeOption = Annotated[
    str, typer.Option("--home", help="The home; else RELANCE_HOME, else here.", metavar="DIR")
]
LangOption = Annotated[str, typer.Option("--lang", help="fr or en.", metavar="LANG")]
DateOption = Annotated[
    str, typer.Option("--date", help="Decide as on this day, YYYY-MM-DD.", metavar="DAY")
]
AcceptOption = Annotated[
    list[str] | None,
    typer.Option("--accept", help="Take this source though it is old or small.", metavar="SOURCE"),
]
TimingsOption = Annotated[
    bool, typer.Option("--timings", help="Time and peak memory of each stage.")
]
CaseArgument = Annotated[
    str, typer.Argument(help="The invoice number; /TERM for a term after the first.")
]


PersonOption = Annotated[
    str, typer.Option("--person", help="Who says so.", envvar="USER", metavar="NAME")
]

#: Who speaks for the command at work, for what is said when it fails.
speaking: ContextVar[Speaker] = ContextVar("speaking")


@contextmanager
def opened(
    home: str,
    lang: str,
    *,
    date: str = "",
    writes: bool,
    bars: bool = False,
    recovered: bool = True,
) -> Iterator[tuple["House", Speaker]]:
    """The house of the home that was named, open, and whoever speaks; `bars` show progress.

    Without `recovered` a store that was put back from a copy is opened all the same.
    """
    from dispatcher.wiring import opened_house  # noqa: PLC0415 - heavy, and not for --help

    found, speaker = asked(home, lang)
    if bars:  # at once, and in a line: nothing is opened and nobody is waited for
        _refuse_stopped(found)
    with ExitStack() as stack:
        progress = stack.enter_context(speaker.progress()) if bars else None
        house = opened_house(found, day=date, writes=writes, progress=progress, recovered=recovered)
        there = stack.enter_context(house)
        if not bars:  # those that send say it themselves, and end by it
            note_stops(there, speaker)
        yield there, speaker


def _refuse_stopped(home: "Home") -> None:
    from dispatcher.errors import WantsPerson  # noqa: PLC0415 - as above
    from dispatcher.stopping import standing, word  # noqa: PLC0415 - as above
    from dispatcher.writings import read_settings  # noqa: PLC0415 - as above

    everything = word(home.stop).of("")
    if everything is not None:
        settings, _, _ = read_settings(home)
        zone = "UTC" if settings is None else settings.timezone
        raise WantsPerson(standing(everything, zone))


def note_stops(house: "House", speaker: Speaker) -> None:
    """What people have stopped, a line each: the command goes on, but nobody should wonder."""
    from dispatcher.stopping import standing  # noqa: PLC0415 - as above

    for said in house.halted():
        name = "stop/standing-channel" if said.channel else "stop/standing"
        speaker.note(name, **standing(said, house.settings.timezone).fields)


def asked(home: str, lang: str) -> tuple["Home", Speaker]:
    """The home that was named, and whoever speaks in its language unless another was asked for."""
    from dispatcher.writings import language_of  # noqa: PLC0415 - as above

    speaker = checked_speaker(lang)
    found = _found(home)
    speaker.settle(language_of(found))
    return found, speaker


def _found(home: str) -> "Home":
    from dispatcher.home import find_home  # noqa: PLC0415 - as above

    return find_home(home, os.environ, Path.cwd())


def refuse_before(context: typer.Context, *, given: bool) -> None:
    """Refuse options before a word that has its own: they would be dropped, `--home` among them.

    Raises:
        BadParameter: some were given.
    """
    if given:
        name = context.invoked_subcommand
        command = context.info_name
        raise typer.BadParameter(f"options of {name} stand after it: {command} {name} ...")


def checked_speaker(lang: str) -> Speaker:
    """Whoever speaks, in the language asked for; from now on this command's own.

    Raises:
        BadParameter: that is no language of ours.
    """
    if lang and lang not in LANGUAGES:
        raise typer.BadParameter(f"'{lang}' is not a language; write fr or en")
    speaker = Speaker(lang)
    speaking.set(speaker)
    return speaker
