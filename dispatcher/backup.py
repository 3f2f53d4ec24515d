"""A backup of a home: everything that cannot be made again, copied while nobody writes.

In it are the store, the journal, finished files, answers, configuration, rules and templates; not
the secrets, the exports that came in, and what sandboxes wrote. A folder holds them at their
places in the home, with `SHA256SUMS` (`sha256sum -c` proves it) and `backup.json`.
"""

import json
import os
import secrets
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest
from importlib.metadata import version
from pathlib import Path
from typing import Final

from dispatcher.clocks import clock_of
from dispatcher.deliver.journal_past import packed_files
from dispatcher.errors import BadInput, StoreFault
from dispatcher.home import Home, unwritable
from dispatcher.model.problem import Problem
from dispatcher.model.settings import Settings
from dispatcher.store.glance import Glance, glance
from dispatcher.store.instants import to_ms
from dispatcher.store.synced import sync
from dispatcher.wiring import alone, copy_keys, copy_store
from dispatcher.writings import Unusable, read_settings


SUMS: Final = "SHA256SUMS"
ABOUT: Final = "backup.json"

#: Endings of a backup that is one file, and how it is packed.
PACKED: Final[Mapping[str, str]] = {".tar": "w", ".tar.gz": "w:gz", ".tgz": "w:gz"}

