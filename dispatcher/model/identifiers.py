"""Numbers with check digits: SIREN and SIRET of French companies, IBAN of accounts."""

import re
from typing import Final


SIREN: Final = re.compile("[0-9]{9}")
SIRET: Final = re.compile("[0-9]{14}")
IBAN: Final = re.compile("[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")  # ISO 13616

#: La Poste numbers its offices so that the sum of all digits is a multiple of five.
LA_POSTE: Final = "356000000"
FRENCH_IBAN: Final = 27  # characters


def is_siren(text: str) -> bool:
    """Whether nine digits end in their check digit (Luhn)."""
    return SIREN.fullmatch(text) is not None and _luhn(text)


def is_siret(text: str) -> bool:
    """Whether fourteen digits are a right SIREN and end in their own check digit."""
    if SIRET.fullmatch(text) is None or not is_siren(text[:9]):
        return False
    if _luhn(text):
        return True
    return text.startswith(LA_POSTE) and sum(map(int, text)) % 5 == 0


def is_iban(text: str) -> bool:
    """Whether an IBAN without spaces, in capitals, has its length and right check digits."""
    if IBAN.fullmatch(text) is None or (text.startswith("FR") and len(text) != FRENCH_IBAN):
        return False
    moved = text[4:] + text[:4]
    return int("".join(str(int(mark, 36)) for mark in moved)) % 97 == 1


def _luhn(digits: str) -> bool:
    doubled = (2 * int(mark) if place % 2 else int(mark) for place, mark in enumerate(digits[::-1]))
    return sum(sum(divmod(number, 10)) for number in doubled) % 10 == 0
