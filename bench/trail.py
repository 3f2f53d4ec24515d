"""Proving a trail: `python -m bench.trail [--records 1000000]`.

A store is filled by the functions that a run uses: debtors and invoices come in, messages are
frozen, claimed and answered; each leaves three records, beside those of the imports. Then the whole
trail is proved, alone and against a checkpoint. Counted is processor time; the memory is that of a
process which only proves.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.timing import machine, peak_mb
from dispatcher.model.message import Line
from dispatcher.model.settings import Environment
from dispatcher.ports import Accepted, Attempted, Claim, Frozen
from dispatcher.store.book import Book
from dispatcher.store.connection import Store
from dispatcher.store.glance import trail_head
from dispatcher.store.open import create_store
from dispatcher.store.outbox import StoredOutbox
from dispatcher.store.verify import Head, verify


GOALS = {"seconds": 30.0, "megabytes": 200}
NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
TODAY = date(2026, 11, 20)
PER_MESSAGE = 3  # records
AT_ONCE = 1_000  # messages in a transaction
CONTENT = b'{"html":"","subject":"Rappel","text":"' + b"Madame, Monsieur, " * 60 + b'"}'


def main() -> None:
    """Print seconds and memory, with and without a checkpoint."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--prove", metavar="STORE", default="")
    parser.add_argument("--against", metavar="SEQ:HASH", default="")
    asked = parser.parse_args()
    if asked.prove:
        _prove(Path(asked.prove), asked.against)
        return
    print(machine())
    with TemporaryDirectory(prefix="relance-bench-") as folder:
        path = Path(folder) / "relance.sqlite"
        _fill(path, messages=asked.records // PER_MESSAGE)
        _, seq, digest = trail_head(path)
        print(f"{seq:,} records, {path.stat().st_size / 1e6:,.0f} MB")
        for name, against in (("alone", ""), ("against a checkpoint", f"{seq}:{digest}")):
            print(name, end=": ", flush=True)
            mine = [sys.executable, "-m", "bench.trail", "--prove", str(path)]
            subprocess.run([*mine, "--against", against], check=True)
    print(f"goal: {GOALS['seconds']} s, {GOALS['megabytes']} MB")


def _prove(path: Path, against: str) -> None:
    seq, _, digest = against.partition(":")
    head = Head(seq=int(seq), hash=digest) if against else None
    before = time.process_time()
    found = verify(path, against=head)
    spent = time.process_time() - before
    fault = "whole" if found.first_fault is None else found.first_fault.code
    print(f"{fault}, {spent:.1f} s, {peak_mb()} MB")


def _fill(path: Path, *, messages: int) -> None:
    store = create_store(path, environment=Environment.SANDBOX, now=NOW)
    try:
        debtors_and_cases(store, messages)
        book = Book(store, day_of=datetime.date)
        outbox = StoredOutbox(store, day_of=datetime.date)
        for some in batches(messages):
            book.freeze(None, some, now=NOW)
            claims = outbox.claim(
                channel="email", limit=AT_ONCE, owner="1", boot="b", now=NOW, guard=let_go
            )
            outbox.record([answered(claim) for claim in claims], owner="1")
    finally:
        store.close()


def debtors_and_cases(store: Store, cases: int) -> None:
    """Debtors and invoices as an import leaves them, without reading a file."""
    with store.writing() as connection:
        connection.exec_driver_sql(
            _COUNT.format(
                what="INSERT INTO debtor (id, reference, name) SELECT n, 'C' || n, 'Société ' || n"
            ),
            (max(1, cases // 10),),
        )
        connection.exec_driver_sql(
            _COUNT.format(
                what="INSERT INTO invoice (id, number, term, debtor_id, balance, open) "
                f"SELECT n, 'F' || n, 1, 1 + n % {max(1, cases // 10)}, 10000, 1"
            ),
            (cases,),
        )


_COUNT = """
    WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < ?) {what} FROM up
"""


def batches(messages: int) -> Iterator[list[Frozen]]:
    """A message per case, some in a transaction."""
    debtors = max(1, messages // 10)
    for start in range(1, messages + 1, AT_ONCE):
        last = min(messages, start + AT_ONCE - 1)
        yield [_frozen(number, 1 + number % debtors) for number in range(start, last + 1)]


def _frozen(case: int, debtor: int) -> Frozen:
    line = Line(case_id=case, step="reminder", choice="standard", cycle=0, amount=10_000)
    return Frozen(
        debtor_id=debtor,
        channel="email",
        to=f"compta{debtor}@client.example",
        policy="b2b-standard",
        policy_hash="9f" * 32,
        rule="reminder/standard",
        template="courteous-reminder",
        tone="courteous",
        lines=(line,),
        content=CONTENT,
        printed="7c" * 32,
        planned_on=TODAY,
        not_before=NOW,
        valid_until=NOW + timedelta(days=3),
    )


def answered(claim: Claim) -> Attempted:
    """The provider took it."""
    outcome = Accepted(provider_id=f"q{claim.id}", receipt="250 2.0.0 Ok: queued")
    return Attempted(claim=claim, outcome=outcome, at=NOW)


def let_go(_: Sequence[Claim]) -> Mapping[int, str]:
    """A guard that has nothing against any of them."""
    return {}


if __name__ == "__main__":
    main()
