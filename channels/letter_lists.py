"""What lies beside the letters of a day: a manifest for who prints, a slip for the counter."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final


#: One letter as it is remembered: texts only, written as JSON.
Record = dict[str, str]

MANIFEST: Final = "manifest.csv"
SLIP: Final = "bordereau-de-depot.csv"

ADDRESS_LINES: Final = 7

_MANIFEST: Final = (
    "token",
    "file",
    "registered",
    "colour",
    "both_sides",
    "pages",
    "sha256",
    *(f"recipient_{number}" for number in range(1, ADDRESS_LINES + 1)),
    "remark",
)

_SLIP: Final = (
    "N°",
    "Destinataire",
    "Adresse",
    "Code postal et localité",
    "Référence",
    "Pages",
    "N° de recommandé",
)

#: A spreadsheet takes a cell that begins so for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def manifest(records: Iterable[Record]) -> str:
    """One row per letter, every text as it is: a program reads it (CSV, semicolons, UTF-8)."""
    rows = []
    for record in records:
        lines = record["recipient"].split("\n")
        spread = {f"recipient_{number}": line for number, line in enumerate(lines, start=1)}
        rows.append([{**record, **spread}.get(column, "") for column in _MANIFEST])
    return _csv(_MANIFEST, rows)


def slip(records: Iterable[Record]) -> str:
    """One row per registered letter, for people: the number of the post is written in by hand."""
    rows = []
    for number, record in enumerate(records, start=1):
        name, *lines = record["recipient"].split("\n")
        town = next((at for at in range(len(lines) - 1, -1, -1) if lines[at][:1].isdigit()), -1)
        street, place = lines[:town], lines[town:]
        cells = [name, ", ".join(street), ", ".join(place), record["token"], record["pages"]]
        rows.append([str(number), *map(_no_formula, cells), ""])
    return _csv(_SLIP, rows)


def _no_formula(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    table = csv.writer(text, delimiter=";", lineterminator="\r\n")
    table.writerow(head)
    table.writerows(rows)
    return text.getvalue()
