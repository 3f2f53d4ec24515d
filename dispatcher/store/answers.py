"""The answers of a run as one Parquet file, written whole or not at all."""

import hashlib
import os
import secrets
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from dispatcher.errors import StoreFault
from dispatcher.model.problem import Problem
from dispatcher.store.faults import disk_faults, fault


PRIVATE = 0o600


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersFile:
    """Where the answers are, and the digest that goes into the run's record."""

    path: Path
    sha256: str
    rows: int


def answers_path(folder: Path, *, day: date, run_id: int) -> Path:
    """`<day>-<run>.parquet` in that folder."""
    return folder / f"{day.isoformat()}-{run_id}.parquet"


def write_answers(folder: Path, answers: pl.DataFrame, *, day: date, run_id: int) -> AnswersFile:
    """The file on the disk for good when this returns; a kill on the way leaves none.

    Raises:
        StoreFault: the disk failed.
    """
    path = answers_path(folder, day=day, run_id=run_id)
    aside = folder / f".{path.name}.{secrets.token_hex(4)}"
    with disk_faults(path):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            _write(aside, answers)
            digest = _digest(aside)
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)
        _sync(folder, os.O_RDONLY | os.O_DIRECTORY)
    return AnswersFile(path=path, sha256=digest, rows=answers.height)


def read_answers(path: Path, *, sha256: str = "") -> pl.DataFrame:
    """The answers of a run, proved to be those of its record where the digest is given.

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
            return pl.read_parquet(path, memory_map=False)
        except pl.exceptions.PolarsError as error:
            raise fault("store/corrupt", path, error) from error


def _write(aside: Path, answers: pl.DataFrame) -> None:
    number = os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE)
    with os.fdopen(number, "wb") as file:
        answers.write_parquet(file, compression="zstd")
        file.flush()
        os.fsync(file.fileno())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path, flags: int) -> None:
    number = os.open(path, flags)
    try:
        os.fsync(number)
    finally:
        os.close(number)
