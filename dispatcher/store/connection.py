"""One open store: its identity and the only two ways to a connection, reading and writing."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.exc import OperationalError

from dispatcher.model.settings import Environment
from dispatcher.store.faults import disk_faults, fault
from dispatcher.store.keys import Keys


BUSY_SECONDS = 30

PRAGMAS = (
    "journal_mode=TRUNCATE",  # WAL before SQLite 3.51.3 can corrupt
    "synchronous=EXTRA",
    "foreign_keys=ON",
    f"busy_timeout={BUSY_SECONDS * 1000}",
    "trusted_schema=OFF",
    "cache_size=-65536",  # 64 MiB: a large import stays in memory until its commit
    "temp_store=MEMORY",
)


class Store:
    """A store that was opened; `writing` and `reading` give its connections.

    Reading inside a writing block of the same thread sees what that transaction has written: the
    guard asks for frames while the outbox is claiming.
    """

    def __init__(
        self,
        *,
        path: Path,
        engine: Engine,
        store_id: str,
        environment: Environment,
        secret: bytes,
        keys: Keys,
    ) -> None:
        self.path = path
        self.id = store_id
        self.environment = environment
        self.secret = secret
        self.engine = engine
        self.keys = keys
        self._open = threading.local()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: all of it is on the disk when the block ends, or nothing.

        Raises:
            StoreFault: the disk or SQLite failed; nothing was written.
            RuntimeError: this thread is writing already.
        """
        if self._current() is not None:
            raise RuntimeError("transactions of the store do not nest")
        with disk_faults(self.path), writing(self.engine) as connection:
            self._open.connection = connection
            try:
                yield connection
            finally:
                self._open.connection = None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view: the open transaction of this thread, else a new one."""
        current = self._current()
        if current is not None:
            yield current
            return
        with disk_faults(self.path), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def reading_twice(self) -> Iterator[tuple[Connection, Connection | None]]:
        """One consistent view on two connections, for two threads; the second may be missing.

        There is none inside a writing block, whose work no other connection sees, nor while
        another process is about to commit.
        """
        with self.reading() as connection:
            _hold(connection)
            if self._current() is not None:
                yield connection, None
                return
            # The view that is held keeps others from committing, so the second sees the same.
            with self.engine.connect() as second, second.begin():
                yield connection, second if _may_hold(second) else None

    def wait_at_most(self, seconds: int) -> None:
        """From now on a writer waits that long for another one, then it is a `StoreFault`."""
        self.engine.dispose()

        def settle(connection: sqlite3.Connection, _record: object) -> None:
            connection.execute(f"PRAGMA busy_timeout={seconds * 1000}")

        event.listen(self.engine, "connect", settle)

    def close(self) -> None:
        """Let go of the file."""
        self.engine.dispose()
        self.keys.close()

    def _current(self) -> Connection | None:
        connection: Connection | None = getattr(self._open, "connection", None)
        return connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that holds the write lock from its first statement on."""
    with engine.connect() as plain:
        connection = plain.execution_options(writes=True)
        with connection.begin():
            yield connection
            _refuse_lost_transaction(connection)


def raw(connection: Connection) -> sqlite3.Connection:
    """The driver's own connection under this one."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        raise TypeError("not a connection to SQLite")
    return driver


def engine_of(path: Path) -> Engine:
    """An engine on an existing file, with the settings that make a commit last."""
    engine = create_engine("sqlite://", creator=lambda: connect(path), poolclass=QueuePool)
    event.listen(engine, "begin", _begin)
    return engine


def connect(path: Path) -> sqlite3.Connection:
    """A driver's connection in which only we begin and end transactions."""
    connection = sqlite3.connect(
        f"file:{quote(str(path))}?mode=rw",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def _begin(connection: Connection) -> None:
    # The driver's own transaction control would begin late and commit before some statements.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _hold(connection: Connection) -> None:
    """Let the transaction see the store as it is now: SQLite waits for a first statement."""
    connection.exec_driver_sql("SELECT 1 FROM store").fetchall()


def _may_hold(connection: Connection) -> bool:
    """The same without waiting for a writer, who himself waits for the view that is held."""
    connection.exec_driver_sql("PRAGMA busy_timeout=0")
    try:
        _hold(connection)
    except OperationalError:
        return False
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
    return True


def _refuse_lost_transaction(connection: Connection) -> None:
    # On a full disk SQLite rolls back by itself; a commit would then say nothing and keep nothing.
    if not raw(connection).in_transaction:
        path = Path(raw(connection).execute("PRAGMA database_list").fetchone()[2])
        raise fault("store/fault", path, "the transaction was rolled back by SQLite")
