"""Proving the trail: every record as stored, chained, and telling the same as the tables."""

import json
import secrets
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final

from dispatcher.model.merkle import Roots
from dispatcher.model.message import NOTHING_REACHED
from dispatcher.model.problem import Problem
from dispatcher.model.record import chained, first_hash
from dispatcher.store.connection import connect
from dispatcher.store.erased import ERASED_ROWS, can_open, counted, standing, to_erase_again
from dispatcher.store.faults import disk_faults
from dispatcher.store.keyed import refuse_without_keys
from dispatcher.store.keys import Keys, keys_beside


#: Tallies are sums of Python's own digests of texts (64 bits, keyed anew in each process), ten
#: times faster than others; nobody who tampered could know what they would be.
_SALT: Final = secrets.token_hex(16)

_READ: Final = json.JSONDecoder().decode  # of bytes it would look for an encoding first

SHORT: Final = 16  # signs of a hash that are enough to compare

Body = Mapping[str, Any]  # a record as JSON gives it
Tallies = Counter[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A place in the trail that was written down elsewhere: number and hash of a record.

    The hash is in hex; its first sixteen signs are enough to compare.
    """

    seq: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was found: how many records hold, the head to keep elsewhere, the first fault.

    `agreed` is how many heads that were kept elsewhere are in the trail.
    """

    records: int
    head: Head
    first_fault: Problem | None = None
    agreed: int = 0


def verify(path: Path, *, against: Head | Sequence[Head] | None = None) -> Verified:
    """Read the whole trail again, in bounded memory, and compare it with the tables.

    Whoever can rewrite the file can rewrite all of the chain: only `against`, heads kept
    elsewhere, finds that, and a trail cut together with its tables.

    Raises:
        StoreFault: the file cannot be read.
    """
    with disk_faults(path), ExitStack() as stack:
        connection = stack.enter_context(closing(connect(path)))
        connection.execute("PRAGMA query_only=ON")
        keys = stack.enter_context(closing(_keys(connection, path)))
        can_open(connection, keys)
        connection.execute("BEGIN")
        told: Tallies = Counter()
        kept = _kept(against)
        head, broken = _chain(connection, told, kept)
        fault = broken or _standing_again(connection, keys)
        fault = fault or _disagreement(connection, told) or _content(connection)
        agreed = len(kept) if fault is None else 0
        return Verified(records=head.seq, head=head, first_fault=fault, agreed=agreed)


def _kept(against: Head | Sequence[Head] | None) -> Mapping[int, frozenset[str]]:
    """The hashes that were written down, by the number of their record."""
    heads = [against] if isinstance(against, Head) else against or []
    kept: dict[int, frozenset[str]] = {}
    for head in heads:
        kept[head.seq] = kept.get(head.seq, frozenset()) | {head.hash}
    return kept


def _keys(connection: sqlite3.Connection, path: Path) -> Keys:
    store_id = connection.execute("SELECT id FROM store").fetchone()[0]
    keys = Keys(keys_beside(path), store_id=store_id)
    refuse_without_keys(path, keys)
    return keys


def _standing_again(connection: sqlite3.Connection, keys: Keys) -> Problem | None:
    """Debtors who were erased after this copy of the store was made."""
    again = to_erase_again(connection, keys)
    return _problem("store/erase-again", count=len(again)) if again else None


def _chain(
    connection: sqlite3.Connection, told: Tallies, kept: Mapping[int, frozenset[str]]
) -> tuple[Head, Problem | None]:
    store_id = connection.execute("SELECT id FROM store").fetchone()[0]
    previous, seq = first_hash(store_id), 0
    roots = Roots()
    rows = connection.execute("SELECT seq, at, body, hash FROM audit ORDER BY seq")
    for found, at, body, digest in rows:
        if found != seq + 1:
            return _head(seq, previous), _problem("store/trail-gap", seq=seq + 1)
        record = _record(previous, body, digest)
        if record is None or not _holds(told, roots, record, found, at):
            return _head(seq, previous), _problem("store/trail-changed", seq=found)
        if found in kept and not _is(digest, kept[found]):
            return _head(seq, previous), _problem("store/trail-rewritten", seq=found)
        seq, previous = found, digest
        roots.add(digest)
    wanted = max(kept, default=1)
    if seq == 0 or wanted > seq:
        return _head(seq, previous), _problem("store/trail-cut", seq=seq, wanted=wanted)
    return _head(seq, previous), None


def _record(previous: bytes, body: object, digest: object) -> Body | None:
    """The record with these bytes, if they follow the one before."""
    if not (isinstance(body, bytes) and digest == chained(previous, body)):
        return None
    try:
        found: Body = _READ(str(body, "utf-8"))
    except ValueError:  # somebody chained what no pen of ours writes
        return None
    return found


def _holds(told: Tallies, roots: Roots, record: Body, seq: int, at: int) -> bool:
    """Take what a record tells; whether it is one of ours, with that number and instant."""
    try:
        if (record["seq"], record["at"]) != (seq, at) or not _is_root(roots, record):
            return False
        _tell(told, record)
    except (LookupError, TypeError, ValueError):
        return False
    return True


def _is_root(roots: Roots, record: Body) -> bool:
    """Whether a root is that of the records before it; any other record is none."""
    if record["kind"] != "root":
        return True
    return (record["size"], record["root"]) == (roots.size, roots.root().hex())


def _head(seq: int, digest: bytes) -> Head:
    return Head(seq=seq, hash=digest.hex())


def _is(digest: bytes, written: frozenset[str]) -> bool:
    """Whether all that was written down of a record is its hash."""
    whole = digest.hex()
    return all(each in {whole, whole[: max(SHORT, len(each))]} for each in written)


# -- what the trail tells of the tables ---------------------------------------------------------
#
# Each table's rows are summed up, in any order, as a sum of digests; records add and take away.


def _tell(told: Tallies, record: Body) -> None:
    teller = TELLERS.get(record["kind"])
    if teller is not None:
        teller(told, record)


def _frozen(told: Tallies, record: Body) -> None:
    _rebuilt(told, record)
    _add(told, "content", record["message"], record["content"], record["recipient"])


def _rebuilt(told: Tallies, record: Body) -> None:
    number = record["message"]
    _add(told, "message", number, record["to"])
    facts = (record[name] for name in ("debtor", "channel", "policy", "rule", "template"))
    _add(told, "message", number, *facts, record.get("printed", ""), record.get("main", ""))
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


def _stop(told: Tallies, record: Body) -> None:
    names = ("stop", "act", "channel", "person", "said_at", "reason")
    _add(told, "stop", *(record[name] for name in names))


def _intervention(told: Tallies, record: Body) -> None:
    names = ("message", "deed", "person", "note")
    _add(told, "intervention", record["intervention"], *(record[name] for name in names))


def _twice(told: Tallies, record: Body) -> None:
    if "evidence" in record:  # else the record of the move tells the attempt
        _attempted(told, record)


def _run_begun(told: Tallies, record: Body) -> None:
    _add(told, "run", record["run"], "running", "")


def _run_ended(told: Tallies, record: Body) -> None:
    _add(told, "run", record["run"], "running", "", sign=-1)
    _add(told, "run", record["run"], record["state"], record["answers"])


def _erased(told: Tallies, record: Body) -> None:
    for parts in counted(record):
        _add(told, "erased", *parts)


def _provider_opened(told: Tallies, record: Body) -> None:
    if record["from"] != "open":
        _add(told, "provider", record["channel"])


def _provider_closed(told: Tallies, record: Body) -> None:
    _add(told, "provider", record["channel"], sign=-1)


def _policy(told: Tallies, record: Body) -> None:
    _add(told, "policy", record["policy"])


def _report(told: Tallies, record: Body) -> None:
    names = ("report", "source", "reference", "report_kind", "evidence")
    _add(told, "report", *(record[name] for name in names))
    _add(told, "report", "stands", record["report"], *record["stands"])


def _report_moved(told: Tallies, record: Body) -> None:
    _add(told, "report", "stands", record["report"], *record["from"], sign=-1)
    _add(told, "report", "stands", record["report"], *record["to"])


def _inquiry(told: Tallies, record: Body) -> None:
    names = ("inquiry", "message", "attempt", "about", "answer", "said")
    _add(told, "inquiry", *(record[name] for name in names))


def _resolution(told: Tallies, record: Body) -> None:
    names = ("message", "attempt", "choice", "person", "proof", "taken", "reason")
    _add(told, "resolution", record["resolution"], *(record[name] for name in names))


TELLERS: Final[Mapping[str, Callable[[Tallies, Body], None]]] = {
    "message-frozen": _frozen,
    "message-rebuilt": _rebuilt,
    "message-moved": _moved,
    "call-attempted": _attempted,
    "approval": _approval,
    "task-opened": _task_opened,
    "task-moved": _task_moved,
    "event": _event,
    "inquiry": _inquiry,
    "resolution": _resolution,
    "intervention": _intervention,
    "sent-twice": _twice,
    "late-acceptance": _attempted,
    "run-begun": _run_begun,
    "run-ended": _run_ended,
    "policy": _policy,
    "provider-opened": _provider_opened,
    "provider-closed": _provider_closed,
    "stop": _stop,
    "erased": _erased,
    "holds-began": _holds_began,
    "holds-ended": _holds_ended,
    "sent-back": _sent_back,
    "placed": _placed,
    "placed-anew": _placed_anew,
    "report": _report,
    "report-moved": _report_moved,
}


#: What the trail commits to of an event; an erased one has it all in `note`.
EVENT_TEXT: Final = """CASE WHEN length(salt) = 0 OR note = '' THEN detail || note
    ELSE detail || char(10) || opened('event.note', note) END"""

# -- what the tables say ------------------------------------------------------------------------

#: Each query gives the very parts that the records of that table give.
QUERIES: Final[Mapping[str, tuple[str, ...]]] = {
    "message": (
        "SELECT id, state FROM message",
        """SELECT id, debtor_id, channel, policy_hash, rule, template, printed,
        coalesce(main_id, '') FROM message""",
    ),
    "answer": ("SELECT id, event_id FROM message WHERE event_id IS NOT NULL",),
    "line": (
        "SELECT message_id, invoice_id, step, choice, cycle, amount, claimed FROM line",
        "SELECT DISTINCT 'done_on', message_id, done_on FROM line WHERE done_on IS NOT NULL",
        """SELECT DISTINCT 'taken_back_on', message_id, taken_back_on FROM line
        WHERE taken_back_on IS NOT NULL""",
    ),
    "task": ("SELECT id, state FROM task",),
    "run": ("SELECT id, state, answers FROM run",),
    "inquiry": ("SELECT id, message_id, attempt, kind, answer, said FROM inquiry",),
    "policy": ("SELECT hash FROM policy",),
    "provider": ("SELECT name FROM provider WHERE breaker = 'open'",),
    "erased": ERASED_ROWS,
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
            """SELECT id, commitment, salt, CASE WHEN length(salt) = 0 THEN body ELSE recipient END
            FROM message JOIN content ON message_id = id""",
        ),
    )
    query = """SELECT message_id, role, person, granted, salt, opened('approval.note', note)
        FROM approval"""
    yield "approval", _committed(connection, query)
    query = """SELECT id, message_id, attempt, choice, person, proof, taken, salt,
        opened('resolution.reason', reason) FROM resolution"""
    yield "resolution", _committed(connection, query)
    query = """SELECT id, message_id, deed, person, salt, opened('intervention.note', note)
        FROM intervention"""
    yield "intervention", _committed(connection, query)
    query = "SELECT token, act, channel, person, said_at, salt, reason FROM stop"
    yield "stop", _committed(connection, query)
    query = f"SELECT id, kind, day, salt, {EVENT_TEXT} FROM event"  # noqa: S608 - our words
    yield "event", _committed(connection, query)
    yield (
        "attempt",
        _committed(
            connection,
            """SELECT message_id, number, salt, opened('attempt.evidence', evidence) FROM attempt
            WHERE stage = 'closed'""",
        ),
    )
    evidence = (
        "SELECT id, source, reference, kind, salt, opened('report.evidence', evidence) FROM report"
    )
    stands = connection.execute(
        """SELECT 'stands', id, verdict, open, coalesce(message_id, 0), coalesce(debtor_id, 0)
        FROM report"""
    )
    yield "report", chain(_committed(connection, evidence), stands)


def _committed(connection: sqlite3.Connection, query: str) -> Iterator[tuple[object, ...]]:
    """Rows that end in a salt and a text, with the commitment instead of both."""
    for *parts, salt, text in connection.execute(query):
        yield (*parts, standing(salt, text))


def _content(connection: sqlite3.Connection) -> Problem | None:
    """The first message whose frozen bytes are not those that the trail commits to."""
    rows = connection.execute(
        """SELECT message_id, salt, commitment, opened('content.body', body) FROM content
        WHERE length(salt) > 0 ORDER BY message_id"""
    )
    for number, salt, wanted, body in rows:
        if standing(salt, body) != wanted:
            return _problem("store/content-changed", message=number)
    return None


def _add(tallies: Tallies, table: str, *parts: object, sign: int = 1) -> None:
    digest = hash(_SALT + "\0".join(map(str, parts)))
    tallies[table] += digest if sign > 0 else -digest


def _quoted(words: frozenset[str]) -> str:
    return ", ".join(f"'{word}'" for word in sorted(words))


def _problem(code: str, **fields: object) -> Problem:
    return Problem(code=code, fields={name: str(value) for name, value in fields.items()})
