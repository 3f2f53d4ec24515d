"""The next step of a ladder, told before it is there: what a message may announce.

A step that is still to come is decided by facts as they stand today; only the days are counted
on. Where several things may come, the answer is the widest word that is true of all of them.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from dispatcher.decide import calendars
from dispatcher.decide.elapse import LATER, leaves
from dispatcher.model.following import Following, NextKind
from dispatcher.policy.interpret import Case, truth
from dispatcher.policy.terms import (
    All,
    Between,
    Condition,
    Contact,
    Either,
    HandOver,
    Leaf,
    Named,
    NoneOf,
    OneOf,
    Policy,
    Rule,
    Step,
    Then,
    Work,
)


#: What a stop may wait for -> the value of the fact of that name while it lasts.
WAITED_FOR: Final = {"promise": "open", "plan": "running", "dispute": "open"}

#: A channel -> the fact that says that it can reach the debtor.
_REACHED_BY: Final = {
    "email": "has_email",
    "sms": "has_mobile",
    "call": "has_phone",
    "visit": "has_address",
    "letter": "has_address",
    "registered_letter": "has_address",
}

_STEP: Final = "last_step"
_WRITTEN: Final = frozenset({NextKind.REMINDER, NextKind.LETTER, NextKind.NOTICE})
_OURS: Final = frozenset({NextKind.HAND_OVER, NextKind.REVIEW})
_BY_CHANNEL: Final = {
    "call": NextKind.CALL,
    "visit": NextKind.VISIT,
    "letter": NextKind.LETTER,
    "registered_letter": NextKind.LETTER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A step as it will have been done: on which day, by a contact of which day, due since when."""

    step: str
    on: date
    contact_on: date
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ahead:
    """One thing that may come: its kind, its channel, and the rule's own first day."""

    kind: NextKind
    when: Condition
    channel: str = ""
    to: str = ""


def facts_of_next(policy: Policy, step: str) -> frozenset[str]:
    """The facts that `following` reads of a case, the days left out."""
    found = {leaf.fact for rule in _rules(policy, step) for leaf in leaves(rule.when)}
    return frozenset(found - LATER.keys() - {_STEP}) | frozenset(_REACHED_BY.values())


def edges_of_next(policy: Policy, step: str) -> dict[str, tuple[int, ...]]:
    """Of each number that `following` reads, the values from which it may answer otherwise."""
    found: dict[str, set[int]] = {}
    for rule in _rules(policy, step):
        for leaf in leaves(rule.when):
            found.setdefault(leaf.fact, set()).update(_edges(leaf))
    return {fact: tuple(sorted(edges)) for fact, edges in found.items() if edges}


def _edges(leaf: Leaf) -> Iterator[int]:
    match leaf:
        case Between(at_least=low, at_most=high):
            yield from (
                edge for edge in (low, None if high is None else high + 1) if edge is not None
            )
        case OneOf(values=values) | NoneOf(values=values):
            whole = [v for v in values if isinstance(v, int) and not isinstance(v, bool)]
            yield from (edge for value in whole for edge in (value, value + 1))


def following(
    policy: Policy,
    done: Done,
    case: Case,
    *,
    legal: Container[str],
    place: str = calendars.HOME,
) -> Following:
    """What the policy does next with a case of these facts; a fact not named is unknown.

    `legal` are the templates with legal effect, `place` is the debtor's territory, whose calendar
    moves the earliest day on where the policy contacts on business days only.
    """
    found = tuple(_ahead(policy, done.step, _timeless(case, done.step), legal))
    kind = _kind(policy, done.step, found)
    announced = found if kind is not NextKind.UNKNOWN else ()
    days = [_open(_first_day(policy, each, done), policy, place) for each in announced]
    return Following(
        kind=kind,
        channels=tuple(dict.fromkeys(each.channel for each in announced if each.channel)),
        earliest=min(days, default=None),
        to=tuple(dict.fromkeys(each.to for each in announced if each.to)),
        waits=waits(policy),
    )


def waits(policy: Policy) -> frozenset[str]:
    """What the stops of a policy wait for, whatever else is so."""
    return frozenset(
        fact
        for fact, value in WAITED_FOR.items()
        if any(truth(stop.when, {fact: value}) is True for stop in policy.stops)
    )


def _timeless(case: Case, step: str) -> Case:
    """The case after the step, on a day that nobody knows yet."""
    return {**{name: v for name, v in case.items() if name not in LATER}, _STEP: step}


