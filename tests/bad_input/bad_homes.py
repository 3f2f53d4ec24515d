"""A small home, the ways to spoil a copy of it, and what a command then says."""

import csv
import hashlib
import io
import os
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from dispatcher.cli.commands import command


DAY = "2026-11-24"  # a Tuesday

GOOD_HOME = Path(__file__).parent / "home"

Spoil: TypeAlias = Callable[[Path], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bad:
    """One bad input: what it does to a good home, and how the command has to end.

    `row` is its number in the table of bad inputs. Without `codes` the input is no mistake in our
    language, and the row shows that it is taken for what it says.
    """

    row: int
    what: str
    spoil: Spoil
    codes: Sequence[str] = ()
    command: str = "check"
    exit: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a command said and how it ended."""

    code: int
    text: str

    @property
    def codes(self) -> set[str]:
        """The codes of all problems that were said."""
        return set(re.findall(r"\[([a-z]+/[a-z0-9-]+)\]: ", self.text))


def lay_good_home(folder: Path) -> Path:
    """A copy of the good home that has taken its file in, to be copied and spoiled."""
    home = folder / "home"
    shutil.copytree(GOOD_HOME, home)
    # The rates of every half-year, so that nothing that is said depends on the day of the test.
    rates = [
        f'  "{year}-{half}": {{ecb: 2.15, legal: 2.62, source: test}}'
        for year in range(2026, 2036)
        for half in (1, 2)
    ]
    with (home / "config.yaml").open("a", encoding="utf-8") as config:
        config.write("\n".join(["\nrates:", *rates, ""]))
    of_the_day(home / "in/open-items.csv")
    said = say(home, "import", "en")
    assert said.code == 0, said.text
    return home


def say(home: Path, arguments: str, lang: str) -> Said:
    """One command on that home, in this process."""
    words = arguments.split()
    if words[0] in ("import", "plan", "run"):
        words += ["--date", DAY]
    told = io.StringIO()
    with redirect_stdout(told), redirect_stderr(told):
        code = command([*words, "--home", str(home), "--lang", lang])
    text = told.getvalue().replace(str(home), "HOME").replace(str(home.parent), "OUTSIDE")
    return Said(code=code, text=_faults(text) if words[0] == "doctor" else text)


def _faults(checklist: str) -> str:
    """Of the checklist what is wrong with files and channels: the rest depends on the day."""
    lines = checklist.splitlines(keepends=True)
    return "".join(line for line in lines if "PROBL" in line and re.search("HOME|channels", line))


def of_the_day(path: Path) -> None:
    """The file was written on the day of the test."""
    written = datetime.fromisoformat(f"{DAY}T06:00:00").replace(tzinfo=UTC).timestamp()
    os.utime(path, (written, written))


def kept(home: Path) -> Mapping[str, str]:
    """What a command that does nothing must leave as it is: every file of the home."""
    return {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.rglob("*"))
        if path.is_file() and path.name != "run.lock"
    }


# -- ways to spoil a home ------------------------------------------------------------------------


def edit(file: str, before: str, after: str) -> Spoil:
    """Replace a text of a file that stands there exactly once."""

    def spoil(home: Path) -> None:
        text = (home / file).read_text("utf-8")
        assert text.count(before) == 1, f"{before!r} in {file}"
        (home / file).write_text(text.replace(before, after), encoding="utf-8")

    return spoil


def write(file: str, content: str | bytes) -> Spoil:
    """Put a file there instead of whatever is there."""

    def spoil(home: Path) -> None:
        path = home / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        of_the_day(path)

    return spoil


def both(*ways: Spoil) -> Spoil:
    """One after the other."""

    def spoil(home: Path) -> None:
        for way in ways:
            way(home)

    return spoil


# -- rows of an export -----------------------------------------------------------------------------

EXPORT = "in/open-items.csv"

GOOD_ROW: Mapping[str, str] = {
    "Compte": "C001",
    "Nom": "Menuiserie Éluard",
    "Nature": "business",
    "E-mail": "compta@eluard.example",
    "Mobile": "06 12 34 56 78",
    "Adresse": "12 rue des Lilas",
    "CP": "75011",
    "Ville": "PARIS",
    "Pays": "FR",
    "Langue": "fr",
    "SIREN": "732829320",
    "IBAN": "",
    "Facture": "F-0001",
    "Émise": "01/10/2026",
    "Due": "31/10/2026",
    "Montant": "1200,00",
    "Solde": "1200,00",
}


def table(*rows: Mapping[str, str]) -> str:
    """An export: the good row, then one row per map, each of a debtor and invoice of its own."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(GOOD_ROW)
    writer.writerow(GOOD_ROW.values())
    for number, cells in enumerate(rows, start=2):
        own = {"Compte": f"C{number:03}", "Facture": f"F-{number:04}"}
        writer.writerow({**GOOD_ROW, **own, **cells}.values())
    return text.getvalue()


def rows(*cells: Mapping[str, str]) -> Spoil:
    """An export in which these cells are another."""
    return write(EXPORT, table(*cells))
