"""What usually follows a template that no active policy uses, for a look at its words."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

from dispatcher.decide.following import WAITED_FOR
from dispatcher.model.following import Following, NextKind


#: The usual time between two steps of a ladder.
PAUSE: Final = timedelta(days=14)

_NOTICE, _FINAL = "last-reminder", "last-notice"  # how the names of such templates end

_CONSUMERS: Final = "consumer-"


def usual(template: str, legal: Collection[str], today: date) -> Following:
    """What such a template would announce: by its name, a notice, a hand-over or a reminder."""
    kind, channel = NextKind.REMINDER, "email"
    to: tuple[str, ...] = ()
    if template in legal or template.endswith(_FINAL):
        kind, channel = NextKind.HAND_OVER, ""
        to = ("bailiff",) if template.startswith(_CONSUMERS) else ("lawyer", "bailiff")
    elif template.endswith(_NOTICE):
        kind, channel = NextKind.NOTICE, "registered_letter"
    return Following(
        kind=kind,
        channels=(channel,) if channel else (),
        earliest=today + PAUSE,
        to=to,
        waits=frozenset(WAITED_FOR),
    )
