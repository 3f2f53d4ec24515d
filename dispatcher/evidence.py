"""One case as a bundle that others can prove without our software.

In it are the case's records of the trail, each with a path of hashes up to a root over all records,
the salts and values behind its commitments, the exact bytes that were sent, the policies that
decided, and `verify.py`. Of other debtors there are only hashes.
"""

import hashlib
import json
import os
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Connection, select

from dispatcher.errors import BadInput
from dispatcher.house import House
from dispatcher.messages.freeze import thaw
from dispatcher.model.merkle import paths
from dispatcher.model.problem import Problem
from dispatcher.problems.registry import phrase
from dispatcher.questions import case_named
from dispatcher.store.claims import claims, rows_of
from dispatcher.store.root import chain_root, hashes
from dispatcher.store.tables import (
    approval,
    attempt,
    audit,
    content,
    debtor,
    event,
    intervention,
    invoice,
    message,
    policy,
    report,
    resolution,
)


VERIFY: Final = Path(__file__).with_name("evidence_verify.py")
ZIP: Final = ".zip"
_UNSAFE: Final = re.compile(r"[^\w.-]+")
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)

Body = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A written bundle: where, how many records and files, and the checkpoint it is proved by."""

    path: Path
    records: int
    files: int
    unopened: int  # commitments whose content was erased
    checkpoint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    body: Body
    raw: bytes
    hash: bytes
    previous: bytes


def export_case(house: House, name: str, target: Path) -> Bundle:
    """Write the bundle of a case to a new folder, or a new file `.zip`.

    It chains a `root` record first, so that all that is in it is covered.

    Raises:
        BadInput: there is no such case, or something is at `target` already.
        StoreFault: the store cannot be read.
        OSError: the bundle cannot be written.
    """
    case = case_named(house, name)
    if os.path.lexists(target):
        raise BadInput(Problem(code="evidence/exists", fields={"path": str(target)}))
    store = house.book.store
    with store.writing() as connection:
        seq, digest = chain_root(connection, now=house.clock.now())
    checkpoint = f"{seq}:{digest.hex()}"
    with store.reading() as connection:
        mine = _records(connection, case, seq)
        told = {each.body["seq"]: each for each in mine}
        opened, files = _opened(connection, mine)
        files |= _sent(house, connection, mine)
        files |= _policies(connection, mine)
        proof = _proof(connection, told, seq, checkpoint=checkpoint, store_id=store.id)
        files |= {"case.json": _json(_about(connection, case))}
    files |= {"proof.json": _json(proof), "opened.json": _json(opened)}
    files |= {"verify.py": VERIFY.read_bytes()}
    for lang, path in (("en", "README.txt"), ("fr", "LISEZ-MOI.txt")):
        files[path] = (phrase("evidence/readme", lang, checkpoint=checkpoint) + "\n").encode()
    listed = {path: hashlib.sha256(raw).hexdigest() for path, raw in files.items()}
    files["files.json"] = _json(listed)
    _write(target, files)
    committed = sum(len(_commitments(each.body)) for each in mine)
    return Bundle(
        path=target,
        records=len(mine),
        files=len(files),
        unopened=committed - len(opened),
        checkpoint=checkpoint,
    )


# -- which records -------------------------------------------------------------------------------


class _Mine:
    """Which records are about a case, read in their order; of its debtor where they are of all."""

    def __init__(self, case: int, debtor_id: int) -> None:
        self._case, self._debtor = case, debtor_id
        self._messages: set[int] = set()
        self._events: set[int] = set()
        self._tasks: set[int] = set()
        self._reports: set[int] = set()

    def __call__(self, body: Body) -> bool:
        """Whether the next record is."""
        asked: Mapping[str, Callable[[Body], bool]] = {
            "message-frozen": self._frozen,
            "event": self._event,
            "task-opened": self._task,
            "report": self._report,
            "report-moved": self._report,
        }
        return asked.get(body["kind"], self._other)(body)

    def _event(self, body: Body) -> bool:
        of_all = "case" not in body and body["debtor"] == self._debtor
        return _noted(self._events, body["event"], mine=of_all or body.get("case") == self._case)

    def _task(self, body: Body) -> bool:
        return _noted(self._tasks, body["task"], mine=self._case in body["cases"])

    def _report(self, body: Body) -> bool:
        stands = body["to"] if body["kind"] == "report-moved" else body["stands"]
        known = body["report"] in self._reports
        return _noted(self._reports, body["report"], mine=known or stands[2] in self._messages)

    def _other(self, body: Body) -> bool:
        if body["kind"] in {"store", "erased"}:
            return body["kind"] == "store" or bool(body["debtor"] == self._debtor)
        return body.get("message") in self._messages or body.get("task") in self._tasks

    def _frozen(self, body: Body) -> bool:
        mine = (
            any(each["case"] == self._case for each in body["lines"])
            or body.get("main") in self._messages
            or body.get("event") in self._events
        )
        return _noted(self._messages, body["message"], mine=mine and body["debtor"] == self._debtor)


def _noted(known: set[int], number: int, *, mine: bool) -> bool:
    if mine:
        known.add(number)
    return mine


def _records(connection: Connection, case: int, before: int) -> list[_Record]:
    whose = select(invoice.c.debtor_id).where(invoice.c.id == case)
    is_mine = _Mine(case, connection.execute(whose).scalar_one())
    rows = select(audit.c.body, audit.c.hash).where(audit.c.seq < before).order_by(audit.c.seq)
    found: list[_Record] = []
    previous = b""
    for row in connection.execute(rows):
        body = json.loads(row.body)
        if not previous:
            previous = hashlib.sha256(str(body["store"]).encode()).digest()
        if is_mine(body):
            found.append(_Record(body=body, raw=row.body, hash=row.hash, previous=previous))
        previous = row.hash
    return found


# -- what is behind them -------------------------------------------------------------------------


def _commitments(body: Body) -> tuple[str, ...]:
    """Under which names a record commits to something of the debtor."""
    names = {
        "message-frozen": ("content", "recipient"),
        "event": ("detail",),
        "approval": ("note",),
        "resolution": ("reason",),
        "intervention": ("note",),
    }.get(body["kind"], ("evidence",))
    return tuple(name for name in names if name in body)


def _opened(
    connection: Connection, mine: Sequence[_Record]
) -> tuple[list[dict[str, Any]], dict[str, bytes]]:
    """The values behind the commitments, with their salts; long ones as files."""
    opened: list[dict[str, Any]] = []
    files: dict[str, bytes] = {}
    for each in mine:
        for name in _commitments(each.body):
            salt, value = _behind(connection, each.body, name)
            if not salt:
                continue  # erased
            entry: dict[str, Any] = {"seq": each.body["seq"], "name": name, "salt": salt.hex()}
            if name == "content":
                path = f"messages/{each.body['message']}/content.json"
                files[path], entry["file"] = value, path
            else:
                entry["text"] = value.decode()
            opened.append(entry)
    return opened, files


def _behind(connection: Connection, body: Body, name: str) -> tuple[bytes, bytes]:
    """Salt and value of one commitment; empty where they were erased."""
    if body["kind"] == "message-frozen":
        wanted = select(content.c.salt, content.c.body, message.c.recipient).join_from(
            content, message, message.c.id == content.c.message_id
        )
        row = connection.execute(wanted.where(message.c.id == body["message"])).one()
        return row.salt, row.body if name == "content" else row.recipient.encode()
    if body["kind"] == "event":
        said = connection.execute(select(event).where(event.c.id == body["event"])).one()
        text = f"{said.detail}\n{said.note}" if said.note else said.detail
        return said.salt, text.encode()
    column, mine = _kept(body)
    salt, value = connection.execute(select(column.table.c.salt, column).where(mine)).one()
    return salt or b"", value.encode() if isinstance(value, str) else value


def _kept(body: Body) -> tuple[Column[Any], ColumnElement[bool]]:
    """Column and row of what a record commits to by itself."""
    match body["kind"]:
        case "approval":
            role = approval.c.role == body["role"]
            return approval.c.note, (approval.c.message_id == body["message"]) & role
        case "resolution":
            return resolution.c.reason, resolution.c.id == body["resolution"]
        case "intervention":
            return intervention.c.note, intervention.c.id == body["intervention"]
        case "report":
            return report.c.evidence, report.c.id == body["report"]
    number = attempt.c.number == body["attempt"]
    return attempt.c.evidence, (attempt.c.message_id == body["message"]) & number


def _sent(house: House, connection: Connection, mine: Sequence[_Record]) -> dict[str, bytes]:
    """The bytes as channels got them: mails, and finished letters."""
    numbers = [each.body["message"] for each in mine if each.body["kind"] == "message-frozen"]
    rows = rows_of(connection, numbers)
    files: dict[str, bytes] = {}
    for claim in claims(connection, house.book.store.secret, [rows[each] for each in numbers]):
        if not claim.content:
            continue
        going = thaw(claim, house.blobs.read)
        folder = f"messages/{claim.id}"
        if going.mime:
            files[f"{folder}/mail.eml"] = going.mime
        files |= {f"{folder}/{name}.pdf": raw for name, raw in going.files.items()}
    return files


def _policies(connection: Connection, mine: Sequence[_Record]) -> dict[str, bytes]:
    """The resolved text of each policy that decided; its name is its SHA-256."""
    used = {each.body["policy"] for each in mine if each.body["kind"] == "message-frozen"}
    wanted = select(policy.c.hash, policy.c.body).where(policy.c.hash.in_(used))
    return {f"policies/{row.hash}.txt": row.body.encode() for row in connection.execute(wanted)}


def _about(connection: Connection, case: int) -> Mapping[str, Any]:
    """What the case is, for people."""
    wanted = (
        select(invoice, debtor.c.reference, debtor.c.name)
        .join(debtor, debtor.c.id == invoice.c.debtor_id)
        .where(invoice.c.id == case)
    )
    row = connection.execute(wanted).one()
    return {
        "case": row.id,
        "invoice": row.number,
        "term": row.term,
        "currency": row.currency,
        "amount": row.amount,
        "balance": row.balance,
        "issued": None if row.issued is None else row.issued.isoformat(),
        "due": None if row.due is None else row.due.isoformat(),
        "debtor": row.reference,
        "name": row.name,
    }


def _proof(
    connection: Connection,
    mine: Mapping[int, _Record],
    root: int,
    *,
    checkpoint: str,
    store_id: str,
) -> Mapping[str, Any]:
    last = select(audit.c.body).where(audit.c.seq == root)
    every = list(hashes(connection, before=root))
    ways = paths(every, [seq - 1 for seq in mine])
    return {
        "store": store_id,
        "checkpoint": checkpoint,
        "root": {
            "body": connection.execute(last).scalar_one().decode(),
            "previous": every[-1].hex(),
        },
        "records": [
            {
                "body": each.raw.decode(),
                "previous": each.previous.hex(),
                "path": [[side, beside.hex()] for side, beside in ways[seq - 1]],
            }
            for seq, each in mine.items()
        ],
    }


# -- on the disk ---------------------------------------------------------------------------------


def file_name(case: str) -> str:
    """The name of a case's bundle where nobody names another."""
    return f"{_UNSAFE.sub('-', case)}{ZIP}"


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _write(target: Path, files: Mapping[str, bytes]) -> None:
    if target.suffix == ZIP:
        with (
            open(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file,  # noqa: PTH123 - a descriptor
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed,
        ):
            for name, raw in _placed(files):
                packed.writestr(zipfile.ZipInfo(f"{target.stem}/{name}", _EPOCH), raw)
        return
    for name, raw in _placed(files):
        path = target / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:  # noqa: PTH123 - a descriptor
            file.write(raw)


def _placed(files: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    yield from sorted(files.items())
