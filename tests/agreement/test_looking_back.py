"""Contacts that came to their end long ago change no answer: leaving them out is no decision."""

import sqlite3
from collections.abc import Sequence

import polars as pl
import pytest

from dispatcher.decide.looking_back import looks_back_to
from dispatcher.ports import Frames
from dispatcher.store.frames import COUNTING
from tests.agreement import compare
from tests.agreement.compare import framed, planned
from tests.agreement.portfolios import World, any_world


DEBTORS = 150
TABLES = {"messages": "message", "lines": "line", "invoices": "invoice"}


def counting(world: World, frames: Frames) -> dict[str, pl.DataFrame]:
    """The frames as the store gives them since the day that the world looks back to."""
    driver = sqlite3.connect(":memory:")
    for name, table in TABLES.items():
        rows = frames[name].with_columns(pl.col(pl.Date).cast(pl.String))
        if table == "invoice":
            rows = rows.with_columns(open=pl.lit(1))
        columns = ", ".join(f'"{column}"' for column in rows.columns)
        driver.execute(f"CREATE TABLE {table} ({columns})")
        marks = ", ".join("?" for _ in rows.columns)
        driver.executemany(f"INSERT INTO {table} VALUES ({marks})", rows.iter_rows())
    since = looks_back_to(world.rulebook, world.today).isoformat()
    kept = {name: _ids(driver, name, words.format(since=since)) for name, words in COUNTING.items()}
    return {
        name: frame.filter(pl.col("id").is_in(kept[name])) if name in kept else frame
        for name, frame in frames.items()
    }


def _ids(driver: sqlite3.Connection, name: str, words: str) -> Sequence[int]:
    return [row[0] for row in driver.execute(f"SELECT id FROM {TABLES[name]} AS t WHERE {words}")]


@pytest.mark.parametrize("seed", range(4))
def test_what_no_longer_counts_changes_no_answer(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = any_world(seed, debtors=DEBTORS)
    whole = framed(world)
    part = counting(world, whole)
    assert part["messages"].height < whole["messages"].height
    made = planned(world)
    monkeypatch.setattr(compare, "framed", lambda _world: part)
    again = planned(world)
    assert again.answers.equals(made.answers)
    assert again.facts.equals(made.facts)
    assert again.digest == made.digest
    assert again.contacts == made.contacts
    assert again.tasks == made.tasks
