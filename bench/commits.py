"""The store and the journal against their limits: `python -m bench.commits`.

What a message costs on the disk: commits of trail records through the store, beside bare SQLite
with the same settings that writes the same bytes ready-made; claims answered and recorded without a
guard and a network; batches of the journal, beside a bare write and sync of the same bytes.
"""

import argparse
import os
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.timing import machine, raced
from bench.trail import NOW, answered, batches, debtors_and_cases, let_go
from dispatcher.deliver.journal import Journal
from dispatcher.model.mark import Mark, Named
from dispatcher.model.settings import Environment
from dispatcher.ports import Claim
from dispatcher.store.book import Book
from dispatcher.store.connection import Store, connect
from dispatcher.store.open import create_store
from dispatcher.store.outbox import StoredOutbox
from dispatcher.store.trail import Entry, append


BATCH = 25
LARGE = 20 * BATCH
MARK = Mark(store="0" * 32, seq=1, hash="0" * 64, at=0, last=1)
MOVED = Entry(
    "message-moved",
    {"message": 12_345, "from": "planned", "to": "sending", "attempt": 1, "owner": "1." + "0" * 60},
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.commits", description=__doc__)
    parser.add_argument("--commits", type=int, default=100)
    parser.add_argument("--messages", type=int, default=2000)
    asked = parser.parse_args()
    print(f"# On the disk: {machine()}\n")
    print("| what | a second | bare, a second | share of the limit |\n|---|---|---|---|")
    with TemporaryDirectory(prefix="relance-bench-") as folder:
        for records in (BATCH, LARGE):
            store = create_store(
                Path(folder) / f"{records}.sqlite", environment=Environment.SANDBOX, now=NOW
            )
            ours, bare = _speeds(
                partial(_commit, store, records),
                _bare(Path(folder) / f"bare-{records}.sqlite", records),
                asked.commits,
            )
            store.close()
            _tell(f"commits of {records} records", ours, bare)
            _tell(f"records, {records} a commit", records * ours, records * bare)
        speed, claims = _claimed(Path(folder) / "claims.sqlite", asked.messages)
        path = Path(folder) / "journal.jsonl"
        with Journal(path, naming=lambda _claims: Named(mark=MARK)) as journal:
            journal.open_batch(claims[:BATCH])
            note = partial(journal.open_batch, claims[:BATCH])
            bare_one = partial(_synced, Path(folder) / "bare", path.read_bytes())
            ours, bare = _speeds(note, bare_one, asked.commits)
        _tell(f"batches of {BATCH} in the journal", ours, bare)
    print(f"\nClaimed and recorded, {LARGE} at a time, no guard: {speed:,.0f} messages a second.")


def _tell(what: str, ours: float, bare: float) -> None:
    print(f"| {what} | {ours:,.0f} | {bare:,.0f} | {100 * ours / bare:.0f} % |")


def _speeds(
    ours: Callable[[], object], bare: Callable[[], object], times: int
) -> tuple[float, float]:
    """How often a second, taken in turns."""
    took = raced({"ours": ours, "bare": bare}, runs=times)
    return 1 / took["ours"], 1 / took["bare"]


def _commit(store: Store, records: int) -> None:
    with store.writing() as connection:
        append(connection, [MOVED] * records, at=NOW)


def _bare(path: Path, records: int) -> Callable[[], object]:
    """The same number of rows of the same size, ready-made."""
    path.touch()
    connection = connect(path)
    connection.execute(
        "CREATE TABLE audit (seq INTEGER PRIMARY KEY, at INTEGER, body BLOB, hash BLOB)"
    )
    body, digest = b"x" * 220, b"x" * 32

    def once() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT INTO audit (at, body, hash) VALUES (?, ?, ?)", [(1, body, digest)] * records
        )
        connection.execute("COMMIT")

    return once


def _synced(path: Path, line: bytes) -> None:
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(number, line)
    os.fdatasync(number)
    os.close(number)


def _claimed(path: Path, messages: int) -> tuple[float, Sequence[Claim]]:
    """Messages a second from the store and back into it; and some of their claims."""
    store = create_store(path, environment=Environment.SANDBOX, now=NOW)
    outbox = StoredOutbox(store, day_of=datetime.date)
    debtors_and_cases(store, messages)
    for some in batches(messages):
        Book(store, day_of=datetime.date).freeze(None, some, now=NOW)
    taken: Sequence[Claim] = ()
    begun = time.perf_counter()
    for _ in range(messages // LARGE):
        taken = outbox.claim(
            channel="email", limit=LARGE, owner="1", boot="b", now=NOW, guard=let_go
        )
        outbox.record([answered(claim) for claim in taken], owner="1")
    spent = time.perf_counter() - begun
    store.close()
    return messages // LARGE * LARGE / spent, taken


if __name__ == "__main__":
    main()
