"""The invoices that go with e-mails, from the configured folder and from nowhere else."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dispatcher.compose.headers import safe_name
from dispatcher.model.settings import Settings
from dispatcher.problems.registry import phrase


PDF = "application/pdf"

#: An invoice number that may be part of a file's name.
_NUMBER = re.compile(r"(?!\.)[^/\\\x00-\x1f\x7f]{1,100}")
_MAGIC = b"%PDF-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """The PDF of an invoice, or in words of `lang` why it does not go along."""

    name: str
    content: bytes = b""
    why: str = ""


class _Left(Exception):
    """This one does not go along; `why` is a phrase with its fields."""

    def __init__(self, why: str, **fields: str) -> None:
        super().__init__(why)
        self.why = why
        self.fields = fields


def invoices(
    numbers: Sequence[str], settings: Settings, *, taken: int = 0, read: bool = True
) -> Iterator[Invoice]:
    """The PDF of each invoice, in order, as long as all of an e-mail stay under `max_bytes`.

    `taken` bytes are used already. Without `read` the contents are left empty: whether they could
    go is said all the same.
    """
    for number in numbers:
        name = Path(settings.attachments.invoices.replace("{number}", number)).name
        try:
            content = _content(number, settings, taken, read=read)
        except _Left as left:
            why = phrase(left.why, settings.language, **left.fields)
            yield Invoice(name=name or f"{number}.pdf", why=why)
        else:
            taken += len(content)
            yield Invoice(name=name, content=content if read else b"")


def _content(number: str, settings: Settings, taken: int, *, read: bool) -> bytes:
    pattern, limit = settings.attachments.invoices, settings.attachments.max_bytes
    if not pattern:
        raise _Left("file/unset")
    if not _NUMBER.fullmatch(number) or not safe_name(number):
        raise _Left("file/number")
    written = pattern.replace("{number}", number)
    try:
        path = _inside(settings.home / written, (settings.home / pattern).parent)
        with path.open("rb") as file:
            content = file.read(limit - taken + 1) if read else file.read(len(_MAGIC))
        size = len(content) if read else path.stat().st_size
    except (OSError, RuntimeError):  # not there, not ours to read, links in a circle
        raise _Left("file/absent", path=written) from None
    if not content.startswith(_MAGIC):
        raise _Left("file/not-pdf", path=written)
    if size > limit - taken:
        raise _Left("file/too-big", path=written, limit=str(limit))
    return content


def _inside(path: Path, folder: Path) -> Path:
    """The plain file that is meant, in that folder: no link leads out of it."""
    real = path.resolve()
    if real.parent != folder.resolve() or not real.is_file():
        raise FileNotFoundError(path)
    return real
