"""A workbook says the same as the delimited file with the same cells, typed or not."""

from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from polars.testing import assert_frame_equal

from dispatcher.intake.take import Taken
from dispatcher.model.money import to_decimal
from tests.intake.intake_cases import GOOD, HEADINGS, File, source, take, text


Cell = str | int | float | bool | date | None


def workbook(*rows: list[Cell]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def taken(content: bytes) -> Taken:
    return take(File(content=content, source=replace(source(), file=Path("in/export.xlsx"))))


def typed(**changes: Cell) -> list[Cell]:
    """The good row as a spreadsheet keeps it: numbers and days as such."""
    row: dict[str, Cell] = {
        **GOOD,
        "Échéance n°": 1,
        "Montant": 1200,
        "Solde": 1200.0,
        "Émise": date(2026, 3, 1),
        "Due": datetime(2026, 3, 31, 0, 0),  # noqa: DTZ001 - as a spreadsheet has it
        **changes,
    }
    return list(row.values())


@pytest.mark.parametrize(
    "row", [pytest.param(list(GOOD.values()), id="texts"), pytest.param(typed(), id="typed")]
)
def test_a_workbook_and_a_delimited_file_are_one_and_the_same(row: list[Cell]) -> None:
    as_book = taken(workbook(list(HEADINGS), row))
    as_text = take(File(content=text({}), source=source()))
    assert as_book.problems == as_text.problems == ()
    for name, frame in as_text.frames.items():
        # The digest is of the cells as written: 1200 and 1200,00 are the same amount, not text.
        assert_frame_equal(
            as_book.frames[name].drop("digest", strict=False), frame.drop("digest", strict=False)
        )


@pytest.mark.parametrize(
    ("value", "cents"),
    [
        pytest.param(1234.56, 123_456, id="cents"),
        pytest.param(0.1 + 0.2, 30, id="binary-noise"),
        pytest.param(99_999_999.99, 9_999_999_999, id="large"),
        pytest.param(1200, 120_000, id="whole"),
    ],
)
def test_a_number_is_the_amount_that_the_sheet_shows(value: float, cents: int) -> None:
    found = taken(workbook(list(HEADINGS), typed(Montant=value, Solde=value)))
    assert found.frames["invoices"]["balance"].to_list() == [cents]
    assert to_decimal(cents) == round(to_decimal(cents), 2)


def test_rows_keep_the_number_that_the_sheet_shows() -> None:
    blank: list[Cell] = [None] * len(HEADINGS)
    found = taken(workbook(list(HEADINGS), blank, typed(), blank, typed(Solde="n/c", Pièce="F-2")))
    assert found.account["row"].to_list() == [3, 5]
    assert [(p.code, p.place and p.place.line) for p in found.problems] == [("csv/amount", 5)]


def test_cells_right_of_the_last_heading_are_no_columns() -> None:
    found = taken(workbook([*HEADINGS, None, None], [*typed(), None, "a note"]))
    assert found.problems == ()
    assert found.frames["invoices"].height == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"Client;Solde\nC1;12\n", "xlsx/unreadable", id="not-a-workbook"),
        pytest.param(workbook(list(HEADINGS), typed())[:600], "xlsx/unreadable", id="cut-off"),
        pytest.param(workbook(), "csv/empty-file", id="empty"),
        pytest.param(workbook(list(HEADINGS)), "csv/no-rows", id="header-only"),
        pytest.param(
            workbook([*HEADINGS, "Solde"], [*typed(), 5]),
            "csv/duplicate-heading",
            id="heading-twice",
        ),
    ],
)
def test_a_workbook_that_cannot_be_used_is_refused_whole(content: bytes, code: str) -> None:
    found = taken(content)
    assert found.refused_whole
    assert [problem.code for problem in found.problems] == [code]
