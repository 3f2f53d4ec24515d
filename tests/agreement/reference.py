"""One day, decided debtor by debtor in plain Python: a second writing of `language.md` section 4.

Facts are given (the language says what rules make of them); everything else is read from the rows
of the book: policy, stops, work in hand, hand-over, steps, round, channel, gates, capacity,
answers. It is meant to be read beside the language; speed is of no interest here.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from dispatcher.policy.terms import Contact, HandOver, Hold, Policy, Rule, Rulebook, Wait, Work
from tests.agreement.reference_gates import (
    STILL_TO_GO,
    Past,
    Reached,
    choose_channel,
    day_off,
    first_day,
    is_closed,
    past_contacts,
    shut_channels,
)
from tests.agreement.reference_rules import (
    Facts,
    Ruling,
    chosen_policy,
    days_on,
    first_change,
    position,
    ruling,
    truth,
)


Row = Mapping[str, Any]
TONES = ("friendly", "understanding", "courteous", "firm", "formal")


@dataclass(frozen=True, kw_only=True)
class Day:
    """All that a day is decided from. `facts` by case id, with `signed_late` and `credited`."""

    tables: Mapping[str, Sequence[Row]]
    facts: Mapping[int, Facts]
    rulebook: Rulebook
    today: date
    now: datetime
    reach: frozenset[str]
    legal: frozenset[str]
    default_policy: str = ""

    @cached_property
    def _by_debtor(self) -> Mapping[tuple[str, Any], list[Row]]:
        found: dict[tuple[str, Any], list[Row]] = defaultdict(list)
        for table in ("messages", "events", "tasks"):
            for row in self.tables[table]:
                found[table, row["debtor_id"]].append(row)
        for row in self.tables["lines"]:
            found["lines", row["invoice_id"]].append(row)
        return found

    def of(self, table: str, whose: int) -> list[Row]:
        """The rows of a debtor; of a case for `lines`."""
        return self._by_debtor.get((table, whose), [])


@dataclass(kw_only=True)
class Said:
    """The one answer of a case."""

    action: str
    rule: str = ""
    step: str = ""
    channel: str = ""
    reason: str = ""
    until: date | None = None
    task: str = ""
    policy: str = ""
    carried_by: int | None = None


@dataclass(kw_only=True)
class Case:
    """One open item on the way to its answer."""

    id: int
    facts: Facts
    policy: Policy | None = None
    ruling: Ruling = field(default_factory=Ruling)
    said: Said | None = None

    @property
    def own(self) -> Policy:
        assert self.policy is not None
        return self.policy

    @property
    def contact(self) -> Contact | None:
        """The contact by which its own next step is due today."""
        free = self.said is None and self.ruling.choice is not None
        return _contact(self.ruling) if free else None


@dataclass(kw_only=True)
class Move:
    """A case in a contact, with the step and choice by which it moves."""

    case: Case
    step: str
    rule: Rule
    due: bool  # false: gathered, its own step comes within the days to gather


@dataclass(kw_only=True)
class Round:
    """One conversation with one debtor about one account."""

    debtor: Row
    policy: Policy
    leader: Case
    moves: list[Move]
    left: list[Case]  # due as well, but a contact with legal effect carries no other step
    listed: list[int]
    tone: str
    reached: Reached
    day: date = date.min
    gate: str = ""
    not_before: datetime | None = None

    @property
    def then(self) -> Contact:
        found = self.leader.contact
        assert found is not None
        return found

    @property
    def step(self) -> str:
        assert self.leader.ruling.step is not None
        return self.leader.ruling.step.id


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What the day says: an answer per case, and the rounds that leave today."""

    answers: Mapping[int, Said]
    contacts: tuple[Round, ...]


def read_day(day: Day) -> Reading:
    """Order: stops; work in hand; hand_over; start and steps; rounds, channels and limits."""
    cases: list[Case] = []
    rounds: list[Round] = []
    open_items = _by(day.tables["invoices"], "debtor_id")
    for debtor in day.tables["debtors"]:
        his: list[Round] = []
        mine = [row for row in open_items.get(debtor["id"], []) if row["balance"] > 0]
        for account in _by(mine, "currency").values():
            found = [_case(row, day) for row in account]
            _answer_alone(found, debtor, day)
            _hand_over(found, day)
            _choose(found, debtor, day)
            his += _round(found, debtor, day)
            cases += found
        _take_turns(his, debtor, mine, day)
        rounds += his
    _hand_out(rounds, day)
    for one in rounds:
        _answer_round(one, day)
    going = [one for one in rounds if one.reached.channel and one.day == day.today]
    return Reading(
        answers={case.id: _said(case, day) for case in cases},
        contacts=tuple(sorted(going, key=lambda one: one.leader.id)),
    )


