"""One record of the trail: canonical bytes, chained by SHA-256, personal bytes only salted.

The format is public: `body` is UTF-8 JSON with sorted keys, no spaces, integers and strings
only; `hash = SHA-256(previous hash || body)`; the first previous is `SHA-256(store id)`.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


#: What a record may hold: integers and texts, nested.
Content = int | str | list["Content"] | Mapping[str, "Content"]

SALT_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record as stored; `seq` counts from 1 and stands in the body with `at` (UTC, ms)."""

    seq: int
    at: int
    body: bytes
    hash: bytes


def first_hash(store_id: str) -> bytes:
    """What the first record of a store is chained to."""
    return hashlib.sha256(store_id.encode()).digest()


def seal(
    *, previous: bytes, seq: int, at: int, kind: str, content: Mapping[str, Content]
) -> Record:
    """The next record of the chain.

    Raises:
        TypeError: content holds anything but integers, texts, lists and maps of them.
    """
    _refuse_other_types(content)
    body = _canonical({**content, "seq": seq, "at": at, "kind": kind}).encode()
    return Record(seq=seq, at=at, body=body, hash=chained(previous, body))


#: Made once: several records are written for every message.
_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def chained(previous: bytes, body: bytes) -> bytes:
    """The hash of a record with this body after one with that hash."""
    return hashlib.sha256(previous + body).digest()


def commitment(*, salt: bytes, content: bytes) -> str:
    """What enters the trail instead of personal bytes: SHA-256(salt || bytes), in hex.

    The salt stands beside the content, so erasing both leaves nothing to guess from.
    """
    if len(salt) != SALT_BYTES:
        message = f"a salt has {SALT_BYTES} bytes, not {len(salt)}"
        raise ValueError(message)
    return hashlib.sha256(salt + content).hexdigest()


_PLAIN: Final = frozenset({int, str})  # most values; a bool is of neither type


def _refuse_other_types(content: Content) -> None:
    match content:
        case bool():
            raise TypeError("a record holds integers and texts; write a bool as 0 or 1")
        case int() | str():
            return
        case dict() | Mapping():
            for key, value in content.items():
                if not isinstance(key, str):
                    raise TypeError("a record's keys are texts")
                if type(value) not in _PLAIN:
                    _refuse_other_types(value)
        case list():
            for value in content:
                _refuse_other_types(value)
        case _:
            message = f"a record holds integers and texts, not {type(content).__name__}"
            raise TypeError(message)
