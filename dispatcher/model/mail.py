"""What stands around the words of an e-mail: people, the thread it belongs to, its files."""

from dataclasses import dataclass
from typing import Final


#: Under this key a frozen content keeps the envelope. It sorts before the words: the store reads
#: the beginning of a content only.
ENVELOPE: Final = "envelope"

#: Under this key a frozen content keeps the finished files of a letter: name -> digest.
FILES: Final = "files"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """An address in ASCII (`name@host`, an international domain as punycode) and whose it is."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that goes with an e-mail: its bytes are the blob `digest`, `size` of them."""

    name: str
    media_type: str
    digest: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """All of an e-mail but its words, frozen with them, so that every attempt has the same bytes.

    `follows` are the Message-IDs of the earlier e-mails of the conversation, oldest first.
    """

    sender: Mailbox
    reply_to: Mailbox
    subject: str
    cc: tuple[Mailbox, ...] = ()
    bcc: tuple[Mailbox, ...] = ()
    follows: tuple[str, ...] = ()
    files: tuple[Enclosure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierMail:
    """An e-mail that a debtor has got: its Message-ID, its subject, the cases it was about."""

    message_id: str
    subject: str
    cases: frozenset[int]
