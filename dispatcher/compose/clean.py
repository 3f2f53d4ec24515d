"""Texts of a source made fit for one line of print."""

import re
import unicodedata


#: Direction marks and other characters that no reader sees: a name could hide behind them.
_HIDDEN = re.compile(
    "[\u061c\u200b-\u200f\u2060-\u2069\u202a-\u202e\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\\s]+")


def clean(text: str) -> str:
    """One line of a source as it may be printed: NFC, no controls, no hidden characters."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    seen = _HIDDEN.sub("", unicodedata.normalize("NFC", text))
    return _CONTROLS.sub(" ", seen).strip()
