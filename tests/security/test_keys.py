"""A key per debtor: made before it is used, never made again, and nothing is read without it."""

import sqlite3
from collections.abc import Collection, Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from dispatcher.errors import RelanceError, StoreFault
from dispatcher.model.event import EventKind
from dispatcher.model.settings import Environment
from dispatcher.ports import Rejected
from dispatcher.store.connection import Store
from dispatcher.store.events import NewEvent
from dispatcher.store.keys import Keys, keys_beside
from dispatcher.store.open import open_store
from dispatcher.store.sealed import MARK, opened, sealed
from dispatcher.store.tables import attempt, content
from dispatcher.store.verify import verify
from tests.store.store_samples import DAY, NOW, PLAIN, answer, book_on, claim, filled, outbox_on


WORDS = b"Monsieur Canari, vous devez 12 EUR"


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path / "relance.keys", store_id="one")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return filled(tmp_path)


def raw(store: Store, query: str) -> list[Any]:
    with closing(sqlite3.connect(store.path)) as driver:
        return [value for (value,) in driver.execute(query)]


# -- the file of keys


def test_what_is_sealed_is_read_by_whoever_has_the_key(keys: Keys) -> None:
    keys.make([1, 2])
    value = sealed(keys, "content.body", 1, WORDS)

    assert WORDS not in value
    assert value != sealed(keys, "content.body", 1, WORDS), "a nonce per value"
    again = Keys(keys.path, store_id="one")
    assert opened(again, "content.body", value) == WORDS


def test_a_value_moved_to_another_column_or_debtor_is_not_opened(keys: Keys) -> None:
    keys.make([1, 2])
    value = sealed(keys, "content.body", 1, WORDS)
    whose = len(MARK) + 7

    for purpose, moved in (
        ("event.note", value),
        ("content.body", value[:whose] + b"\x02" + value[whose + 1 :]),
        ("content.body", value[:-1] + bytes([value[-1] ^ 1])),
        ("content.body", value[:20]),
    ):
        with pytest.raises(StoreFault) as caught:
            opened(keys, purpose, moved)
        assert caught.value.problems[0].code == "store/sealed-changed"


def test_twins_make_one_key(keys: Keys) -> None:
    twin = Keys(keys.path, store_id="one")
    keys.make([7])
    twin.make([7, 8])

    assert opened(keys, "x", sealed(twin, "x", 7, WORDS)) == WORDS
    assert opened(keys, "x", sealed(twin, "x", 8, WORDS)) == WORDS


def test_a_destroyed_key_never_comes_back(keys: Keys) -> None:
    keys.make([1])
    value = sealed(keys, "x", 1, WORDS)
    before = keys.path.read_bytes()
    keys.destroy(1, at=5)
    keys.destroy(1, at=6)
    keys.make([1])

    assert opened(keys, "x", value) is None
    assert opened(Keys(keys.path, store_id="one"), "x", value) is None
    assert keys.destroyed() == {1}
    with closing(sqlite3.connect(keys.path)) as driver:
        assert driver.execute("SELECT key, destroyed_at FROM key").fetchall() == [(None, 5)]
    # Not even in a free page of the file.
    assert any(before[at : at + 32] not in keys.path.read_bytes() for at in range(len(before) - 32))


def test_only_this_account_may_read_keys(keys: Keys, tmp_path: Path) -> None:
    keys.make([1])
    assert keys.copy(tmp_path / "copy") == 1

    assert keys.path.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o600


def test_a_passing_copy_of_a_store_keeps_no_key(keys: Keys) -> None:
    keys.make([1])
    passing = Keys(keys.path, store_id="one", keeps=False)
    passing.make([1, 2])

    assert opened(passing, "x", sealed(passing, "x", 2, WORDS)) == WORDS
    with pytest.raises(StoreFault):
        Keys(keys.path, store_id="one").cipher(2)


# -- in the store


