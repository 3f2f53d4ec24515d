"""`relance stop` and `relance resume`: a person's word that nothing leaves, at once."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from dispatcher.cli.asked import HomeOption, LangOption, PersonOption, asked


if TYPE_CHECKING:
    from dispatcher.cli.say import Speaker
    from dispatcher.home import Home
    from dispatcher.model.settings import Settings


ChannelOption = Annotated[str, typer.Option("--channel", help="Only this channel.", metavar="NAME")]


def stop(
    person: PersonOption,
    reason: Annotated[str, typer.Option("--reason", help="Why.", metavar="TEXT")] = "",
    channel: ChannelOption = "",
    home: HomeOption = "",
    lang: LangOption = "",
) -> int:
    """Stop everything that leaves, or one channel: at once, also while a run is at work."""
    from dispatcher import stopping  # noqa: PLC0415 - not for --help
    from dispatcher.errors import BadInput  # noqa: PLC0415 - as above
    from dispatcher.model.problem import Problem  # noqa: PLC0415 - as above

    found, speaker = asked(home, lang)
    settings, who, why = _checked(found, person, channel), _line(person), _line(reason)
    if not why:
        raise BadInput(Problem(code="stop/reason"))
    now = datetime.now(UTC)
    before = stopping.stop(found.stop, channel=channel, reason=why, person=who, now=now)
    if before is not None:
        zone = "UTC" if settings is None else settings.timezone
        speaker.say("stop/already", **stopping.standing(before, zone).fields)
    else:
        speaker.say("stop/done-channel" if channel else "stop/done", channel=channel)
    _tell(found, settings, speaker)
    return 0


def resume(
    person: PersonOption,
    channel: ChannelOption = "",
    home: HomeOption = "",
    lang: LangOption = "",
) -> int:
    """Let go on what was stopped: everything, or one channel."""
    from dispatcher import stopping  # noqa: PLC0415 - not for --help

    found, speaker = asked(home, lang)
    settings, who = _checked(found, person, channel), _line(person)
    ended = stopping.resume(found.stop, channel=channel, person=who, now=datetime.now(UTC))
    if ended is None:
        speaker.say("stop/none-channel" if channel else "stop/none", channel=channel)
    else:
        speaker.say("stop/resumed")
    standing = stopping.word(found.stop).stops
    if standing:
        everything = speaker.words("stop/everything")
        names = ", ".join(each.channel or everything for each in standing)
        speaker.say("stop/still", names=names)
    _tell(found, settings, speaker)
    return 0


def _checked(home: "Home", person: str, channel: str) -> "Settings | None":
    """The settings, if they can be read: a stop needs none, whatever an operator has broken.

    Raises:
        BadInput: nobody is named, or the home has no such channel.
    """
    from dispatcher.errors import BadInput  # noqa: PLC0415 - as above
    from dispatcher.model.problem import Problem  # noqa: PLC0415 - as above
    from dispatcher.writings import read_settings  # noqa: PLC0415 - as above

    settings, _, _ = read_settings(home)
    problems = []
    if not _line(person):
        problems.append(Problem(code="event/person"))
    if channel and settings is not None and channel not in settings.channels:
        fields = {"value": channel, "allowed": ", ".join(settings.channels)}
        problems.append(Problem(code="stop/no-channel", fields=fields))
    if problems:
        raise BadInput(problems)
    return settings


def _tell(home: "Home", settings: "Settings | None", speaker: "Speaker") -> None:
    """The word into the trail; where that cannot be now, it holds all the same and is kept."""
    from dispatcher.errors import RelanceError  # noqa: PLC0415 - as above
    from dispatcher.wiring import tell_stops  # noqa: PLC0415 - as above

    if settings is None or not settings.store.exists():
        return  # the first command that opens the book tells it
    try:
        tell_stops(home, settings)
    except (RelanceError, OSError) as error:
        code = error.problems[0].code if isinstance(error, RelanceError) else type(error).__name__
        speaker.note("stop/untold", why=code)


def _line(text: str) -> str:
    return " ".join(text.split())
