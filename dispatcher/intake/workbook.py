"""A workbook (XLSX) as the same frame of texts that a delimited file gives.

Typed cells are written as the source declares texts: days by its date format, numbers with its
decimal sign. From there on a workbook and a delimited file are one and the same.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from io import BytesIO
from typing import Final

import polars as pl

from dispatcher.intake.sheet import Sheet, header_problems
from dispatcher.model.problem import Place, Problem
from dispatcher.model.settings import SourceSettings


SUFFIXES: Final = (".xlsx", ".xlsm")

#: Excel keeps 15 significant digits; what stands behind them is noise of binary fractions.
DIGITS: Final = 15

Cell = str | float | int | bool | date | datetime | time | timedelta


def is_workbook(source: SourceSettings) -> bool:
    """Whether the file's name says that it is a workbook."""
    return source.file.suffix.lower() in SUFFIXES


def read_workbook(content: bytes, source: SourceSettings) -> tuple[Sheet | None, list[Problem]]:
    """The cells of the first sheet, or why they cannot be read. The headings stand in row 1."""
    rows = _rows(content)
    if isinstance(rows, str):
        return None, [_problem("xlsx/unreadable", source, why=rows)]
    if not rows or not any(_is_filled(cell) for cell in rows[0]):
        return None, [_problem("csv/empty-file", source)]
    text = partial(_as_text, dates=_strftime(source.dates), decimal=source.decimal)
    names = _headings(rows[0], text)
    problems = header_problems(list(names), source)
    if problems:
        return None, problems
    return _sheet(names, rows, text), []


def _rows(content: bytes) -> list[list[Cell]] | str:
    """The cells of the first sheet, or why the library cannot read the file."""
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - for workbooks only

    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(content))
        return workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except CalamineError as error:
        return str(error)


def _headings(row: Sequence[Cell], text: Callable[[Cell], str]) -> tuple[str, ...]:
    """The names up to the last one that is filled: formatting may run far to the right."""
    width = max(place for place, cell in enumerate(row, start=1) if _is_filled(cell))
    return tuple(text(cell).strip() for cell in row[:width])


def _sheet(
    names: tuple[str, ...], rows: Sequence[Sequence[Cell]], text: Callable[[Cell], str]
) -> Sheet:
    kept = list(_filled(rows, len(names)))
    cells = pl.DataFrame(
        {
            str(place): pl.Series([text(row[place]) for _, row in kept], dtype=pl.String)
            for place in range(len(names))
        }
    )
    numbers = pl.Series("row", [number for number, _ in kept], dtype=pl.Int64)
    return Sheet(headings=names, cells=cells, rows=numbers)


def _filled(rows: Sequence[Sequence[Cell]], width: int) -> Iterator[tuple[int, Sequence[Cell]]]:
    """Rows below the header with anything in them, with their number in the sheet."""
    for number, row in enumerate(rows[1:], start=2):
        if any(_is_filled(cell) for cell in row[:width]):
            yield number, [*row, *[""] * (width - len(row))]


def _is_filled(cell: Cell) -> bool:
    return not isinstance(cell, str) or bool(cell.strip())


def _as_text(cell: Cell, *, dates: str, decimal: str) -> str:
    match cell:
        case str():
            return cell
        case bool():
            return "yes" if cell else "no"
        case int() | float():
            return _number(cell, decimal)
        case date():  # a datetime too: an invoice has a day, not an hour
            return cell.strftime(dates)
        case _:
            return str(cell)


def _number(value: float, decimal: str) -> str:
    if value == int(value):
        return str(int(value))
    return f"{value:.{DIGITS}g}".replace(".", decimal)


def _strftime(words: str) -> str:
    for word, code in (("YYYY", "%Y"), ("YY", "%y"), ("MM", "%m"), ("DD", "%d")):
        words = words.replace(word, code)
    return words


def _problem(code: str, source: SourceSettings, **fields: str) -> Problem:
    return Problem(code=code, place=Place(file=str(source.file)), fields=fields)
