"""How many messages a channel hands over in a span of time, across processes."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from dispatcher.model.settings import Rate


class Pace:
    """What is left of a rate; `earlier` are the instants of the channel's last attempts.

    It counts over the span that lies behind, so a restart gives nothing away. Instants are in UTC.
    """

    def __init__(self, rate: Rate, earlier: Sequence[datetime] = ()) -> None:
        from pyrate_limiter import InMemoryBucket  # noqa: PLC0415 - few channels have a rate
        from pyrate_limiter import Rate as Limit  # noqa: PLC0415 - as above

        span = int(rate.span.total_seconds() * 1000)
        self._bucket = InMemoryBucket([Limit(rate.count, span)])
        self._count, self._span = rate.count, span
        for at in sorted(earlier)[-rate.count :]:
            self._put(at)

    def free(self, now: datetime) -> int:
        """How many may be handed over now."""
        self._bucket.leak(_ms(now))
        return max(0, self._count - self._bucket.count())

    def wait(self, now: datetime) -> timedelta:
        """How long until one more may be."""
        if self.free(now):
            return timedelta(0)
        oldest = self._bucket.peek(self._bucket.count() - 1)
        left = 0 if oldest is None else oldest.timestamp + self._span + 1 - _ms(now)
        return timedelta(milliseconds=max(left, 1))

    def take(self, count: int, now: datetime) -> None:
        """Count so many as handed over."""
        for _ in range(count):
            self._put(now)

    def _put(self, at: datetime) -> None:
        from pyrate_limiter import RateItem  # noqa: PLC0415 - as above

        self._bucket.put(RateItem("", _ms(at)))


def _ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)
