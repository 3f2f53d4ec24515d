"""`stop` as people say it: who, why, since when, and of which channel."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Act(StrEnum):
    """What a person says of everything that leaves, or of one channel."""

    STOP = "stop"
    RESUME = "resume"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One word of a person; `channel` empty: of all of them. `token` is unique for ever.

    `at` is an instant with its zone.
    """

    token: str
    act: Act
    channel: str
    reason: str
    person: str
    at: datetime
