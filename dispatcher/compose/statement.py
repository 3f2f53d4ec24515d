"""The statement of an account as a table for a spreadsheet: what goes with an e-mail as CSV."""

import csv
import io
import re
from collections.abc import Iterator, Sequence

from dispatcher.compose.contact import Data, Plain


COLUMNS = ("Pièce", "Émise le", "Échéance", "Montant", "Retard", "Remarque")

#: A cell that begins like this would be a formula to a spreadsheet.
_FORMULA = re.compile(r"[=+\-@\t\r]")


def statement(data: Data) -> str:
    """Every item that a message claims or lists and every credit, then the balance (CSV, ;)."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([_safe(cell) for cell in row] for row in _rows(data))
    return out.getvalue()


def _rows(data: Data) -> Iterator[Sequence[str]]:
    for name in ("claimed", "listed"):
        for item in _maps(data[name]):
            yield [
                str(item[key]) for key in ("number", "issued", "due", "balance", "late", "remark")
            ]
    for credit in _maps(data["credits"]):
        yield (str(credit["number"]), str(credit["issued"]), "", f"{credit['amount']}", "", "avoir")
    totals = data["totals"]
    assert isinstance(totals, dict)  # noqa: S101 - what contact_data makes
    yield ("Solde du compte", "", "", str(totals["account"]), "", "")


def _maps(rows: Plain) -> list[Data]:
    assert isinstance(rows, list)  # noqa: S101 - as above
    return [row for row in rows if isinstance(row, dict)]


def _safe(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell
