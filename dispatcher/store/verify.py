"""Proving the trail: every record as stored, chained, and telling the same as the tables."""

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dispatcher.model.message import NOTHING_REACHED
from dispatcher.model.problem import Problem
from dispatcher.model.record import chained, commitment, first_hash
from dispatcher.store.connection import connect
from dispatcher.store.faults import disk_faults


TALLY = 1 << 64

Body = Mapping[str, Any]  # a record as JSON gives it
Tallies = Counter[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A place in the trail that was written down elsewhere: number and hash (hex) of a record."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was found: how many records hold, the head to keep elsewhere, the first fault."""

    records: int
    head: Head
    first_fault: Problem | None = None


def verify(path: Path, *, against: Head | None = None) -> Verified:
    """Read the whole trail again, in bounded memory, and compare it with the tables.

    Whoever can rewrite the file can rewrite all of the chain: only `against`, a head kept
    elsewhere, finds that, and a trail cut together with its tables.

    Raises:
        StoreFault: the file cannot be read.
    """
    with disk_faults(path), closing(connect(path)) as connection:
        connection.execute("PRAGMA query_only=ON")
        connection.execute("BEGIN")
        told: Tallies = Counter()
        head, broken = _chain(connection, told, against)
        fault = broken or _disagreement(connection, told) or _content(connection)
        return Verified(records=head.seq, head=head, first_fault=fault)


def _chain(
    connection: sqlite3.Connection, told: Tallies, against: Head | None
) -> tuple[Head, Problem | None]:
    store_id = connection.execute("SELECT id FROM store").fetchone()[0]
    previous, seq = first_hash(store_id), 0
    rows = connection.execute("SELECT seq, at, body, hash FROM audit ORDER BY seq")
    for found, at, body, digest in rows:
        head = Head(seq=seq, hash=previous.hex())
        if found != seq + 1:
            return head, _problem("store/trail-gap", seq=seq + 1)
        if digest != chained(previous, body):
            return head, _problem("store/trail-changed", seq=found)
        record: Body = json.loads(body)
        if (record["seq"], record["at"]) != (found, at):
            return head, _problem("store/trail-changed", seq=found)
        seq, previous = found, digest
        if against is not None and against.seq == seq and against.hash != digest.hex():
            return head, _problem("store/trail-changed", seq=seq)
        _tell(told, record)
    head = Head(seq=seq, hash=previous.hex())
    if seq == 0 or (against is not None and against.seq > seq):
        wanted = 1 if against is None else against.seq
        return head, _problem("store/trail-cut", seq=seq, wanted=wanted)
    return head, None


# -- what the trail tells of the tables ---------------------------------------------------------
#
# Each table's rows are summed up, in any order, as a sum of digests; records add and take away.


def _tell(told: Tallies, record: Body) -> None:
    teller = TELLERS.get(record["kind"])
    if teller is not None:
        teller(told, record)


def _frozen(told: Tallies, record: Body) -> None:
    number = record["message"]
    _add(told, "message", number, record["to"])
    _add(told, "content", number, record["content"], record["recipient"])
    if "event" in record:
        _add(told, "answer", number, record["event"])
    for each in record["lines"]:
        names = ("case", "step", "choice", "cycle", "amount", "claimed")
        _add(told, "line", number, *(each[name] for name in names))


def _moved(told: Tallies, record: Body) -> None:
    number = record["message"]
    _add(told, "message", number, record["from"], sign=-1)
    _add(told, "message", number, record["to"])
    if "evidence" in record:
        _attempted(told, record)
    for name in ("done_on", "taken_back_on"):
        if name in record:
            _add(told, "line", name, number, record[name])


def _attempted(told: Tallies, record: Body) -> None:
    _add(told, "attempt", record["message"], record["attempt"], record["evidence"])


def _approval(told: Tallies, record: Body) -> None:
    names = ("message", "role", "person", "granted", "note")
    _add(told, "approval", *(record[name] for name in names))


def _task_opened(told: Tallies, record: Body) -> None:
    _add(told, "task", record["task"], record["to"])


def _task_moved(told: Tallies, record: Body) -> None:
    _add(told, "task", record["task"], record["from"], sign=-1)
    _add(told, "task", record["task"], record["to"])


def _event(told: Tallies, record: Body) -> None:
    _add(told, "event", record["event"], record["event_kind"], record["day"], record["detail"])


def _holds_began(told: Tallies, record: Body) -> None:
    for number, case, rule, _reason, on_unknown in record["holds"]:
        _add(told, "hold", number, case, rule, on_unknown, record["day"])


def _holds_ended(told: Tallies, record: Body) -> None:
    for (number,) in record["holds"]:
        _add(told, "hold", "ended", number, record["day"])


def _sent_back(told: Tallies, record: Body) -> None:
    for row in record["steps"]:
        _add(told, "sent_back", *row, record["day"])


def _placed(told: Tallies, record: Body) -> None:
    for number, debtor, currency, *stands in record["accounts"]:
        _add(told, "placement", "whose", number, debtor, currency)
        _add(told, "placement", number, *stands, "")


def _placed_anew(told: Tallies, record: Body) -> None:
    for number, *stands in record["accounts"]:
        half = len(stands) // 2
        _add(told, "placement", number, *stands[:half], sign=-1)
        _add(told, "placement", number, *stands[half:])


def _run_begun(told: Tallies, record: Body) -> None:
    _add(told, "run", record["run"], "running", "")


def _run_ended(told: Tallies, record: Body) -> None:
    _add(told, "run", record["run"], "running", "", sign=-1)
    _add(told, "run", record["run"], record["state"], record["answers"])


def _policy(told: Tallies, record: Body) -> None:
    _add(told, "policy", record["policy"])


TELLERS: Final[Mapping[str, Callable[[Tallies, Body], None]]] = {
    "message-frozen": _frozen,
    "message-moved": _moved,
    "call-attempted": _attempted,
    "approval": _approval,
    "task-opened": _task_opened,
    "task-moved": _task_moved,
    "event": _event,
    "run-begun": _run_begun,
    "run-ended": _run_ended,
    "policy": _policy,
    "holds-began": _holds_began,
    "holds-ended": _holds_ended,
    "sent-back": _sent_back,
    "placed": _placed,
    "placed-anew": _placed_anew,
}


# -- what the tables say ------------------------------------------------------------------------

#: Each query gives the very parts that the records of that table give.
QUERIES: Final[Mapping[str, tuple[str, ...]]] = {
    "message": ("SELECT id, state FROM message",),
    "answer": ("SELECT id, event_id FROM message WHERE event_id IS NOT NULL",),
    "line": (
        "SELECT message_id, invoice_id, step, choice, cycle, amount, claimed FROM line",
        "SELECT DISTINCT 'done_on', message_id, done_on FROM line WHERE done_on IS NOT NULL",
        """SELECT DISTINCT 'taken_back_on', message_id, taken_back_on FROM line
        WHERE taken_back_on IS NOT NULL""",
    ),
    "task": ("SELECT id, state FROM task",),
    "run": ("SELECT id, state, answers FROM run",),
    "policy": ("SELECT hash FROM policy",),
    "hold": (
        "SELECT id, invoice_id, rule, on_unknown, began_on FROM hold",
        "SELECT 'ended', id, ended_on FROM hold WHERE ended_on IS NOT NULL",
    ),
    "sent_back": ("SELECT id, invoice_id, line_id, step, to_step, day FROM sent_back",),
    "placement": (
        "SELECT 'whose', id, debtor_id, currency FROM placement",
        "SELECT id, policy, legal_kind, since, coalesce(settled_on, '') FROM placement",
    ),
}


def _disagreement(connection: sqlite3.Connection, told: Tallies) -> Problem | None:
    for table, rows in _tables(connection):
        found: Tallies = Counter()
        for parts in rows:
            _add(found, table, *parts)
        if found[table] != told[table]:
            return _problem("store/trail-disagrees", table=table)
    wrong = f"""
        SELECT count(*) FROM line JOIN message ON message.id = line.message_id
        WHERE line.live <> (message.state NOT IN ({_quoted(NOTHING_REACHED)}))
    """  # noqa: S608 - our own words
    if connection.execute(wrong).fetchone()[0]:
        return _problem("store/trail-disagrees", table="line")
    return None


def _tables(
    connection: sqlite3.Connection,
) -> Iterator[tuple[str, Iterator[tuple[object, ...]]]]:
    for table, queries in QUERIES.items():
        yield table, (row for query in queries for row in connection.execute(query))
    yield (
        "content",
        _committed(
            connection,
            "SELECT id, commitment, salt, recipient FROM message JOIN content ON message_id = id",
        ),
    )
    query = "SELECT message_id, role, person, granted, salt, note FROM approval"
    yield "approval", _committed(connection, query)
    note = "CASE WHEN note = '' THEN '' ELSE char(10) || note END"
    query = f"SELECT id, kind, day, salt, detail || {note} FROM event"  # noqa: S608 - our words
    yield "event", _committed(connection, query)
    yield (
        "attempt",
        _committed(
            connection,
            "SELECT message_id, number, salt, evidence FROM attempt WHERE stage = 'closed'",
        ),
    )


def _committed(connection: sqlite3.Connection, query: str) -> Iterator[tuple[object, ...]]:
    """Rows that end in a salt and a text, with the commitment instead of both."""
    for *parts, salt, text in connection.execute(query):
        yield (*parts, commitment(salt=salt, content=text.encode()))


def _content(connection: sqlite3.Connection) -> Problem | None:
    """The first message whose frozen bytes are not those that the trail commits to."""
    rows = connection.execute(
        "SELECT message_id, salt, commitment, body FROM content ORDER BY message_id"
    )
    for number, salt, wanted, body in rows:
        if commitment(salt=salt, content=body) != wanted:
            return _problem("store/content-changed", message=number)
    return None


def _add(tallies: Tallies, table: str, *parts: object, sign: int = 1) -> None:
    text = "\0".join(str(part) for part in parts)
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    tallies[table] = (tallies[table] + sign * int.from_bytes(digest)) % TALLY


def _quoted(words: frozenset[str]) -> str:
    return ", ".join(f"'{word}'" for word in sorted(words))


def _problem(code: str, **fields: object) -> Problem:
    return Problem(code=code, fields={name: str(value) for name, value in fields.items()})
