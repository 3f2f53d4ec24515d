"""The faults of a provider, and what a channel may make of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dispatcher.ports import Accepted, NotAccepted, Rejected, Unknown


#: Seconds that the provider asks for when it is `throttled`.
ASKED: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a fault may become. `heals`: it happens once, the next message goes well.

    `proof`: the provider itself says that it took nothing, so even a request that had left may
    be called not accepted.
    """

    outcomes: tuple[type[object], ...]
    what: str
    proof: bool = False
    heals: bool = True


#: The faults, by the name that the author's opening is given.
FAULTS: Final[Mapping[str, Expected]] = {
    "refused": Expected(outcomes=(NotAccepted,), what="nobody listens", heals=False),
    "silent": Expected(
        outcomes=(NotAccepted, Unknown), what="it never says a word and takes nothing", heals=False
    ),
    "lost": Expected(outcomes=(Unknown,), what="it takes the message and never answers"),
    "cut": Expected(outcomes=(Unknown,), what="it takes the message and cuts the line"),
    "throttled": Expected(
        outcomes=(NotAccepted,), what=f"too many, come back in {ASKED} seconds", proof=True
    ),
    "rejected": Expected(outcomes=(Rejected,), what="it refuses for good", proof=True),
    "broken": Expected(outcomes=(NotAccepted, Unknown), what="it says that it broke", proof=True),
    "garbage": Expected(outcomes=(Unknown,), what="it takes the message and answers nonsense"),
    "slammed": Expected(
        # Accepted: nothing had left, so a second connection does no harm.
        outcomes=(NotAccepted, Unknown, Accepted),
        what="it resets the line before it reads a byte",
    ),
    "midway": Expected(
        outcomes=(NotAccepted, Unknown), what="it resets the line while the message comes"
    ),
    "crawling": Expected(
        outcomes=(Unknown,), what="it takes the message and answers a byte at a time"
    ),
    "huge": Expected(
        outcomes=(Accepted, Unknown), what="it takes the message and answers with ten megabytes"
    ),
    "redirected": Expected(
        outcomes=(NotAccepted, Rejected, Unknown), what="it sends us elsewhere", proof=True
    ),
    "slow": Expected(outcomes=(Accepted,), what="all is well, but it takes its time"),
}
