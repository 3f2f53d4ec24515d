"""Whether a channel's next batch may begin, and how large: health, rate, and time of its turn."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from dispatcher.deliver.breaker import Providers, is_shut, judged, refused_us
from dispatcher.deliver.rate import Pace
from dispatcher.deliver.schedule import Draw, schedule_of
from dispatcher.model.health import Health
from dispatcher.ports import Clock, NotAccepted, Outcome


#: Seconds that a turn waits for its rate; for longer waits the rest is left to the next `send`.
LONGEST_WAIT: Final = 2.0

#: Seconds after which a turn goes on only while it moves a message a second: a provider that
#: hangs or crawls must not hold the run's lock until tomorrow.
TURN_LIMIT: Final = 1200.0
_STEADY: Final = 1.0

#: Seconds between two looks whether `stop` was said.
_LOOK: Final = 0.2


@dataclass(slots=True, kw_only=True)
class Admission:
    """One channel's doorkeeper during a turn.

    `waits` says whether anything of the channel is due: only then is it worth a word that it may
    not go. Once `ended` is set, the turn is over;
    `reason` is what the provider said.
    """

    channel: str
    clock: Clock
    providers: Providers
    draw: Draw
    waits: Callable[[], bool]
    stopped: Callable[[], bool]
    pace: Pace | None = None
    turn_limit: float = TURN_LIMIT
    ended: str = ""
    reason: str = ""
    _kept: Health | None = None
    _health: Health | None = None
    _handed: int = 0
    _began: float = field(default_factory=lambda: asyncio.get_running_loop().time())
    _since: datetime = field(init=False)

    def __post_init__(self) -> None:
        self._since = self.clock.now()

    async def size(self, most: int) -> int:
        """How many may be claimed now, at most so many; 0: none, and `ended` says why if any."""
        if self._lags():
            return self._none("slow")
        health = self._known()
        if health.is_open:
            if is_shut(health, self.clock.now()):
                return self._none("open", health.reason)
            most = 1  # one tries for all
        if self.pace is None:
            return most
        return min(most, await self._in_time(self.pace))

    def handed(self, outcomes: Sequence[Outcome]) -> None:
        """Learn from a batch that was handed over."""
        self._handed += len(outcomes)
        if self.pace is not None:
            self.pace.take(len(outcomes), self._passing())
        before = self._known()
        self._health = judged(before, outcomes, now=self.clock.now(), draw=self.draw)
        if self._health.is_open and self._health.openings != before.openings:
            self._shut(outcomes)
        if (self._health.is_open, self._health.openings) != (before.is_open, before.openings):
            self.keep()

    def keep(self) -> None:
        """Write down what was learned."""
        if self._kept is not None and self._health is not None:
            self.providers.keep(self._health, was=self._kept, now=self.clock.now())
            self._kept = self._health

    def _known(self) -> Health:
        if self._health is None:
            self._health = self._kept = self.providers.health(self.channel)
        return self._health

    def _passing(self) -> datetime:
        """The time by which a rate is counted: nobody sets it while the turn lasts."""
        return self._since + timedelta(seconds=self._elapsed())

    def _elapsed(self) -> float:
        return asyncio.get_running_loop().time() - self._began

    def _lags(self) -> bool:
        elapsed = self._elapsed()
        return elapsed > self.turn_limit and self._handed < elapsed * _STEADY

    async def _in_time(self, pace: Pace) -> int:
        """What the rate leaves, after a short wait if need be."""
        wait = pace.wait(self._passing()).total_seconds()
        if not wait:
            return pace.free(self._passing())
        if wait > LONGEST_WAIT or not self.waits():
            return self._none("rate")
        for _ in range(int(wait / _LOOK) + 1):
            if not self.stopped():
                await asyncio.sleep(min(wait, _LOOK))
        return pace.free(self._passing())

    def _shut(self, outcomes: Sequence[Outcome]) -> None:
        refusal = refused_us(outcomes)
        if refusal is not None:
            self._end("configuration", f"{refusal.code} {refusal.evidence}")
            return
        asked = any(
            isinstance(each, NotAccepted) and schedule_of(each).provider == "pauses"
            for each in outcomes
        )
        self._end("throttled" if asked else "unhealthy", self._known().reason)

    def _none(self, why: str, reason: str = "") -> int:
        if self.waits():
            self._end(why, reason)
        return 0

    def _end(self, why: str, reason: str) -> None:
        if not self.ended:
            self.ended, self.reason = why, reason
