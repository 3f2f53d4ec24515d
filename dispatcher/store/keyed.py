"""Whether the keys that a store needs are there: without them nothing of it can be read or sent."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from dispatcher.store.connection import connect
from dispatcher.store.faults import fault
from dispatcher.store.keys import Keys
from dispatcher.store.sealed import MARK, TEXT_MARK


#: Every column of `tables` that is sealed, by table.
SEALED: Final = {
    "content": ("body",),
    "event": ("note",),
    "attempt": ("evidence",),
    "approval": ("note",),
    "task": ("note",),
    "report": ("evidence",),
    "resolution": ("reason",),
    "intervention": ("note",),
}


def refuse_without_keys(path: Path, keys: Keys) -> None:
    """Look that the keys are there and this store's, before anything is read or written.

    Raises:
        StoreFault: something is sealed and there is no file of keys, or it is another store's.
    """
    if keys.path.exists():
        keys.refuse_foreign()
        return
    with closing(connect(path)) as connection:
        if any(_is_sealed(connection, table, name) for table in SEALED for name in SEALED[table]):
            raise fault("store/keys-missing", keys.path, path)


def _is_sealed(connection: sqlite3.Connection, table: str, column: str) -> bool:
    """Whether any value is; read only where there is no file of keys."""
    begins = f"SELECT 1 FROM {table} WHERE substr({column}, 1, {len(MARK)}) IN (?, ?) LIMIT 1"  # noqa: S608 - our names
    return connection.execute(begins, (MARK, TEXT_MARK)).fetchone() is not None
