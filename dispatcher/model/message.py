"""One message: a contact on one channel, its lines, and the states it passes through."""

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """How a message speaks, from the softest to the hardest; `rank` gives that order."""

    FRIENDLY = "friendly"
    UNDERSTANDING = "understanding"
    COURTEOUS = "courteous"
    FIRM = "firm"
    FORMAL = "formal"

    @property
    def rank(self) -> int:
        return list(Tone).index(self)


class State(StrEnum):
    """Where a message stands.

    planned -> sending -> accepted -> sent -> delivered is the good way. A call or visit is
    `accepted` while a person has it and `sent` once an outcome is entered.
    """

    AWAITING = "awaiting"  # an approval
    PLANNED = "planned"  # frozen, may be claimed from `not_before` on
    SENDING = "sending"  # claimed by a living worker, or by a dead one until recovery
    ACCEPTED = "accepted"  # the provider or a person has it
    SENT = "sent"
    DELIVERED = "delivered"
    DEFERRED = "deferred"  # proven not accepted; due again at `next_at`
    UNKNOWN = "unknown"  # may have left; never sent again without proof
    HOLD = "hold"  # a named person holds it
    BOUNCED = "bounced"
    FAILED = "failed"  # proven refused for good
    QUARANTINED = "quarantined"  # could not be rendered or killed its workers
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


#: The step is in hand: the case answers `under way`.
UNFINISHED = frozenset(
    {
        State.AWAITING,
        State.PLANNED,
        State.SENDING,
        State.DEFERRED,
        State.UNKNOWN,
        State.HOLD,
        State.QUARANTINED,
    }
)

#: Proven that nothing reached anyone: the keys of the lines are free again.
NOTHING_REACHED = frozenset({State.WITHDRAWN, State.EXPIRED, State.FAILED, State.BOUNCED})

#: May have left or was made by people: counts in caps and gaps.
MAY_HAVE_LEFT = frozenset(
    {State.SENDING, State.ACCEPTED, State.SENT, State.DELIVERED, State.UNKNOWN, State.BOUNCED}
)

#: How the reasons of the guard begin that only let a message wait until tomorrow.
LIMIT = "wait: limit"

#: Channels whose contacts are made by people: the step is done by the outcome they enter.
HUMAN_CHANNELS = frozenset({"call", "visit"})

#: Where a step stands that our own people have done: it reaches nobody and is no contact.
BY_TASK = "task"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One case in a message: the step it moves by and whether the message claims its amount.

    `amount` is what is claimed or listed, in minor units.
    """

    case_id: int
    step: str
    choice: str
    cycle: int
    amount: int
    claimed: bool = True
