"""What the channel of letters is told, read and checked once."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dispatcher.ports import BadInput, ChannelSettings, Problem


#: Option -> its default; None: it has to be given.
OPTIONS: Final[Mapping[str, str | bool | None]] = {
    "folder": None,
    "colour": False,
    "both_sides": True,
}

_ALLOWED: Final = "adapter, folder, colour, both_sides"


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterSettings:
    """Where print-ready letters go, and how they are printed."""

    folder: Path
    colour: bool = False
    both_sides: bool = True


def read_settings(settings: ChannelSettings) -> LetterSettings:
    """The checked settings.

    Raises:
        BadInput: with every problem at once.
    """
    problems = [*_unknown(settings), *_wrong(settings)]
    if problems:
        raise BadInput(problems)
    return LetterSettings(
        folder=Path(str(settings.options["folder"])),
        colour=bool(settings.options.get("colour", OPTIONS["colour"])),
        both_sides=bool(settings.options.get("both_sides", OPTIONS["both_sides"])),
    )


def _unknown(settings: ChannelSettings) -> list[Problem]:
    return [
        _problem("deliver/option-unknown", settings, option=name, allowed=_ALLOWED)
        for name in [*settings.options, *settings.secrets]
        if name not in OPTIONS
    ]


def _wrong(settings: ChannelSettings) -> list[Problem]:
    folder = settings.options.get("folder")
    problems = []
    if folder is None:
        problems.append(_problem("deliver/option-missing", settings, option="folder"))
    elif not isinstance(folder, str) or not folder.strip():
        problems.append(_value(settings, "folder", "letters/"))
    problems += [
        _value(settings, name, "yes, no")
        for name, default in OPTIONS.items()
        if isinstance(default, bool) and not isinstance(settings.options.get(name, default), bool)
    ]
    return problems


def _value(settings: ChannelSettings, option: str, allowed: str) -> Problem:
    value = str(settings.options[option])
    return _problem("deliver/option-value", settings, option=option, value=value, allowed=allowed)


def _problem(code: str, settings: ChannelSettings, **fields: str) -> Problem:
    return Problem(code=code, place=settings.place, fields={"channel": settings.name, **fields})
