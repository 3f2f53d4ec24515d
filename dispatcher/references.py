"""Secrets by reference: `env:NAME` and `file:PATH` of the configuration, looked up when needed."""

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from dispatcher.home import Home
from dispatcher.model.problem import Problem
from dispatcher.model.settings import ChannelSettings


#: Rights that a file with a secret gives to everybody.
ANYBODY: Final = stat.S_IRWXO


def secrets_of(settings: ChannelSettings, home: Home) -> Mapping[str, str]:
    """The secrets of a channel that are there, by the name of their setting."""
    found = {key: value_of(reference, home) for key, reference in settings.secrets.items()}
    return {key: value for key, value in found.items() if value}


def secret_problems(settings: ChannelSettings, home: Home) -> Iterator[Problem]:
    """Secrets that are missing or empty, and files that everybody may read. No value is told."""
    found = secrets_of(settings, home)
    for key, reference in settings.secrets.items():
        fields = {"key": f"channels.{settings.name}.{key}", "reference": reference}
        place = settings.places.get(key, settings.place)
        if key not in found:
            yield Problem(code="config/secret-missing", place=place, fields=fields)
        elif is_open(reference, home):
            yield Problem(code="config/secret-open", place=place, fields=fields)


def value_of(reference: str, home: Home) -> str:
    """What a reference stands for; nothing where it is not there or cannot be read as text."""
    kind, _, name = reference.partition(":")
    if kind == "env":
        return os.environ.get(name, "")
    try:
        return _path(name, home).read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError, ValueError):
        return ""


def is_open(reference: str, home: Home) -> bool:
    """Whether everybody on this machine may read the file of that reference."""
    kind, _, name = reference.partition(":")
    return kind == "file" and bool(_path(name, home).stat().st_mode & ANYBODY)


def _path(name: str, home: Home) -> Path:
    return home.folder / name
