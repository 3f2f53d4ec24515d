"""What an import hands over: frames for the store, and the account of every row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

import polars as pl

from dispatcher.model.problem import Problem


class Status(StrEnum):
    """How a data row of a file ended; each row has exactly one."""

    TAKEN = "taken"
    REMARK = "remark"  # taken, and something about it should be looked at
    REFUSED = "refused"
    SETTLED = "settled"  # nothing is due any more
    FUTURE = "future"  # issued after today
    DUPLICATE = "duplicate"  # says again what an earlier row says


#: One row per data row of the file. `code`, `column` and `value` are of the first reason.
ACCOUNT: Final[dict[str, pl.DataType]] = {
    "row": pl.Int64(),
    "status": pl.String(),
    "code": pl.String(),
    "column": pl.String(),
    "value": pl.String(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One file taken in.

    `frames` holds `debtors`, `invoices`, `credits` and `history` with the columns of
    `model.tables.TAKEN`; it is empty when the whole file is refused. `counts` adds up to the rows
    of `account`.
    `as_of` is the oldest day that the rows speak of. `refused` are numbers and terms of items that
    the file names in rows that were not taken: they are still open.
    """

    source: str
    frames: Mapping[str, pl.DataFrame]
    account: pl.DataFrame
    problems: tuple[Problem, ...]
    counts: Mapping[Status, int]
    as_of: date
    refused: tuple[tuple[str, int], ...] = ()

    @property
    def refused_whole(self) -> bool:
        """Nothing of the file was taken: it could not be read, or its mapping is wrong."""
        return not self.frames
