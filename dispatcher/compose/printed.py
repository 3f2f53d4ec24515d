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
    lasting = json.dumps(_lasting(said), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(lasting.encode("utf-8", "surrogatepass")).hexdigest()


def _lasting(value: Plain) -> Plain:
    if isinstance(value, dict):
        return {key: _lasting(inner) for key, inner in value.items() if key not in _DAILY}
    if isinstance(value, list):
        return [_lasting(inner) for inner in value]
    return value
