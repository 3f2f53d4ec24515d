"""How many messages a channel's claim takes: few at first, more while they go fast."""

from typing import Final


#: What is on its way at one time is never more, whatever an author writes for his channel.
LARGEST_BATCH: Final = 25

#: A claim costs the same whether it is for one message or for many; past this it hardly shows.
LARGEST_CLAIM: Final = 500

#: Seconds in which the messages of a claim should be out. The guard has said that they may leave
#: as they were claimed: what it said must not grow old.
QUICK: Final = 1.0

#: Seconds after which those of a claim that are not on their way go back, to be decided again.
STALE: Final = 3.0


class Stride:
    """The size of a channel's next claim; `batch` is what it says of itself."""

    def __init__(self, batch: int) -> None:
        self.batch = max(1, min(batch, LARGEST_BATCH))
        self.size = self.batch

    def took(self, messages: int, seconds: float) -> None:
        """Learn from a claim of so many messages, which were out after so many seconds."""
        if seconds > QUICK:
            self.size = max(self.batch, self.size // 2)
        elif messages >= self.size:
            self.size = min(2 * self.size, LARGEST_CLAIM)
