"""The numbers by which people name what waits for them: a letter and the id, M12 or N8."""

from typing import Final


MESSAGE: Final = "M"
NEWS: Final = "N"

_LONGEST: Final = len(str(2**63)) - 1  # digits that a store can hold


def message_number(row_id: int) -> str:
    """A message as people name it."""
    return f"{MESSAGE}{row_id}"


def news_number(row_id: int) -> str:
    """A piece of news as people name it."""
    return f"{NEWS}{row_id}"


def id_of(number: str, letter: str) -> int | None:
    """The id that a person wrote, with or without the letter; None: no number of that kind."""
    digits = number.removeprefix(letter).removeprefix(letter.lower())
    known = digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST
    return int(digits) if known else None
