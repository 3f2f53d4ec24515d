"""Records of a delimited text one by one, read strictly, with the row that each begins on."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from dispatcher.model.problem import Place, Problem
from dispatcher.model.settings import SourceSettings


LONGEST_FIELD = 131_072  # characters; the limit of the standard library's reader
MOST_RAGGED = 20  # rows named one by one before the rest is only counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """Records that are not blank, the header first, and their rows; or the problems."""

    records: list[list[str]]
    rows: list[int]
    problems: tuple[Problem, ...] = ()


def read_records(text: str, source: SourceSettings, *, first_only: bool = False) -> Records:
    """Every record (or the header alone), or what keeps the file from being read.

    A record never silently swallows others: a quoted value that holds whole rows is reported at
    the row that opened it.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=source.delimiter, strict=True)
    records: list[list[str]] = []
    rows: list[int] = []
    problems: list[Problem] = []
    began = 0  # lines consumed before the record at hand
    for row, record in enumerate(_until_error(reader), start=1):
        if isinstance(record, csv.Error):
            problems = [_broken(record, text, began, row, source)]
            break
        if record:
            expected = len(records[0]) if records else len(record)
            problem = _misshapen(record, row, expected, source, lines=reader.line_num - began)
            problems += [problem] if problem else []
            records.append(record)
            rows.append(row)
        if first_only and records:
            break
        began = reader.line_num
    return Records(records=records, rows=rows, problems=tuple(problems[:MOST_RAGGED]))


def _until_error(reader: Iterator[list[str]]) -> Iterator[list[str] | csv.Error]:
    try:
        yield from reader
    except csv.Error as error:
        yield error


def _misshapen(
    record: list[str], row: int, expected: int, source: SourceSettings, *, lines: int
) -> Problem | None:
    place = Place(file=str(source.file), line=row)
    swallowed = _swallowed(record, expected, source.delimiter)
    if swallowed or (len(record) != expected and lines > 1):
        fields = {"position": str(swallowed or _longest(record)), "lines": str(lines)}
        return Problem(code="csv/swallowed-rows", place=place, fields=fields)
    if len(record) != expected:
        fields = {"found": str(len(record)), "expected": str(expected)}
        return Problem(code="csv/ragged", place=place, fields=fields)
    return None


def _swallowed(record: list[str], expected: int, delimiter: str) -> int:
    """The position of a value with as many delimiters as the rows inside it would have, or 0."""
    for position, value in enumerate(record, start=1):
        breaks = value.count("\n")
        if breaks and value.count(delimiter) >= breaks * max(1, expected - 1):
            return position
    return 0


def _longest(record: list[str]) -> int:
    return max(range(len(record)), key=lambda n: record[n].count("\n")) + 1


def _broken(error: csv.Error, text: str, began: int, row: int, source: SourceSettings) -> Problem:
    rest = io.StringIO(text, newline="")
    for _ in range(began):
        rest.readline()
    position = _position(rest.read(4 * LONGEST_FIELD), source.delimiter)
    code = "csv/long-field" if "field limit" in str(error) else "csv/open-quote"
    fields = {"position": str(position), "limit": str(LONGEST_FIELD)}
    return Problem(code=code, place=Place(file=str(source.file), line=row), fields=fields)


def _position(text: str, delimiter: str) -> int:
    """Which field of the record that begins here is the first that is not well-formed."""
    mark = escaped(delimiter)
    field = re.compile(f'(?:"(?:[^"]|"")*+"|[^"{mark}\r\n][^{mark}\r\n]*|)(?={mark}|[\r\n]|\\Z)')
    position, at = 1, 0
    while (found := field.match(text, at)) and text[found.end() : found.end() + 1] == delimiter:
        if found.end() - at > LONGEST_FIELD:
            break
        position, at = position + 1, found.end() + 1
    return position


def escaped(delimiter: str) -> str:
    """The delimiter for a regular expression, in Python and in Polars."""
    return r"\t" if delimiter == "\t" else re.escape(delimiter)
