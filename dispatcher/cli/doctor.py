"""`relance doctor`: what is missing or in the way, before it is noticed the hard way."""

import hashlib
import os
import sqlite3
import sys
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, PackagePath, distribution
from pathlib import Path
from typing import Literal

from dispatcher.cli.say import Speaker
from dispatcher.clocks import clock_of
from dispatcher.errors import BadInput, RelanceError
from dispatcher.home import Home, find_home, shipped
from dispatcher.legal.watch import watch
from dispatcher.model.settings import Settings
from dispatcher.outlets import open_channels
from dispatcher.problems.render import as_text
from dispatcher.writings import language_of, read_writings


SHIPPED = ("rules", "templates", "config.example.yaml")

OTHERS = 0o077


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at, as text."""

    kind: Literal["good", "bad", "note"]
    text: str


def examine(speaker: Speaker, home: str) -> int:
    """Say everything that was found; 1 where something is wrong."""
    findings = [*_installation(speaker), *_home(speaker, home)]
    for finding in findings:
        speaker.say(f"doctor/{finding.kind}", what=finding.text)
    return int(any(finding.kind == "bad" for finding in findings))


def _installation(speaker: Speaker) -> Iterator[Finding]:
    version = ".".join(str(part) for part in sys.version_info[:3])
    yield Finding(kind="good", text=speaker.words("doctor/python", version=version))
    yield Finding(kind="good", text=speaker.words("doctor/sqlite", version=sqlite3.sqlite_version))
    whole = channels_are_ours()
    word = "doctor/package" if whole else "doctor/foreign"
    yield Finding(kind="good" if whole else "bad", text=speaker.words(word))
    folder = shipped()
    missing = [name for name in SHIPPED if not (folder / name).exists()]
    for name in missing:
        text = speaker.words("doctor/missing", folder=folder, name=name)
        yield Finding(kind="bad", text=text)
    if not missing:
        yield Finding(kind="good", text=speaker.words("doctor/shipped", folder=folder))


def channels_are_ours() -> bool:
    """Whether `channels/__init__.py` is the file that we installed.

    Django Channels has the same import name and overwrites it without a word. A wheel's RECORD
    gives the digest; a checkout has no such record, there the module's place decides.
    """
    import channels  # noqa: PLC0415 - the very thing that is examined

    place = Path(str(channels.__file__))
    recorded = _recorded()
    if recorded is None or recorded.hash is None:
        return place.parent.parent == shipped()
    digest = hashlib.new(recorded.hash.mode, place.read_bytes()).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode() == recorded.hash.value


def _recorded() -> PackagePath | None:
    try:
        files = distribution("relance").files or []
    except PackageNotFoundError:
        return None
    return next((file for file in files if file.as_posix() == "channels/__init__.py"), None)


def _home(speaker: Speaker, option: str) -> Iterator[Finding]:
    try:
        home = find_home(option, os.environ, Path.cwd())
    except BadInput:
        yield Finding(kind="note", text=speaker.words("doctor/no-home"))
        return
    speaker.settle(language_of(home))
    writings = read_writings(home)
    settings = writings.settings
    if settings is not None:
        fields = {"folder": home.folder, "environment": settings.environment}
        yield Finding(kind="good", text=speaker.words("doctor/home", **fields))
    if writings.errors or settings is None:
        text = speaker.words("doctor/faults", count=len(writings.errors))
        yield Finding(kind="bad", text=text)
        return
    yield Finding(kind="good", text=speaker.words("doctor/writings"))
    for problem in watch(settings, clock_of(settings, "", writes=False).today()):
        yield Finding(kind="note", text=as_text(problem, lang=speaker.lang))
    yield from _channels(speaker, settings, home)
    yield from _sources(speaker, settings)
    yield from _store(speaker, settings)


def _channels(speaker: Speaker, settings: Settings, home: Home) -> Iterator[Finding]:
    try:
        with open_channels(settings, home):
            pass
    except RelanceError as error:
        why = "; ".join(as_text(problem, lang=speaker.lang) for problem in error.problems)
        yield Finding(kind="bad", text=speaker.words("doctor/bad-channel", name="", why=why))
        return
    for name, each in settings.channels.items():
        text = speaker.words("doctor/channel", name=name, adapter=each.adapter)
        yield Finding(kind="good", text=text)


def _sources(speaker: Speaker, settings: Settings) -> Iterator[Finding]:
    for source in settings.sources:
        there = source.file.is_file()
        word = "doctor/source" if there else "doctor/no-file"
        text = speaker.words(word, name=source.name, file=source.file)
        yield Finding(kind="good" if there else "bad", text=text)


def _store(speaker: Speaker, settings: Settings) -> Iterator[Finding]:
    path = settings.store
    if not path.exists():
        yield Finding(kind="note", text=speaker.words("doctor/no-store"))
        return
    if path.stat().st_mode & OTHERS:
        text = speaker.words("doctor/open-to-others", path=path)
        yield Finding(kind="bad", text=text)
    yield Finding(kind="good", text=speaker.words("doctor/store", path=path))
