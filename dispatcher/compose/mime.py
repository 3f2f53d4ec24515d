"""An e-mail as bytes, from frozen parts: the same arguments always give the same bytes.

Our own builder, because `EmailMessage` loses spaces when it folds French subjects on Python 3.11
and 3.12, and lets an encoded word in a debtor's name open a new header.
"""

import re
from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256
from typing import Final

from dispatcher.compose.headers import (
    UnsafeHeader,
    checked_id,
    extra,
    folded,
    guarded,
    mailbox_line,
    mailbox_words,
    mailboxes,
    thread,
    words_of,
)
from dispatcher.model.mail import Mailbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file of an e-mail: its name without a folder, its media type (`application/pdf`)."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


def build(
    *,
    sender: Mailbox,
    to: Mailbox,
    reply_to: Mailbox | None = None,
    cc: Sequence[Mailbox] = (),
    subject: str,
    text: str,
    html: str,
    date: datetime,
    message_id: str,
    references: Sequence[str] = (),
    attachments: Sequence[Attached] = (),
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """A multipart/alternative message, lines ended by CRLF and no longer than 76.

    With `attachments` it stands first in a multipart/mixed. `date` is aware. `message_id` and
    `references` (the messages that this one follows, oldest first) are written without angle
    brackets. `headers` are further ones. `Auto-Submitted: auto-generated` (RFC 3834) keeps
    out-of-office robots quiet; there is no List-Unsubscribe, because a reminder is no
    subscription. Only an address, a Message-ID or a file name without a break may pass 76.

    Raises:
        UnsafeHeader: a header would carry what it must not; nothing is built.
    """
    if date.tzinfo is None:
        raise ValueError("the date of a message needs its zone")
    inner = _alternative(message_id, text, html)
    body = _mixed(message_id, inner, attachments) if attachments else inner
    lines = (
        mailbox_line("From", sender),
        folded("To", mailbox_words(to)),
        *([folded("Cc", mailboxes(cc))] if cc else ()),
        *([] if reply_to is None else [mailbox_line("Reply-To", reply_to)]),
        folded("Subject", words_of(subject)),
        f"Date: {_written(date)}",
        f"Message-ID: <{checked_id(message_id)}>",
        *thread(references),
        "Auto-Submitted: auto-generated",
        *(extra(name, value) for name, value in (headers or {}).items()),
        "MIME-Version: 1.0",
    )
    return b"".join(("\r\n".join(lines).encode("ascii"), b"\r\n", *body))


_written = lru_cache(maxsize=64)(format_datetime)  # a batch is written at one instant


# -- body ---------------------------------------------------------------------------------------


def _quoted(text: str) -> bytes:
    """Quoted-printable UTF-8 with CRLF; `=_` cannot occur in it, so a boundary cannot either."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return b"".join([_quoted_line(line) for line in lines])


@lru_cache(maxsize=4096)  # most lines of a template are the same in every message
def _quoted_line(line: str) -> bytes:
    # With a CRLF at its end; without any, b2a_qp would break long lines by a bare LF.
    return b2a_qp(f"{line}\r\n".encode(), quotetabs=False, istext=True, header=False)


def _boundary(kind: str, message_id: str) -> bytes:
    """One per message; it needs no chance, because no encoded part can hold `=_`."""
    return f"=_{kind}{sha256(message_id.encode()).hexdigest()[:32]}".encode()


def _alternative(message_id: str, text: str, html: str) -> list[bytes]:
    """Text and HTML, the better one last, from their Content-Type on."""
    plain, rich = _quoted(text), _quoted(html)
    boundary = _boundary("a", message_id)
    return [
        b'Content-Type: multipart/alternative;\r\n boundary="%s"\r\n\r\n' % boundary,
        b"--%s\r\nContent-Type: text/plain; charset=utf-8\r\n" % boundary,
        _QUOTED_PRINTABLE,
        plain,
        b"--%s\r\nContent-Type: text/html; charset=utf-8\r\n" % boundary,
        _QUOTED_PRINTABLE,
        rich,
        b"--%s--\r\n" % boundary,
    ]


_QUOTED_PRINTABLE = b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"


# -- attachments --------------------------------------------------------------------------------

_MEDIA_TYPE = re.compile(r"[a-z]{1,20}/[a-z0-9][a-z0-9.+-]{0,60}")
_IN_PATHS = re.compile(r"[/\\]|\A\.{0,2}\Z")
_LONGEST_NAME = 255  # bytes: what file systems take
_QUOTABLE = re.compile(r"(?! )[A-Za-z0-9 !#$&'()+,.;=@^_`{}~-]{1,40}(?<! )")
_UNRESERVED = frozenset(
    b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$&+-.^_`{}~"
)
_PERCENT: Final = {
    byte: chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in range(256)
}
_PIECE = 48  # characters of a name on one line


def _mixed(message_id: str, inner: list[bytes], attachments: Sequence[Attached]) -> list[bytes]:
    files = [_file(each) for each in attachments]
    boundary = _boundary("m", message_id)
    body = [
        b'Content-Type: multipart/mixed;\r\n boundary="%s"\r\n\r\n--%s\r\n' % (boundary, boundary),
        *inner,
    ]
    for each in files:
        body += [b"--%s\r\n" % boundary, each]
    body.append(b"--%s--\r\n" % boundary)
    return body


def _file(attached: Attached) -> bytes:
    """One file with its head; base64 lines of 76."""
    if not _MEDIA_TYPE.fullmatch(attached.media_type):
        message = f"not a media type: {attached.media_type!a}"
        raise UnsafeHeader(message)
    charset = "; charset=utf-8" if attached.media_type.startswith("text/") else ""
    head = (
        f"Content-Type: {attached.media_type}{charset}\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment;\r\n {_file_name(attached.name)}\r\n\r\n"
    )
    return head.encode("ascii") + encodebytes(attached.content).replace(b"\n", b"\r\n")


def _file_name(name: str) -> str:
    """The parameter `filename`, in pieces of RFC 2231 where it is not short and plain."""
    if _IN_PATHS.search(guarded(name)) or len(name.encode()) > _LONGEST_NAME:
        message = f"not the name of a file: {name!a}"
        raise UnsafeHeader(message)
    if _QUOTABLE.fullmatch(name):
        return f'filename="{name}"'
    pieces = [""]
    for character in name:  # a character is never cut
        code = "".join([_PERCENT[byte] for byte in character.encode()])
        if len(pieces[-1]) + len(code) > _PIECE:
            pieces.append("")
        pieces[-1] += code
    if len(pieces) == 1:
        return f"filename*=utf-8''{pieces[0]}"
    first = f"filename*0*=utf-8''{pieces[0]}"
    rest = [f"filename*{number}*={piece}" for number, piece in enumerate(pieces) if number]
    return ";\r\n ".join((first, *rest))
