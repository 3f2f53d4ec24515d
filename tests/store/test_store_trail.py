import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from dispatcher.model.event import EventKind
from dispatcher.model.plan import PlannedTask
from dispatcher.model.record import chained, first_hash
from dispatcher.model.settings import Environment
from dispatcher.ports import Accepted, Rejected
from dispatcher.problems.render import as_text
from dispatcher.store.book import Book
from dispatcher.store.connection import Store
from dispatcher.store.events import NewEvent
from dispatcher.store.keys import keys_beside
from dispatcher.store.open import open_store
from dispatcher.store.outbox import StoredOutbox
from dispatcher.store.verify import Head, verify
from tests.store.store_samples import DAY, NOW, PLAIN, answer, book_on, claim, frozen, outbox_on


CANARY = "canary-7f3a"


STOOD = {
    "holds": pl.DataFrame(
        [{"case_id": 1, "policy": "b2b", "rule": "stops/a", "reason": "a", "on_unknown": False}]
    ),
    "sent_back": pl.DataFrame(
        [{"case_id": 1, "line_id": 1, "step": "reminder", "to_step": "none"}]
    ),
    "placements": pl.DataFrame(
        [{"debtor_id": 1, "currency": "EUR", "policy": "b2b", "legal_kind": "business"}]
    ),
}
MOVED = STOOD["placements"].with_columns(policy=pl.lit("small"))


def live_a_day(store: Store) -> None:
    """One of everything that the trail tells."""
    book, outbox = book_on(store), outbox_on(store)
    book.remember_policies({"00ff": "policy: b2b"}, now=NOW)
    run = book.begin_run(kind="run", day=DAY, now=NOW, policies=["00ff"])
    personal = replace(PLAIN, to=f"{CANARY}@example.test", content=CANARY.encode())
    book.freeze(run, [personal, frozen(2), frozen(3), frozen(4, channel="call")], now=NOW)
    first, second, _ = claim(outbox)
    answer(outbox, first, Accepted(provider_id="p", receipt=CANARY))
    answer(outbox, second, Rejected(code="550", evidence=CANARY))
    answer(outbox, claim(outbox, channel="call")[0], Accepted())
    book.finish_by_person(4, outcome="promised", person="anne", note=CANARY, now=NOW)
    event = NewEvent(
        source="o", reference="1", kind=EventKind.PAUSED, debtor_id=1, day=DAY, detail=CANARY
    )
    book.record_event(event, now=NOW)
    task = PlannedTask(debtor_id=1, policy="b2b", rule="stops/a", name="look-up", case_ids=(1,))
    book.open_tasks(run, [task], now=NOW)
    book.follow(run, STOOD, now=NOW)
    book.follow(run, {**STOOD, "holds": STOOD["holds"].clear(), "placements": MOVED}, now=NOW)
    book.end_run(run, state="done", now=NOW, answers="00", answers_rows=6)


def copied(path: Path, folder: Path) -> Path:
    """A copy of a store with its keys, if it has any."""
    for each in (path, keys_beside(path)):
        if each.exists():
            shutil.copy(each, folder / each.name)
    return folder / path.name


