"""A day case by case, in plain Python: stops, work in hand, hand-over, start and steps.

The second writing of the first half of `language.md`, section 4, down to what acts by itself.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from dispatcher.policy.terms import Contact, HandOver, Hold, Policy, Rule, Rulebook, Wait, Work
from tests.agreement.reference_gates import STILL_TO_GO, is_closed
from tests.agreement.reference_resume import (
    goes_on_from,
    seen_to_end,
    since_free,
    steps_between,
)
from tests.agreement.reference_rules import (
    Facts,
    Ruling,
    chosen_policy,
    first_change,
    ruling,
    truth,
)


Row = Mapping[str, Any]


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
        for table in ("lines", "holds", "sent_back"):
            for row in self.tables[table]:
                found[table, row["invoice_id"]].append(row)
        return found

    def of(self, table: str, whose: int) -> list[Row]:
        """The rows of a debtor; of a case for `lines`, `holds` and `sent_back`."""
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
    again: tuple[str, ...] = ()  # steps to do once more, since the day's first sight of its freedom

    @property
    def own(self) -> Policy:
        assert self.policy is not None
        return self.policy

    @property
    def contact(self) -> Contact | None:
        """The contact by which its own next step is due today."""
        free = self.said is None and self.ruling.choice is not None
        return contact_of(self.ruling) if free else None


def contact_of(said: Ruling) -> Contact | None:
    return said.choice.then if said.choice and isinstance(said.choice.then, Contact) else None


# -- each case by itself ------------------------------------------------------------------------


def open_case(row: Row, day: Day) -> Case:
    """A case with its policy; the step of another ladder has the name it has in this one."""
    facts = day.facts[row["id"]]
    policy = chosen_policy(
        day.rulebook, facts, currency=row["currency"], default=day.default_policy
    )
    if policy is not None:
        step = facts["last_step"]
        facts = {**facts, "last_step": policy.same_as.get(step, step)}
    return _gone_on(Case(id=row["id"], facts=facts, policy=policy), day)


def _gone_on(case: Case, day: Day) -> Case:
    """A case whose last stop has ended goes on where its policy says, and its clock starts anew."""
    holds = day.of("holds", case.id)
    if case.policy is None or not seen_to_end(holds, day.today) or _is_held(case, day):
        return case
    stops = since_free(holds, day.today)
    if not stops:
        return case  # it was only not known
    present, since = case.facts["last_step"], case.facts["days_since_step"]
    done = goes_on_from(case.policy, case.facts, stops)
    if done != "none" or present == "none":
        case.again = tuple(steps_between(case.policy, done, present))
        case.facts = {**case.facts, "last_step": done}
    case.facts = {**case.facts, "days_since_step": None if since is None else 0}
    return case


def _is_held(case: Case, day: Day) -> bool:
    lost = _lost(case) is not None
    broken = any(truth(never, case.facts) for never in day.rulebook.invariants)
    stopped = ruling(case.own, case.facts).stop is not None
    return lost or broken or stopped or bool(case.facts["credited"])


def answer_alone(cases: Iterable[Case], day: Day) -> None:
    """Holds and work in hand: what a case answers whatever its debtor's other cases say."""
    for case in cases:
        if case.policy is not None:
            case.ruling = ruling(case.policy, case.facts)
        case.said = (
            _held(case, day) or _in_hand(case, day) or _task_in_hand(case, day) or _lost(case)
        )


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


def _in_hand(case: Case, day: Day) -> Said | None:
    """A message of a step that is not finished."""
    lines = [line for line in day.of("lines", case.id) if _pending(line, day.today)]
    if lines:
        newest = max(lines, key=lambda line: line["id"])
        return Said(
            action="under way",
            rule=f"{newest['step']}/{newest['choice']}",
            step=newest["step"],
            reason=newest["channel"],
        )
    return None


def _task_in_hand(case: Case, day: Day) -> Said | None:
    """A task of a step of his own ladder that lists the case and is not finished."""
    if case.policy is None:
        return None
    working = {rule.id: rule.then.task for rule in case.own.choices if isinstance(rule.then, Work)}
    mine = [
        task
        for task in day.tables["tasks"]
        if task["state"] == "open"
        and task["policy"] == case.own.name
        and task["rule"] in working
        and case.id in json.loads(task["cases"])
    ]
    if not mine:
        return None
    rule = max(mine, key=lambda task: task["id"])["rule"]
    step = rule.partition("/")[0]
    return Said(action="under way", rule=rule, step=step, task=working[rule])


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


def hand_over(cases: Iterable[Case], debtor: Row, day: Day) -> None:
    """The entry that stands first in the list wins and takes the cases that match it.

    A case that another entry would have taken goes on to its steps.
    """
    asked = [case for case in cases if case.said is None and case.ruling.hand_over is not None]
    if not asked:
        return
    order = [rule.id for rule in asked[0].own.hand_over]
    first = min((_handed(case).id for case in asked), key=order.index)
    for case in asked:
        rule = _handed(case)
        if rule.id == first:
            case.said = _decided(rule, debtor, day) or _handing(case, rule, day)


def _decided(rule: Rule, debtor: Row, day: Day) -> Said | None:
    """Refused or done, it is not proposed again before the day that the person gave."""
    told = [
        row
        for row in day.of("events", debtor["id"])
        if row["kind"] == "hand_over_decided" and row["day"] <= day.today
    ]
    if not told or not isinstance(rule.then, HandOver):
        return None
    last = max(told, key=lambda row: (row["day"], row["id"]))
    until: date = last["until"] or last["day"] + timedelta(days=30)
    if until <= day.today:
        return None
    return Said(action="hold", rule=rule.id, reason="decided", until=until)


def _handed(case: Case) -> Rule:
    assert case.ruling.hand_over is not None
    return case.ruling.hand_over


def _handing(case: Case, rule: Rule, day: Day) -> Said:
    if isinstance(rule.then, Wait):
        return _waiting(case, rule, day)
    if isinstance(rule.then, Work):
        return Said(action="task", rule=rule.id, task=rule.then.task)
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
    return Said(
        action="wait",
        rule=rule.id,
        reason=rule.then.reason,
        until=_change(case, day),
        task=rule.then.task,
    )


def _change(case: Case, day: Day) -> date | None:
    """The first day on which, all else unchanged, another answer comes."""
    ahead = first_change(case.own, case.facts, day.rulebook)
    return None if ahead is None else day.today + timedelta(days=ahead)


def choose_step(cases: Iterable[Case], day: Day) -> None:
    """Start and steps; a case whose step is a contact has no answer yet: its round gives it."""
    for case in cases:
        rule = case.ruling.choice
        if case.said is not None or case.contact is not None:
            continue
        if rule is None and case.ruling.hand_over is not None:
            # Another case of his goes first, and this one has no step to take.
            case.said = Said(
                action="wait", rule=_handed(case).id, reason="hand-over", until=_change(case, day)
            )
        elif rule is None:
            case.said = Said(action="nothing yet", until=_change(case, day))
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
        task=rule.then.task,
    )
