"""The book in ranges of debtors: every debtor in one of them, and nothing is lost between."""

import gc
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from dispatcher.errors import StoreFault
from dispatcher.model.tables import FRAMES
from dispatcher.store.aside import SetAside
from dispatcher.store.book import Book
from dispatcher.store.slices import LAST
from tests.store.store_samples import DAY, NOW, debtors, frozen, invoice


DEBTORS = 5


@pytest.fixture
def filled(book: Book) -> Book:
    """Five debtors with one, two, ... five invoices, each in a message, and events."""
    owed = [
        invoice(f"F{debtor}-{number}", debtor=f"D{debtor}")
        for debtor in range(DEBTORS)
        for number in range(debtor + 1)
    ]
    taken = {"debtors": debtors(DEBTORS), "invoices": pl.concat(owed)}
    book.take(taken, source="erp", kind="open_items", now=NOW, day=DAY, complete=True)
    run = book.begin_run(kind="run", day=DAY, now=NOW)
    for case, debtor in book.frames()["invoices"].select("id", "debtor_id").iter_rows():
        book.freeze(run, [replace(frozen(case), debtor_id=debtor)], now=NOW)
    return book


@pytest.mark.parametrize("size", [1, 2, 4, 7, 14, 15, 1000])
def test_each_debtor_is_in_one_range(filled: Book, size: int) -> None:
    ranges = filled.slices(size=size)
    assert (ranges[0][0], ranges[-1][1]) == (0, LAST)
    assert [high + 1 for _, high in ranges[:-1]] == [low for low, _ in ranges[1:]]
    assert len(ranges) <= -(-15 // size)
    assert (len(ranges) == 1) == (size >= 15)


def test_a_book_without_invoices_is_one_range(book: Book) -> None:
    assert book.slices(size=10) == ((0, LAST),)


def test_ranges_together_hold_what_the_book_holds(filled: Book) -> None:
    whole = filled.frames()
    parts = [filled.frames(between=between) for between in filled.slices(size=4)]
    assert len(parts) > 2
    for name in FRAMES:
        together = pl.concat([part[name] for part in parts]).sort("id")
        assert_frame_equal(together, whole[name])
    assert all(part["lines"].height == part["invoices"].height > 0 for part in parts)


# -- frames on the disk ---------------------------------------------------------------------------


def test_a_frame_comes_back_as_it_was(tmp_path: Path) -> None:
    kinds = pl.Enum(["a", "b"])
    frame = pl.DataFrame(
        {"kind": ["a", None], "text": ["é", ""], "pairs": [[{"channel": "sms"}], None]},
        schema_overrides={"kind": kinds},
    )
    kept = SetAside(frame, folder=tmp_path / "var")
    assert_frame_equal(kept(), frame)
    assert_frame_equal(kept(), frame)
    assert list((tmp_path / "var").iterdir()) == []


def test_a_frame_that_nobody_asks_for_any_more_is_gone(tmp_path: Path) -> None:
    before = open_files()
    kept = SetAside(pl.DataFrame({"n": [1]}), folder=tmp_path)
    assert open_files() == before + 1
    del kept
    gc.collect()
    assert open_files() == before


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_a_folder_that_cannot_be_written_is_a_fault_of_the_disk(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file")
    with pytest.raises(StoreFault):
        SetAside(pl.DataFrame({"n": [1]}), folder=tmp_path / "var")