def _by(rows: Iterable[Row], name: str) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[name]].append(row)
    return found


# -- each case by itself ------------------------------------------------------------------------


def _case(row: Row, day: Day) -> Case:
    """A case with its policy; the step of another ladder has the name it has in this one."""
    facts = day.facts[row["id"]]
    policy = chosen_policy(
        day.rulebook, facts, currency=row["currency"], default=day.default_policy
    )
    if policy is not None:
        step = facts["last_step"]
        facts = {**facts, "last_step": policy.same_as.get(step, step)}
    return Case(id=row["id"], facts=facts, policy=policy)


def _answer_alone(cases: Iterable[Case], debtor: Row, day: Day) -> None:
    """Holds and work in hand: what a case answers whatever its debtor's other cases say."""
    for case in cases:
        if case.policy is not None:
            case.ruling = ruling(case.policy, case.facts)
        case.said = _held(case, day) or _in_hand(case, debtor, day) or _lost(case)


def _held(case: Case, day: Day) -> Said | None:
    if any(truth(never, case.facts) for never in day.rulebook.invariants):
        return Said(action="hold", reason="contradiction")
    if case.policy is None:
        return Said(action="hold", reason="no-policy")
    if case.facts["credited"]:
        return Said(action="hold", reason="credit")
    stop = case.ruling.stop
    if stop is None or not isinstance(stop.then, Hold):
        return None
    if case.ruling.unknown:
        reason = f"unknown: {case.ruling.unknown}"
        return Said(action="hold", rule=stop.id, reason=reason, task="look-up")
    return Said(action="hold", rule=stop.id, reason=stop.then.reason, task=stop.then.task)


def _in_hand(case: Case, debtor: Row, day: Day) -> Said | None:
    """A message or task of a step that is not finished."""
    lines = [line for line in day.of("lines", case.id) if _pending(line, day.today)]
    if lines:
        newest = max(lines, key=lambda line: line["id"])
        return Said(
            action="under way",
            rule=f"{newest['step']}/{newest['choice']}",
            step=newest["step"],
            reason=newest["channel"],
        )
    rule = case.ruling.choice
    working = rule is not None and isinstance(rule.then, Work)
    opened = any(
        task["rule"] == rule.id and task["state"] == "open" and task["policy"] == case.own.name
        for task in day.of("tasks", debtor["id"])
        if rule is not None
    )
    handing = case.ruling.hand_over is not None
    return _task(case, action="under way") if working and opened and not handing else None


def _pending(line: Row, today: date) -> bool:
    """Not taken back and not done: it may still leave, or a person still has it."""
    not_done = line["done_on"] is None or line["done_on"] > today
    unfinished = line["state"] in STILL_TO_GO or (line["live"] and not_done)
    return unfinished and line["taken_back_on"] is None


def _lost(case: Case) -> Said | None:
    """A case whose last step is not in its policy's ladder never starts anew."""
    known = {"none", *(step.id for step in case.own.steps)}
    return None if case.facts["last_step"] in known else Said(action="hold", reason="unknown-step")


# -- hand-over and steps ------------------------------------------------------------------------


def _hand_over(cases: Iterable[Case], day: Day) -> None:
    """The entry that stands first in the list wins and takes the cases that match it."""
    asked = [case for case in cases if case.said is None and case.ruling.hand_over is not None]
    if not asked:
        return
    order = [rule.id for rule in asked[0].own.hand_over]
    first = min((_handed(case).id for case in asked), key=order.index)
    for case in asked:
        rule = _handed(case)
        case.said = (
            _handing(case, rule, day)
            if rule.id == first
            else Said(action="wait", rule=rule.id, reason="hand-over")
        )


def _handed(case: Case) -> Rule:
    assert case.ruling.hand_over is not None
    return case.ruling.hand_over


