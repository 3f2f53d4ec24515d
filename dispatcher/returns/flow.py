"""How many requests each client may make: so many a second, and some more at once."""

import math
from collections import OrderedDict
from collections.abc import Callable
from typing import Final


RATE: Final = 30.0  # requests a second, of one client
BURST: Final = 60.0
CLIENTS: Final = 10_000  # that are remembered; the one heard of longest ago is forgotten


class Flow:
    """A bucket for each client: it fills with time, and a request takes one out.

    `now` are seconds that never go back.
    """

    def __init__(
        self, now: Callable[[], float], *, rate: float = RATE, burst: float = BURST
    ) -> None:
        self._now = now
        self._rate = rate
        self._burst = burst
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, client: str) -> int:
        """0 where this request may pass, else whole seconds after which to come again."""
        now = self._now()
        left, since = self._left.pop(client, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._rate)
        passes = left >= 1
        self._left[client] = (left - 1 if passes else left, now)
        if len(self._left) > CLIENTS:
            self._left.popitem(last=False)
        return 0 if passes else max(1, math.ceil((1 - left) / self._rate))
