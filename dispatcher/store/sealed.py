"""Columns of personal bytes: sealed on their way into the store, opened on their way out.

A statement binds `Own(debtor, value)`; whoever selects such a column gets the plain value, or an
empty one once the debtor was erased. AES-256-GCM with a nonce per value; whose it is and which
column it belongs to are bound to it, so nothing can be moved. What was written before there were
keys is plain and stays readable.
"""

import os
from base64 import b64decode, b64encode
from collections.abc import Iterable
from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary

from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection, Dialect, LargeBinary, Text
from sqlalchemy.types import TypeDecorator

from dispatcher.store.faults import fault
from dispatcher.store.keys import Keys


MARK: Final = b"\x01S1"  # no content and no text of ours begins so
TEXT_MARK: Final = MARK.decode()

#: What an erased value leaves in its place, before the commitment of the trail to it (hex).
ERASED: Final = "\x01erased:"

_WHOSE: Final = 8  # bytes of the debtor's id
_NONCE: Final = 12
_BEGINS: Final = len(MARK) + _WHOSE + _NONCE

#: The keys of an engine's store, by its dialect, which SQLAlchemy hands to every column.
_KEYS: Final[WeakKeyDictionary[Dialect, Keys]] = WeakKeyDictionary()


class Own(NamedTuple):
    """A value and the debtor whom it is about; 0 where nobody knows whom."""

    debtor_id: int
    value: str | bytes


def use_keys(dialect: Dialect, keys: Keys) -> None:
    """From now on columns of that engine are sealed and opened with these keys."""
    _KEYS[dialect] = keys


def keys_of(connection: Connection) -> Keys:
    """The keys of the store behind a connection."""
    return _KEYS[connection.dialect]


def have_keys(connection: Connection, debtor_ids: Iterable[int]) -> None:
    """Make the keys of a batch in one go, before it is written."""
    keys_of(connection).make(debtor_ids)


def is_erased(connection: Connection, debtor_id: int | None) -> bool:
    """Whether the key of that debtor was destroyed: his words are not kept any more."""
    if debtor_id is None:
        return False
    keys = keys_of(connection)
    keys.make([debtor_id])
    return keys.cipher(debtor_id) is None


def load_keys(connection: Connection, debtor_ids: Iterable[int]) -> None:
    """Read the keys of a batch in one go, before it is read."""
    keys_of(connection).load(debtor_ids)


def sealed(keys: Keys, purpose: str, debtor_id: int, plain: bytes) -> bytes:
    """The sealed value; an erased debtor's is sealed with a key that nobody keeps."""
    cipher = keys.cipher(debtor_id) or _thrown_away()
    nonce, whose = os.urandom(_NONCE), debtor_id.to_bytes(_WHOSE)
    return b"".join((MARK, whose, nonce, cipher.encrypt(nonce, plain, _bound(purpose, whose))))


def opened(keys: Keys, purpose: str, value: bytes) -> bytes | None:
    """The plain value; None where it, or its debtor's key, was erased.

    Raises:
        StoreFault: its key is missing, or it is not what was sealed.
    """
    if not value.startswith(MARK):
        return None if value.startswith(ERASED.encode()) else value
    whose = value[len(MARK) : len(MARK) + _WHOSE]
    cipher = keys.cipher(int.from_bytes(whose))
    if cipher is None:
        return None
    try:
        nonce = value[len(MARK) + _WHOSE : _BEGINS]
        return cipher.decrypt(nonce, value[_BEGINS:], _bound(purpose, whose))
    except (InvalidTag, ValueError) as error:
        raise fault("store/sealed-changed", keys.path, purpose) from error


def opened_text(keys: Keys, purpose: str, text: str) -> str | None:
    """The same of a text."""
    if not text.startswith(TEXT_MARK):
        return None if text.startswith(ERASED) else text
    try:
        whole = b64decode(text[len(TEXT_MARK) :], validate=True)  # else it overlooks what is added
    except ValueError as error:
        raise fault("store/sealed-changed", keys.path, purpose) from error
    plain = opened(keys, purpose, MARK + whole)
    return None if plain is None else plain.decode()


def _bound(purpose: str, whose: bytes) -> bytes:
    return purpose.encode() + b":" + whose


def _thrown_away() -> Any:  # noqa: ANN401 - cryptography is imported where it is used
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - when used

    return AESGCM(os.urandom(32))


class SealedBytes(TypeDecorator[bytes]):
    """A column of personal bytes; `purpose` names it."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:  # noqa: ANN401 - SQLAlchemy's
        """What is bound: `Own`, or bytes of nobody, which stay as they are."""
        if not isinstance(value, Own):
            return value
        plain = value.value.encode() if isinstance(value.value, str) else value.value
        return sealed(_of(dialect, value), self.purpose, value.debtor_id, plain) if plain else plain

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ANN401 - as above
        """The plain bytes; empty once erased."""
        return value and (opened(_KEYS[dialect], self.purpose, value) or b"")


class SealedText(TypeDecorator[str]):
    """A column of personal text; `purpose` names it."""

    impl = Text
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:  # noqa: ANN401 - as above
        """What is bound: `Own`, or a text of nobody, which stays as it is."""
        if not isinstance(value, Own):
            return value
        plain = value.value.encode() if isinstance(value.value, str) else value.value
        if not plain:
            return ""
        whole = sealed(_of(dialect, value), self.purpose, value.debtor_id, plain)
        return TEXT_MARK + b64encode(whole[len(MARK) :]).decode()

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ANN401 - as above
        """The plain text; empty once erased."""
        return value and (opened_text(_KEYS[dialect], self.purpose, value) or "")


def _of(dialect: Dialect, value: Own) -> Keys:
    keys = _KEYS[dialect]
    if not keys.holds(value.debtor_id):
        keys.make([value.debtor_id])
    return keys
