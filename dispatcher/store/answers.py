"""The answers of a run and the facts behind them as one Parquet file, written whole or not at all.

A row per open case: the columns of `model.tables.ANSWERS`, then those of the facts table under
`facts.`, without the ones that only name the case again.
"""

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path
from typing import IO, Final

import polars as pl
from polars.io.plugins import register_io_source

from dispatcher.errors import StoreFault
from dispatcher.model.problem import Problem
from dispatcher.model.tables import ANSWERS
from dispatcher.store.faults import disk_faults, fault
from dispatcher.store.synced import sync


PRIVATE = 0o600

FACTS: Final = "facts."  # how the columns of the facts begin

PIECE: Final = 50_000  # rows written at a time

#: Answers, and the facts behind them.
Pair = tuple[pl.DataFrame, pl.DataFrame]

#: What names a case in both tables, and stands in the file once.
SHARED: Final = ("case_id", "number", "term", "debtor_id", "debtor", "currency")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersFile:
    """Where the answers are, and the digest that goes into the run's record."""

    path: Path
    sha256: str
    rows: int


def answers_path(folder: Path, *, day: date, run_id: int) -> Path:
    """`<day>-<run>.parquet` in that folder."""
    return folder / f"{day.isoformat()}-{run_id}.parquet"


def write_answers(folder: Path, parts: Iterable[Pair], *, day: date, run_id: int) -> AnswersFile:
    """The file on the disk for good when this returns; a kill on the way leaves none.

    Of each part, answers and facts are those of the same cases in the same order. One part at a
    time is in memory.

    Raises:
        StoreFault: the disk failed.
        ValueError: there is no part, or the facts are those of other cases.
    """
    path = answers_path(folder, day=day, run_id=run_id)
    aside = folder / f".{path.name}.{secrets.token_hex(4)}"
    with disk_faults(path):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            rows = _write(aside, (_together(*part) for part in parts))
            digest = _digest(aside)
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)
        sync(folder)
    return AnswersFile(path=path, sha256=digest, rows=rows)


def read_answers(path: Path, *, sha256: str = "") -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """Answers and facts of a run, proved to be those of its record where the digest is given.

    The facts are None in a file that was written before files held them; columns that answers did
    not have then are null.

    Raises:
        StoreFault: the file is missing, unreadable or another one.
    """
    if not path.is_file():
        raise StoreFault(Problem(code="store/answers-missing", fields={"path": str(path)}))
    with disk_faults(path):
        found = _digest(path)
        if sha256 and found != sha256:
            fields = {"path": str(path), "found": found, "wanted": sha256}
            raise StoreFault(Problem(code="store/answers-changed", fields=fields))
        try:
            return _apart(pl.read_parquet(path, memory_map=False))
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
            raise fault("store/corrupt", path, error) from error


def _together(answers: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    if not answers["case_id"].equals(facts["case_id"]):
        message = "the facts are those of other cases"
        raise ValueError(message)
    return pl.concat(
        [answers, facts.drop(SHARED, strict=False).select(pl.all().name.prefix(FACTS))],
        how="horizontal",
    )


def _apart(table: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    told = [name for name in table.columns if name.startswith(FACTS)]
    answers = table.select(
        pl.col(name) if name in table.columns else pl.lit(None, getattr(pl, kind)).alias(name)
        for name, kind in ANSWERS.items()
    )
    if not told:
        return answers, None
    named = {name: name.removeprefix(FACTS) for name in told}
    return answers, table.select(*SHARED, *told).rename(named)


def _write(aside: Path, tables: Iterator[pl.DataFrame]) -> int:
    """Write the tables as one; how many rows they have."""
    number = os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE)
    with os.fdopen(number, "wb") as file:
        rows = _stream(tables, file)
        file.flush()
        os.fsync(file.fileno())
    return rows


def _stream(tables: Iterator[pl.DataFrame], file: IO[bytes]) -> int:
    try:
        first = next(tables)
    except StopIteration:
        message = "there is no part"
        raise ValueError(message) from None
    rows = 0

    def one_by_one(*_asked: object) -> Iterator[pl.DataFrame]:
        nonlocal rows
        for table in chain([first], tables):
            rows += table.height
            # In pieces: the sink takes several at once, and each is copied as it is encoded.
            yield from table.iter_slices(PIECE)

    register_io_source(one_by_one, schema=first.schema).sink_parquet(file, compression="zstd")
    return rows


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