def test_what_is_about_a_debtor_lies_sealed_and_is_read_plain(store: Store) -> None:
    book, outbox = book_on(store), outbox_on(store)
    book.freeze(None, [replace(PLAIN, content=WORDS)], now=NOW)
    (taken,) = claim(outbox)
    answer(outbox, taken, Rejected(code="550", evidence="550 canari"))

    assert taken.content == WORDS
    with store.reading() as connection:
        assert connection.execute(select(content.c.body)).scalar_one() == WORDS
        assert "canari" in connection.execute(select(attempt.c.evidence)).scalar_one()
    (body,) = raw(store, "SELECT body FROM content")
    assert body.startswith(MARK)
    assert WORDS not in store.path.read_bytes()
    assert b"550 canari" not in store.path.read_bytes()


def test_a_store_of_version_1_goes_on_with_its_plain_content(store: Store) -> None:
    book_on(store).freeze(None, [replace(PLAIN, content=WORDS)], now=NOW)
    with closing(sqlite3.connect(store.path)) as driver:
        driver.execute("UPDATE content SET body = ?", (WORDS,))
        driver.commit()
    store.keys.close()
    keys_beside(store.path).unlink()
    store.close()

    again = open_store(store.path, environment=Environment.SANDBOX)
    (taken,) = claim(outbox_on(again))
    answer(outbox_on(again), taken, Rejected(code="550", evidence="550 canari"))
    again.close()

    assert taken.content == WORDS
    assert verify(store.path).first_fault is None


@pytest.mark.parametrize("loss", ["missing", "another store's", "of before"])
def test_without_its_keys_a_store_sends_nothing(store: Store, loss: str) -> None:
    book = book_on(store)
    book.freeze(None, [PLAIN], now=NOW)
    store.close()
    path = keys_beside(store.path)
    path.unlink()
    if loss == "another store's":
        Keys(path, store_id="other").make([1])
    if loss == "of before":
        Keys(path, store_id=store.id).make([99])

    with pytest.raises(RelanceError) as caught:
        claim(outbox_on(open_store(store.path, environment=Environment.SANDBOX)))

    code = "store/keys-foreign" if loss == "another store's" else "store/keys-missing"
    assert [problem.code for problem in caught.value.problems] == [code]
    assert caught.value.exit_code == 4
    assert raw(store, "SELECT state FROM message") == ["planned"]


def test_a_key_is_on_the_disk_before_what_it_seals(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device", str(store.path))

    monkeypatch.setattr("dispatcher.store.keys.Keys._write", fail)
    with pytest.raises(StoreFault):
        book_on(store).freeze(None, [PLAIN], now=NOW)

    assert raw(store, "SELECT body FROM content") == []


def test_keys_of_a_batch_are_read_in_one_question(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    book_on(store).freeze(None, [PLAIN], now=NOW)
    store.close()
    again = open_store(store.path, environment=Environment.SANDBOX)
    asked: list[object] = []
    read = Keys._read  # noqa: SLF001 - counting is what this test is about

    def counted(self: Keys, ids: Iterable[int]) -> Collection[int]:
        asked.append(ids)
        return read(self, ids)

    monkeypatch.setattr(Keys, "_read", counted)

    assert claim(outbox_on(again))
    assert len(asked) == 1
    again.close()


def test_a_late_word_about_somebody_erased_is_not_kept(store: Store) -> None:
    store.keys.make([1])
    store.keys.destroy(1, at=5)
    told = NewEvent(
        source="o", reference="1", kind=EventKind.PAUSED, debtor_id=1, day=DAY, note="canari"
    )
    book_on(store).record_event(told, now=NOW)
    store.close()

    assert raw(store, "SELECT note FROM event") == [""]
    with closing(sqlite3.connect(store.path)) as driver:
        driver.execute("UPDATE debtor SET reference = 'erased-1' WHERE id = 1")
        driver.commit()
    assert verify(store.path).first_fault is None
