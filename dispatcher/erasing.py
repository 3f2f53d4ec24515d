"""Erasing a debtor from a home: shown first, done once a person has confirmed exactly that.

In this order, so that a cut leaves nothing behind: his files, the tables with the record `erased`,
his key, the journal, the freed pages. Each may be done again.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from dispatcher.deliver.journal_erase import erase_from_journal
from dispatcher.errors import BadInput, WantsPerson
from dispatcher.home import Home
from dispatcher.house import House
from dispatcher.model.problem import Problem
from dispatcher.store.connection import Store, connect
from dispatcher.store.erased import GONE, to_erase_again
from dispatcher.store.erasure import Traces, debtor_called, erase, traces
from dispatcher.store.faults import disk_faults
from dispatcher.store.instants import to_ms
from dispatcher.store.named_files import named_files
from dispatcher.store.trail import head


LIST: Final = ".csv"  # one for many debtors
SHORT: Final = 12  # signs of a digest that people type
AGAIN: Final = "erased before, standing again in a restored copy"
WHOLE: Final = 4_000_000  # bytes: a larger file of a sandbox is no single message


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What erasing a debtor would take away, or took; `digest` is what a person confirms.

    `files` are finished files, copies shown for approval, and what sandboxes wrote.
    """

    traces: Traces
    files: tuple[Path, ...]
    digest: str
    seq: int = 0  # of the record that tells it, once it is done


def look(house: House, home: Home, reference: str) -> Erasure:
    """What there is of a debtor.

    Raises:
        BadInput: nobody has that reference.
    """
    with house.book.store.reading() as connection:
        number = debtor_called(connection, reference)
        if number is None:
            raise BadInput(Problem(code="erase/no-debtor", fields={"debtor": reference}))
        found = traces(connection, house.book.store.secret, number)
    return Erasure(traces=found, files=tuple(_files(home, found)), digest=_digest(found))


def refuse_unfinished(found: Erasure) -> None:
    """A debtor whose cases are open, or who has something in hand, is not erased.

    Raises:
        BadInput: with what is in the way.
    """
    of = found.traces
    problems = [
        Problem(code=code, fields={"debtor": of.reference, "count": str(count)})
        for code, count in (
            ("erase/open-cases", of.open_cases),
            ("erase/pending", of.pending),
        )
        if count
    ]
    if problems:
        raise BadInput(problems)


def erase_debtor(
    house: House, home: Home, reference: str, *, confirmed: str, person: str, reason: str
) -> Erasure:
    """Erase him, if that is exactly what was confirmed; what went.

    Raises:
        BadInput: nobody has that reference, something of his is not at its end, no person or
            reason is named.
        WantsPerson: it is not what was confirmed.
        StoreFault: the disk failed; the same command goes on where it was.
    """
    _refuse_unnamed(person, reason)
    found = look(house, home, reference)
    refuse_unfinished(found)
    if len(confirmed) < SHORT or not found.digest.startswith(confirmed):
        fields = {"digest": found.digest[:SHORT], "confirmed": confirmed}
        raise WantsPerson(Problem(code="erase/other", fields=fields))
    store = house.book.store
    _erase(store, home, found, person=person, reason=reason, now=house.clock.now())
    compact(store)
    with store.reading() as connection:
        return replace(found, seq=head(connection)[0])


def erase_again(store: Store, home: Home, *, person: str, now: datetime) -> int:
    """Erase everybody whose key was destroyed after this copy was made; how many they were.

    Raises:
        StoreFault: the disk failed; called once more it goes on where it was.
    """
    standing = standing_again(store)
    for number in standing:
        with store.reading() as connection:
            found = traces(connection, store.secret, number)
        erasure = Erasure(traces=found, files=tuple(_files(home, found)), digest="")
        _erase(store, home, erasure, person=person, reason=AGAIN, now=now)
    if standing:
        _remove_orphans(store, home)
        compact(store)
    return len(standing)


def standing_again(store: Store) -> Sequence[int]:
    """Debtors who were erased after this copy of the store was made."""
    with closing(connect(store.path)) as driver:
        return to_erase_again(driver, store.keys)


def _remove_orphans(store: Store, home: Home) -> None:
    """Finished files that no message names: what named his can no longer be read."""
    names = {path.name for path in home.blobs.glob("[!.]*")}
    with store.reading() as connection:
        kept = named_files(connection, names)
    with disk_faults(home.blobs):
        for name in names - kept:
            (home.blobs / name).unlink(missing_ok=True)


def compact(store: Store) -> None:
    """Write the store's file anew, without what its free pages still hold.

    Raises:
        StoreFault: the disk failed, or has no room for a second file of that size.
    """
    with disk_faults(store.path), closing(connect(store.path)) as driver:
        driver.execute("VACUUM")


def _erase(
    store: Store, home: Home, found: Erasure, *, person: str, reason: str, now: datetime
) -> None:
    of = found.traces
    with disk_faults(home.var):
        for path in found.files:
            if path.suffix == LIST:
                _without_rows(path, of.tokens)
            else:
                path.unlink(missing_ok=True)
    if not of.reference.startswith(GONE):
        with store.writing() as connection:
            connection.exec_driver_sql("PRAGMA secure_delete=ON")
            erase(connection, of.debtor_id, person=person, reason=reason, now=now)
    store.keys.destroy(of.debtor_id, at=to_ms(now))
    with disk_faults(home.journal):
        name = f"{GONE}{of.debtor_id}"
        erase_from_journal(home.journal, of.message_ids, reference=name)


def _refuse_unnamed(person: str, reason: str) -> None:
    problems = []
    if not person.strip():
        problems.append(Problem(code="event/person"))
    if not reason.strip():
        problems.append(Problem(code="erase/reason"))
    if problems:
        raise BadInput(problems)


def _files(home: Home, found: Traces) -> Iterator[Path]:
    """His files: finished ones, and all that bears the token of one of his messages."""
    for name in found.files:
        if (home.blobs / name).exists():
            yield home.blobs / name
    for folder in (home.approvals, home.sinks):
        for path in sorted(folder.rglob("*")) if found.tokens and folder.exists() else ():
            if path.is_file() and not path.is_symlink() and _bears(path, found):
                yield path


def _without_rows(path: Path, tokens: Sequence[str]) -> None:
    """A list of letters of a sandbox without his rows."""
    text = path.read_text("utf-8-sig")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    kept = io.StringIO(newline="")
    table = csv.writer(kept, delimiter=";", lineterminator="\r\n")
    table.writerows(row for row in rows if not set(row).intersection(tokens))
    path.write_bytes(kept.getvalue().encode("utf-8-sig"))


def _bears(path: Path, found: Traces) -> bool:
    """Whether a file is his, by the token in its name or words, or the number of the message."""
    tokens = found.tokens
    numbered = path.name.partition("-")[0].removeprefix("M")
    if path.parent.name == "approvals" and numbered in map(str, found.message_ids):
        return True
    if any(token in path.name for token in tokens):
        return True
    if path.stat().st_size > WHOLE:
        return False
    content = path.read_bytes()
    return any(token.encode() in content for token in tokens)


def _digest(found: Traces) -> str:
    told = json.dumps(asdict(replace(found, name="")), sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()
