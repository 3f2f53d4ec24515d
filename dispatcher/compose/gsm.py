"""French text in the GSM-7 alphabet: one character outside it makes a text message cost double."""

import unicodedata


# 3GPP 23.038, basic table and extension; no small ç, which half of the tables have as Ç.
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)

_SAID = {
    "œ": "oe",
    "Œ": "OE",
    "«": '"',
    "»": '"',
    "“": '"',
    "”": '"',
    "’": "'",
    "‘": "'",
    "–": "-",
    "—": "-",
    "…": "...",
    "°": "o",
    "\t": " ",
}


def gsm_text(text: str) -> str:
    """The text in letters that GSM-7 has; what cannot be written so is left as it is."""
    return "".join(c if c in GSM else _said(c) for c in unicodedata.normalize("NFC", text))


def _said(character: str) -> str:
    if character in _SAID:
        return _SAID[character]
    if character.isspace():
        return " "
    bare = "".join(c for c in unicodedata.normalize("NFKD", character) if c in GSM)
    return bare or character
