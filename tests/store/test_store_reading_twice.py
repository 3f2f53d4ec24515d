"""Two connections that read one view: both see the same, whatever others write meanwhile."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, text

from dispatcher.model.settings import Environment
from dispatcher.store.connection import Store
from dispatcher.store.open import create_store


NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
INSERT = "INSERT INTO source (name, as_of) VALUES ('open-items', '2026-11-17')"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Store]:
    store = create_store(tmp_path / "book.sqlite", environment=Environment.SANDBOX, now=NOW)
    yield store
    store.close()


def sources(connection: Connection | None) -> int:
    assert connection is not None
    return int(connection.execute(text("SELECT count(*) FROM source")).scalar_one())


@contextmanager
def another(store: Store) -> Iterator[sqlite3.Connection]:
    """A process beside us that does not wait."""
    with closing(sqlite3.connect(store.path, timeout=0, isolation_level=None)) as driver:
        yield driver


def test_both_see_what_was_written_before_and_nobody_commits_between(opened: Store) -> None:
    with another(opened) as other:
        other.execute(INSERT)
        with opened.reading_twice() as (first, second):
            other.execute("BEGIN IMMEDIATE")
            other.execute("DELETE FROM source")
            with pytest.raises(sqlite3.OperationalError):
                other.execute("COMMIT")
            assert sources(first) == sources(second) == 1
        other.execute("COMMIT")
    with opened.reading_twice() as (first, second):
        assert sources(first) == sources(second) == 0


def test_inside_a_writing_block_there_is_one_that_sees_the_work(opened: Store) -> None:
    with opened.writing() as connection:
        connection.execute(text(INSERT))
        with opened.reading_twice() as (first, second):
            assert second is None
            assert sources(first) == 1


def test_while_another_process_is_about_to_commit_there_is_only_one(opened: Store) -> None:
    with another(opened) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute(INSERT)
        begun: list[Connection] = []

        def commits_at_the_second(connection: Connection) -> None:
            begun.append(connection)
            if len(begun) == 2:
                with pytest.raises(sqlite3.OperationalError):  # the first view is held
                    other.execute("COMMIT")

        event.listen(opened.engine, "begin", commits_at_the_second)
        with opened.reading_twice() as (first, second):
            assert second is None
            assert sources(first) == 0
        other.execute("COMMIT")
    with opened.reading_twice() as (first, second):
        assert sources(first) == sources(second) == 1