_FOLDER: Final = 0o700
_FILE: Final = 0o600


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A finished backup: where, how much, and how far its store goes."""

    path: Path
    files: int
    size: int  # bytes, before packing
    store: Glance


def back_up(home: Home, target: Path, *, keys: Path | None = None) -> Backup:
    """Write a new backup: whole under its name, or not at all.

    The keys of debtors are not in it. They go to the file `keys`, where one is named, to be kept
    apart and for a short time: an erased debtor is gone from old backups once the copies of his
    key are gone.

    Raises:
        BadInput: no configuration or store, `target` is there already or lies in what is copied.
        Busy: a run is at work.
        StoreFault: something cannot be read or written, or the copied store is damaged.
    """
    settings, problems, sources = read_settings(home)
    if settings is None:
        raise Unusable(problems, sources)
    target = target.parent.resolve() / target.name
    _refuse(home, settings, target)
    _refuse_keys(home, keys, target)
    now = clock_of(settings, "", writes=False).now()
    with alone(home), _disk(target), _aside(target) as folder:
        store = _fill(folder, home, settings, now=now)
        names = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        made = Backup(
            path=target,
            files=len(names),
            size=sum(path.stat().st_size for path in names),
            store=store,
        )
        if keys is not None:
            copy_keys(settings, keys.parent.resolve() / keys.name, now=now)
        _publish(folder, target)
        home.saved.write_text(clock_of(settings, "", writes=False).today().isoformat(), "ascii")
    return made


def _refuse(home: Home, settings: Settings, target: Path) -> None:
    if not settings.store.exists():
        raise BadInput(Problem(code="store/missing", fields={"path": str(settings.store)}))
    if os.path.lexists(target):
        raise BadInput(Problem(code="backup/exists", fields={"path": str(target)}))
    for folder in (home.var, home.rules, home.templates):
        if target.is_relative_to(folder):
            fields = {"path": str(target), "folder": str(folder)}
            raise BadInput(Problem(code="backup/inside", fields=fields))


def _refuse_keys(home: Home, keys: Path | None, target: Path) -> None:
    if keys is None:
        return
    path = keys.parent.resolve() / keys.name
    if os.path.lexists(path):
        raise BadInput(Problem(code="backup/exists", fields={"path": str(path)}))
    for folder in (home.var, target):
        if path.is_relative_to(folder):
            fields = {"path": str(path), "folder": str(folder)}
            raise BadInput(Problem(code="backup/keys-inside", fields=fields))


@contextmanager
def _disk(target: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise BadInput(Problem(code="backup/exists", fields={"path": str(target)})) from None
    except shutil.Error as error:  # of a whole folder: what is wrong with its first file
        first = error.args[0][0]
        raise StoreFault(
            Problem(code="home/file", fields={"path": first[0], "why": first[2]})
        ) from error
    except OSError as error:
        raise StoreFault(unwritable(target, error)) from error


@contextmanager
def _aside(target: Path) -> Iterator[Path]:
    """A folder beside the target in which it is made; a kill leaves nothing under its name."""
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    folder.mkdir(mode=_FOLDER)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fill(folder: Path, home: Home, settings: Settings, *, now: datetime) -> Glance:
    journals = (home.journal, *packed_files(home.journal))
    for path in (home.config, home.rules, home.templates, *journals, home.blobs, home.answers):
        _copy(path, folder / path.relative_to(home.folder))
    inside = settings.store.is_relative_to(home.folder)
    place = settings.store.relative_to(home.folder) if inside else Path("store.sqlite")
    copied = folder / place
    copied.parent.mkdir(mode=_FOLDER, parents=True, exist_ok=True)
    copy_store(settings.store, copied)
    _refuse_damaged(copied)
    _mark_as_copy(copied, now=now)
    seen = glance(copied)
    (folder / ABOUT).write_text(_about(seen, place, now=now), "utf-8")
    names = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    sums = [f"{_digest(path)}  {path.relative_to(folder).as_posix()}\n" for path in names]
    (folder / SUMS).write_text("".join(sums), "utf-8")
    _settle(folder)
    return seen


def _copy(path: Path, to: Path) -> None:
    """A file, or a folder without what is half-written or made again (names with a dot)."""
    to.parent.mkdir(mode=_FOLDER, parents=True, exist_ok=True)
    if path.is_dir():
        shutil.copytree(path, to, ignore=shutil.ignore_patterns(".*"))
    elif path.exists():
        shutil.copyfile(path, to)


def _refuse_damaged(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        said = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if said != "ok":
        raise StoreFault(Problem(code="backup/damaged", fields={"why": str(said)}))


def _mark_as_copy(path: Path, *, now: datetime) -> None:
    """Nothing leaves by a copy before `relance recover` has looked at its journal."""
    with closing(sqlite3.connect(path)) as connection, connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(store)")]
        if "copied_at" in columns:  # not in a store that no command of this version has opened
            connection.execute("UPDATE store SET copied_at = ?", (to_ms(now),))


def _about(seen: Glance, place: Path, *, now: datetime) -> str:
    told = {
        "relance": version("relance"),
        "made": now.isoformat(timespec="seconds"),
        "environment": seen.environment,
        "store": place.as_posix(),
        "trail": {"records": seen.trail, "hash": seen.head},
        "last_run": None if seen.last_run is None else seen.last_run.isoformat(),
    }
    return json.dumps(told, indent=1) + "\n"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _settle(folder: Path) -> None:
    """Only this account may read it, and all of it is on the disk."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(_FOLDER if path.is_dir() else _FILE)
        sync(path)


def _publish(folder: Path, target: Path) -> None:
    """Give it its name, which nobody has."""
    packing = next((PACKED[end] for end in PACKED if target.name.endswith(end)), "")
    if packing:
        single = folder.with_name(f"{folder.name}.part")
        try:
            _pack(folder, single, packing, name=target.name.partition(".tar")[0])
            os.link(single, target)  # unlike a rename it refuses to replace
        finally:
            single.unlink(missing_ok=True)
    else:
        folder.rename(target)
    sync(target.parent)


def _pack(folder: Path, single: Path, packing: str, *, name: str) -> None:
    descriptor = os.open(single, os.O_CREAT | os.O_EXCL | os.O_RDWR, _FILE)
    with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor, so that nobody else reads
        with tarfile.open(fileobj=file, mode=packing) as packed:  # type: ignore[call-overload]  # by PACKED
            packed.add(folder, arcname=name.removesuffix(".tgz"))
        file.flush()
        os.fsync(file.fileno())
