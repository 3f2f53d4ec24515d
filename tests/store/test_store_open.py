import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from dispatcher.errors import BadInput, RelanceError, StoreFault
from dispatcher.model.settings import Environment
from dispatcher.problems.catalog.store import PROBLEMS
from dispatcher.problems.render import as_text
from dispatcher.store.connection import Store, raw
from dispatcher.store.open import create_store, open_store
from dispatcher.store.schema import VERSION
from dispatcher.store.tables import metadata
from tests.store.store_samples import NOW, new_store


def shown(error: RelanceError) -> str:
    """The problem's code, once both languages have shown it."""
    (problem,) = error.problems
    assert all(as_text(problem, lang=lang) for lang in ("en", "fr"))
    assert problem.code in PROBLEMS
    return problem.code


def sql(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


def test_a_new_store_is_private_and_opens_again(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    store.close()
    again = open_store(store.path, environment=Environment.SANDBOX)
    assert (again.id, again.secret) == (store.id, store.secret)
    assert sorted(each.name for each in tmp_path.iterdir()) in (
        ["relance.sqlite"],
        ["relance.sqlite", "relance.sqlite-journal"],
    )


def test_migrations_make_exactly_the_tables(store: Store) -> None:
    with store.writing() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "truncate"),
        ("synchronous", 3),
        ("foreign_keys", 1),
        ("busy_timeout", 30000),
        ("trusted_schema", 0),
        ("user_version", VERSION),
    ],
)
def test_every_connection_is_safe(store: Store, pragma: str, value: object) -> None:
    with store.reading() as connection:
        assert raw(connection).execute(f"PRAGMA {pragma}").fetchone()[0] == value


def damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096:-4096] = b"\xa5" * (len(data) - 8192)
    path.write_bytes(data)


def no_header(path: Path) -> None:
    path.write_bytes(b"not a database, but long enough to be read" * 100)


def newer(path: Path) -> None:
    sql(path, f"PRAGMA user_version = {VERSION + 1}")


def foreign(path: Path) -> None:
    sql(path, "PRAGMA application_id = 1")


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize(
    ("spoil", "code", "exit_code"),
    [
        (Path.unlink, "store/missing", 2),
        (no_header, "store/corrupt", 4),
        (damage, "store/corrupt", 4),
        (empty, "store/not-ours", 4),
        (foreign, "store/not-ours", 4),
        (newer, "store/newer", 4),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_a_store_that_cannot_be_used_is_refused(
    tmp_path: Path, spoil: Callable[[Path], None], code: str, exit_code: int
) -> None:
    store = new_store(tmp_path)
    store.close()
    spoil(store.path)
    with pytest.raises(RelanceError) as refused:
        open_store(store.path, environment=Environment.SANDBOX)
    assert shown(refused.value) == code
    assert refused.value.exit_code == exit_code


def test_a_store_refuses_the_other_environment(store: Store) -> None:
    with pytest.raises(BadInput) as refused:
        open_store(store.path, environment=Environment.PRODUCTION)
    assert shown(refused.value) == "store/other-environment"


def test_a_store_is_never_made_over_another(store: Store) -> None:
    with pytest.raises(BadInput) as refused:
        create_store(store.path, environment=Environment.SANDBOX, now=NOW)
    assert shown(refused.value) == "store/exists"
    assert store.path.stat().st_size > 0


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreFault) as refused:
        create_store(tmp_path / "no" / "s.sqlite", environment=Environment.SANDBOX, now=NOW)
    assert shown(refused.value) == "store/not-writable"
    with pytest.raises(StoreFault) as refused:
        create_store(Path("/proc/s.sqlite"), environment=Environment.SANDBOX, now=NOW)
    assert shown(refused.value) == "store/not-writable"


def fill_the_disk(store: Store) -> None:
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE debtor SET name = 'changed'")
        connection.exec_driver_sql(
            "INSERT INTO policy (hash, body, first_used_at) VALUES ('x', zeroblob(9000000), 0)"
        )


def test_a_full_disk_is_named_and_nothing_was_written(store: Store) -> None:
    with store.reading() as connection:
        pages = raw(connection).execute("PRAGMA page_count").fetchone()[0]
        raw(connection).execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreFault) as refused:
        fill_the_disk(store)
    assert shown(refused.value) == "store/disk-full"
    assert "full" in refused.value.problems[0].fields["cause"]
    with store.reading() as connection:
        found = connection.exec_driver_sql("SELECT count(*) FROM debtor WHERE name = 'changed'")
        assert found.scalar() == 0


def test_a_transaction_that_sqlite_gave_up_is_not_taken_for_written(store: Store) -> None:
    with pytest.raises(StoreFault) as refused, store.writing() as connection:
        raw(connection).execute("ROLLBACK")
    assert shown(refused.value) == "store/fault"


def test_transactions_do_not_nest(store: Store) -> None:
    with store.writing(), pytest.raises(RuntimeError, match="nest"), store.writing():
        pass


def test_reading_inside_writing_sees_it(store: Store) -> None:
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE debtor SET name = 'new'")
        with store.reading() as same:
            names = same.exec_driver_sql("SELECT DISTINCT name FROM debtor").scalars().all()
            assert names == ["new"]
