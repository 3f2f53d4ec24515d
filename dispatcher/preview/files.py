"""The files of a message, for the programs and people that look at them."""

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from dispatcher.errors import BadInput
from dispatcher.home import unwritable
from dispatcher.preview.messages import Shown


PRIVATE: Final = 0o600

#: What can be asked for by its ending.
FORMATS: Final = ("html", "txt", "eml", "pdf", "png")

_ODD: Final = re.compile(r"[^A-Za-z0-9_]+")


def plain_name(*parts: str) -> str:
    """A file's name of letters, digits and hyphens, whatever the parts hold."""
    return "-".join(_ODD.sub("-", _bare(part)).strip("-")[:60] or "x" for part in parts if part)


def contents(shown: Shown) -> Mapping[str, bytes]:
    """What there is to look at, by ending: `html`, `txt`, `eml`, `pdf`, `1.png`, `2.png`, ..."""
    message = shown.message
    words = text_of(shown)
    found = {
        "html": message.parts.get("html", "").encode(),
        "txt": words.encode(),
        "eml": message.mime,
        **{Path(name).suffix.lstrip(".") or "pdf": made for name, made in message.files.items()},
        **{f"{page}.png": made for page, made in enumerate(shown.pictures, start=1)},
    }
    return {ending: made for ending, made in found.items() if made}


def text_of(shown: Shown) -> str:
    """Every word of it as plain text: the text part, the SMS, the sheet with its script."""
    parts = shown.message.parts
    return shown.told or parts.get("text") or parts.get("sms") or parts.get("script", "")


def written(folder: Path, stem: str, made: Mapping[str, bytes]) -> list[Path]:
    """These files in the folder, readable by their owner only.

    Raises:
        BadInput: the folder cannot be written.
    """
    return [write(folder / f"{stem}.{ending}", content) for ending, content in made.items()]


def write(path: Path, content: bytes) -> Path:
    """One file, new, in the place of whatever had its name.

    Raises:
        BadInput: it cannot be written.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, PRIVATE)
        with open(number, "wb") as file:  # noqa: PTH123 - a descriptor
            file.write(content)
    except OSError as error:
        raise BadInput(unwritable(path, error)) from error
    return path


def of_format(names: Iterable[str], wanted: str) -> Iterator[str]:
    """The endings that were asked for; all, if none was."""
    return (name for name in names if not wanted or name.rpartition(".")[2] == wanted)


def _bare(part: str) -> str:
    return unicodedata.normalize("NFKD", part).encode("ascii", "ignore").decode()
