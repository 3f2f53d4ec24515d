"""What the provider of SMS reports later of a message it took: rows of `sms_errors.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from channels.sms_replies import table
from dispatcher.ports import News, NewsKind


#: Each status of a message, and what it says where there is no more to say.
STATUSES: Final[Mapping[str, NewsKind]] = {
    "accepted": NewsKind.DELAYED,
    "scheduled": NewsKind.DELAYED,
    "queued": NewsKind.DELAYED,
    "sending": NewsKind.DELAYED,
    "sent": NewsKind.SENT,
    "delivered": NewsKind.DELIVERED,
    "read": NewsKind.DELIVERED,
    "undelivered": NewsKind.BOUNCED,
    "failed": NewsKind.BOUNCED,
    "canceled": NewsKind.BOUNCED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a status and its error mean for a message, and for how many days for its number."""

    kind: NewsKind
    scope: Literal["recipient", "message", "configuration"] = "message"
    days: int | None = None


def reported(*, source: str, sid: str, status: str, error: str, token: str, at: datetime) -> News:
    """The piece of news that a status is: the same from a callback and from a question of ours.

    Raises:
        KeyError: there is no such status.
    """
    found = _meaning(status, error)
    return News(
        source=source,
        reference=f"{sid}/{status}",
        kind=found.kind,
        at=at,
        channel=source,
        token=token,
        provider_id=sid,
        word=status,
        code=error,
        scope=found.scope,
        expires=found.days,
    )


def _meaning(status: str, error: str) -> Meaning:
    kind = STATUSES[status]
    if kind is not NewsKind.BOUNCED:
        return Meaning(kind=kind)
    row = table("reported").get(error) or table("codes").get(error)
    if row is None:
        return Meaning(kind=kind)  # it did not arrive, and nobody says that the number is to blame
    if row.outcome == "unknown":
        return Meaning(kind=NewsKind.OTHER)
    return Meaning(kind=kind, scope=row.scope, days=row.days)
