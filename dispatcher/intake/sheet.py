"""A delimited file as a frame of texts, or the faults that keep it from being read.

Well-formed files, each record on one line, are read by Polars; its reader swallows rows behind an
unclosed quote and forgives missing fields, so every line is checked first. Everything else goes
through the strict reader of the standard library, record by record.
"""

from dataclasses import dataclass

import polars as pl

from dispatcher.intake.decoding import as_utf8
from dispatcher.intake.records import LONGEST_FIELD, Records, escaped, read_records
from dispatcher.model.problem import Place, Problem
from dispatcher.model.settings import SourceSettings


DELIMITERS = (";", ",", "\t", "|")
LONGEST_HEAD = 8 * LONGEST_FIELD
NOWHERE = "\x01"  # a delimiter that makes a line one field


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The cells of a file as written: one text column per heading, named by its position.

    `rows` is the row of the file of each record (the header is row 1, blank rows count).
    """

    headings: tuple[str, ...]
    cells: pl.DataFrame
    rows: pl.Series


def read_sheet(content: bytes, source: SourceSettings) -> tuple[Sheet | None, list[Problem]]:
    """The sheet, or the problems of the whole file: encoding, quotes, ragged rows, headings."""
    utf8, problems = as_utf8(content, source)
    if utf8 is None:
        return None, problems
    header = read_records(_head(utf8), source, first_only=True)
    if header.problems:
        return None, list(header.problems)
    problems = header_problems(header.records[0], source)
    if problems:
        return None, problems
    headings = tuple(name.strip() for name in header.records[0])
    cells = _read_fast(utf8, len(headings), source.delimiter)
    if cells is None:
        return _read_strictly(read_records(utf8.decode(), source), headings)
    rows = pl.int_range(2, cells.height + 2, dtype=pl.Int64, eager=True).alias("row")
    return Sheet(headings=headings, cells=cells, rows=rows), []


def _head(utf8: bytes) -> str:
    """Enough of the text to hold its header: a reader of the whole takes four times its size."""
    head = utf8[:LONGEST_HEAD].decode(errors="ignore")
    return head if "\n" in head else utf8.decode()


def header_problems(names: list[str], source: SourceSettings) -> list[Problem]:
    """A heading that stands twice, or a delimiter that is obviously another."""
    wrong = _other_delimiter(names, source)
    if wrong:
        return [wrong]
    first: dict[str, int] = {}
    problems = []
    for position, name in enumerate((name.strip() for name in names), start=1):
        if name and name in first:
            fields = {"heading": name, "first": str(first[name]), "again": str(position)}
            place = Place(file=str(source.file), line=1)
            problems.append(Problem(code="csv/duplicate-heading", place=place, fields=fields))
        first.setdefault(name, position)
    return problems


def _other_delimiter(names: list[str], source: SourceSettings) -> Problem | None:
    """The declared delimiter is obviously wrong: one heading, and another would give several."""
    if len(names) != 1:
        return None
    counts = {mark: names[0].count(mark) for mark in DELIMITERS if mark != source.delimiter}
    best = max(counts, key=lambda mark: counts[mark])
    if not counts[best]:
        return None
    fields = {"declared": _shown(source.delimiter), "other": _shown(best)}
    return Problem(code="csv/delimiter", place=Place(file=str(source.file), line=1), fields=fields)


def _shown(delimiter: str) -> str:
    return "\\t" if delimiter == "\t" else delimiter


def _read_fast(content: bytes, width: int, delimiter: str) -> pl.DataFrame | None:
    """The cells where every line is one well-formed record of this many fields; else None."""
    if width < 2 or (b"\r" in content and content.count(b"\r") != content.count(b"\r\n")):  # noqa: PLR2004 - one column needs no delimiter
        return None
    names = [str(position) for position in range(width)]
    if not _one_line_each(content, width, delimiter):
        return None
    return _columns(content, names, delimiter, '"').slice(1)


def _lines(content: bytes) -> int:
    return content.count(b"\n") + (not content.endswith(b"\n"))


def _one_line_each(content: bytes, width: int, delimiter: str) -> bool:
    """Every line is one well-formed record of this many fields, so no reader can disagree."""
    if NOWHERE.encode() in content:
        return False
    lines = _columns(content, ["line"], NOWHERE, None)["line"]
    if lines.len() != _lines(content):
        return False
    if int(lines.str.len_bytes().max() or 0) > LONGEST_FIELD:  # type: ignore[arg-type] # bytes are ints
        return False
    if b'"' not in content:
        return bool((lines.str.count_matches(delimiter, literal=True) == width - 1).all())
    quoted = lines.str.contains('"', literal=True)
    plain = lines.filter(~quoted).str.count_matches(delimiter, literal=True)
    mark = escaped(delimiter)
    field = f'(?:"(?:[^"]|"")*"|[^"\r{mark}]*)'
    formed = lines.filter(quoted).str.contains(f"^{field}(?:{mark}{field}){{{width - 1}}}\r?$")
    return bool((plain == width - 1).all() and formed.all())


def _columns(content: bytes, names: list[str], delimiter: str, quote: str | None) -> pl.DataFrame:
    return pl.read_csv(
        content,
        separator=delimiter,
        quote_char=quote,
        infer_schema=False,
        empty_string_is_null=False,
        has_header=False,
        raise_if_empty=False,
        schema=dict.fromkeys(names, pl.String),
    )


def _read_strictly(read: Records, headings: tuple[str, ...]) -> tuple[Sheet | None, list[Problem]]:
    if read.problems:
        return None, list(read.problems)
    columns = list(zip(*read.records[1:], strict=True)) or [()] * len(headings)
    cells = pl.DataFrame(
        {str(n): pl.Series(values, dtype=pl.String) for n, values in enumerate(columns)}
    )
    rows = pl.Series("row", read.rows[1:], dtype=pl.Int64)
    return Sheet(headings=headings, cells=cells, rows=rows), []
