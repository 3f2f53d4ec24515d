"""What comes after a contact, if nothing changes until then."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class NextKind(StrEnum):
    """What the next step of a ladder is to the debtor."""

    UNKNOWN = ""  # several things may come, or nobody knows: nothing is announced
    REMINDER = "reminder"  # we write again, by e-mail, SMS or letter
    LETTER = "letter"  # by post, without legal effect
    CALL = "call"
    VISIT = "visit"
    CONTACT = "contact"  # we write or call
    NOTICE = "notice"  # a message with legal effect
    HAND_OVER = "hand_over"  # a lawyer, an agency or a bailiff is proposed to a person
    REVIEW = "review"  # a task of our own people
    NOTHING = "nothing"  # the ladder ends here


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """The next step: its channels, the earliest day, to whom the case would be handed over.

    `waits` are among `promise`, `plan` and `dispute`: while one of them lasts, the policy's stops
    hold everything back.
    """

    kind: NextKind = NextKind.UNKNOWN
    channels: tuple[str, ...] = ()
    earliest: date | None = None
    to: tuple[str, ...] = ()
    waits: frozenset[str] = frozenset()


NOT_KNOWN = Following()
