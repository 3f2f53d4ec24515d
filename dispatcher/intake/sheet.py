"""A delimited file as a frame of texts, or the faults that keep it from being read.

Well-formed files, each record on one line, are read by Polars; its reader swallows rows behind an
unclosed quote, so every line is checked first. Everything else goes through the strict reader of
the standard library, record by record.
"""

from dataclasses import dataclass

import polars as pl

from dispatcher.intake.decoding import decoded
from dispatcher.intake.records import LONGEST_FIELD, Records, escaped, read_records
from dispatcher.model.problem import Place, Problem
from dispatcher.model.settings import SourceSettings


DELIMITERS = (";", ",", "\t", "|")


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
    text, problems = decoded(content, source)
    if text is None:
        return None, problems
    header = read_records(text, source, first_only=True)
    if header.problems:
        return None, list(header.problems)
    problems = header_problems(header.records[0], source)
    if problems:
        return None, problems
    headings = tuple(name.strip() for name in header.records[0])
    if _one_line_each(text, len(headings), source.delimiter):
        return _read_fast(text, headings, source.delimiter), []
    return _read_strictly(read_records(text, source), headings)


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


def _one_line_each(text: str, width: int, delimiter: str) -> bool:
    """Every line is one well-formed record of this many fields, so no reader can disagree."""
    if width < 2 or text.count("\r") != text.count("\r\n"):  # noqa: PLR2004 - one column needs no delimiter
        return False
    lines = pl.Series([text.removesuffix("\n")]).str.split("\n").explode()
    if int(lines.str.len_bytes().max() or 0) > LONGEST_FIELD:  # type: ignore[arg-type] # bytes are ints
        return False
    if '"' not in text:
        return bool((lines.str.count_matches(delimiter, literal=True) == width - 1).all())
    mark = escaped(delimiter)
    field = f'(?:"(?:[^"]|"")*"|[^"\r{mark}]*)'
    return bool(lines.str.contains(f"^{field}(?:{mark}{field}){{{width - 1}}}\r?$").all())


def _read_fast(text: str, headings: tuple[str, ...], delimiter: str) -> Sheet:
    cells = pl.read_csv(
        text.encode(),
        separator=delimiter,
        infer_schema=False,
        empty_string_is_null=False,
        has_header=False,
        skip_lines=1,
        raise_if_empty=False,
        schema={str(position): pl.String for position in range(len(headings))},
    )
    rows = pl.int_range(2, cells.height + 2, dtype=pl.Int64, eager=True).alias("row")
    return Sheet(headings=headings, cells=cells, rows=rows)


def _read_strictly(read: Records, headings: tuple[str, ...]) -> tuple[Sheet | None, list[Problem]]:
    if read.problems:
        return None, list(read.problems)
    columns = list(zip(*read.records[1:], strict=True)) or [()] * len(headings)
    cells = pl.DataFrame(
        {str(n): pl.Series(values, dtype=pl.String) for n, values in enumerate(columns)}
    )
    rows = pl.Series("row", read.rows[1:], dtype=pl.Int64)
    return Sheet(headings=headings, cells=cells, rows=rows), []
