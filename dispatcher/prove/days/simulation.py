"""Days ahead, or days gone by, on a virtual clock: a day is planned, leaves, and is noted.

What happens besides comes from a course (`Course`): payments by an assumption
(`assumptions.Assuming`) or by a past ledger (`replay.Past`). Every day is planned by `plan_day`,
with all limits in force; what needs a yes is taken to get it unless the course says otherwise.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from dispatcher.decide import calendars
from dispatcher.decide.plan import Plan, plan_day
from dispatcher.decide.replies import planned_replies
from dispatcher.model.plan import PlannedContact
from dispatcher.model.reply import Happening
from dispatcher.policy.terms import Rulebook
from dispatcher.prove.days.book_rows import Assumed
from dispatcher.prove.days.diary import Diary
from dispatcher.prove.days.virtual_book import VirtualBook
from dispatcher.prove.trials.world import World


#: When a run is made: the hour of a day that a person chose.
MORNING: Final = time(10)

#: Tables that grow day by day are put together again so often.
TIDY: Final = 30  # days


class Course(Protocol):
    """What happens to a portfolio beside what we do."""

    def morning(self, book: VirtualBook, day: date) -> Sequence[Happening]:
        """What is known that morning into the book; what of it a policy may answer."""
        ...

    def people(self, book: VirtualBook, plan: Plan, day: date) -> Mapping[int, Assumed]:
        """What debtors and our people do otherwise than usual, by debtor."""
        ...

    def evening(
        self, book: VirtualBook, plan: Plan, day: date, assumed: Mapping[int, Assumed]
    ) -> None:
        """What comes of the plan that has left."""
        ...


#: Told of each day that is done, and of how many there are.
Told = Callable[[int, int], None]


def run_days(rulebook: Rulebook, postcode: str, start: date, end: date) -> tuple[date, ...]:
    """The days on which a run is made: the creditor's working days, and the first one.

    Where a policy contacts debtors on other days too, it is every day.
    """
    place = calendars.territory_of(calendars.HOME, postcode)
    daily = not all(policy.limits.business_days for policy in rulebook.active)
    days = (start + timedelta(days=number) for number in range((end - start).days + 1))
    return tuple(day for day in days if daily or day == start or not calendars.closing(day, place))


def untold(_done: int, _total: int) -> None:
    """Days that nobody counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """One portfolio, one set of rules, one course."""

    world: World
    book: VirtualBook
    course: Course
    diary: Diary = field(default_factory=Diary)

    def live(self, days: Sequence[date], told: Told = untold) -> Diary:
        """These days, in their order; what was noted of them."""
        for number, day in enumerate(days, 1):
            self._day(day)
            if number % TIDY == 0:
                tables = self.book.tables
                self.book.tables = {name: frame.rechunk() for name, frame in tables.items()}
            told(number, len(days))
        return self.diary

    def _day(self, day: date) -> None:
        happened = self.course.morning(self.book, day)
        plan = self._plan(day)
        assumed = self.course.people(self.book, plan, day)
        self.book.apply(plan, day, assumed)
        replies = tuple(self._replies(happened, day))
        self.book.answer(replies, day)
        self.course.evening(self.book, plan, day, assumed)
        self.diary.note(day, plan, replies)

    def _plan(self, day: date) -> Plan:
        return plan_day(
            self.book.frames(day),
            self.world.rulebook,
            self.world.settings,
            today=day,
            now=self._now(day),
            reach=self.world.reach,
            legal=self.world.legal,
        )

    def _replies(self, happened: Sequence[Happening], day: date) -> Iterator[PlannedContact]:
        if not happened or not any(each.answers for each in self.world.rulebook.active):
            return
        settings = self.world.settings
        contacts, _ = planned_replies(
            happened,
            self.book.frames(day),
            self.world.rulebook,
            settings,
            today=day,
            now=self._now(day),
            reach=self.world.reach,
            place=calendars.territory_of(calendars.HOME, settings.creditor.postcode),
        )
        yield from contacts

    def _now(self, day: date) -> datetime:
        return datetime.combine(day, MORNING, ZoneInfo(self.world.settings.timezone))