def _handing(case: Case, rule: Rule, day: Day) -> Said:
    if isinstance(rule.then, Wait):
        return _waiting(case, rule, day)
    if isinstance(rule.then, Work):
        return Said(action="task", rule=rule.id, reason=rule.then.task, task=rule.then.task)
    assert isinstance(rule.then, HandOver)
    closed = [one for one in case.own.limits.closed if "hand_over" in one.steps]
    until = day.today
    while any(is_closed(season, until) for season in closed):
        until += timedelta(days=1)
    if until > day.today:
        return Said(action="wait", rule=rule.id, reason="closed", until=until)
    return Said(action="hand_over", rule=rule.id, reason=rule.then.to, task="hand-over")


def _waiting(case: Case, rule: Rule, day: Day) -> Said:
    assert isinstance(rule.then, Wait)
    ahead = first_change(case.own, case.facts, day.rulebook)
    until = None if ahead is None else day.today + timedelta(days=ahead)
    return Said(
        action="wait", rule=rule.id, reason=rule.then.reason, until=until, task=rule.then.task
    )


def _choose(cases: Iterable[Case], debtor: Row, day: Day) -> None:
    """Start and steps; a case whose step is a contact has no answer yet: its round gives it."""
    del debtor
    for case in cases:
        rule = case.ruling.choice
        if case.said is not None or case.contact is not None:
            continue
        if rule is None:
            ahead = first_change(case.own, case.facts, day.rulebook)
            until = None if ahead is None else day.today + timedelta(days=ahead)
            case.said = Said(action="nothing yet", until=until)
        elif isinstance(rule.then, Wait):
            case.said = _waiting(case, rule, day)
        else:
            case.said = _task(case, action="task")


def _task(case: Case, *, action: str) -> Said:
    rule, step = case.ruling.choice, case.ruling.step
    assert rule is not None
    assert step is not None
    assert isinstance(rule.then, Work)
    return Said(
        action=action,
        rule=rule.id,
        step=step.id,
        reason=rule.then.task if action == "under way" else "",
        task=rule.then.task,
    )


# -- rounds -------------------------------------------------------------------------------------


def _round(cases: Sequence[Case], debtor: Row, day: Day) -> list[Round]:
    """The most advanced step that is due leads, and takes along what may go with it."""
    due = [case for case in cases if case.contact is not None]
    if not due:
        return []
    leader = max(due, key=lambda case: _rank(case, day))
    then = leader.contact
    assert then is not None
    moves = [move for case in cases if (move := _move(case, leader, day)) is not None]
    carried = {move.case.id for move in moves}
    noticed = any(step in leader.own.limits.after for step, _ in _noticed(cases, day))
    return [
        Round(
            debtor=debtor,
            policy=leader.own,
            leader=leader,
            moves=moves,
            left=[case for case in due if case.id not in carried],
            listed=[c.id for c in cases if c.facts["signed_late"] > 0 and c.id not in carried],
            tone=max(then.tone, "firm", key=TONES.index) if noticed else then.tone,
            reached=choose_channel(
                then,
                debtor,
                shut_channels(
                    day.of("messages", debtor["id"]), day.of("events", debtor["id"]), day.today
                ),
                day.reach,
            ),
        )
    ]


def _rank(case: Case, day: Day) -> tuple[bool, int, int, int, int]:
    """Highest legal effect, step position, days late, amount; then the lowest id."""
    assert case.contact is not None
    assert case.ruling.step is not None
    return (
        case.contact.template in day.legal,
        position(case.own, case.ruling.step.id),
        case.facts["days_late"],
        case.facts["amount_due"],
        -case.id,
    )


def _contact(said: Ruling) -> Contact | None:
    return said.choice.then if said.choice and isinstance(said.choice.then, Contact) else None


def _move(case: Case, leader: Case, day: Day) -> Move | None:
    """By which step a case goes along; None: it stands below at most."""
    leading = leader.ruling.step
    assert leading is not None
    assert leader.contact is not None
    legal = leader.contact.template in day.legal
    due = case.contact
    if due is not None:
        same = case.ruling.step is leading and due.template in day.legal
        return _moved(case, case.ruling, due=True) if same or not legal else None
    if legal or case.said is None or case.said.action not in {"nothing yet", "wait"}:
        return None
    if case.ruling.hand_over is not None or case.facts["signed_late"] <= 0:
        return None
    soon = ruling(leader.own, days_on(case.facts, leader.own.limits.gather, day.rulebook))
    then = _contact(soon)
    if then is None or soon.stop is not None or soon.hand_over is not None:
        return None
    assert soon.step is not None
    later = position(leader.own, soon.step.id) > position(leader.own, leading.id)
    return None if later or then.template in day.legal else _moved(case, soon, due=False)


