"""Rounds and limits of a day in plain Python: who goes along, by which channel, and when.

The second writing of "Round", "What a contact claims" and of `limits` in `language.md`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from dispatcher.policy.terms import Contact, Policy, Rule
from tests.agreement.reference_cases import Case, Day, contact_of
from tests.agreement.reference_gates import (
    Reached,
    choose_channel,
    day_off,
    first_day,
    first_spread,
    foreign_contacts,
    full_channels,
    past_contacts,
    preference,
    shut_channels,
)
from tests.agreement.reference_rules import Ruling, days_on, position, ruling


Row = Mapping[str, Any]
TONES = ("friendly", "understanding", "courteous", "firm", "formal")


@dataclass(kw_only=True)
class Move:
    """A case in a contact, with the step and choice by which it moves."""

    case: Case
    step: str
    rule: Rule
    cycle: int  # how often its case was sent back to before that step
    due: bool  # false: gathered, its own step comes within the days to gather


@dataclass(kw_only=True)
class Round:
    """One conversation with one debtor about one account."""

    debtor: Row
    policy: Policy
    leader: Case
    then: Contact
    moves: list[Move]
    left: list[Case]  # due as well, but a contact with legal effect carries no other step
    listed: list[int]
    tone: str
    legal: bool
    reached: Reached
    day: date = date.min
    gate: str = ""
    not_before: datetime | None = None

    @property
    def step(self) -> str:
        assert self.leader.ruling.step is not None
        return self.leader.ruling.step.id


# -- rounds -------------------------------------------------------------------------------------


def find_round(cases: Sequence[Case], debtor: Row, day: Day) -> list[Round]:
    """The most advanced step that is due leads, and takes along what may go with it."""
    due = [case for case in cases if case.contact is not None]
    if not due:
        return []
    # Whom no channel of its step reaches keeps nobody back: the next one leads.
    leader = max(due, key=lambda case: (reaches(case, debtor, day), *_rank(case, day)))
    then = leader.contact
    assert then is not None
    moves = [move for case in cases if (move := _move(case, leader, day)) is not None]
    carried = {move.case.id for move in moves}
    noticed = any(step in leader.own.limits.after for step, _ in _noticed(cases, debtor, day))
    return [
        Round(
            debtor=debtor,
            policy=leader.own,
            leader=leader,
            then=then,
            moves=moves,
            left=[case for case in due if case.id not in carried],
            listed=[c.id for c in cases if c.facts["signed_late"] > 0 and c.id not in carried],
            tone=max(then.tone, "firm", key=TONES.index) if noticed else then.tone,
            legal=then.template in day.legal,
            reached=_reached(then, leader.own, debtor, day),
        )
    ]


def _reached(then: Contact, policy: Policy, debtor: Row, day: Day) -> Reached:
    messages, events = day.of("messages", debtor["id"]), day.of("events", debtor["id"])
    return choose_channel(
        then,
        debtor,
        shut_channels(messages, events, debtor, day.today),
        day.reach,
        prefers=preference(events, day.today),
        full=full_channels(
            policy.limits,
            past_contacts(messages, day.today, beside=True) + foreign_contacts(events, day.today),
            day.today,
        ),
    )


def reaches(case: Case, debtor: Row, day: Day) -> bool:
    """Whether any channel of its own step reaches the debtor."""
    assert case.contact is not None
    return bool(_reached(case.contact, case.own, debtor, day).channel)


def _rank(case: Case, day: Day) -> tuple[bool, int, int, int, int]:
    """Highest legal effect, step position, days late, amount; then the lowest id.

    Days late are counted through the due date: of two not yet due, the nearer one leads.
    """
    assert case.contact is not None
    assert case.ruling.step is not None
    return (
        case.contact.template in day.legal,
        position(case.own, case.ruling.step.id),
        case.facts["signed_late"],
        case.facts["amount_due"],
        -case.id,
    )


def _move(case: Case, leader: Case, day: Day) -> Move | None:
    """By which step a case goes along; None: it stands below at most."""
    leading = leader.ruling.step
    assert leading is not None
    assert leader.contact is not None
    legal = leader.contact.template in day.legal
    due = case.contact
    overdue = case.facts["signed_late"] > 0
    if due is not None:
        # Before the due date a case goes along only with its like.
        same = case.ruling.step is leading
        assert case.ruling.step is not None
        later = position(leader.own, case.ruling.step.id) > position(leader.own, leading.id)
        other = due.template not in day.legal and not later and (same or overdue)
        goes = same and due.template in day.legal if legal else other
        return _moved(case, case.ruling, day, due=True) if goes else None
    if not overdue or legal or case.said is None or case.said.action not in {"nothing yet", "wait"}:
        return None
    if case.ruling.hand_over is not None:
        return None
    soon = ruling(leader.own, days_on(case.facts, leader.own.limits.gather, day.rulebook))
    then = contact_of(soon)
    if then is None or soon.stop is not None or soon.hand_over is not None:
        return None
    assert soon.step is not None
    later = position(leader.own, soon.step.id) > position(leader.own, leading.id)
    return None if later or then.template in day.legal else _moved(case, soon, day, due=False)


def _moved(case: Case, said: Ruling, day: Day, *, due: bool) -> Move:
    assert said.step is not None
    assert said.choice is not None
    step = said.step.id
    back = [row["step"] for row in day.of("lines", case.id) if row["taken_back_on"] is not None]
    back += [row["step"] for row in day.of("sent_back", case.id)]
    cycle = [*back, *case.again].count(step)
    return Move(case=case, step=step, rule=said.choice, cycle=cycle, due=due)


def _noticed(cases: Iterable[Case], debtor: Row, day: Day) -> list[tuple[str, date]]:
    """The steps done that stand, of open cases, with their days; those taken over count as ours."""
    numbers = {case.id for case in cases}
    before = [
        (row["detail"], row["day"])
        for row in day.of("events", debtor["id"])
        if row["kind"] == "taken_over" and row["invoice_id"] in numbers and row["day"] <= day.today
    ]
    return before + [
        (line["step"], line["done_on"])
        for number in numbers
        for line in day.of("lines", number)
        if line["done_on"] is not None
        and line["done_on"] <= day.today
        and line["taken_back_on"] is None
    ]


# -- limits -------------------------------------------------------------------------------------


def take_turns(his: list[Round], debtor: Row, mine: Sequence[Row], day: Day) -> None:
    """Two currencies are two accounts with common gap and caps: one contact a day.

    The second waits for the gap; what else may keep it back is read on that day.
    """
    others = foreign_contacts(day.of("events", debtor["id"]), day.today)
    past = past_contacts(day.of("messages", debtor["id"]), day.today) + others
    messages = past_contacts(day.of("messages", debtor["id"]), day.today, beside=True) + others
    open_cases = [Case(id=row["id"], facts={}) for row in mine]
    noticed = _noticed(open_cases, debtor, day)
    for one in his:
        if not one.reached.channel:
            continue
        passed = first_day(
            one.policy.limits,
            past=past,
            messages=messages,
            noticed=noticed,
            spread=first_spread(day.of("events", debtor["id"]), day.today),
            channel=one.reached.channel,
            step=one.step,
            legal_effect=one.legal,
            debtor=debtor,
            today=day.today,
            now=day.now,
        )
        one.day, one.gate, one.not_before = passed.day, passed.gate, passed.not_before
    ready = [one for one in his if one.reached.channel and one.day == day.today]
    for one in sorted(ready, key=lambda one: _rank(one.leader, day), reverse=True)[1:]:
        _postpone([one], "gap", day, days=max(one.policy.limits.gap, 1))


def hand_out(rounds: Sequence[Round], day: Day) -> None:
    """`per_day`, then `per_run`: most advanced step first, then the larger debtor."""
    today = [one for one in rounds if one.reached.channel and one.day == day.today]
    today.sort(
        key=lambda one: (
            not one.legal,
            -position(one.policy, one.step),
            -one.leader.facts["owed_by_debtor"],
            one.leader.id,
        )
    )
    for policy in day.rulebook.active:
        own = [one for one in today if one.policy is policy]
        for channel, most in policy.limits.per_day.items():
            used = _used(policy, channel, day)
            wanted = [one for one in own if one.reached.channel == channel]
            _postpone(wanted[max(most - used, 0) :], f"capacity: {channel}", day)
        legal = [one for one in own if one.day == day.today and one.legal]
        if policy.safety.legal_effect is not None:
            left = max(policy.safety.legal_effect - _used(policy, "legal_effect", day), 0)
            _postpone(legal[left:], "per_run: legal_effect", day)
        own = [one for one in own if one.day == day.today]
        if policy.safety.debtors is not None:
            left = max(policy.safety.debtors - _used(policy, "debtors", day), 0)
            _postpone(own[left:], "per_run: debtors", day)


def _used(policy: Policy, what: str, day: Day) -> int:
    """What the day has had already: contacts on a channel, with legal effect, or all."""
    return sum(
        row["policy"] == policy.name
        and any(
            one.day == day.today
            and (what in {"debtors", one.channel} or (what == "legal_effect" and one.legal_effect))
            for one in past_contacts([row], day.today)
        )
        for row in day.tables["messages"]
    )


def _postpone(rounds: Iterable[Round], reason: str, day: Day, *, days: int = 1) -> None:
    for one in rounds:
        one.day, one.gate = day.today + timedelta(days=days), reason
        while day_off(one.day, one.debtor, one.policy.limits, one.step):
            one.day += timedelta(days=1)
