"""Who works: a token whose lock file says, beyond doubt, whether its worker is alive.

The kernel frees a lock when its process dies and never before: a paused worker keeps it. A lease
with a clock could not tell the two apart.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path


BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """A living worker: `token` is unique for ever, `boot` names this start of the machine."""

    token: str
    boot: str


def boot_id(source: Path = BOOT_ID) -> str:
    """The id of this start of the machine.

    Where the system gives none, a new one each time: recovery then takes the careful way, as
    after a power cut.
    """
    try:
        return source.read_text(encoding="ascii").strip() or _no_boot_id()
    except (OSError, UnicodeDecodeError):
        return _no_boot_id()


@contextmanager
def living_owner(folder: Path, *, boot: str | None = None) -> Iterator[Owner]:
    """An owner that is alive, for everybody who asks `is_alive`, until the block or process ends.

    `folder` holds the lock files and is made when it is missing. `boot` defaults to this start of
    the machine.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    boot = boot_id() if boot is None else boot
    token, lock = _locked(folder, boot)
    try:
        yield Owner(token=token, boot=boot)
    finally:
        with suppress(FileNotFoundError):
            (folder / token).unlink()
        os.close(lock)


def is_alive(folder: Path, token: str) -> bool:
    """Whether the process that made this token still runs, paused or not."""
    try:
        lock = os.open(folder / token, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        return not _free(lock, fcntl.LOCK_SH)
    finally:
        os.close(lock)


def sweep(folder: Path) -> int:
    """Remove the lock files of the dead; how many there were."""
    return sum(_removed_if_dead(path) for path in sorted(folder.glob("*")))


def _locked(folder: Path, boot: str) -> tuple[str, int]:
    while True:
        token = f"{os.getpid()}.{boot}.{secrets.token_hex(8)}"
        path = folder / token
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        # A sweep may have removed the file between its making and its lock: nobody would see
        # this lock, so begin again under another name.
        if path.exists():
            return token, lock
        os.close(lock)


def _removed_if_dead(path: Path) -> bool:
    try:
        lock = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        if not _free(lock, fcntl.LOCK_EX):
            return False
        path.unlink(missing_ok=True)
    finally:
        os.close(lock)
    return True


def _free(lock: int, kind: int) -> bool:
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _no_boot_id() -> str:
    return f"none-{secrets.token_hex(8)}"
