"""The chain by the letter of its public format, without any code of ours."""

import hashlib
import sqlite3
from contextlib import closing

from dispatcher.store.book import Book
from dispatcher.store.connection import Store
from tests.store.store_samples import NOW, frozen


def test_each_hash_is_that_of_the_one_before_and_the_bytes(store: Store, book: Book) -> None:
    book.freeze(None, [frozen(1), frozen(2)], now=NOW)
    with closing(sqlite3.connect(store.path)) as driver:
        (name,) = driver.execute("SELECT id FROM store").fetchone()
        rows = driver.execute("SELECT seq, body, hash FROM audit ORDER BY seq").fetchall()
    assert len(rows) > 2
    before = hashlib.sha256(name.encode()).digest()
    for number, (seq, body, told) in enumerate(rows, start=1):
        assert seq == number
        before = hashlib.sha256(before + body).digest()
        assert told == before
