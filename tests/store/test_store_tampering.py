"""Seven kinds of tampering at many places, by somebody who owns the file.

Ten thousand random ones: `python -m pytest tests/store/test_store_tampering.py -m slow -n 0`.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from dispatcher.model.record import chained, first_hash
from dispatcher.model.settings import Environment
from dispatcher.store.open import open_store
from dispatcher.store.verify import Head, verify
from tests.store.test_store_trail import copied, live_a_day


Tamper = Callable[[sqlite3.Connection, Random], None]

#: What the trail tells of each table, and another value of it.
TABLES = {
    "message": ("state", "recipient", "channel", "rule", "template", "policy_hash", "printed"),
    "line": ("step", "choice", "cycle", "amount", "claimed", "live"),
    "attempt": ("evidence",),
    "event": ("kind", "day", "detail"),
    "task": ("state",),
    "hold": ("rule", "began_on"),
    "sent_back": ("step", "to_step", "day"),
    "placement": ("policy", "legal_kind", "since"),
    "run": ("state", "answers"),
    "policy": ("hash",),
    "content": ("commitment", "body"),
}

FLIP = "CASE typeof({0}) WHEN 'integer' THEN 1 - {0} WHEN 'blob' THEN x'00' ELSE {0} || 'x' END"


@pytest.fixture(scope="module")
def lived(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = copied(template, tmp_path_factory.mktemp("tampering"))
    store = open_store(path, environment=Environment.SANDBOX)
    live_a_day(store)
    store.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER audit_refuses_update")
        connection.execute("DROP TRIGGER audit_refuses_delete")
        connection.commit()
    return path


def length(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT max(seq) FROM audit").fetchone()[0])


def edit(connection: sqlite3.Connection, draw: Random) -> None:
    """One byte of a record, or of its hash, or its instant."""
    seq = draw.randint(1, length(connection))
    column = draw.choice(["body", "hash", "at"])
    query = f"SELECT {column} FROM audit WHERE seq = ?"
    value = connection.execute(query, (seq,)).fetchone()[0]
    if isinstance(value, bytes):
        place = draw.randrange(len(value))
        changed = bytes([value[place] ^ 1 << draw.randrange(8)])
        value = value[:place] + changed + value[place + 1 :]
    else:
        value += draw.choice([-1, 1])
    connection.execute(f"UPDATE audit SET {column} = ? WHERE seq = ?", (value, seq))


def delete(connection: sqlite3.Connection, draw: Random) -> None:
    """A record, those after it moved up or not."""
    seq = draw.randint(1, length(connection))
    connection.execute("DELETE FROM audit WHERE seq = ?", (seq,))
    if draw.random() < 0.5:
        connection.execute("UPDATE audit SET seq = -seq WHERE seq > ?", (seq,))
        connection.execute("UPDATE audit SET seq = -seq - 1 WHERE seq < 0")


def insert(connection: sqlite3.Connection, draw: Random) -> None:
    """A copy of one record before another, or after the last."""
    seq, source = (draw.randint(1, length(connection)) for _ in range(2))
    at = seq if draw.random() < 0.8 else length(connection) + 1
    found = connection.execute("SELECT at, body, hash FROM audit WHERE seq = ?", (source,))
    row = found.fetchone()
    connection.execute("UPDATE audit SET seq = -seq WHERE seq >= ?", (at,))
    connection.execute("UPDATE audit SET seq = 1 - seq WHERE seq < 0")
    connection.execute("INSERT INTO audit VALUES (?, ?, ?, ?)", (at, *row))


def swap(connection: sqlite3.Connection, draw: Random) -> None:
    one, other = draw.sample(range(1, length(connection) + 1), 2)
    for before, after in ((one, -1), (other, one), (-1, other)):
        connection.execute("UPDATE audit SET seq = ? WHERE seq = ?", (after, before))


def truncate(connection: sqlite3.Connection, draw: Random) -> None:
    """The end of the trail, the tables as they are."""
    last = length(connection)
    # The import tells of no table, so cutting only what follows it would be found anyway.
    connection.execute("DELETE FROM audit WHERE seq > ?", (draw.randint(0, last - 1),))


def rewrite(connection: sqlite3.Connection, draw: Random) -> None:
    """A record and all after it, chained as it should be, telling the same of the tables."""
    first = draw.randint(1, length(connection))
    store_id = connection.execute("SELECT id FROM store").fetchone()[0]
    query = "SELECT hash FROM audit WHERE seq = ?"
    before = connection.execute(query, (first - 1,)).fetchone()
    previous = first_hash(store_id) if before is None else before[0]
    query = "SELECT seq, at, body FROM audit WHERE seq >= ? ORDER BY seq"
    for seq, at, body in connection.execute(query, (first,)).fetchall():
        changed = body.replace(f'"at":{at}'.encode(), f'"at":{at + 1}'.encode())
        previous = chained(previous, changed)
        statement = "UPDATE audit SET at = ?, body = ?, hash = ? WHERE seq = ?"
        connection.execute(statement, (at + 1, changed, previous, seq))


def behind(connection: sqlite3.Connection, draw: Random) -> None:
    """A table behind the trail: a value of a row, or a row."""
    table = draw.choice(sorted(TABLES))
    rows = [row for (row,) in connection.execute(f"SELECT rowid FROM {table} ORDER BY rowid")]
    column, row = draw.choice(TABLES[table]), draw.choice(rows)
    connection.execute("PRAGMA ignore_check_constraints=ON")
    if draw.random() < 0.2:
        connection.execute(f"DELETE FROM {table} WHERE rowid = ?", (row,))
    else:
        flipped = FLIP.format(column)
        statement = f"UPDATE {table} SET {column} = {flipped} WHERE rowid = ?"
        connection.execute(statement, (row,))


KINDS: dict[str, Tamper] = {
    "edit": edit,
    "delete": delete,
    "insert": insert,
    "swap": swap,
    "truncate": truncate,
    "rewrite": rewrite,
    "behind": behind,
}


def found(path: Path, kept: Head, kind: str, seed: int, folder: Path) -> tuple[bool, bool]:
    """Whether it is found alone, and with a checkpoint that was kept before."""
    tampered = copied(path, folder)
    with closing(sqlite3.connect(tampered)) as connection:
        KINDS[kind](connection, Random(seed))
        connection.commit()
    alone = verify(tampered).first_fault is not None
    return alone, verify(tampered, against=kept).first_fault is not None


@pytest.fixture(scope="module")
def kept(lived: Path) -> Head:
    return verify(lived).head


def wanted(kind: str) -> tuple[bool, bool]:
    """Whoever writes the whole chain anew is found by a checkpoint only."""
    return kind != "rewrite", True


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_tampering_is_found(
    lived: Path, kept: Head, tmp_path: Path, kind: str, seed: int
) -> None:
    assert found(lived, kept, kind, seed, tmp_path) == wanted(kind)


@pytest.mark.slow
def test_ten_thousand_random_tamperings_are_found(lived: Path, kept: Head, tmp_path: Path) -> None:
    for seed in range(10_000):
        kind = sorted(KINDS)[seed % len(KINDS)]
        assert found(lived, kept, kind, seed, tmp_path) == wanted(kind), (kind, seed)
