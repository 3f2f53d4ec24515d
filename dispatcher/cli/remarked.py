"""Every remark and refusal of an import: as lines to read, as a table for a spreadsheet."""

import csv
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dispatcher.cli.export import FORMULA
from dispatcher.errors import BadInput
from dispatcher.problems.registry import kinds, level


if TYPE_CHECKING:
    from dispatcher.cli.say import Speaker
    from dispatcher.house import Came, House
    from dispatcher.model.problem import Problem


#: The columns of the table. `value` is what the file says, `message` what is wrong with it.
COLUMNS: Final = ("source", "file", "row", "column", "level", "code", "value", "message")


def problems_of(came: "Iterable[Came]") -> "Iterator[tuple[str, Problem]]":
    """Every problem with the source that it is of, in the order of the files."""
    for each in came:
        yield from ((each.taken.source, problem) for problem in each.taken.problems)


def taken_in(
    house: "House", speaker: "Speaker", accepted: Collection[str], path: Path | None
) -> "tuple[Came, ...]":
    """The sources in the book, and with a path a table of all that is wrong with their rows.

    Raises:
        BadInput: a source cannot be used; what is wrong with it stands in the table too.
    """
    from dispatcher.app import take_in  # noqa: PLC0415 - Polars, not for --help

    try:
        came = take_in(house, accepted=accepted)
    except BadInput as error:
        if path is not None:
            write_remarks(path, (("", problem) for problem in error.problems), speaker.lang)
        raise
    if path is not None:
        count = write_remarks(path, problems_of(came), speaker.lang)
        speaker.note("came/written", count=count, path=path)
    return came


def write_remarks(path: Path, found: "Iterable[tuple[str, Problem]]", lang: str) -> int:
    """A row per remark or refusal, CSV in UTF-8, readable by its owner only; how many there are.

    Nothing in it is a formula to a spreadsheet.

    Raises:
        BadInput: the file cannot be written.
    """
    from dispatcher.preview.files import write  # noqa: PLC0415 - 400 ms, only where it is asked for

    rows = [_row(source, problem, lang) for source, problem in found]
    text = StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows([_safe(cell) for cell in row] for row in rows)
    write(path, text.getvalue().encode("utf-8-sig"))  # a spreadsheet takes it for UTF-8 only so
    return len(rows)


def show_remarks(speaker: "Speaker", problems: "Iterable[Problem]") -> None:
    """A line each on standard output: place, code, what is wrong."""
    for problem in problems:
        speaker.line("  " + speaker.problem(problem).partition("\n")[0])


def _row(source: str, problem: "Problem", lang: str) -> Sequence[str]:
    place = problem.place
    return (
        source,
        "" if place is None else Path(place.file).name,
        "" if place is None or not place.line else str(place.line),
        "" if place is None else place.column_name,
        level(problem).value,
        problem.code,
        problem.fields.get("value", ""),
        kinds()[problem.code].message.say(lang, problem.fields),
    )


def _safe(cell: str) -> str:
    return f"'{cell}" if re.match(FORMULA, cell) else cell
