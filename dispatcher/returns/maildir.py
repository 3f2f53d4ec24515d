"""A Maildir: what lies in `new` waits, what was read goes to `cur` with the flag of being seen."""

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from dispatcher.returns.mailbox import AT_ONCE, BEGINNING, LARGEST, Letter, MailboxFault


class Maildir:
    """The mailbox in a folder with `new` and `cur`; links and folders in it are left alone."""

    def __init__(self, name: str, folder: Path) -> None:
        self._name = name
        self._new = folder / "new"
        self._cur = folder / "cur"

    @property
    def name(self) -> str:
        return self._name

    def waiting(self) -> Iterator[Letter]:
        for name in self._names():
            raw = _content(self._new / name)
            if raw is not None:
                yield Letter(key=name, raw=raw)

    def done(self, keys: Sequence[str]) -> None:
        try:
            self._cur.mkdir(mode=0o700, exist_ok=True)
            for key in keys:
                self._file_away(key)
        except OSError as error:
            raise _fault(error) from error

    def close(self) -> None:
        """There is nothing to close."""

    def _names(self) -> list[str]:
        """Of all that lies there the oldest: names begin with the second of delivery."""
        try:
            with os.scandir(self._new) as found:
                names = [each.name for each in found if not each.name.startswith(".")]
        except OSError as error:
            raise _fault(error) from error
        return sorted(names)[:AT_ONCE]

    def _file_away(self, key: str) -> None:
        """Move it under its own name, never over another mail."""
        stem = key.partition(":2,")[0]
        target, number = self._cur / f"{stem}:2,S", 0
        while target.exists():
            number += 1
            target = self._cur / f"{stem}_{number}:2,S"
        try:
            (self._new / key).rename(target)
        except FileNotFoundError:
            return  # somebody's mail program was faster


def _content(path: Path) -> bytes | None:
    """The bytes of a mail, of a large one the beginning; None for what is no mail, or not ours."""
    try:
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(number, "rb") as file:
        about = os.fstat(number)
        if not stat.S_ISREG(about.st_mode):
            return None
        try:
            return file.read(LARGEST if about.st_size <= LARGEST else BEGINNING)
        except OSError as error:
            raise _fault(error) from error


def _fault(error: OSError) -> MailboxFault:
    return MailboxFault("folder", str(error))
