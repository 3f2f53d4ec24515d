"""Heads of the trail kept in a file elsewhere: what finds a trail that was rewritten or cut.

A line of JSON each: store, seq, hash, at. Nothing is signed: whoever runs relance could sign
anything with a key that lies beside the store; what protects these lines is that they are kept
where that account can only append, or nothing at all.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from dispatcher.errors import BadInput
from dispatcher.home import Home
from dispatcher.model.mark import Mark
from dispatcher.model.problem import Problem


#: The newest lines are looked for in so many bytes at the end of the file.
TAIL: Final = 65_536


def checkpoint_line(mark: Mark) -> str:
    """One checkpoint as it is kept, without its line feed."""
    told = {"store": mark.store, "seq": mark.seq, "hash": mark.hash, "at": mark.at}
    return json.dumps(told, separators=(",", ":"))


def keep_checkpoint(path: Path, mark: Mark) -> None:
    """Append a checkpoint; on the disk when this returns.

    Raises:
        OSError: the file cannot be written. The folder has to be there: a mount that is missing
            must not become a folder of this machine.
    """
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        content = checkpoint_line(mark).encode() + b"\n"
        if os.write(file, content) != len(content):
            raise OSError("only a part of the line was written")
        os.fsync(file)
    finally:
        os.close(file)


def newest_checkpoint(path: Path, store: str) -> Mark | None:
    """The last checkpoint of that store; None where there is none.

    Raises:
        OSError: the file is there and cannot be read.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - TAIL))
            content = file.read()
    except FileNotFoundError:
        return None
    found = [mark for mark in _marks(content) if mark.store == store]
    return found[-1] if found else None


def checkpoints_of(path: Path, store: str) -> tuple[Mark, ...]:
    """Every checkpoint of that store in a file, in its order.

    Raises:
        OSError: it cannot be read.
    """
    return tuple(mark for mark in _marks(path.read_bytes()) if mark.store == store)


def refuse_inside(home: Home, path: Path) -> None:
    """Refuse a place that whoever rewrites the store rewrites as well.

    Raises:
        BadInput: it lies in the home's `var`.
    """
    if path.resolve().is_relative_to(home.var.resolve()):
        fields = {"path": str(path), "folder": str(home.var)}
        raise BadInput(Problem(code="checkpoint/inside", fields=fields))


def _marks(content: bytes) -> Iterator[Mark]:
    for line in content.split(b"\n"):
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            continue
        match found:
            case {"store": str(store), "seq": int(seq), "hash": str(digest), "at": int(at)}:
                yield Mark(store=store, seq=seq, hash=digest, at=at)
