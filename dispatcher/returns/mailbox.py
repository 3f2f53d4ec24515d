"""A mailbox that is read: what waits in it, and what is done with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol


LARGEST: Final = 5_000_000  # bytes; of a larger mail only its beginning is read
BEGINNING: Final = 65_536
AT_ONCE: Final = 2_000  # mails of one reading; the rest waits for the next one


class MailboxFault(Exception):
    """A mailbox cannot be read; `word` says what failed, for the table of texts."""

    def __init__(self, word: str, evidence: str) -> None:
        self.word = word
        self.evidence = evidence
        super().__init__(f"{word}: {evidence}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One mail that waits: its name in the mailbox and its bytes, of a large one the beginning."""

    key: str
    raw: bytes


class Mailbox(Protocol):
    """What was not read yet, oldest first; it stays so until `done` is said of it."""

    @property
    def name(self) -> str: ...

    def waiting(self) -> Iterator[Letter]:
        """At most 2,000 mails.

        Raises:
            MailboxFault: it cannot be read (any further).
        """
        ...

    def done(self, keys: Sequence[str]) -> None:
        """Mark these as read, once the book has what they say; nothing is ever deleted.

        Raises:
            MailboxFault: they stay as they are and are read again; the book knows them then.
        """
        ...

    def close(self) -> None: ...
