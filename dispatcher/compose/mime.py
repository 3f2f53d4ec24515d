"""An e-mail as bytes, from frozen parts: the same arguments always give the same bytes.

Our own builder, because `EmailMessage` loses spaces when it folds French subjects on Python 3.11
and 3.12, and lets an encoded word in a debtor's name open a new header.
"""

import re
from binascii import b2a_qp
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256
from itertools import chain
from typing import Final


LINE = 76  # RFC 5322 asks for 78, RFC 2047 for 76
ENCODED_WORD = 64  # 75 are allowed; these fit behind `Reply-To: ` as well


class UnsafeHeader(ValueError):
    """A control character, an encoded word or a broken address in data for a header."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """An address in ASCII (`name@host`, an international domain as punycode) and whose it is."""

    address: str
    name: str = ""


def build(
    *,
    sender: Mailbox,
    to: Mailbox,
    reply_to: Mailbox | None = None,
    subject: str,
    text: str,
    html: str,
    date: datetime,
    message_id: str,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """A multipart/alternative message, lines ended by CRLF and no longer than 76.

    `date` is aware. `message_id` is written without angle brackets. `headers` are further ones.
    `Auto-Submitted: auto-generated` (RFC 3834) keeps out-of-office robots quiet; there is no
    List-Unsubscribe, because a reminder is no subscription.

    Raises:
        UnsafeHeader: a header would carry what it must not; nothing is built.
    """
    if date.tzinfo is None:
        raise ValueError("the date of a message needs its zone")
    parts = [(b"plain", _quoted(text)), (b"html", _quoted(html))]
    boundary = _boundary(message_id, parts)
    reply = () if reply_to is None else (("Reply-To", _mailbox(reply_to)),)
    lines = (
        _folded("From", _mailbox(sender)),
        _folded("To", _mailbox(to)),
        *(_folded(name, value) for name, value in reply),
        _folded("Subject", _unstructured(subject)),
        f"Date: {format_datetime(date)}",
        f"Message-ID: <{_message_id(message_id)}>",
        "Auto-Submitted: auto-generated",
        *(_extra(name, value) for name, value in (headers or {}).items()),
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"',
    )
    head = "\r\n".join(lines).encode("ascii")
    return b"".join((head, b"\r\n\r\n", *_body(boundary.encode(), parts)))


def safe_name(name: str) -> str:
    """The name if a header may carry it, else nothing: an address alone also arrives."""
    return "" if _UNSAFE.search(name) else name


# -- headers ------------------------------------------------------------------------------------

_UNSAFE = re.compile("=\\?|[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?"
)
_MESSAGE_ID = re.compile(r"[A-Za-z0-9._=+-]{1,200}@[A-Za-z0-9.-]{1,200}")
_TOKEN = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_OURS = frozenset(
    {
        "from",
        "to",
        "reply-to",
        "subject",
        "date",
        "message-id",
        "auto-submitted",
        "mime-version",
        "content-type",
        "content-transfer-encoding",
    }
)

#: RFC 2047 section 5 (3): what may stand as itself in an encoded word of a display name.
_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!*+-/")
_ENCODED: Final = {
    byte: chr(byte) if byte in _PLAIN else "_" if byte == 0x20 else f"={byte:02X}"  # noqa: PLR2004
    for byte in range(256)
}
_OPEN, _CLOSE = "=?utf-8?q?", "?="
_ROOM = ENCODED_WORD - len(_OPEN) - len(_CLOSE)


def _guarded(value: str) -> str:
    found = _UNSAFE.search(value)
    if found:
        message = f"a header must not carry {found.group()!a}"
        raise UnsafeHeader(message)
    return value


def _unstructured(value: str) -> list[str]:
    """A text as words that a reader joins again without loss."""
    _guarded(value)
    plain = value.split(" ")
    # A word that must be folded, or a space that folding would eat, is encoded as a whole.
    if value.isascii() and all(0 < len(word) < LINE - 20 for word in plain):
        return plain
    return list(_encoded(value))


def _mailbox(mailbox: Mailbox) -> list[str]:
    if not _ADDRESS.fullmatch(mailbox.address) or ".." in mailbox.address:
        message = f"not an address: {mailbox.address!a}"
        raise UnsafeHeader(message)
    address = f"<{mailbox.address}>"
    name = " ".join(_guarded(mailbox.name).split())
    if not name:
        return [mailbox.address]
    if _ATOMS.fullmatch(name) and len(name) < LINE - 20:
        return [*name.split(" "), address]
    return [*_encoded(name), address]


def _encoded(value: str) -> Iterator[str]:
    """Encoded words of at most 64 characters, cut between characters, spaces inside them."""
    piece: list[str] = []
    room = _ROOM
    for character in value:
        code = "".join([_ENCODED[byte] for byte in character.encode()])
        if len(code) > room:
            yield f"{_OPEN}{''.join(piece)}{_CLOSE}"
            piece, room = [], _ROOM
        piece.append(code)
        room -= len(code)
    if piece:
        yield f"{_OPEN}{''.join(piece)}{_CLOSE}"


def _folded(name: str, words: Iterable[str]) -> str:
    """One header, a new line before each word that would pass the limit."""
    lines: list[str] = []
    line = f"{name}:"
    for word in words:
        if len(line) + 1 + len(word) > LINE:
            lines.append(line)
            line = ""
        line = f"{line} {word}"
    return "\r\n".join((*lines, line))


def _extra(name: str, value: str) -> str:
    if not _TOKEN.fullmatch(name) or name.lower() in _OURS:
        message = f"not a header of a caller: {name!a}"
        raise UnsafeHeader(message)
    return _folded(name, _unstructured(value))


def _message_id(value: str) -> str:
    if not _MESSAGE_ID.fullmatch(value):
        message = f"not a Message-ID: {value!a}"
        raise UnsafeHeader(message)
    return value


# -- body ---------------------------------------------------------------------------------------


def _quoted(text: str) -> bytes:
    """Quoted-printable UTF-8 with CRLF; `=_` cannot occur in it, so a boundary cannot either."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n") + "\r\n"
    # The last CRLF belongs to the boundary; without any, b2a_qp would break lines by a bare LF.
    return b2a_qp(lines.encode(), quotetabs=False, istext=True, header=False)


def _boundary(message_id: str, parts: Iterable[tuple[bytes, bytes]]) -> str:
    digest = sha256(b"\0".join(chain([message_id.encode()], *parts))).hexdigest()
    return f"=_{digest[:32]}"


def _body(boundary: bytes, parts: Iterable[tuple[bytes, bytes]]) -> Iterator[bytes]:
    for kind, content in parts:
        yield b"--%s\r\nContent-Type: text/%s; charset=utf-8\r\n" % (boundary, kind)
        yield b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        yield content
    yield b"--%s--\r\n" % boundary