def _moved(case: Case, said: Ruling, *, due: bool) -> Move:
    assert said.step is not None
    assert said.choice is not None
    return Move(case=case, step=said.step.id, rule=said.choice, due=due)


def _noticed(cases: Iterable[Case], day: Day) -> list[tuple[str, date]]:
    """The steps done that stand, of open cases, with their days."""
    return [
        (line["step"], line["done_on"])
        for case in cases
        for line in day.of("lines", case.id)
        if line["done_on"] is not None
        and line["done_on"] <= day.today
        and line["taken_back_on"] is None
    ]


# -- limits -------------------------------------------------------------------------------------


def _take_turns(his: list[Round], debtor: Row, mine: Sequence[Row], day: Day) -> None:
    """Two currencies are two accounts with common gap and caps: one contact a day."""
    past = past_contacts(day.of("messages", debtor["id"]), day.today)
    open_cases = [Case(id=row["id"], facts={}) for row in mine]
    noticed = _noticed(open_cases, day)
    for one in sorted(his, key=lambda one: _rank(one.leader, day), reverse=True):
        if not one.reached.channel:
            continue
        legal = one.then.template in day.legal
        passed = first_day(
            one.policy.limits,
            past=past,
            noticed=noticed,
            channel=one.reached.channel,
            step=one.step,
            legal_effect=legal,
            debtor=debtor,
            today=day.today,
            now=day.now,
        )
        one.day, one.gate, one.not_before = passed.day, passed.gate, passed.not_before
        if one.day == day.today:
            past = [*past, Past(day=one.day, channel=one.reached.channel, legal_effect=legal)]


def _hand_out(rounds: Sequence[Round], day: Day) -> None:
    """`per_day`, then `per_run`: most advanced step first, then the larger debtor."""
    today = [one for one in rounds if one.reached.channel and one.day == day.today]
    today.sort(
        key=lambda one: (
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
        own = [one for one in own if one.day == day.today]
        if policy.safety.debtors is not None:
            _postpone(own[policy.safety.debtors :], "per_run: debtors", day)
        legal = [o for o in own if o.day == day.today and o.then.template in day.legal]
        if policy.safety.legal_effect is not None:
            _postpone(legal[policy.safety.legal_effect :], "per_run: legal_effect", day)


def _used(policy: Policy, channel: str, day: Day) -> int:
    """What the team has on its hands today already."""
    return sum(
        row["policy"] == policy.name
        and any(
            one.day == day.today and one.channel == channel
            for one in past_contacts([row], day.today)
        )
        for row in day.tables["messages"]
    )


def _postpone(rounds: Iterable[Round], reason: str, day: Day) -> None:
    for one in rounds:
        one.day, one.gate = day.today + timedelta(days=1), reason
        while day_off(one.day, one.debtor, one.policy.limits, one.step):
            one.day += timedelta(days=1)


# -- answers ------------------------------------------------------------------------------------


def _answer_round(one: Round, day: Day) -> None:
    """The answers of the cases in a round, by what became of its contact."""
    goes = bool(one.reached.channel) and one.day == day.today
    for move in one.moves:
        if goes:
            move.case.said = Said(
                action="contact",
                rule=move.rule.id,
                step=move.step,
                channel=one.reached.channel,
                carried_by=one.leader.id,
            )
        elif move.due:
            move.case.said = _not_going(one, move)
    for case in one.left:
        rule = case.ruling.choice
        assert rule is not None
        pause = max(one.policy.limits.after.get(one.step, 0), one.policy.limits.gap, 1)
        start = one.day if one.reached.channel else day.today
        case.said = Said(
            action="wait", rule=rule.id, reason="round", until=start + timedelta(days=pause)
        )


def _not_going(one: Round, move: Move) -> Said:
    if one.reached.channel:
        return Said(action="wait", rule=move.rule.id, reason=one.gate, until=one.day)
    return Said(action="task", rule=move.rule.id, reason="no-channel", task="find-contact")


def _said(case: Case, day: Day) -> Said:
    assert case.said is not None, f"case {case.id} has no answer on {day.today}"
    case.said.policy = "" if case.policy is None else case.policy.name
    return case.said
