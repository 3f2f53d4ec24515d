"""The address on an envelope as La Poste reads it (NF Z10-011): few short lines, the last plain."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from dispatcher.compose.countries import COUNTRIES


LINES: Final = 6  # and one more for a country
WIDTH: Final = 38  # characters of a line

#: Territories that the French post serves as departments: postcode and town say it all.
DOMESTIC: Final = frozenset({"FR", "GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF"})

_COUNTRY: Final = re.compile("[A-Z]{2}")
_MARKS: Final = re.compile(r"[,;:.!?\"«»()]+")
_NOT_PLAIN: Final = re.compile("[^A-Z0-9]+")
_LIGATURES: Final = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The lines of an address; `shortened` says that something had to be left out."""

    lines: tuple[str, ...]
    shortened: bool = False


def envelope(to: str) -> Envelope:
    """An address as stored (name, lines, postcode and town, perhaps a country's code) for paper.

    The last line, and a country's name, are capitals without accents and marks; no line is longer
    than 38 characters, long ones go on in the next; there are six, or seven with a country.
    """
    stored = [line for line in (" ".join(line.split()) for line in to.split("\n")) if line]
    code = stored.pop() if len(stored) > 1 and _COUNTRY.fullmatch(stored[-1]) else "FR"
    country = [] if code in DOMESTIC else [COUNTRIES.get(code, code)]
    town = plain_capitals(stored.pop()) if len(stored) > 1 else ""
    ends = [_cut(line) for line in (town, *country) if line]
    name, *street = stored or [""]
    rows = [_wrapped(name), *(_wrapped(_MARKS.sub("", line)) for line in street)]
    fitted, lost = _fitted(rows, LINES - 1)
    too_long = any(len(line) > WIDTH for line in (town, *country))
    return Envelope(lines=(*fitted, *ends), shortened=lost or too_long)


def plain_capitals(text: str) -> str:
    """Capitals, digits and single spaces: "Saint-Étienne cedex 2" is "SAINT ETIENNE CEDEX 2"."""
    parts = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    bare = "".join(mark for mark in parts if not unicodedata.combining(mark))
    return _NOT_PLAIN.sub(" ", bare.upper()).strip()


def _wrapped(line: str) -> list[str]:
    """The words of a line over as many rows as they need; a word too long is broken."""
    rows = [""]
    for word in line.split():
        rest = word
        while rest:
            room = WIDTH - len(rows[-1]) - bool(rows[-1])
            if len(rest) <= room:
                rows[-1] = f"{rows[-1]} {rest}".strip()
                rest = ""
            elif rows[-1]:
                rows.append("")
            else:
                rows[-1], rest = rest[:WIDTH], rest[WIDTH:]
    return [row for row in rows if row]


def _fitted(rows: Iterable[list[str]], room: int) -> tuple[list[str], bool]:
    """All rows where they fit; else what is longest loses its ends first, the street last."""
    kept = [row for row in rows if row]
    lost = False
    while sum(map(len, kept)) > room:
        longest = max(kept, key=len)
        if len(longest) > 1:
            longest.pop()
        else:
            # Name and street bring the letter there: what stands between them goes.
            kept.pop(1)
        lost = True
    return [line for row in kept for line in row], lost


def _cut(line: str) -> str:
    return line[:WIDTH].rstrip()
