"""Whether anything outside of the book knows more than the book: then nothing may leave by it."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dispatcher.checkpoints import newest_checkpoint
from dispatcher.deliver.journal import Journal, newest_mark
from dispatcher.errors import StoreFault
from dispatcher.home import Home, unwritable
from dispatcher.model.mark import Mark
from dispatcher.model.problem import Problem
from dispatcher.model.settings import Settings


if TYPE_CHECKING:
    from dispatcher.store.connection import Store


def refuse_restored(home: Home, settings: Settings, store: "Store") -> None:
    """Nothing, if the store knows all that its journal and its checkpoints say it did.

    Raises:
        StoreFault: it is a copy, older than its journal or a checkpoint, or another store; or its
            journal is missing.
    """
    problem = forgotten(home, settings, store)
    if problem is not None:
        raise StoreFault(problem)


def forgotten(home: Home, settings: Settings, store: "Store") -> Problem | None:
    """Why a recovery has to come first; None: nothing is forgotten."""
    from dispatcher.store.ahead import knows, standing  # noqa: PLC0415 - SQLAlchemy, 200 ms

    with store.reading() as connection:
        stands = standing(connection)
        path = str(settings.store)
        if stands.copied:
            return Problem(code="store/copied", fields={"path": path})
        mark = _read(home.journal, newest_mark)
        if mark is None and (stands.journalled or (stands.sent and not home.journal.exists())):
            return Problem(code="store/journal-missing", fields={"path": str(home.journal)})
        if mark is not None and not knows(connection, mark):
            return _restored(path, home.journal, mark)
        kept = settings.checkpoints
        if kept is not None:
            mark = _read(kept, lambda file: newest_checkpoint(file, stands.id))
            if mark is not None and not knows(connection, mark):
                return _restored(path, kept, mark)
    return None


def begin_journal(journal: Journal, store: "Store", *, now: datetime) -> None:
    """Let a journal carry the head of the trail from the first."""
    from dispatcher.store.ahead import (  # noqa: PLC0415 - as above
        journal_begins,
        mark_of,
        standing,
    )

    with store.reading() as connection:
        begun = standing(connection).journalled
        mark = mark_of(connection, now=now)
    if begun:
        return
    if newest_mark(journal.path) is None:
        journal.mark(mark, why="begun")
    with store.writing() as connection:
        journal_begins(connection, now=now)


def _restored(path: str, by: Path, mark: Mark) -> Problem:
    fields = {"path": path, "by": str(by), "seq": str(mark.seq)}
    return Problem(code="store/restored", fields=fields)


def _read(path: Path, reader: Callable[[Path], Mark | None]) -> Mark | None:
    try:
        return reader(path)
    except OSError as error:
        raise StoreFault(unwritable(path, error)) from error
