"""A policy's values written down as an operator would write them, in YAML."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from dispatcher.model.vocabulary import FactType
from dispatcher.policy.terms import (
    All,
    AtMost,
    Between,
    Closed,
    Condition,
    Contact,
    Days,
    Either,
    HandOver,
    Hold,
    Known,
    Lacks,
    Leaf,
    Limits,
    Named,
    OneOf,
    Policy,
    Rule,
    Rulebook,
    Safety,
    Step,
    Then,
    Wait,
    Work,
)


Written = dict[str, object]


def as_text(policy: Policy, rulebook: Rulebook) -> str:
    """The text of a policy; JSON in flow style is YAML, and every scalar is text until typed."""
    pen = _Pen(rulebook=rulebook)
    whole: Written = {
        "language": "1",
        "policy": policy.name,
        "version": policy.version,
        "currency": policy.currency,
        "applies_to": pen.condition(policy.applies_to or All()),
        "same_as": dict(policy.same_as),
        "stops": [pen.rule(rule) for rule in policy.stops],
        "start": pen.condition(policy.start),
        "steps": [pen.step(step) for step in policy.steps],
        "hand_over": [pen.rule(rule) for rule in policy.hand_over],
        "limits": _limits(policy.limits),
        "safety": _safety(policy.safety),
    }
    whole["conditions"] = pen.conditions
    return "\n".join(f"{key}: {_flow(value)}" for key, value in whole.items() if value) + "\n"


def _flow(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(one) for one in value) + "]"
    return json.dumps(value)


def _apart(conditions: Iterable[Condition]) -> tuple[list[Leaf], list[Either]]:
    """The leaves of which each has to hold, and the lists of which one has to."""
    leaves: list[Leaf] = []
    choices: list[Either] = []
    for condition in conditions:
        if isinstance(condition, Named):
            inner, lists = _apart([condition.condition])
        elif isinstance(condition, All):
            inner, lists = _apart(condition.parts)
        elif isinstance(condition, Either):
            inner, lists = [], [condition]
        else:
            inner, lists = [condition], []
        leaves += inner
        choices += lists
    return leaves, choices


@dataclass(kw_only=True)
class _Pen:
    """Writes conditions; what no map of facts can say gets a name of its own."""

    rulebook: Rulebook
    conditions: Written = field(default_factory=dict)

    def condition(self, *conditions: Condition) -> object:
        """All of these: a map, a list of maps, or `any`."""
        leaves, choices = _apart(conditions)
        if choices:
            first, *rest = choices
            return [{"is": self._name(one, *leaves, *rest)} for one in first.parts]
        written: Written = {}
        again = []
        for leaf in leaves:
            if leaf.fact in written:  # a map names a fact once
                again.append(leaf)
            else:
                written[leaf.fact] = self._value(leaf)
        if again:
            written["is"] = self._name(*again)
        return written or "any"

    def _name(self, *conditions: Condition) -> str:
        name = f"c{len(self.conditions)}"
        self.conditions[name] = ""  # taken
        self.conditions[name] = self.condition(*conditions)
        return name

    def _value(self, leaf: Leaf) -> object:
        if isinstance(leaf, Known):
            return "known"
        if isinstance(leaf, Lacks):
            return "unknown"
        if isinstance(leaf, Between):
            return self._range(leaf)
        words = [_word(value) for value in leaf.values]
        if isinstance(leaf, OneOf):
            return words if len(words) > 1 else words[0]
        return f"not {words[0]}" if len(words) == 1 else "neither " + " nor ".join(words)

    def _range(self, leaf: Between) -> str:
        money = self.rulebook.facts[leaf.fact].type is FactType.MONEY
        low = None if leaf.at_least is None else _amount(leaf.at_least, money=money)
        below = None if leaf.at_most is None else _amount(leaf.at_most + 1, money=money)
        if below is None:
            return f"{low}+"
        if low is None:
            return f"under {below}"
        return f"{low} to under {below}"

    def rule(self, rule: Rule) -> Written:
        name = rule.id.partition("/")[2]
        return {"id": name, "when": self.condition(rule.when), "then": _then(rule.then)}

    def step(self, step: Step) -> Written:
        after: object = list(step.after) if len(step.after) > 1 else step.after[0]
        written: Written = {"id": step.id, "from": after, "when": self.condition(step.when)}
        if step.optional:
            written["optional"] = "yes"
        return {**written, "choose": [self.rule(rule) for rule in step.choose]}


def _word(value: object) -> str:
    return {"True": "yes", "False": "no"}.get(str(value), str(value))


def _amount(value: int, *, money: bool) -> str:
    return f"{value // 100}.{value % 100:02d}" if money else str(value)


def _days(days: Days | None) -> str | None:
    if days is None:
        return None
    return f"{days.count} {'business ' if days.business else ''}day{'s' if days.count != 1 else ''}"


def _then(then: Then) -> Written:
    written: Written = {}
    if isinstance(then, Hold):
        written = {"hold": then.reason, "task": then.task, "due_in": _days(then.due_in)}
    elif isinstance(then, Wait):
        written = {"wait": then.reason, "task": then.task, "due_in": _days(then.due_in)}
    elif isinstance(then, Work):
        written = {"task": then.task, "due_in": _days(then.due_in), "assign_to": then.assign_to}
    elif isinstance(then, HandOver):
        written = {"hand_over": then.to}
    elif isinstance(then, Contact):
        written = {
            "contact": " else ".join(then.channels),
            "template": then.template,
            "tone": then.tone,
            "also": then.also,
            "due_in": _days(then.due_in),
        }
    return {key: value for key, value in written.items() if value}


def _limits(limits: Limits) -> Written:
    written: Written = {
        "quiet_hours": {
            channel: f"{_hour(start)}-{_hour(end)}"
            for channel, (start, end) in limits.quiet_hours.items()
        },
        "days": "business" if limits.business_days else None,
        "closed": [_season(season) for season in limits.closed],
        "rounds": {
            "gather": _days(Days(count=limits.gather)),
            "gap": _days(Days(count=limits.gap)),
            "after": {step: _days(Days(count=days)) for step, days in limits.after.items()},
        },
        "at_most": [_cap(cap) for cap in limits.at_most],
        "per_day": {channel: str(count) for channel, count in limits.per_day.items()},
    }
    return {key: value for key, value in written.items() if value}


def _hour(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _season(season: Closed) -> Written:
    start, end = (f"{month:02d}-{day:02d}" for month, day in (season.start, season.end))
    written: Written = {"from": start, "to": end}
    return {**written, "steps": list(season.steps)} if season.steps else written


def _cap(cap: AtMost) -> Written:
    return {cap.what: str(cap.count), "per": f"{cap.per} days"}


def _safety(safety: Safety) -> Written:
    counts = {"debtors": safety.debtors, "legal_effect": safety.legal_effect}
    per_run = {name: str(count) for name, count in counts.items() if count is not None}
    return {"per_run": per_run} if per_run else {}
