"""Days as a source declares them (`DD/MM/YYYY`), read strictly and as columns."""

import re
from dataclasses import dataclass
from datetime import datetime

import polars as pl


WORDS = {"DD": ("[0-9]{2}", "%d"), "MM": ("[0-9]{2}", "%m"), "YYYY": ("[0-9]{4}", "%Y"),
         "YY": ("[0-9]{2}", "%y")}  # fmt: skip
COMMON = ("DD/MM/YYYY", "YYYY-MM-DD", "DD.MM.YYYY", "DD-MM-YYYY", "MM/DD/YYYY", "YYYYMMDD",
          "DD/MM/YY", "DDMMYYYY")  # fmt: skip
EARLIEST = 1900  # a year before it is a typing error


@dataclass(frozen=True, slots=True, kw_only=True)
class DateFormat:
    """How days are written: the pattern of the text and the words of `strptime`."""

    pattern: str
    directives: str

    def read(self, text: pl.Expr) -> pl.Expr:
        """The day, null where the text is not one; two-digit years are of this century."""
        written = pl.when(text.str.contains(self.pattern)).then(text)
        day = written.str.to_date(self.directives, strict=False)
        if "%y" in self.directives:
            day = pl.when(day.dt.year() < 2000).then(day.dt.offset_by("100y")).otherwise(day)  # noqa: PLR2004 - YY is 20YY
        return pl.when(day.dt.year() >= EARLIEST).then(day)

    def shaped(self, text: pl.Expr) -> pl.Expr:
        """Whether the text is written in this form, whatever day it names."""
        return text.str.contains(self.pattern)


def date_format(words: str) -> DateFormat | None:
    """The format of `DD`, `MM` and `YYYY` or `YY`, each once, with any separators; else None."""
    parts = re.split("(YYYY|YY|MM|DD)", words)
    used = sorted(part[:2] for part in parts if part in WORDS)
    if used != ["DD", "MM", "YY"] or any(re.search("[A-Za-z0-9%]", p) for p in parts[::2]):
        return None
    pattern = "".join(WORDS[p][0] if p in WORDS else re.escape(p) for p in parts)
    directives = "".join(WORDS[p][1] if p in WORDS else p for p in parts)
    return DateFormat(pattern=f"^{pattern}$", directives=directives)


def other_formats(text: str, declared: str) -> list[str]:
    """Common formats that would read this text."""
    return [words for words in COMMON if words != declared and _reads(words, text)]


def _reads(words: str, text: str) -> bool:
    shape = date_format(words)
    if shape is None or not re.search(shape.pattern, text):
        return False
    try:
        return datetime.strptime(text, shape.directives).year >= EARLIEST  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return False
