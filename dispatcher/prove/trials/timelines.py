"""Timelines: cases lived day by day, with rounds, limits, quiet hours and holidays in force.

All timelines of a home are lived in one virtual book, day by day of the calendar: none can keep
another waiting (`world.alone`), and a day costs about the same for one debtor as for hundreds.
Days on which nothing can change are left out (`quiet.next_day`).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from dispatcher.decide import calendars
from dispatcher.decide.plan import Plan, plan_day
from dispatcher.decide.replies import planned_replies
from dispatcher.model.event import EventKind
from dispatcher.model.plan import PlannedContact
from dispatcher.model.problem import Problem
from dispatcher.model.reply import Happening
from dispatcher.model.vocabulary import Value
from dispatcher.policy.function import Decide, compile_policy
from dispatcher.policy.promises import Moment, Promises, Timeline
from dispatcher.policy.terms import Policy
from dispatcher.prove.days.book_rows import Assumed, Happens, empty_frames
from dispatcher.prove.days.virtual_book import VirtualBook
from dispatcher.prove.exact.later import leaves
from dispatcher.prove.trials.alone import contradictions, whole
from dispatcher.prove.trials.life import Life, Seen, look
from dispatcher.prove.trials.opening import DAYS, opened, untrue
from dispatcher.prove.trials.quiet import next_day
from dispatcher.prove.trials.result import Outcome, Ran, Sort, result_of
from dispatcher.prove.trials.world import World, alone


MORNING: Final = time(8)  # when a run is made

#: What people do otherwise than usual, by the event that says so.
OTHERWISE: Final[Mapping[str, Assumed]] = {
    "no_answer": Assumed(reached=False),
    "wrong_number": Assumed(wrong_number=True),
    "not_approved": Assumed(approved=False),
}

PAID: Final = frozenset({EventKind.PAYMENT, EventKind.PART_PAID, EventKind.ALL_PAID})

#: Events of a debtor, whatever case they are told of.
OF_DEBTOR: Final = frozenset(
    {
        EventKind.REPLY_RECEIVED,
        EventKind.REPLY_READ,
        EventKind.HANDED_OVER,
        EventKind.HAND_OVER_DECIDED,
        EventKind.OPTED_OUT,
        EventKind.OPTED_IN,
        EventKind.PREFERS,
        EventKind.CONTACTED,
        EventKind.NOT_BEFORE,
    }
)


def run_timelines(promises: Sequence[Promises], world: World, *, every_day: bool = False) -> Ran:
    """What came of every timeline of these files.

    With `every_day` no day is left out: it says the same, and takes longer.
    """
    told = [(each, timeline) for each in promises for timeline in each.timelines]
    lives = [
        Life(promises=each, timeline=timeline, debtor=number, case=_case(each, timeline))
        for number, (each, timeline) in enumerate(told, 1)
    ]
    impossible = [problem for life in lives for problem in _impossible(life, world)]
    if impossible:
        return Ran(problems=tuple(impossible))
    _Days(alone(world), every_day=every_day).live(lives)
    return Ran(
        outcomes=tuple(map(_outcome, lives)),
        problems=tuple(problem for life in lives for problem in life.problems),
    )


def _case(promises: Promises, timeline: Timeline) -> dict[str, Value]:
    """The facts of day 0; who owes little in all does not owe more on one item."""
    case = {**promises.case, **timeline.case}
    overdue, owed = case.get("debtor_overdue"), case.get("amount_due")
    little = overdue is not None and owed is not None and 0 < int(overdue) < int(owed)
    if little and "amount_due" not in timeline.case:
        case["amount_due"] = overdue
    return case


def _impossible(life: Life, world: World) -> Iterator[Problem]:
    """A case that breaks an invariant, whatever day it is."""
    case = whole(life.case, world.rulebook.facts)
    for broken in contradictions(case, world.rulebook):
        facts = {leaf.fact for leaf in leaves(broken)}
        if not facts & DAYS:
            fields = {"name": life.timeline.name, "facts": ", ".join(sorted(facts))}
            yield Problem(code="test/contradiction", place=life.timeline.place, fields=fields)


def _outcome(life: Life) -> Outcome:
    return Outcome(
        file=life.promises.file,
        policy=life.promises.policy,
        name=life.timeline.name,
        sort=Sort.TIMELINE,
        result=result_of(kept=not life.shortfalls, todo=life.timeline.todo),
        place=life.timeline.place,
        shortfalls=tuple(life.shortfalls),
        cases=tuple(life.cases),
        answers=tuple(life.answers),
    )


class _Days:
    """The days of all timelines, one after the other."""

    def __init__(self, world: World, *, every_day: bool) -> None:
        self._world = world
        self._every_day = every_day
        self._book = VirtualBook(
            tables=empty_frames(), rulebook=world.rulebook, presented=world.presented
        )
        self._decide: dict[str, Decide] = {
            policy.name: compile_policy(policy, world.rulebook.facts)
            for policy in world.rulebook.active
        }

    def live(self, lives: Sequence[Life]) -> None:
        """Every timeline from its first day to its last."""
        waiting = sorted(lives, key=lambda life: life.timeline.start)
        alive: list[Life] = []
        today = waiting[0].timeline.start if waiting else date.max
        while alive or waiting:
            while waiting and waiting[0].timeline.start <= today:
                alive.append(waiting.pop(0))
                self._open(alive[-1])
            today = self._day(alive, today, waiting)
            for life in [each for each in alive if each.end < today]:
                alive.remove(life)
                self._book.leave(life.debtor)

    def _open(self, life: Life) -> None:
        due = next((life.on(m.day) for m in life.timeline.days if m.event == "due"), None)
        start, rulebook = life.timeline.start, self._world.rulebook
        self._book.bring(opened(life.debtor, life.case, start, due, rulebook))

    def _day(self, alive: Sequence[Life], today: date, waiting: Sequence[Life]) -> date:
        """One day of all of them; the next day on which something may be otherwise."""
        happened = [event for life in alive for event in self._happens(life, today)]
        plan = self._plan(today)
        seen = {row["case_id"]: row for row in plan.answers.iter_rows(named=True)}
        facts = {row["case_id"]: row for row in plan.facts.iter_rows(named=True)}
        self._book.apply(plan, today, {life.debtor: _otherwise(life, today) for life in alive})
        replies = self._replies(happened, today)
        self._book.answer(replies, today)
        for life in alive:
            row = seen.get(life.item)
            if today == life.timeline.start and row is not None:
                self._check_facts(life, facts[life.item])
            brought = Seen(plan, row, facts.get(life.item), replies, today)
            look(life, brought, self._policies, self._world.speak)
        coming = [self._next(life, seen, facts, today) for life in alive]
        return min([*coming, *(life.timeline.start for life in waiting)], default=date.max)

    @property
    def _policies(self) -> Mapping[str, Policy]:
        return self._world.rulebook.policies

    def _next(
        self,
        life: Life,
        answers: Mapping[int, Mapping[str, Any]],
        facts: Mapping[int, Mapping[str, Any]],
        today: date,
    ) -> date:
        tomorrow = today + timedelta(days=1)
        said = [life.on(m.day) for m in life.timeline.days if life.on(m.day) > today]
        if self._every_day or not said:
            return tomorrow
        mine = [row for row in answers.values() if row["debtor_id"] == life.debtor]
        cases = [(row, facts[row["case_id"]], self._decide.get(row["policy"])) for row in mine]
        soon = next_day(self._book, life.debtor, cases, self._world.rulebook, today)
        return min([*said, soon])

    def _plan(self, today: date) -> Plan:
        return plan_day(
            self._book.frames(today),
            self._world.rulebook,
            self._world.settings,
            today=today,
            now=self._now(today),
            reach=self._world.reach,
            legal=self._world.legal,
        )

    def _now(self, today: date) -> datetime:
        return datetime.combine(today, MORNING, ZoneInfo(self._world.settings.timezone))

    def _replies(self, happened: Sequence[Happening], today: date) -> tuple[PlannedContact, ...]:
        settings = self._world.settings
        contacts, _ = planned_replies(
            happened,
            self._book.frames(today),
            self._world.rulebook,
            settings,
            today=today,
            now=self._now(today),
            reach=self._world.reach,
            place=calendars.territory_of(calendars.HOME, settings.creditor.postcode),
        )
        return contacts

    def _happens(self, life: Life, today: date) -> Iterator[Happening]:
        """The events of a day into the book; those that may be answered."""
        for moment in life.moments(today):
            kind = moment.event
            if kind in PAID:
                owed = dict(self._book.tables["invoices"].select("id", "balance").iter_rows())
                amount = moment.amount if moment.amount is not None else owed.get(life.item, 0)
                told = kind == EventKind.PAYMENT
                if owed.get(life.item):
                    yield from self._book.pay({life.item: amount}, today, told=told)
            elif kind == "bounced":
                self._book.bounce([life.item], today)
            elif kind == "approved":
                self._book.approve(life.debtor, today)
            elif kind in set(EventKind):
                yield from self._book.happen([_event(life, moment)], today)

    def _check_facts(self, life: Life, row: Mapping[str, Any]) -> None:
        """Facts of day 0 that the book could not make true."""
        moved = any(moment.event == "due" for moment in life.timeline.days)
        eventful = any(moment.event for moment in life.moments(life.timeline.start))
        for name, found in untrue(life.case, row, moved=moved):
            if eventful and name not in life.timeline.case:
                continue
            fields = {
                "name": life.timeline.name,
                "fact": name,
                "value": str(life.case[name]),
                "found": "unknown" if found is None else str(found),
            }
            life.problems.append(
                Problem(code="test/untrue-fact", place=life.timeline.place, fields=fields)
            )


def _otherwise(life: Life, today: date) -> Assumed:
    told = (OTHERWISE[m.event] for m in life.moments(today) if m.event in OTHERWISE)
    return next(told, Assumed())


def _event(life: Life, moment: Moment) -> Happens:
    part = moment.event == EventKind.DISPUTE_OPENED and moment.amount is not None
    return Happens(
        kind=moment.event,
        debtor_id=life.debtor,
        case_id=None if moment.event in OF_DEBTOR else life.item,
        until=None if moment.until is None else life.on(moment.until),
        amount=moment.amount,
        detail="part" if part else moment.channel or moment.reason,
    )
