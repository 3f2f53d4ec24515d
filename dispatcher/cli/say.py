"""Printing: problems, lines, tables and progress, in the language of the person."""

import locale
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

from dispatcher.model.money import to_decimal
from dispatcher.model.problem import Problem
from dispatcher.problems.registry import phrase
from dispatcher.problems.render import as_text


if TYPE_CHECKING:
    from rich.console import Console

    from dispatcher.model.problem import Place


LANGUAGES: Final = ("fr", "en")

#: Problems of one file that a person is shown at once; a slip may be made in every line.
SHOWN: Final = 50

#: What a terminal obeys instead of showing it, and marks that turn the direction of a line.
_CONTROLS: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_HIDDEN: Final = re.compile("[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def shown(text: str) -> str:
    """A text for the eyes of a person: what cannot be seen stands as a replacement character."""
    return _HIDDEN.sub("\ufffd", _CONTROLS.sub("\ufffd", text))


class Speaker:
    """One command's way to speak: a language, standard output and error.

    Results go to standard output, everything about the way there to standard error.
    """

    def __init__(self, lang: str = "") -> None:
        self._wanted = lang or os.environ.get("RELANCE_LANG", "")
        self.lang = self._wanted if self._wanted in LANGUAGES else _of_locale()

    def settle(self, configured: str) -> None:
        """Take the configuration's language unless the person asked for one."""
        if self._wanted not in LANGUAGES:
            self.lang = configured

    def say(self, name: str, /, **fields: object) -> None:
        """One phrase on standard output."""
        print(shown(self.words(name, **fields)))  # noqa: T201 - printing is this module's idea

    def note(self, name: str, /, **fields: object) -> None:
        """One phrase on standard error."""
        print(shown(self.words(name, **fields)), file=sys.stderr)  # noqa: T201 - as above

    def line(self, text: str = "") -> None:
        """A finished line on standard output; a program may read it, so only controls go."""
        print(_CONTROLS.sub("\ufffd", text))  # noqa: T201 - as above

    def words(self, name: str, /, **fields: object) -> str:
        """One phrase."""
        return phrase(name, self.lang, **{key: str(value) for key, value in fields.items()})

    def day(self, day: date | None) -> str:
        """A day as this language writes it in a table; nothing for none."""
        from dispatcher.decide.explain_text import day_words  # noqa: PLC0415 - Polars, 180 ms

        return "" if day is None else day_words(day, self.lang)

    def money(self, minor: int, currency: str) -> str:
        """An amount of minor units with its currency."""
        from dispatcher.compose.format import money  # noqa: PLC0415 - as below

        if self.lang == "fr":
            return money(minor, currency)
        return f"{to_decimal(minor):,.2f} {currency}"

    def problems(self, problems: Iterable[Problem], sources: Mapping[str, str]) -> None:
        """Problems on standard error, with their source lines; of one file up to `SHOWN`."""
        counts = Counter[str]()
        for problem in problems:
            file = "" if problem.place is None else problem.place.file
            counts[file] += 1
            if file and counts[file] > SHOWN:
                continue
            text = shown(self.problem(problem, sources))
            print(text, file=sys.stderr)  # noqa: T201 - as above
        for file, count in counts.items():
            if file and count > SHOWN:
                self.note("problem/more", count=count - SHOWN, file=file)

    def problem(self, problem: Problem, sources: Mapping[str, str] | None = None) -> str:
        """One problem as text: where, what, what to do."""
        return as_text(_from_here(problem), lang=self.lang, sources=sources)

    def table(
        self, headings: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[int] = ()
    ) -> None:
        """A table on standard output; `right` names the columns of figures."""
        from rich import box  # noqa: PLC0415 - 50 ms, only for commands with tables
        from rich.table import Table  # noqa: PLC0415 - as above
        from rich.text import Text  # noqa: PLC0415 - as above

        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, collapse_padding=True)
        for index, heading in enumerate(headings):
            figures = index in right
            # What is too long goes on below: a name is never cut.
            table.add_column(
                heading,
                justify="right" if figures else "left",
                no_wrap=figures,
                overflow="fold",
            )
        for row in rows:
            # Text, not markup: a debtor may be called [bold].
            table.add_row(*(Text(shown(cell)) for cell in row))
        _console().print(table)

    @contextmanager
    def progress(self) -> Iterator[Callable[[str, int, int], None]]:
        """Progress bars on standard error while the block runs; none where nobody watches."""
        from rich.progress import (  # noqa: PLC0415 - as above
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TaskID,
            TextColumn,
        )

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        console = _console(stderr=True)
        watched = console.is_terminal  # elsewhere it would leave an empty line behind
        with Progress(*columns, console=console, transient=True, disable=not watched) as shown:
            tasks: dict[str, TaskID] = {}

            def tell(stage: str, done: int, total: int) -> None:
                if stage not in tasks:
                    tasks[stage] = shown.add_task(self.words(f"progress/{stage}"), total=total)
                shown.update(tasks[stage], completed=done, total=total)

            yield tell


def _from_here(problem: Problem) -> Problem:
    """The problem with its file named as a person in this folder would."""
    return replace(problem, place=_near(problem.place), second=_near(problem.second))


def _near(place: "Place | None") -> "Place | None":
    if place is None or not place.file.startswith("/"):
        return place
    near = os.path.relpath(place.file)
    return place if near.startswith("..") else replace(place, file=near)


def _console(*, stderr: bool = False) -> "Console":
    from rich.console import Console  # noqa: PLC0415 - 50 ms, only when something is drawn

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or "COLUMNS" in os.environ else 160
    return Console(stderr=stderr, width=width, highlight=False, soft_wrap=False)


def _of_locale() -> str:
    name = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG", "")
    return "fr" if locale.normalize(name).lower().startswith("fr") else "en"