@pytest.fixture(scope="module")
def lived(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = copied(template, tmp_path_factory.mktemp("lived"))
    store = open_store(path, environment=Environment.SANDBOX)
    live_a_day(store)
    store.close()
    return path


@pytest.fixture
def path(lived: Path, tmp_path: Path) -> Path:
    return copied(lived, tmp_path)


def bodies(path: Path) -> Iterator[dict[str, object]]:
    with closing(sqlite3.connect(path)) as connection:
        for (body,) in connection.execute("SELECT body FROM audit ORDER BY seq"):
            yield json.loads(body)


def test_the_trail_of_a_day_holds(path: Path) -> None:
    found = verify(path)
    assert found.first_fault is None
    assert found.records == found.head.seq == len(list(bodies(path)))


def test_everything_that_happened_is_told(path: Path) -> None:
    kinds = [body["kind"] for body in bodies(path)]
    assert kinds == [
        "store",
        "import",
        "policy",
        "run-begun",
        *["message-frozen"] * 4,
        *["message-moved"] * 3,
        "message-moved",
        "message-moved",
        "message-moved",
        "message-moved",
        "message-moved",
        "event",
        "task-opened",
        "holds-began",
        "sent-back",
        "placed",
        "holds-ended",
        "placed-anew",
        "run-ended",
    ]


def test_no_personal_bytes_enter_the_trail(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        trail = b"".join(body for (body,) in connection.execute("SELECT body FROM audit"))
    assert CANARY.encode() not in trail
    assert "Société".encode() not in trail


@pytest.mark.parametrize("statement", ["UPDATE audit SET at = 0", "DELETE FROM audit"])
def test_the_trail_refuses_to_be_changed(path: Path, statement: str) -> None:
    refused = pytest.raises(sqlite3.IntegrityError, match="never changed")
    with closing(sqlite3.connect(path)) as connection, refused:
        connection.execute(statement)


# -- tampering, by somebody who owns the file


def run_sql(*statements: str) -> Callable[[Path], None]:
    def tamper(path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("DROP TRIGGER audit_refuses_update")
            connection.execute("DROP TRIGGER audit_refuses_delete")
            for statement in statements:
                assert connection.execute(statement).rowcount != 0, statement
            connection.commit()

    return tamper


def rewrite(path: Path) -> None:
    """Every record anew with another instant, chained as it should be."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER audit_refuses_update")
        previous = first_hash(connection.execute("SELECT id FROM store").fetchone()[0])
        rows = connection.execute("SELECT seq, at, body FROM audit ORDER BY seq").fetchall()
        for seq, at, body in rows:
            changed = body.replace(f'"at":{at}'.encode(), f'"at":{at + 1}'.encode())
            previous = chained(previous, changed)
            connection.execute(
                "UPDATE audit SET at = ?, body = ?, hash = ? WHERE seq = ?",
                (at + 1, changed, previous, seq),
            )
        connection.commit()


SWAP = (
    "UPDATE audit SET seq = -1 WHERE seq = 5",
    "UPDATE audit SET seq = 5 WHERE seq = 6",
    "UPDATE audit SET seq = 6 WHERE seq = -1",
)
INSERTED = (
    "UPDATE audit SET seq = -seq WHERE seq > 5",
    "UPDATE audit SET seq = 1 - seq WHERE seq < 0",
    "INSERT INTO audit SELECT 6, at, body, hash FROM audit WHERE seq = 5",
)

TAMPERINGS: dict[str, tuple[Callable[[Path], None], str]] = {
    "one byte": (
        run_sql("UPDATE audit SET body = CAST(body || ' ' AS BLOB) WHERE seq = 7"),
        "store/trail-changed",
    ),
    "a hash": (
        run_sql("UPDATE audit SET hash = zeroblob(32) WHERE seq = 7"),
        "store/trail-changed",
    ),
    "its instant": (run_sql("UPDATE audit SET at = at + 1 WHERE seq = 7"), "store/trail-changed"),
    "deleted": (run_sql("DELETE FROM audit WHERE seq = 7"), "store/trail-gap"),
    "reordered": (run_sql(*SWAP), "store/trail-changed"),
    "inserted": (run_sql(*INSERTED), "store/trail-changed"),
    "cut at the end": (run_sql("DELETE FROM audit WHERE seq > 9"), "store/trail-disagrees"),
    "the last record": (
        run_sql("DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)"),
        "store/trail-disagrees",
    ),
    "emptied": (run_sql("DELETE FROM audit"), "store/trail-cut"),
    "a message's state": (
        run_sql("UPDATE message SET state = 'delivered' WHERE id = 1"),
        "store/trail-disagrees",
    ),
    "states swapped": (
        run_sql(
            "UPDATE message SET state = CASE id WHEN 1 THEN 'failed' ELSE 'sent' END "
            "WHERE id IN (1, 2)"
        ),
        "store/trail-disagrees",
    ),
    "a recipient": (
        run_sql("UPDATE message SET recipient = 'x@example.test' WHERE id = 2"),
        "store/trail-disagrees",
    ),
    "content": (
        run_sql("UPDATE content SET body = x'00' WHERE message_id = 2"),
        "store/content-changed",
    ),
    "content lost": (
        run_sql("DELETE FROM content WHERE message_id = 2"),
        "store/trail-disagrees",
    ),
    "an amount": (
        run_sql("UPDATE line SET amount = 1 WHERE id = 1"),
        "store/trail-disagrees",
    ),
    "a day": (
        run_sql("UPDATE line SET done_on = '2020-01-01' WHERE message_id = 1"),
        "store/trail-disagrees",
    ),
    "a key freed": (
        run_sql("UPDATE line SET live = 0 WHERE message_id = 1"),
        "store/trail-disagrees",
    ),
    "evidence": (
        run_sql("UPDATE attempt SET evidence = '{}' WHERE id = 1"),
        "store/trail-disagrees",
    ),
    "an attempt lost": (run_sql("DELETE FROM attempt WHERE id = 2"), "store/trail-disagrees"),
    "an event": (run_sql("UPDATE event SET detail = 'other'"), "store/trail-disagrees"),
    "a task": (run_sql("UPDATE task SET state = 'done'"), "store/trail-disagrees"),
    "a hold": (run_sql("UPDATE hold SET began_on = '2020-01-01'"), "store/trail-disagrees"),
    "a hold's end": (run_sql("UPDATE hold SET ended_on = NULL"), "store/trail-disagrees"),
    "a hold lost": (run_sql("DELETE FROM hold"), "store/trail-disagrees"),
    "a step done again": (
        run_sql("UPDATE sent_back SET to_step = 'second'"),
        "store/trail-disagrees",
    ),
    "a policy": (run_sql("UPDATE placement SET policy = 'b2b'"), "store/trail-disagrees"),
    "whose policy": (run_sql("UPDATE placement SET debtor_id = 2"), "store/trail-disagrees"),
    "a run's answers": (run_sql("UPDATE run SET answers = '11'"), "store/trail-disagrees"),
}


@pytest.mark.parametrize(("tamper", "code"), list(TAMPERINGS.values()), ids=list(TAMPERINGS))
def test_tampering_is_found(path: Path, tamper: Callable[[Path], None], code: str) -> None:
    tamper(path)
    fault = verify(path).first_fault
    assert fault is not None
    assert fault.code == code
    assert all(as_text(fault, lang=lang) for lang in ("en", "fr"))


def test_a_chain_rewritten_whole_is_found_only_by_a_head_kept_elsewhere(path: Path) -> None:
    kept = verify(path).head
    rewrite(path)
    assert verify(path).first_fault is None
    fault = verify(path, against=kept).first_fault
    assert fault is not None
    assert fault.code == "store/trail-rewritten"


def test_a_store_put_back_is_found_by_a_head_kept_elsewhere(path: Path, template: Path) -> None:
    kept = verify(path).head
    fault = verify(template, against=kept).first_fault
    assert fault is not None
    assert fault.code == "store/trail-cut"


def test_a_head_kept_elsewhere_agrees_with_a_trail_that_grew(
    book: Book, outbox: StoredOutbox
) -> None:
    kept = verify(book.store.path).head
    book.freeze(None, [PLAIN], now=NOW)
    claim(outbox, now=NOW + timedelta(hours=1))
    assert verify(book.store.path, against=kept).first_fault is None
    wrong = Head(seq=kept.seq, hash="00")
    assert verify(book.store.path, against=wrong).first_fault is not None
