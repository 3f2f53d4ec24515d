"""What a provider answers is kept and shown: a secret that it repeats is not."""

from base64 import b64encode
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import fields, replace
from typing import Final, TypeVar
from urllib.parse import quote


HIDDEN: Final = "[secret]"
SHORTEST: Final = 4  # a shorter one would blot out words that are none

_secrets: ContextVar[frozenset[str]] = ContextVar("secrets", default=frozenset())

Told = TypeVar("Told")


@contextmanager
def discreet(secrets: Collection[str]) -> Iterator[None]:
    """While channels are open with these secrets, none of them is let through."""
    token = _secrets.set(_secrets.get() | {form for each in secrets for form in _forms(each)})
    try:
        yield
    finally:
        _secrets.reset(token)


def without_secrets(told: Told) -> Told:
    """The same dataclass with every secret in its texts hidden."""
    hidden = {}
    for each in fields(told):  # type: ignore[arg-type]  # an outcome
        text = getattr(told, each.name)
        if isinstance(text, str) and (clean := _clean(text)) != text:
            hidden[each.name] = clean
    return replace(told, **hidden) if hidden else told  # type: ignore[type-var]  # as above


def _clean(text: str) -> str:
    for secret in sorted(_secrets.get(), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text


def _forms(secret: str) -> Iterator[str]:
    """A secret as it may be repeated: as it is, in an address, in a header."""
    if len(secret) >= SHORTEST:
        yield from (secret, quote(secret, safe=""), b64encode(secret.encode()).decode())
