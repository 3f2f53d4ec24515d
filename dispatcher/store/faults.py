"""What the disk and SQLite say when they fail, as one `StoreFault` with the true cause."""

import errno
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy.exc import DBAPIError

from dispatcher.errors import StoreFault
from dispatcher.model.problem import Problem


PRIMARY = 0xFF  # an extended SQLite code carries its primary code in the low byte

SQLITE: Final[Mapping[int, str]] = {
    sqlite3.SQLITE_FULL: "store/disk-full",
    sqlite3.SQLITE_IOERR: "store/disk-error",
    sqlite3.SQLITE_READONLY: "store/not-writable",
    sqlite3.SQLITE_CANTOPEN: "store/not-writable",
    sqlite3.SQLITE_PERM: "store/not-writable",
    sqlite3.SQLITE_CORRUPT: "store/corrupt",
    sqlite3.SQLITE_NOTADB: "store/corrupt",
    sqlite3.SQLITE_BUSY: "store/locked",
    sqlite3.SQLITE_LOCKED: "store/locked",
}

SYSTEM: Final[Mapping[int, str]] = {
    errno.ENOSPC: "store/disk-full",
    errno.EDQUOT: "store/disk-full",
    errno.EFBIG: "store/disk-full",
    errno.ENOENT: "store/not-writable",
    errno.ENOTDIR: "store/not-writable",
    errno.EEXIST: "home/no-folder",
    errno.EACCES: "store/not-writable",
    errno.EPERM: "store/not-writable",
    errno.EROFS: "store/not-writable",
}


@contextmanager
def disk_faults(path: Path) -> Iterator[None]:
    """Turns failures of the disk or of SQLite inside into `StoreFault`.

    Broken constraints are programmers' mistakes and pass as they are.
    """
    try:
        yield
    except DBAPIError as error:
        if not isinstance(error.orig, sqlite3.Error) or _is_programming(error.orig):
            raise
        raise _of_sqlite(error.orig, path) from error
    except sqlite3.Error as error:
        if _is_programming(error):
            raise
        raise _of_sqlite(error, path) from error
    except OSError as error:
        code = SYSTEM.get(error.errno or 0, "store/disk-error")
        where = Path(error.filename) if error.errno == errno.EEXIST and error.filename else path
        raise fault(code, where, error) from error


def fault(code: str, path: Path, cause: object) -> StoreFault:
    """A fault of the store in that file; `cause` is in the words of whoever failed."""
    return StoreFault(Problem(code=code, fields={"path": str(path), "cause": str(cause)}))


def _is_programming(error: sqlite3.Error) -> bool:
    return isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError)


def _of_sqlite(error: sqlite3.Error, path: Path) -> StoreFault:
    number = getattr(error, "sqlite_errorcode", 0) & PRIMARY
    name = getattr(error, "sqlite_errorname", "")
    cause = f"{error} ({name})" if name else str(error)
    return fault(SQLITE.get(number, "store/fault"), path, cause)
