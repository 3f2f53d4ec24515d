"""The headers of an e-mail: words folded and encoded so that a reader gets them back whole.

Nothing in a name, subject or address opens another header or adds a recipient.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final

from dispatcher.model.mail import Mailbox


LINE = 76  # RFC 5322 asks for 78, RFC 2047 for 76
ENCODED_WORD = 64  # 75 are allowed; these fit behind `Reply-To: ` as well


class UnsafeHeader(ValueError):
    """A control character, an encoded word or a broken address in data for a header."""


def safe_name(name: str) -> str:
    """The name if a header may carry it, else nothing: an address alone also arrives."""
    return "" if _UNSAFE.search(name) else name


def is_address(address: str) -> bool:
    """Whether it is one plain address that a header may carry."""
    return _ADDRESS.fullmatch(address) is not None and ".." not in address


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
        "cc",
        "bcc",
        "reply-to",
        "subject",
        "date",
        "message-id",
        "in-reply-to",
        "references",
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


def guarded(value: str) -> str:
    """The value, if a header may carry it.

    Raises:
        UnsafeHeader: it holds a control character or an encoded word.
    """
    found = _UNSAFE.search(value)
    if found:
        message = f"a header must not carry {found.group()!a}"
        raise UnsafeHeader(message)
    return value


def words_of(value: str) -> list[str]:
    """A text as words that a reader joins again without loss."""
    guarded(value)
    plain = value.split(" ")
    # A word that must be folded, or a space that folding would eat, is encoded as a whole.
    if value.isascii() and all(0 < len(word) < LINE - 20 for word in plain):
        return plain
    return list(_encoded(value))


def mailbox_words(mailbox: Mailbox) -> list[str]:
    """A mailbox as words of a header, the address last."""
    if not is_address(mailbox.address):
        message = f"not an address: {mailbox.address!a}"
        raise UnsafeHeader(message)
    address = f"<{mailbox.address}>"
    name = " ".join(guarded(mailbox.name).split())
    if not name:
        return [mailbox.address]
    if _ATOMS.fullmatch(name) and len(name) < LINE - 20:
        return [*name.split(" "), address]
    return [*_encoded(name), address]


@lru_cache(maxsize=1024)  # few people of ours, many messages
def mailbox_line(name: str, mailbox: Mailbox) -> str:
    """A header with one mailbox."""
    return folded(name, mailbox_words(mailbox))


def mailboxes(many: Iterable[Mailbox]) -> list[str]:
    """Several mailboxes, a comma after each but the last."""
    words: list[str] = []
    for mailbox in many:
        if words:
            words[-1] += ","
        words += mailbox_words(mailbox)
    return words


def thread(references: Sequence[str]) -> Iterator[str]:
    """The headers by which a reader shows successive messages together (RFC 5322 3.6.4)."""
    if references:
        named = [f"<{checked_id(each)}>" for each in references]
        yield folded("In-Reply-To", named[-1:])
        yield folded("References", named)


def _encoded(value: str) -> Iterator[str]:
    """Encoded words of at most 64 characters, cut between characters, spaces inside them."""
    piece: list[str] = []
    room = _ROOM
    for character in value:
        code = _encoded_character(character)
        if len(code) > room:
            yield f"{_OPEN}{''.join(piece)}{_CLOSE}"
            piece, room = [], _ROOM
        piece.append(code)
        room -= len(code)
    if piece:
        yield f"{_OPEN}{''.join(piece)}{_CLOSE}"


@lru_cache(maxsize=1024)
def _encoded_character(character: str) -> str:
    return "".join([_ENCODED[byte] for byte in character.encode()])


def folded(name: str, words: Iterable[str]) -> str:
    """One header, a new line before each word that would pass the limit."""
    lines: list[str] = []
    line = f"{name}:"
    for word in words:
        if len(line) + 1 + len(word) > LINE:
            lines.append(line)
            line = ""
        line = f"{line} {word}"
    return "\r\n".join((*lines, line))


def extra(name: str, value: str) -> str:
    """A header of a caller; none of ours twice."""
    if not _TOKEN.fullmatch(name) or name.lower() in _OURS:
        message = f"not a header of a caller: {name!a}"
        raise UnsafeHeader(message)
    return folded(name, words_of(value))


def checked_id(value: str) -> str:
    """A Message-ID without its brackets, if it is one."""
    if not _MESSAGE_ID.fullmatch(value):
        message = f"not a Message-ID: {value!a}"
        raise UnsafeHeader(message)
    return value
