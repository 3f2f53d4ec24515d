"""The QR code of a SEPA credit transfer (EPC069-12), which a bank's application reads."""

import re
from typing import Final

import segno

from dispatcher.model.identifiers import is_iban


MOST: Final = 99_999_999_999  # cents that the form can carry
LONGEST_NAME: Final = 70
LONGEST_TEXT: Final = 140
QUIET: Final = 4  # modules of white around the code

_REFERENCE: Final = re.compile("RF[0-9]{2}[A-Z0-9]{1,21}")  # ISO 11649
_BIC: Final = re.compile("[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")


def is_creditor_reference(text: str) -> bool:
    """Whether it is an ISO 11649 reference (RF...) with right check digits, without spaces."""
    if _REFERENCE.fullmatch(text) is None:
        return False
    return int("".join(str(int(mark, 36)) for mark in text[4:] + text[:4])) % 97 == 1


def transfer(*, name: str, iban: str, bic: str, cents: int, reference: str) -> str:
    """What the code says, or nothing where no transfer can be described.

    `cents` are euro cents. A valid creditor reference stands as one; any other is plain text.
    """
    account = _bare(iban)
    if not name or not is_iban(account) or not 0 < cents <= MOST:
        return ""
    structured = _bare(reference)
    is_structured = is_creditor_reference(structured)
    bank = _bare(bic)
    lines = [
        "BCD",
        "002",
        "1",  # UTF-8
        "SCT",
        bank if _BIC.fullmatch(bank) else "",
        _line(name, LONGEST_NAME),
        account,
        f"EUR{cents // 100}.{cents % 100:02d}",
        "",  # purpose
        structured if is_structured else "",
        "" if is_structured else _line(reference, LONGEST_TEXT),
    ]
    return "\n".join(lines).rstrip("\n")


def code(said: str) -> str:
    """The QR code of such a text as SVG, black on white with its quiet zone; level M."""
    # A fixed mask: any mask is valid, and to weigh all eight costs five times the rest.
    made = segno.make_qr(said.encode(), error="m", mask=3, boost_error=False)
    runs = [_run(row, y) for y, row in enumerate(made.matrix)]
    side = len(made.matrix) + 2 * QUIET
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{"".join(runs)}"/></svg>'
    )


def _run(row: bytes | bytearray, y: int) -> str:
    """The dark modules of one row as closed rectangles."""
    dark = bytes(row).replace(b"\0", b" ").replace(b"\1", b"#").decode()
    return "".join(
        f"M{found.start() + QUIET} {y + QUIET}h{len(found.group())}v1h-{len(found.group())}z"
        for found in re.finditer("#+", dark)
    )


def _bare(text: str) -> str:
    return "".join(text.split()).upper()


def _line(text: str, most: int) -> str:
    return " ".join(text.split())[:most].strip()
