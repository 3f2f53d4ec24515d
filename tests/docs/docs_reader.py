"""A reader who follows a page to the letter, in a folder of his own, on a Monday in November."""

import csv
import os
import re
import subprocess
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Final

import pytest

from dispatcher import clocks
from dispatcher.cli.commands import command
from tests.docs.docs_pages import (
    ROOT,
    Block,
    Command,
    arguments,
    commands,
    is_shown,
    merge,
    replace_keys,
    shows,
)


MONDAY: Final = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

#: Words in capitals that a reader replaces by his own, and what this one writes.
OWN_WORDS: Final = {"TOMORROW": "2026-11-24", "FRIDAY": "2026-11-27", "NEXT_MONTH": "2026-12-21"}

#: Commands that change nothing, so that what they say can be heard in both languages.
READING: Final = {
    "audit",
    "diff",
    "plan",
    "explain",
    "tasks",
    "check",
    "history",
    "unknown",
    "doctor",
    "preview",
    "replay",
    "simulate",
    "test",
}
STOPPED: Final = {2, 3}

LATE: Final = range(10, 60)  # days of the invoice that stands for INVOICE


class Monday(datetime):
    """The hour at which the reader works, whatever the machine's clock says."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "Monday":
        here = MONDAY.astimezone(tz)
        return cls(*here.timetuple()[:6], tzinfo=here.tzinfo)


class Reader:
    """What a page says is done here; what it shows has to be what is said."""

    def __init__(
        self,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        capture: pytest.CaptureFixture[str],
    ) -> None:
        self._patch = monkeypatch
        self._capture = capture
        self._seen: dict[str, str] = dict(OWN_WORDS)
        self._plans: dict[str, str] = {}
        self.plans_unmoved: list[str] = []
        monkeypatch.setattr(clocks, "datetime", Monday)
        monkeypatch.setenv("COLUMNS", "160")
        monkeypatch.setenv("RELANCE_LANG", "en")
        monkeypatch.chdir(folder)

    def follow(self, block: Block, translated: Block | None = None) -> None:
        """Do what one block says; the translated one may show the same in French."""
        doing = {
            "file": self._write,
            "merge": self._merge,
            "set": self._set,
            "show": self._show,
        }
        if block.language == "console":
            others = list(commands(translated)) if translated else list(commands(block))
            for line, other in zip(commands(block), others, strict=True):
                self._run(line, other, of=block)
        elif block.deed in doing:
            doing[block.deed](block)

    def _write(self, block: Block) -> None:
        path = Path(block.target)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")
        _of_monday(path)

    def _merge(self, block: Block) -> None:
        merge(Path(block.target), block.text)

    def _set(self, block: Block) -> None:
        replace_keys(Path(block.target), block.text)

    def _show(self, block: Block) -> None:
        assert shows(ROOT / block.target, block.text), (
            f"line {block.line}: not so in {block.target}"
        )

    def _run(self, line: Command, other: Command, *, of: Block) -> None:
        words = self._own(line.words)
        if words.startswith("cd "):
            self._patch.chdir(Path.cwd() / words.removeprefix("cd "))
            return
        ours = words.startswith("relance ")
        before = f"line {of.line}: {words}"
        if ours and other.shown and other.shown != line.shown:
            assert arguments(words)[0] in READING or line.code in STOPPED, before
            self._patch.setenv("RELANCE_LANG", "fr")
            _, heard = self._ours(words)
            assert is_shown(other.shown, heard), f"{before}\n{heard}"
            self._patch.setenv("RELANCE_LANG", "en")
        code, heard = self._ours(words) if ours else _shell(words)
        for export in () if ours else Path("in").glob("*"):
            _of_monday(export)
        assert code == line.code, f"{before}: exit {code}\n{heard}"
        assert is_shown(line.shown, heard), f"{before}\n{heard}"
        if words.startswith("relance plan") and code == 0:
            self._compare(words, heard, at=before)
        self._look(heard)

    def _compare(self, words: str, heard: str, *, at: str) -> None:
        """A page asks for a plan again because something has changed it, and so its digest."""
        digest = "".join(re.findall(_SEEN["DIGEST"], heard)[-1:])
        if self._plans.get(words) == digest:
            self.plans_unmoved.append(at)
        self._plans[words] = digest

    def _ours(self, words: str) -> tuple[int, str]:
        words, _, target = words.partition(" > ")
        self._capture.readouterr()
        code = command(arguments(words))
        said = self._capture.readouterr()
        assert "Traceback" not in said.out + said.err
        if target:
            Path(target).write_text(said.out, encoding="utf-8")
            _of_monday(Path(target))
        return code, said.out + said.err

    def _own(self, words: str) -> str:
        if "INVOICE" in words and "INVOICE" not in self._seen:
            self._seen["INVOICE"] = late_invoice(Path("in/open-items.csv"))
        for name, value in self._seen.items():
            words = re.sub(rf"\b{name}\b", value, words)
        return words

    def _look(self, heard: str) -> None:
        """Take what a later command asks for: the digest of a plan, a call, an invoice."""
        for name, pattern in _SEEN.items():
            found = re.search(pattern, heard, re.MULTILINE)
            if found is not None:
                self._seen[name] = found[1]


_SEEN: Final = {
    "DIGEST": r"\b([0-9a-f]{12})\b",
    "CALL": r"^(C\d+) ",
    "TASK": r"^(T\d+) ",
    "CODE": r"--confirm ([0-9a-f]{8,})",
    "LETTER": r"^(\d+) ",
    "MESSAGE": r"^(M\d+) ",
    "NEWS": r"^(N\d+) ",
    "CHECKPOINT": r"\b(\d+:[0-9a-f]{64})\b",
}


def _shell(words: str) -> tuple[int, str]:
    ran = subprocess.run(words, shell=True, capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout + ran.stderr


def _of_monday(path: Path) -> None:
    written = MONDAY.timestamp()
    os.utime(path, (written, written))


def late_invoice(export: Path) -> str:
    """An invoice of the export that a reader would pick: of a company, and weeks late."""
    with export.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter=";")
        return next(row["Facture"] for row in rows if _is_late(row))


def _is_late(row: dict[str, str]) -> bool:
    day = datetime.strptime(row["Échéance"], "%d/%m/%Y").replace(tzinfo=UTC)
    return row["Nature"] == "Entreprise" and bool(row["E-mail"]) and (MONDAY - day).days in LATE