def _rules(policy: Policy, step: str) -> Iterator[Rule]:
    """Every rule that may answer after the step, with the conditions of its own step."""
    yield from (rule for rule in policy.hand_over if _names(rule.when, step))
    choices = iter(policy.choices)
    for rung in policy.steps:
        for _ in rung.choose:
            choice = next(choices)
            if _next(rung, step):
                yield choice


def _next(rung: Step, step: str) -> bool:
    return step in rung.after and not rung.optional and rung.id != step


def _names(condition: Condition, step: str) -> bool:
    """A hand-over that does not ask for a step is an exception, not what comes next."""
    return any(
        isinstance(leaf, OneOf) and leaf.fact == _STEP and step in leaf.values
        for leaf in leaves(condition)
    )


def _ahead(policy: Policy, step: str, case: Case, legal: Container[str]) -> Iterator[_Ahead]:
    """What may come, in order; what stands behind a rule that holds on every day never does."""
    for rule in policy.hand_over:
        if _names(rule.when, step) and truth(rule.when, case) is not False:
            yield from _told(rule.then, rule.when, case, legal)
    whole = {rule.id: rule.when for rule in policy.choices}
    for rung in policy.steps:
        for choice in rung.choose if _next(rung, step) else ():
            if truth(whole[choice.id], case) is not False:
                yield from _told(choice.then, whole[choice.id], case, legal)
            if truth(choice.when, case) is True:
                break  # whenever the step is due, this one answers


def _told(then: Then, when: Condition, case: Case, legal: Container[str]) -> Iterator[_Ahead]:
    match then:
        case Contact():
            channel = _channel(then, case)
            if channel is None:  # somebody has to find a way first
                yield _Ahead(kind=NextKind.UNKNOWN, when=when)
            elif then.template in legal:
                yield _Ahead(kind=NextKind.NOTICE, when=when, channel=channel)
            else:
                kind = _BY_CHANNEL.get(channel, NextKind.REMINDER) if channel else _of_any(then)
                yield _Ahead(kind=kind, when=when, channel=channel)
        case HandOver(to=to):
            yield _Ahead(kind=NextKind.HAND_OVER, when=when, to=to)
        case Work():
            yield _Ahead(kind=NextKind.REVIEW, when=when)
        case _:
            pass  # to wait is nothing that comes


def _channel(then: Contact, case: Case) -> str | None:
    """The first channel that can reach the debtor; empty: nobody knows which, None: none does."""
    for channel in then.channels:
        reached = case.get(_REACHED_BY.get(channel, ""))
        if reached is None:
            return channel if len(then.channels) == 1 else ""
        if reached is True:
            return channel
    return None


def _of_any(then: Contact) -> NextKind:
    spoken = {"call", "visit"} & set(then.channels)
    return NextKind.CONTACT if spoken else NextKind.REMINDER


def _kind(policy: Policy, step: str, found: tuple[_Ahead, ...]) -> NextKind:
    kinds = {each.kind for each in found}
    if not kinds:
        ends = not any(True for _ in _rules(policy, step))
        return NextKind.NOTHING if ends else NextKind.UNKNOWN
    if len(kinds) == 1:
        return kinds.pop()
    if NextKind.UNKNOWN in kinds:
        return NextKind.UNKNOWN
    if kinds <= _WRITTEN:
        return NextKind.REMINDER
    if kinds <= _OURS:
        return NextKind.REVIEW
    return NextKind.UNKNOWN if kinds & _OURS else NextKind.CONTACT


def _first_day(policy: Policy, ahead: _Ahead, done: Done) -> date:
    """The first civil day on which the rule may answer and the limits let it go."""
    limits = policy.limits
    return max(
        _reached(ahead.when, done),
        done.on + timedelta(days=limits.after.get(done.step, 0)),
        done.contact_on + timedelta(days=max(limits.gap, 1)),
    )


def _open(day: date, policy: Policy, place: str) -> date:
    while policy.limits.business_days and calendars.closing(day, place):
        day += timedelta(days=1)
    return day


def _reached(condition: Condition, done: Done) -> date:
    """The first day on which its counts of days are reached; what it asks besides may be so."""
    match condition:
        case All(parts=parts):
            return max((_reached(part, done) for part in parts), default=date.min)
        case Either(parts=parts):
            return min((_reached(part, done) for part in parts), default=date.min)
        case Named(condition=inner):
            return _reached(inner, done)
        case Between(fact="days_since_step", at_least=int(low)):
            return done.on + timedelta(days=max(0, low))
        case Between(fact="days_late", at_least=int(low)) if done.due is not None:
            return done.due + timedelta(days=max(0, low))
        case _:
            return date.min
