"""What comes back after a message was handed over: statuses, bounces, replies, wishes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal


class NewsKind(StrEnum):
    """What a piece of news says; those of a message only ever move it forward."""

    SENT = "sent"  # on its way: it left the provider
    DELIVERED = "delivered"  # it reached the debtor's device, mailbox or letter box
    BOUNCED = "bounced"  # proven for good: it reached nobody; `scope` says what is at fault
    DELAYED = "delayed"  # still on its way
    REPLY = "reply"  # a human being answered
    AUTOMATIC = "automatic"  # a machine answered: away, ticket received
    OPTED_OUT = "opted-out"  # no more of this channel
    OPTED_IN = "opted-in"  # this channel again
    OTHER = "other"  # kept for a person, changes nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One piece of news, as a provider, a mailbox or a poll gave it; kept once.

    `source` is the channel or mailbox, `reference` names this piece there: the same pair is the
    same news. What it is about is found by our `token`, else by `provider_id`, else it is about
    `debtor_id` where its reader knows him, else by `sender` (an address or number of a debtor).
    `word` and `code` are the provider's, `evidence` are its words: they may be personal. `scope`
    and `expires` (days) belong to a bounce: how long the channel is closed for this address, None
    for good. `at` is when it was said (UTC).
    """

    source: str
    reference: str
    kind: NewsKind
    at: datetime
    channel: str = ""
    token: str = ""
    provider_id: str = ""
    debtor_id: int | None = None
    sender: str = ""
    word: str = ""
    code: str = ""
    evidence: str = ""
    scope: Literal["recipient", "message", "configuration"] = "recipient"
    expires: int | None = None


class Verdict(StrEnum):
    """What a piece of news did to the book."""

    MOVED = "moved"  # the message went forward
    PROVED = "proved"  # an unknown message is none any more
    NOTED = "noted"  # an event was entered: a reply, an opt-out
    KNOWN = "known"  # heard before
    BEHIND = "behind"  # the message is further already
    WAITING = "waiting"  # its message is on its way; counted when that outcome is written
    KEPT = "kept"  # for a person: nobody knows what it is about, or it changes nothing
