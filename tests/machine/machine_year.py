"""Many days of one home, hour by hour, as cron lives them: `send` each hour, `run` each morning."""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, Final

from dispatcher import app
from dispatcher.house import House
from tests.day.situation_town import Row
from tests.machine.machine_calendar import is_open, wall
from tests.machine.machine_deeds import Town
from tests.machine.machine_home import DEBTORS, row
from tests.machine.machine_model import QUIET, debtor_of
from tests.machine.machine_world import PARIS


WHO: Final = ("A", "B", "C", "E")
EVERY: Final = 18  # days between two invoices of a debtor
LATE: Final = 75  # days after which he pays every other one of them
SOON: Final = 6  # and the rest

PENDING: Final = """
SELECT m.channel, d.reference, m.state, max(m.not_before, coalesce(m.next_at, 0)), m.valid_until,
  m.changed_at
FROM message AS m JOIN debtor AS d ON d.id = m.debtor_id
"""
POLLED: Final = """
SELECT q.at - a.ended_at FROM inquiry AS q JOIN attempt AS a
ON a.message_id = q.message_id AND a.number = q.attempt WHERE q.kind = 'poll' ORDER BY q.id
"""
RUNS: Final = "SELECT DISTINCT day FROM run ORDER BY day"
OPENINGS: Final = "SELECT sum(openings) FROM provider"


@dataclass
class Days(Town):
    """A town whose invoices come and go by the calendar; `began` is its first day."""

    began: date = date(2027, 1, 1)
    run_at: time = time(8, 30)
    away: frozenset[date] = frozenset()  # days on which the mail provider takes nothing
    counts: Counter[str] = field(default_factory=Counter)
    apart: int = 1  # hours between two sends, at most
    ran: Counter[date] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        Town.__post_init__(self)
        self.world.providers["email"].mood = self.mood

    def mood(self) -> str:
        return "not accepted" if self.clock.today() in self.away else "accepted"

    def live(self, days: int, *, hours: Sequence[int] = range(24)) -> None:
        """So many days from now on; `send` at half past each of these hours on the wall."""
        self.apart = max(b - a for a, b in pairwise((*hours, hours[0] + 24)))
        self.clock.instant = midnight(self.began - timedelta(days=1))
        with self.world.house():
            pass  # a store, the day before
        for number in range(days):
            self.day(self.began + timedelta(days=number), hours)

    def day(self, day: date, hours: Sequence[int]) -> None:
        self.clock.instant = midnight(day)
        with self.world.house() as house:
            for at in half_hours(day):
                self.clock.instant = at
                local = at.astimezone(PARIS)
                assert self.clock.today() == day
                if local.time() == self.run_at:
                    self.morning_of(house)
                elif local.hour in hours:
                    self.hour_of(house)
        self.check()

    def morning_of(self, house: House) -> None:
        self.gone = {number for number, due in self.issued() if self.is_paid(number, due)}
        self.model.known.paid = set(self.gone)
        report = app.run(self.world.around(house))
        self.model.answered(report.plan.answers["number"].to_list(), self.numbers())
        self.counts["contacts"] += report.frozen.written
        self.ran[report.day] += 1
        self.look()

    def hour_of(self, house: House) -> None:
        done = app.send(self.world.around(house))
        self.counts["sends"] += 1
        self.counts["not accepted"] += done.count("not_accepted")
        self.look()
        self.in_hours()

    # -- the portfolio

    def issued(self) -> Iterator[tuple[str, date]]:
        """Every invoice that the export has named so far, with its due day."""
        today = self.clock.today()
        for shift, debtor in enumerate(WHO):
            due, number = self.began + timedelta(days=5 * shift - 20), 1
            while due <= today:
                yield f"{debtor}-{number}", due
                due, number = due + timedelta(days=EVERY), number + 1

    def is_paid(self, number: str, due: date) -> bool:
        debtor, _, place = number.partition("-")
        late = (WHO.index(debtor) + int(place)) % 2 == 0
        return self.clock.today() >= due + timedelta(days=LATE if late else SOON)

    def numbers(self) -> Sequence[str]:
        return [number for number, _ in self.issued()]

    def rows(self) -> list[Row]:
        return [row(number, due) for number, due in self.issued() if number not in self.gone]

    # -- what holds

    def in_hours(self) -> None:
        """What waits comes due in open hours where its debtor lives; what expired was too old."""
        for channel, debtor, state, due, valid_until, changed in self.asked(PENDING):
            if state == "deferred":
                self.counts["deferred"] += 1
                assert_open(instant(due), channel, debtor)
            assert instant(valid_until).astimezone(PARIS).time() == time(), "not at midnight"
            assert state != "expired" or changed >= valid_until

    def asked(self, question: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(f"file:{self.store}?mode=ro", uri=True)) as store:
            return store.execute(question).fetchall()

    def ended(self) -> Counter[str]:
        """The counts of the whole time, after what holds of it as a whole."""
        assert [day for (day,) in self.asked(RUNS)] == [str(day) for day in sorted(self.ran)]
        states = Counter(state for _, _, state, *_ in self.asked(PENDING))
        polls = [ms // 3_600_000 for (ms,) in self.asked(POLLED)]
        assert all(any(h <= at <= h + self.apart for h in (6, 30, 54)) for at in polls), polls
        ((openings,),) = self.asked(OPENINGS)
        self.counts |= Counter(left=len(self.model.left), polls=len(polls), openings=openings or 0)
        self.counts |= Counter(days=len(self.ran), runs=self.ran.total())
        return self.counts + states


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), PARIS).astimezone(UTC)


def half_hours(day: date) -> Iterator[datetime]:
    """Every half past of a day, 23 to 25 of them; on the wall one is missing or there twice."""
    at, end = midnight(day) + timedelta(minutes=30), midnight(day + timedelta(days=1))
    while at < end:
        yield at
        at += timedelta(hours=1)


def instant(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def assert_open(at: datetime, channel: str, debtor: str) -> None:
    postcode = DEBTORS[debtor_of(debtor)].postcode
    local = at.astimezone(wall(postcode))
    begin, end = QUIET[channel]
    assert is_open(local.date(), postcode), f"due on a day off: {debtor} {local}"
    assert end <= local.hour < begin, f"due in a quiet hour: {debtor} {local}"
