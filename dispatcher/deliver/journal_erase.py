"""A debtor's words out of the journal: what providers answered, and the name of his reference."""

import gzip
import json
import os
import zlib
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

from dispatcher.deliver.journal_past import packed_files


PACKED: Final = ".gz"

#: Fields of an outcome in the words of whoever answered.
WORDS: Final = ("evidence", "receipt")


def erase_from_journal(journal: Path, messages: Collection[int], *, reference: str) -> int:
    """Rewrite the lines of these messages, in the packed files too; how many files changed.

    Nobody may have the journal open. `reference` stands where his own stood. What says that a
    message left stays: it must never leave twice.

    Raises:
        OSError: a file cannot be read or written.
    """
    wanted = frozenset(messages)
    paths = [path for path in (*packed_files(journal), journal) if path.exists()]
    return sum(_rewrite(path, wanted, reference) for path in paths)


def _rewrite(path: Path, messages: Collection[int], reference: str) -> bool:
    content = path.read_bytes()
    packed = path.suffix == PACKED
    try:
        lines = (gzip.decompress(content) if packed else content).split(b"\n")
    except (OSError, EOFError, zlib.error):
        return False  # spoilt: nothing can be read from it
    kept = [_without(line, messages, reference) for line in lines]
    if kept == lines:
        return False
    whole = b"\n".join(kept)
    _replace(path, gzip.compress(whole, 6, mtime=0) if packed else whole)
    return True


def _without(line: bytes, messages: Collection[int], reference: str) -> bytes:
    try:
        told: Any = json.loads(line)
    except (ValueError, RecursionError):
        return line
    if not isinstance(told, dict):
        return line
    changed = False
    outcome = told.get("outcome")
    if told.get("gone") in messages and isinstance(outcome, dict):
        for name in WORDS:
            changed |= bool(outcome.get(name))
            if name in outcome:
                outcome[name] = ""
    for each in told.get("what", ()):
        if isinstance(each, dict) and each.get("id") in messages and "debtor" in each:
            changed |= each["debtor"] != reference
            each["debtor"] = reference
    return json.dumps(told, separators=(",", ":")).encode() if changed else line


def _replace(path: Path, content: bytes) -> None:
    aside = path.with_name(f".{path.name}.part")
    number = os.open(aside, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    with open(number, "wb") as file:  # noqa: PTH123 - a descriptor, so that nobody else reads
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
