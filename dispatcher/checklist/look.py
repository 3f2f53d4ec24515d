"""Looking at a machine and a home: everything that the checklist judges, gathered once."""

import hashlib
import os
import shutil
import sqlite3
import stat
import sys
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError, PackagePath, distribution
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dispatcher.ahead import forgotten
from dispatcher.checklist.seen import Kept, Machine, Seen
from dispatcher.clocks import clock_of
from dispatcher.errors import RelanceError
from dispatcher.home import Home, shipped
from dispatcher.model.problem import Problem
from dispatcher.model.settings import Settings
from dispatcher.outlets import channel_problems
from dispatcher.policy.testfile import read_promises
from dispatcher.remarks import about_today
from dispatcher.stopping import standing, word
from dispatcher.store.glance import Glance, glance
from dispatcher.store.keys import keys_beside
from dispatcher.store.mounts import mounts, network_of
from dispatcher.wiring import opened_store
from dispatcher.writings import Writings


SHIPPED: Final = ("rules", "templates", "config.example.yaml")


def machine() -> Machine:
    """The installation that runs."""
    folder = shipped()
    return Machine(
        python=".".join(str(part) for part in sys.version_info[:3]),
        sqlite=sqlite3.sqlite_version,
        foreign=not channels_are_ours(),
        shipped=folder,
        missing=tuple(name for name in SHIPPED if not (folder / name).exists()),
    )


def home_seen(writings: Writings, settings: Settings) -> Seen:
    """The home as it stands now; nothing in it is changed."""
    home = writings.home
    store, fault = _store(settings)
    return Seen(
        settings=settings,
        today=clock_of(settings, "", writes=False).today(),
        errors=len(writings.errors),
        rulebook=writings.rulebook,
        library=writings.library,
        channel_problems=channel_problems(settings, home),
        remarks=about_today(writings),
        tested=_tested(writings),
        written={source.name: _written(source.file, settings) for source in settings.sources},
        kept=dict(_kept(home, settings)),
        free=_free(home),
        zone_found=_zone_found(settings.timezone),
        store=store,
        store_fault=fault,
        network=network_of(settings.store, mounts()),
        saved=saved_on(home),
        stops=tuple(standing(each, settings.timezone) for each in word(home.stop).stops),
        behind=_behind(home, settings, store),
    )


def saved_on(home: Home) -> date | None:
    """The day of the last `relance backup`, if there was one."""
    try:
        return date.fromisoformat(home.saved.read_text("ascii").strip())
    except (OSError, ValueError):
        return None


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


def _tested(writings: Writings) -> frozenset[str]:
    """The policies that have a test file with anything in it."""
    if writings.rulebook is None:
        return frozenset()
    promises, _ = read_promises(writings.rules, writings.rulebook, names=writings.names)
    return frozenset(
        each.policy for each in promises if each.tests or each.timelines or each.invariants
    )


def _written(file: Path, settings: Settings) -> date | None:
    try:
        written = file.stat().st_mtime
    except OSError:
        return None
    return datetime.fromtimestamp(written, UTC).astimezone(ZoneInfo(settings.timezone)).date()


def _store(settings: Settings) -> tuple[Glance | None, Problem | None]:
    if not settings.store.exists():
        return None, None
    try:
        return glance(settings.store), None
    except RelanceError as error:
        return None, error.problems[0]


def _behind(home: Home, settings: Settings, seen: Glance | None) -> Problem | None:
    """Why nothing may leave by a store; one of an older schema is not opened, which changes it."""
    if seen is None or seen.older or seen.environment != settings.environment:
        return None
    try:
        with opened_store(settings, create=False, now=datetime.now(UTC)) as store:
            return forgotten(home, settings, store)
    except RelanceError as error:
        return error.problems[0]


def _kept(home: Home, settings: Settings) -> Iterator[tuple[str, Kept]]:
    """What holds personal data: only this account has any business there."""
    account = os.geteuid()
    places: Mapping[str, Path] = {
        "var": home.var,
        "store": settings.store,
        "keys": keys_beside(settings.store),
        "journal": home.journal,
        "blobs": home.blobs,
    }
    for name, path in places.items():
        if path.exists():
            found = path.stat()
            yield name, Kept(mode=stat.S_IMODE(found.st_mode), ours=found.st_uid == account)


def _free(home: Home) -> int:
    return shutil.disk_usage(home.folder).free


def _zone_found(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
