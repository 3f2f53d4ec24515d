"""Commands on a home of its own, in this process, and the export that it takes in."""

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from dispatcher.cli.commands import command
from dispatcher.home import Home


DAY = "2026-11-24"  # a Tuesday


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        return self.out + self.err


class Shell:
    """Commands on one home, in this process."""

    def __init__(self, home: Home, capture: pytest.CaptureFixture[str]) -> None:
        self.home = home
        self._capture = capture

    def __call__(self, *arguments: str) -> Said:
        self._capture.readouterr()
        code = command(arguments)
        said = self._capture.readouterr()
        assert "Traceback" not in said.out + said.err
        return Said(code=code, out=said.out, err=said.err)

    def edit(self, file: str, before: str, after: str) -> None:
        path = self.home.folder / file
        text = path.read_text("utf-8")
        assert before in text
        written = path.stat().st_mtime
        path.write_text(text.replace(before, after), encoding="utf-8")
        os.utime(path, (written, written))


def export(home: Home, text: str, *, day: str = DAY) -> None:
    """An export in its place, written on that day."""
    path = home.incoming / "open-items.csv"
    path.write_text(text, encoding="utf-8")
    written = datetime.fromisoformat(f"{day}T06:00:00").replace(tzinfo=UTC).timestamp()
    os.utime(path, (written, written))


def digest(said: Said) -> str:
    return said.out.split("digest ")[1].split()[0]


def events(home: Home) -> int:
    """How many events the book has."""
    with closing(sqlite3.connect(home.var / "relance.sqlite")) as driver:
        return int(driver.execute("SELECT count(*) FROM event").fetchone()[0])
