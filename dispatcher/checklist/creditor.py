"""The area `creditor`: who is owed, complete enough for a formal notice and for paying."""

from collections.abc import Iterator
from typing import Final

from dispatcher.checklist.point import Point, State, point
from dispatcher.checklist.seen import Seen
from dispatcher.model.identifiers import is_iban, is_siren


#: What a letter with legal effect cannot do without; check digits are checked beside.
NEEDED: Final = (
    "name",
    "legal_form",
    "address",
    "postcode",
    "city",
    "siren",
    "phone",
    "email",
    "iban",
    "contact_name",
)

_RIGHT: Final = {"iban": is_iban, "siren": is_siren}

#: The identity of the example configuration, which is nobody's.
EXAMPLES: Final = ("732829320", "FR7630006000011234567890189")


def creditor(seen: Seen) -> Iterator[Point]:
    """Identity, check digits, signatory."""
    said = seen.settings.creditor
    missing = [name for name in NEEDED if not getattr(said, name)]
    yield point("identity", good=not missing, otherwise=seen.needed, names=", ".join(missing))
    for name, right in _RIGHT.items():
        value = str(getattr(said, name)).replace(" ", "").upper()
        if value:
            yield point("digits", good=right(value), otherwise=State.PROBLEM, name=name)
            yield from _example(seen, name, value)
    signatory = said.signatory or said.contact_name
    quality = said.quality or said.contact_role
    complete = bool(signatory and quality)
    yield point("signatory", good=complete, otherwise=seen.needed, name=signatory, quality=quality)


def _example(seen: Seen, name: str, value: str) -> Iterator[Point]:
    if value in EXAMPLES:
        yield point("example", good=False, otherwise=seen.needed, name=name)
