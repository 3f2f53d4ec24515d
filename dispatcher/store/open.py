"""Making a store and opening it: for one environment, readable by one account."""

import os
import secrets
import sqlite3
import uuid
from datetime import datetime
from pathlib import Path

from sqlalchemy import insert

from dispatcher.errors import BadInput, RelanceError
from dispatcher.model.problem import Problem
from dispatcher.model.settings import Environment
from dispatcher.store import tables
from dispatcher.store.connection import Store, connect, engine_of, writing
from dispatcher.store.faults import disk_faults, fault
from dispatcher.store.instants import to_ms
from dispatcher.store.keyed import refuse_without_keys
from dispatcher.store.keys import Keys, keys_beside
from dispatcher.store.schema import APPLICATION_ID, VERSION, upgrade
from dispatcher.store.sealed import use_keys
from dispatcher.store.synced import sync
from dispatcher.store.trail import Entry, append


PRIVATE = 0o600
SECRET_BYTES = 32


def create_store(path: Path, *, environment: Environment, now: datetime) -> Store:
    """A new, empty store at that path; a kill on the way leaves none.

    Raises:
        BadInput: there is one already.
        StoreFault: the folder is missing or cannot be written.
    """
    if path.exists():
        raise BadInput(Problem(code="store/exists", fields={"path": str(path)}))
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with disk_faults(path):
            os.close(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE))
            _fill(aside, environment=environment, now=now)
            os.link(aside, path)  # unlike a rename it refuses to replace a twin's store
            sync(path.parent)
    except FileExistsError as error:
        raise BadInput(Problem(code="store/exists", fields={"path": str(path)})) from error
    finally:
        aside.unlink(missing_ok=True)
        aside.with_name(f"{aside.name}-journal").unlink(missing_ok=True)
    return open_store(path, environment=environment)


def open_store(
    path: Path, *, environment: Environment, check: bool = True, keys: Path | None = None
) -> Store:
    """The store at that path, brought to our schema; `check` reads every page of it once.

    The keys of its debtors lie beside it. With `keys` it is a copy that is thrown away, of the
    store whose keys lie there: they are read and no new one is kept.

    Raises:
        BadInput: there is none, or it belongs to the other environment.
        StoreFault: it is no store of ours, corrupt, of a newer version, or cannot be written.
    """
    _refuse_absent(path)
    with disk_faults(path):
        _refuse_unwritable(path)
        version = _inspect(path, check=check)
        engine = engine_of(path)
        try:
            if version < VERSION:
                with writing(engine) as connection:
                    upgrade(connection)
            with engine.connect() as connection:
                row = connection.execute(tables.store.select()).one()
            _refuse_other(path, environment=environment, found=row.environment)
            held = Keys(keys or keys_beside(path), store_id=row.id, keeps=keys is None)
            refuse_without_keys(path, held)
        except BaseException:
            engine.dispose()
            raise
    use_keys(engine.dialect, held)
    return Store(
        path=path,
        engine=engine,
        store_id=row.id,
        environment=environment,
        secret=row.secret,
        keys=held,
    )


def _fill(path: Path, *, environment: Environment, now: datetime) -> None:
    engine = engine_of(path)
    try:
        with writing(engine) as connection:
            upgrade(connection)
            store_id = str(uuid.uuid4())
            values = {
                "id": store_id,
                "environment": environment.value,
                "created_at": to_ms(now),
                "secret": secrets.token_bytes(SECRET_BYTES),
            }
            connection.execute(insert(tables.store).values(values))
            entry = Entry("store", {"store": store_id, "environment": environment.value})
            append(connection, [entry], at=now)
    finally:
        engine.dispose()


def _refuse_absent(path: Path) -> None:
    if not path.is_file():
        raise BadInput(Problem(code="store/missing", fields={"path": str(path)}))


def _refuse_unwritable(path: Path) -> None:
    for place in (path, path.parent):  # SQLite's journal is made and removed in the folder
        if not os.access(place, os.W_OK):
            raise fault("store/not-writable", path, place)


def _inspect(path: Path, *, check: bool) -> int:
    connection = connect(path)
    try:
        if _pragma(connection, "application_id") != APPLICATION_ID:
            raise fault("store/not-ours", path, "application_id")
        version = _pragma(connection, "user_version")
        if version > VERSION:
            raise _newer(path, version)
        if check:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if found != "ok":
                raise fault("store/corrupt", path, found)
        return version
    finally:
        connection.close()


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def _newer(path: Path, version: int) -> RelanceError:
    return fault("store/newer", path, f"{version} > {VERSION}")


def _refuse_other(path: Path, *, environment: Environment, found: str) -> None:
    if found != environment.value:
        fields = {"path": str(path), "found": found, "wanted": environment.value}
        raise BadInput(Problem(code="store/other-environment", fields=fields))
