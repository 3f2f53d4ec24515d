"""Which of our messages a mail names: its public token, which nobody can guess."""

import re
from collections.abc import Iterator
from typing import Final

from dispatcher.returns.parts import Part
from dispatcher.returns.replied import whole_text


#: 160 bits in base32, alone in the local part or after a sign (`retours+...@`).
_TOKEN: Final = re.compile(r"(?<![a-z0-9])([a-z2-7]{32})@", re.IGNORECASE)
_QUOTED_ID: Final = re.compile(
    r"^[> \t]*Message-ID\s*:\s*<?\s*(?:[^\s<>@]*[^a-z0-9<>@\s])?([a-z2-7]{32})@",
    re.IGNORECASE | re.MULTILINE,
)
_WORDS: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_BARE: Final = re.compile(r"[^\s<>()\[\],;:\"@]{1,64}@[^\s<>()\[\],;:\"@]{1,253}")
_IN_BRACKETS: Final = re.compile(rf"<\s*({_BARE.pattern})\s*>")
LOOKED_AT: Final = 262_144  # bytes

#: Where the envelope's recipient is written down by who delivers into a mailbox.
_DELIVERED_TO: Final = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to", "cc")


def returned(mail: Part, raw: bytes) -> str:
    """The token of the message that a machine reports of; empty where there is none of ours.

    By the return path of that message, else by the original that it encloses, else by what it
    answers to.
    """
    return next(iter((*_by_address(mail), *_by_original(mail, raw), *_by_thread(mail))), "")


def answered(mail: Part) -> str:
    """The token of the message that a person answers; empty where there is none of ours."""
    return next(iter((*_by_thread(mail), *_by_address(mail))), "")


def is_ours(mail: Part) -> bool:
    """Whether its own Message-ID has the form of ours: a mail of ours that came round."""
    return _TOKEN.search(mail.headers.first("message-id")) is not None


def sender(mail: Part) -> str:
    """The writer's address in lower case; empty where there is not exactly one."""
    written = _WORDS.sub("", mail.headers.first("from"))
    named = _IN_BRACKETS.findall(written) or _BARE.findall(written)
    found = {each.lower() for each in named if each.isprintable()}
    return found.pop() if len(found) == 1 else ""


def _by_address(mail: Part) -> Iterator[str]:
    for name in _DELIVERED_TO:
        for value in mail.headers.all(name):
            yield from (found.lower() for found in _TOKEN.findall(value))


def _by_original(mail: Part, raw: bytes) -> Iterator[str]:
    for part in mail.walk():
        if part is not mail:
            yield from (f.lower() for f in _TOKEN.findall(part.headers.first("message-id")))
    for text in (_after_headers(raw), whole_text(mail)):
        yield from (found.lower() for found in _QUOTED_ID.findall(text))


def _by_thread(mail: Part) -> Iterator[str]:
    """What it answers to first, then the newest of its thread."""
    yield from (f.lower() for f in _TOKEN.findall(mail.headers.first("in-reply-to")))
    references = _TOKEN.findall(mail.headers.first("references"))
    yield from (found.lower() for found in reversed(references))


def _after_headers(raw: bytes) -> str:
    body = re.split(rb"\r?\n\r?\n", raw[:LOOKED_AT], maxsplit=1)
    return body[1].decode("latin-1") if len(body) > 1 else ""
