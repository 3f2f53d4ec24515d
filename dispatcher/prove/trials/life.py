"""One timeline as it is lived, and what each of its days brought against what was expected."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from dispatcher.decide.plan import Plan
from dispatcher.model.decision import Action
from dispatcher.model.plan import PlannedContact
from dispatcher.model.problem import Problem
from dispatcher.model.vocabulary import Value
from dispatcher.policy.promises import Day, Expectation, Moment, Promises, Timeline
from dispatcher.policy.terms import Policy
from dispatcher.prove.trials.alone import Answered
from dispatcher.prove.trials.expected import Mismatch, holds, mismatches
from dispatcher.prove.trials.opening import ROOM
from dispatcher.prove.trials.result import Shortfall
from dispatcher.prove.trials.singles import why_not
from dispatcher.prove.trials.spoken import NEVER_SAYS, SAYS, Speak, Speech, unsaid


@dataclass(slots=True)
class Life:
    """One timeline as it is lived, by its own debtor."""

    promises: Promises
    timeline: Timeline
    debtor: int
    case: Mapping[str, Value]
    shortfalls: list[Shortfall] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    cases: list[Mapping[str, Value]] = field(default_factory=list)
    answers: list[Answered] = field(default_factory=list)

    @property
    def item(self) -> int:
        """The case that is tested."""
        return self.debtor * ROOM

    @property
    def last(self) -> int:
        """The last day of which something is said."""
        return max((moment.day for moment in self.timeline.days), default=0)

    @property
    def end(self) -> date:
        return self.on(self.last)

    def on(self, day: Day) -> date:
        """A day of the timeline as a date."""
        return day if isinstance(day, date) else self.timeline.start + timedelta(days=day)

    def moments(self, today: date) -> Iterator[Moment]:
        """What is said of a day."""
        return (moment for moment in self.timeline.days if self.on(moment.day) == today)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a day brought to one timeline; `row` is its answer, None: nothing is open any more."""

    plan: Plan
    row: Mapping[str, Any] | None
    facts: Mapping[str, Any] | None
    replies: tuple[PlannedContact, ...]
    today: date


def look(life: Life, seen: Seen, policies: Mapping[str, Policy], speak: Speak) -> None:
    """Compare what is said of a day with what it brought."""
    answered = _answered(life, seen)
    sent = [answered, *_beside(life, seen)]
    replies = [_reply(each) for each in seen.replies if each.debtor_id == life.debtor]
    if seen.facts is not None:
        life.cases.append(seen.facts)
    life.answers += [answered, *replies]
    for moment in life.moments(seen.today):
        if moment.expect is not None:
            asked = (moment.expect, answered, [*sent, *replies], replies)
            heard = _reply_to(moment.expect, life, replies) or answered
            found = (*_differences(life, *asked), *_unsaid(life, moment, heard, seen, speak))
            policy = policies.get(answered.policy)
            if found:
                life.shortfalls.append(_short(moment, found, answered, seen.facts, policy))
    never = life.timeline.never
    for each in [*sent, *replies] if never is not None else ():
        if never is not None and holds(never, each, day_0=life.timeline.start):
            unwanted = mismatches(Expectation(but=never), each, day_0=life.timeline.start)
            day = (seen.today - life.timeline.start).days
            life.shortfalls.append(Shortfall(mismatches=unwanted, answered=each, day=day))


def _differences(
    life: Life,
    expect: Expectation,
    answered: Answered,
    sent: Sequence[Answered],
    replies: Sequence[Answered],
) -> Iterator[Mismatch]:
    day_0 = life.timeline.start
    positive = replace(expect, but=None, says=(), never_says=())
    if _of_replies(expect):
        if not any(holds(positive, each, day_0=day_0) for each in replies):
            yield from mismatches(positive, next(iter(replies), Answered(action="")), day_0=day_0)
    elif positive != Expectation():
        yield from mismatches(positive, answered, day_0=day_0)
        wanted = life.promises.policy
        if answered.policy not in {"", wanted}:
            yield Mismatch(word="policy", expected=wanted, got=answered.policy)
    if expect.but is not None:
        for each in sent:
            yield from mismatches(Expectation(but=expect.but), each, day_0=day_0)


def _of_replies(expect: Expectation) -> bool:
    """Whether it speaks of what is sent as an answer to what happened, beside the ladder."""
    return bool(expect.rules) and all(rule.startswith("answers/") for rule in expect.rules)


def _reply_to(expect: Expectation, life: Life, replies: Sequence[Answered]) -> Answered | None:
    """The reply whose words are asked for; None: the words of the ladder's message are."""
    if not _of_replies(expect):
        return None
    wanted = replace(expect, but=None, says=(), never_says=())
    fitting = (each for each in replies if holds(wanted, each, day_0=life.timeline.start))
    return next(fitting, Answered(action=""))


def _unsaid(
    life: Life, moment: Moment, answered: Answered, seen: Seen, speak: Speak
) -> Iterator[Mismatch]:
    """What the words of the day's message lack; one that cannot be made is a problem."""
    if moment.expect is None:
        return
    speech = Speech(answered=answered, case=seen.facts or life.case, today=seen.today)
    found, problem = unsaid(moment.expect, speech, speak)
    if problem is not None:
        life.problems.append(problem)
    yield from found


def _short(
    moment: Moment,
    found: tuple[Mismatch, ...],
    answered: Answered,
    facts: Mapping[str, Any] | None,
    policy: Policy | None,
) -> Shortfall:
    """What a day fell short of, and why."""
    why = None
    decided = any(each.word not in {SAYS, NEVER_SAYS} for each in found)
    if decided and moment.expect is not None and facts is not None and policy is not None:
        why = why_not(moment.expect, answered, facts, policy)
    place = moment.place
    return Shortfall(mismatches=found, answered=answered, day=moment.day, place=place, why=why)


def _answered(life: Life, seen: Seen) -> Answered:
    row = seen.row
    if row is None:
        return Answered(action="")
    contact = _contact(life, seen)
    handed = row["action"] == Action.HAND_OVER.value
    until = row["until"]
    return Answered(
        action=row["action"],
        rule=row["rule"],
        channel=row["channel"] or "",
        template="" if contact is None else contact.template,
        tone="" if contact is None else contact.tone,
        offer="" if contact is None else contact.offer,
        to=row["reason"] if handed else "",
        reason="" if handed else row["reason"],
        task=row["task"],
        until=None if until is None else (until - life.timeline.start).days,
        policy=row["policy"],
    )


def _contact(life: Life, seen: Seen) -> PlannedContact | None:
    """The contact that carries the case today."""
    return next(
        (
            contact
            for contact in seen.plan.contacts
            if any(line.case_id == life.item for line in contact.lines)
        ),
        None,
    )


def _beside(life: Life, seen: Seen) -> Iterator[Answered]:
    """The second message of a contact."""
    contact = _contact(life, seen)
    if contact is not None and contact.also:
        yield Answered(
            action=Action.CONTACT,
            rule=contact.rule,
            channel=contact.also,
            template=contact.template,
            tone=contact.tone,
            offer=contact.offer,
        )


def _reply(contact: PlannedContact) -> Answered:
    return Answered(
        action=Action.CONTACT,
        rule=contact.rule,
        channel=contact.channel,
        template=contact.template,
        tone=contact.tone,
        policy=contact.policy,
    )
