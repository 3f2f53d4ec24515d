"""A digest of what a message prints and what may change before it leaves."""

import json
from hashlib import sha256

from dispatcher.compose.contact import Data, Plain


#: Names that change with every day and change nothing of what is claimed.
_DAILY = frozenset({"today", "late", "days_late"})

#: What follows from the items, the day of planning and the rule, all of which are compared: the
#: second call need not compute it again.
_FOLLOWS = frozenset({"interest", "indemnity", "sums", "offer", "asked", "next", "waits"})


def printed_digest(data: Data) -> str:
    """SHA-256 (hex) of recipient, address, amounts, IBAN and dates; the day itself is left out.

    Two calls of `contact_data` on different days give the same digest as long as a message
    written on the first may still be sent on the second.
    """
    said = {key: value for key, value in data.items() if key not in _FOLLOWS}
    return sha256(_WRITTEN(_lasting(said)).encode("utf-8", "surrogatepass")).hexdigest()


#: Made once: it is asked twice for every message.
_WRITTEN = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def _lasting(value: dict[str, Plain]) -> dict[str, Plain]:
    # Most values are texts; a call for each of them would take longer than all the rest.
    return {
        key: inner
        if type(inner) is str
        else _lasting(inner)
        if isinstance(inner, dict)
        else _all_lasting(inner)
        if isinstance(inner, list)
        else inner
        for key, inner in value.items()
        if key not in _DAILY
    }


def _all_lasting(values: list[Plain]) -> list[Plain]:
    return [
        _lasting(each)
        if isinstance(each, dict)
        else _all_lasting(each)
        if isinstance(each, list)
        else each
        for each in values
    ]
