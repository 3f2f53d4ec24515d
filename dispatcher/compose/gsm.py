"""French text in the GSM-7 alphabet, and what a text costs in segments.

One character outside the alphabet makes the whole text cost more than double: 70 characters fit
a segment instead of 160.
"""

import unicodedata
from collections.abc import Iterable
from typing import Final

from dispatcher.model.problem import Problem


# 3GPP TS 23.038, basic table; no small ç, which half of the tables have as Ç (position 9).
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)

#: Written as an escape and a character: they count twice.
_EXTENSION = frozenset("^{}\\[~]|€")

GSM = _BASIC | _EXTENSION

#: Units of a text alone, and of each part of a longer one, which carries its place in the row.
_SEPTETS = (160, 153)
_UTF16 = (70, 67)

_SAID: Final = {
    **dict.fromkeys("«»“”„‟‹›″", '"'),
    **dict.fromkeys("’‘‚‛′´`ʼ", "'"),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", ""),  # nothing is seen of them
    **dict.fromkeys("•·", "-"),
    "œ": "oe",
    "Œ": "OE",
    "…": "...",
    "°": "o",
    "⁄": "/",
    "×": "x",
    "©": "(c)",
    "®": "(r)",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "ð": "d",
    "Ð": "D",
    "ı": "i",
    "þ": "th",
    "Þ": "TH",
}


def gsm_text(text: str) -> str:
    """The text in letters that GSM-7 has; what cannot be written so is left as it is."""
    return "".join(c if c in GSM else _said(c) for c in unicodedata.normalize("NFC", text))


def foreign(text: str) -> str:
    """The characters of a text that GSM-7 has not, each once, in their order."""
    return "".join(dict.fromkeys(c for c in text if c not in GSM))


def segments(text: str) -> int:
    """How many segments a text is sent and paid as; an empty one is none."""
    if foreign(text):
        return _parts((len(c.encode("utf-16-le")) // 2 for c in text), *_UTF16)
    return _parts((2 if c in _EXTENSION else 1 for c in text), *_SEPTETS)


def dear(text: str, *, limit: int, template: str) -> Problem | None:
    """Why a text is not sent: it takes more than `limit` segments; None: it does not."""
    count = segments(text)
    if count <= limit:
        return None
    fields = {"template": template, "segments": str(count), "limit": str(limit)}
    strange = foreign(text)[:20]
    if strange:
        fields["characters"] = " ".join(strange)
        return Problem(code="template/sms-alphabet", fields=fields)
    return Problem(code="template/too-many-segments", fields=fields)


def _said(character: str) -> str:
    """What stands for one character, or itself if any of it would be lost."""
    if character in _SAID:
        return _SAID[character]
    if character.isspace():
        return " "
    said = ""
    for each in unicodedata.normalize("NFKD", character):
        if unicodedata.category(each) == "Mn":  # an accent
            continue
        found = each if each in GSM else _SAID.get(each)
        if found is None:
            return character
        said += found
    return said or character


def _parts(widths: Iterable[int], alone: int, each: int) -> int:
    """How many parts; an escaped or paired character is never cut in two."""
    total, parts, used = 0, 1, 0
    for width in widths:
        total += width
        if used + width > each:
            parts, used = parts + 1, 0
        used += width
    if total <= alone:
        return 1 if total else 0
    return parts
