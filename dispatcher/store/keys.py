"""The keys of debtors, one each, in a file of their own: who loses his key is forgotten everywhere.

The file lies beside the store and is in no backup that holds the store. A key is on the disk before
anything is sealed with it; a destroyed one leaves a mark, so that it never comes to life again.
"""

import os
import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dispatcher.store.faults import disk_faults, fault
from dispatcher.store.synced import sync


if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM


KEY_BYTES: Final = 32
HELD: Final = 20_000  # keys in memory at most
MANY: Final = 900  # values in one statement
BUSY: Final = 30  # seconds

_PRIVATE: Final = 0o600
_SCHEMA: Final = (
    "CREATE TABLE whose (store TEXT NOT NULL)",
    "CREATE TABLE key (debtor INTEGER PRIMARY KEY, key BLOB, destroyed_at INTEGER)",
)
_READ: Final = "SELECT debtor, key, destroyed_at IS NOT NULL FROM key WHERE debtor IN ({})"


def keys_beside(store: Path) -> Path:
    """Where the keys of a store lie."""
    return store.with_suffix(".keys")


class Keys:
    """The keys of one store; safe in many threads and processes.

    With `keeps` False new keys live in memory only: for a copy of a store that is thrown away.
    """

    def __init__(self, path: Path, *, store_id: str, keeps: bool = True) -> None:
        self.path = path
        self._store_id = store_id
        self._keeps = keeps
        self._held: dict[int, AESGCM | None] = {}
        self._file: sqlite3.Connection | None = None
        self._lock = threading.RLock()

    def make(self, debtor_ids: Iterable[int]) -> None:
        """Have a key for each of them: when this returns they are on the disk.

        Raises:
            StoreFault: the disk failed, or the file is that of another store.
        """
        with self._lock:
            wanted = self._read(debtor_ids)
            if wanted and self._keeps:
                self._write(wanted)
                wanted = self._read(wanted)
            self._held |= {debtor: _cipher(os.urandom(KEY_BYTES)) for debtor in wanted}

    def holds(self, debtor_id: int) -> bool:
        """Whether his key, or the mark of a destroyed one, was made or read already."""
        return debtor_id in self._held

    def load(self, debtor_ids: Iterable[int]) -> None:
        """Read the keys of many at once; those that are not there are missed when they are used."""
        with self._lock:
            self._read(debtor_ids)

    def cipher(self, debtor_id: int) -> "AESGCM | None":
        """What opens and seals what belongs to a debtor; None: his key was destroyed.

        Raises:
            StoreFault: there is neither a key nor the mark of a destroyed one.
        """
        found = self._held.get(debtor_id)
        if found is None and debtor_id not in self._held:
            with self._lock:
                if self._read([debtor_id]):
                    raise fault("store/keys-missing", self.path, f"debtor {debtor_id}")
                found = self._held[debtor_id]
        return found

    def destroy(self, debtor_id: int, *, at: int) -> None:
        """Forget a key for good (`at` UTC, ms) and leave a mark; once more does no harm.

        Raises:
            StoreFault: the disk failed.
        """
        with self._lock, disk_faults(self.path):
            file = self._opened(create=True)
            file.execute("PRAGMA secure_delete=ON")
            with _transaction(file):
                file.execute(
                    "INSERT INTO key VALUES (?, NULL, ?) ON CONFLICT (debtor) DO UPDATE "
                    "SET key = NULL, destroyed_at = coalesce(destroyed_at, excluded.destroyed_at)",
                    (debtor_id, at),
                )
            file.execute("VACUUM")
            self._held[debtor_id] = None

    def destroyed(self) -> frozenset[int]:
        """The debtors whose keys were destroyed."""
        with self._lock, disk_faults(self.path):
            if not self.path.exists():
                return frozenset()
            marks = "SELECT debtor FROM key WHERE destroyed_at IS NOT NULL"
            return frozenset(debtor for (debtor,) in self._opened().execute(marks))

    def copy(self, to: Path) -> int:
        """Write them all to a new file that only this account may read; how many they are.

        Raises:
            StoreFault: the disk failed, or there is a file already.
        """
        with self._lock, disk_faults(to):
            os.close(os.open(to, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE))
            with closing(sqlite3.connect(to)) as target:
                self._opened(create=True).backup(target)
                count = target.execute("SELECT count(*) FROM key WHERE key IS NOT NULL").fetchone()
            sync(to)
            return int(count[0])

    def refuse_foreign(self) -> None:
        """Look whose keys these are, if there is a file.

        Raises:
            StoreFault: they are those of another store, or the file is no file of keys.
        """
        with self._lock, disk_faults(self.path):
            if self.path.exists():
                self._opened()

    def close(self) -> None:
        """Let go of the file and of all keys."""
        with self._lock:
            self._held.clear()
            if self._file is not None:
                self._file.close()
                self._file = None

    def _read(self, debtor_ids: Iterable[int]) -> Collection[int]:
        """Hold the keys of these; those that have neither a key nor a mark."""
        wanted = sorted(set(debtor_ids).difference(self._held))
        if not wanted:
            return ()
        if len(self._held) > HELD:
            self._held.clear()
        if not self.path.exists():
            return wanted
        with disk_faults(self.path):
            rows = list(_rows(self._opened(), wanted))
        self._held |= {
            debtor: None if destroyed else _cipher(key) for debtor, key, destroyed in rows
        }
        return [debtor for debtor in wanted if debtor not in self._held]

    def _write(self, wanted: Collection[int]) -> None:
        with disk_faults(self.path):
            file = self._opened(create=True)
            with _transaction(file):
                file.executemany(
                    "INSERT INTO key (debtor, key) VALUES (?, ?) ON CONFLICT DO NOTHING",
                    [(debtor, os.urandom(KEY_BYTES)) for debtor in wanted],
                )

    def _opened(self, *, create: bool = False) -> sqlite3.Connection:
        if self._file is None:
            if create and not self.path.exists():
                self._create()
            file = _connect(self.path)
            self._file = file
            whose = file.execute("SELECT store FROM whose").fetchone()
            if whose is None or whose[0] != self._store_id:
                self.close()
                raise fault("store/keys-foreign", self.path, "" if whose is None else whose[0])
        return self._file

    def _create(self) -> None:
        """A new file appears whole; a twin who was faster keeps his."""
        aside = self.path.with_name(f".{self.path.name}.{os.urandom(4).hex()}")
        try:
            os.close(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE))
            with closing(_connect(aside)) as file, _transaction(file):
                for statement in _SCHEMA:
                    file.execute(statement)
                file.execute("INSERT INTO whose VALUES (?)", (self._store_id,))
            with suppress(FileExistsError):
                os.link(aside, self.path)
            sync(self.path.parent)
        finally:
            aside.unlink(missing_ok=True)
            aside.with_name(f"{aside.name}-journal").unlink(missing_ok=True)


def _cipher(key: bytes) -> "AESGCM":
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - 30 ms, when used

    return AESGCM(key)


def _rows(file: sqlite3.Connection, wanted: Sequence[int]) -> Iterator[tuple[int, bytes, int]]:
    for start in range(0, len(wanted), MANY):
        some = wanted[start : start + MANY]
        yield from file.execute(_READ.format(", ".join("?" * len(some))), some)


def _connect(path: Path) -> sqlite3.Connection:
    file = sqlite3.connect(path, timeout=BUSY, isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode=TRUNCATE", "synchronous=EXTRA", "trusted_schema=OFF"):
        file.execute(f"PRAGMA {pragma}")
    return file


@contextmanager
def _transaction(file: sqlite3.Connection) -> Iterator[None]:
    file.execute("BEGIN IMMEDIATE")
    try:
        yield
        file.execute("COMMIT")
    except BaseException:
        if file.in_transaction:
            file.execute("ROLLBACK")
        raise
