"""What stands in the file of a store, read past the code that is on trial."""

import sqlite3
from contextlib import closing
from pathlib import Path

from dispatcher.model.message import State
from tests.faults.judge import Book, Row


def book_in(path: Path, *, whole: bool) -> Book:
    """Every message with its lines, and the open cases; `whole` says what became of the trail."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as driver:
        lines: dict[int, list[tuple[int, bool]]] = {}
        for number, case, live in driver.execute("SELECT message_id, invoice_id, live FROM line"):
            lines.setdefault(number, []).append((case, bool(live)))
        return Book(
            messages=[
                Row(
                    id=number,
                    token=token,
                    state=State(state),
                    cases=tuple(case for case, _ in lines.get(number, ())),
                    live=any(live for _, live in lines.get(number, ())),
                )
                for number, token, state in driver.execute("SELECT id, token, state FROM message")
            ],
            open_cases=[case for (case,) in driver.execute("SELECT id FROM invoice WHERE open")],
            whole=whole,
        )
