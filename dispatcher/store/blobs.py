"""Finished files beside the store, each under its own digest: made once, sent as they were made."""

import os
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

from dispatcher.errors import BadInput
from dispatcher.model.problem import Problem
from dispatcher.store.faults import disk_faults
from dispatcher.store.synced import sync


#: A file that no message names after this time is left over from a crash.
LEFT_OVER: Final = timedelta(days=2)

ASIDE: Final = ".part"  # ending of a file that is being written
DOUBT: Final = ".new"  # ending of the mark of a file that no message may name yet

_ONLY_US: Final = 0o700
_READ_BY_US: Final = 0o600


class Blobs:
    """The files of one folder, made when first used; names are SHA-256 in hexadecimal."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, contents: Collection[bytes]) -> tuple[str, ...]:
        """Keep these files: when it returns all of them are on the disk. Names in their order.

        Twice the same content is one file. Nothing is visible under a name before it is whole.
        Once messages name them they are to be settled.

        Raises:
            StoreFault: the disk failed; what was written is harmless.
        """
        named = {digest(content): content for content in contents}
        with disk_faults(self._folder):
            fresh = {name: content for name, content in named.items() if not self._is_whole(name)}
            if fresh:
                self._folder.mkdir(mode=_ONLY_US, parents=True, exist_ok=True)
            aside = [self._aside(name, content) for name, content in fresh.items()]
            for path in aside:
                sync(path)
            for path, name in zip(aside, fresh, strict=True):
                self._doubt(name).touch(mode=_READ_BY_US)
                path.replace(self._folder / name)
            if fresh:
                sync(self._folder)
        return tuple(digest(content) for content in contents)

    def read(self, name: str) -> bytes:
        """A file as it was kept.

        Raises:
            BadInput: it is missing, or is no longer what it was.
        """
        path = self._folder / name
        try:
            content = path.read_bytes()
        except OSError as error:
            fields = {"path": str(path), "why": error.strerror or str(error)}
            raise BadInput(Problem(code="deliver/file-missing", fields=fields)) from error
        if digest(content) != name:
            fields = {"path": str(path)}
            raise BadInput(Problem(code="deliver/file-changed", fields=fields))
        return content

    def settle(self, names: Collection[str]) -> None:
        """These files are named by messages that were written: they stay for good.

        Raises:
            StoreFault: the disk failed; that a file stays is found out later.
        """
        with disk_faults(self._folder):
            for name in names:
                self._doubt(name).unlink(missing_ok=True)

    def clean(self, named: Callable[[Collection[str]], Collection[str]], *, now: datetime) -> int:
        """Remove what a crash left: parts, and files that no message names. How many went.

        `named` gives those of some files that a message names; it is asked only about files that
        were never settled.

        Raises:
            StoreFault: the disk failed.
        """
        with disk_faults(self._folder):
            old = [path for path, kept in self._files(now) if now - kept > LEFT_OVER]
            doubtful = {path.name[1 : -len(DOUBT)] for path in old if path.name.endswith(DOUBT)}
            orphans = doubtful.difference(named(doubtful)) if doubtful else set()
            gone = [self._folder / name for name in sorted(orphans)]
            gone += [path for path in old if path.name.endswith(ASIDE)]
            for path in gone:
                path.unlink(missing_ok=True)
            self.settle(doubtful)
        return len(gone)

    def _files(self, now: datetime) -> Iterator[tuple[Path, datetime]]:
        """Parts and doubts, with when they were written."""
        for path in sorted(self._folder.glob(".*")):
            with suppress(FileNotFoundError):
                yield path, datetime.fromtimestamp(path.stat().st_mtime, now.tzinfo)

    def _doubt(self, name: str) -> Path:
        return self._folder / f".{name}{DOUBT}"

    def _is_whole(self, name: str) -> bool:
        """Whether a file of this name is there and what it was; else it is written again."""
        try:
            return digest((self._folder / name).read_bytes()) == name
        except FileNotFoundError:
            return False

    def _aside(self, name: str, content: bytes) -> Path:
        path = self._folder / f".{name}-{os.getpid()}{ASIDE}"
        with suppress(FileNotFoundError):
            path.unlink()
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        with open(os.open(path, flags, _READ_BY_US), "wb") as file:  # noqa: PTH123 - a descriptor
            file.write(content)
        return path


def digest(content: bytes) -> str:
    """The name of a file with this content."""
    return sha256(content).hexdigest()
