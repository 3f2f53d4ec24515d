"""A folder of print-ready letters, a sub-folder per day, whole after a kill at any moment.

A letter is handed over once its record has its name under `.handed/<day>/`; the lists of the day
are made from the records, so they can be made again. Records are kept when the day's letters have
been taken away: the same token is one letter for ever.
"""

import hashlib
import json
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Final

from channels.letter_lists import MANIFEST, SLIP, Record, manifest, slip


HANDED: Final = ".handed"
ASIDE: Final = ".part"  # ending of a file that is being written

_ONLY_US: Final = 0o700
_READ_BY_US: Final = 0o600


class LetterFolder:
    """Letters of one channel under `folder`; made when first used."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: dict[Path, Record] = {}  # the records of the latest day

    def day_of(self, token: str) -> date | None:
        """The day on which this letter was handed over, or None."""
        found = sorted((self._folder / HANDED).glob(f"*/{token}.json"))
        return date.fromisoformat(found[0].parent.name) if found else None

    def put(self, pdf: bytes, record: Record, day: date, going: Callable[[], None]) -> None:
        """Hand a letter over; `going` is called before anybody could see it.

        Raises:
            OSError: the disk failed; called again with the same token, it goes on where it was.
        """
        place, records = self._places(day)
        token = record["token"]
        for left in self._folder.glob(f"[0-9]*/{token}.pdf"):
            left.unlink()  # without a record: of a run that was killed
        letter = self._aside(place / f"{token}.pdf", pdf)
        going()
        _named(letter, place / f"{token}.pdf")
        kept = record | {"file": f"{token}.pdf", "sha256": hashlib.sha256(pdf).hexdigest()}
        written = json.dumps(kept, ensure_ascii=False, sort_keys=True).encode()
        _named(self._aside(records / f"{token}.json", written), records / f"{token}.json")
        self.list_again(day)

    def list_again(self, day: date) -> None:
        """Write the lists of a day anew, unless its letters have been taken away.

        Raises:
            OSError: the disk failed.
        """
        place = self._folder / day.isoformat()
        if not place.is_dir():
            return
        records = self._records(day)
        here = [record for record in records if (place / record["file"]).exists()]
        registered = [record for record in here if record["registered"] == "yes"]
        lists = {MANIFEST: manifest(here), **({SLIP: slip(registered)} if registered else {})}
        for name, text in lists.items():
            _named(self._aside(place / name, text.encode("utf-8-sig")), place / name)

    def _places(self, day: date) -> tuple[Path, Path]:
        places = self._folder / day.isoformat(), self._folder / HANDED / day.isoformat()
        for place in places:
            place.mkdir(mode=_ONLY_US, parents=True, exist_ok=True)
        for parent in (self._folder, self._folder / HANDED):
            _sync(parent)
        return places

    def _records(self, day: date) -> list[Record]:
        """The records of a day by token; another channel may share the folder."""
        paths = sorted((self._folder / HANDED / day.isoformat()).glob("[!.]*.json"))
        self._seen = {path: self._seen.get(path) or _read(path) for path in paths}
        return list(self._seen.values())

    def _aside(self, path: Path, content: bytes) -> Path:
        """The content in a hidden file beside its place, on the disk."""
        aside = path.with_name(f".{path.name}{ASIDE}")
        with suppress(FileNotFoundError):
            aside.unlink()  # of a run that was killed
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        with open(os.open(aside, flags, _READ_BY_US), "wb") as file:  # noqa: PTH123 - a descriptor
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return aside


def _read(path: Path) -> Record:
    record: Record = json.loads(path.read_text("utf-8"))
    return record


def _named(aside: Path, path: Path) -> None:
    aside.replace(path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
