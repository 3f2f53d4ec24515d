"""Why one case answers what it answers: every rule tried, every value read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from typing import Any, Final

import polars as pl

from dispatcher.decide.addresses import NEEDS
from dispatcher.decide.evaluate import on_ladder
from dispatcher.decide.plan import Plan
from dispatcher.model.plan import RefusedChannel
from dispatcher.model.vocabulary import Fact, Value
from dispatcher.policy.interpret import truth
from dispatcher.policy.terms import (
    All,
    Condition,
    Contact,
    Either,
    Leaf,
    Named,
    Policy,
    Rule,
    Rulebook,
)


Case = Mapping[str, Value]

#: Channel -> the fact that says whether the debtor has it.
REACHED_BY: Final = {
    "email": "has_email",
    "sms": "has_mobile",
    "call": "has_phone",
    "letter": "has_address",
    "registered_letter": "has_address",
    "visit": "has_address",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A condition as it came out for a case: its truth (None: unknown) and that of its parts.

    A comparison has the `value` it read and no parts.
    """

    condition: Condition
    truth: bool | None
    value: Value = None
    parts: tuple["Part", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One rule that was looked at, and how its condition came out."""

    id: str
    when: Part

    @property
    def failure(self) -> Part | None:
        """The first comparison that kept the rule from firing; None where it fired."""
        return None if self.when.truth else _first_failure(self.when)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """All that led to the answer of one case.

    `answer` is its row of `model.tables.ANSWERS`, `led_by` the invoice number of the case that
    leads the contact, if that is another. `policies` are those tried for the debtor, in
    order, up to the one that applies. `steps` are the choices that may follow the last step,
    `later` the ids of those that may not. `refused` are the channels asked for in vain.
    """

    today: date
    answer: Mapping[str, Any]
    led_by: str
    policy: Policy | None
    policies: tuple[Tried, ...]
    stops: tuple[Tried, ...]
    hand_over: tuple[Tried, ...]
    steps: tuple[Tried, ...]
    later: tuple[str, ...]
    refused: tuple[RefusedChannel, ...]
    contradictions: tuple[Part, ...]
    facts: Mapping[str, Fact]
    case: Case


def explain(case_id: int, made: Plan, rulebook: Rulebook, *, today: date) -> Explanation:
    """The explanation of one case of a plan.

    Raises:
        KeyError: the case is not open, so the plan has no answer for it.
    """
    return explained(
        case_id,
        made.answers,
        made.facts,
        rulebook,
        today=today,
        refused=_refused(made, case_id),
    )


def explained(
    case_id: int,
    answers: pl.DataFrame,
    facts: pl.DataFrame,
    rulebook: Rulebook,
    *,
    today: date,
    refused: tuple[RefusedChannel, ...] | None = None,
) -> Explanation:
    """The explanation of one answer by the facts and the rules from which it came.

    Without `refused` the channels that the debtor's facts rule out are named, no others.

    Raises:
        KeyError: the case has no answer.
    """
    found = answers.filter(pl.col("case_id") == case_id)
    if found.is_empty():
        raise KeyError(case_id)
    answer = found.row(0, named=True)
    policy = rulebook.policies.get(answer["policy"])
    case = _case(facts, case_id, policy, rulebook)
    return Explanation(
        today=today,
        answer=answer,
        led_by=_number(answers, answer["carried_by"]),
        policy=policy,
        policies=_policies(rulebook, case, answer),
        stops=_tried(policy.stops if policy else (), case, until_unknown=True),
        hand_over=_tried(policy.hand_over if policy else (), case),
        steps=tuple(tried for tried in _steps(policy, case)),
        later=_later(policy, case),
        refused=_without(policy, answers, answer, case) if refused is None else refused,
        contradictions=tuple(
            weighed(invariant, case)
            for invariant in rulebook.invariants
            if truth(invariant, case) is True
        ),
        facts=rulebook.facts,
        case=case,
    )


def _without(
    policy: Policy | None, answers: pl.DataFrame, answer: Mapping[str, Any], case: Case
) -> tuple[RefusedChannel, ...]:
    """The channels that the rule of a contact names before the chosen one, and he does not have."""
    leader = answers.filter(pl.col("case_id") == (answer["carried_by"] or answer["case_id"]))
    if policy is None or not (answer["channel"] or answer["reason"] == "no-channel"):
        return ()
    rule = next((rule for rule in policy.choices if rule.id == leader["rule"][0]), None)
    if rule is None or not isinstance(rule.then, Contact):
        return ()
    asked = takewhile(lambda channel: channel != answer["channel"], rule.then.channels)
    return tuple(
        RefusedChannel(channel=channel, reason=NEEDS[channel][1])
        for channel in asked
        if channel in NEEDS and case.get(REACHED_BY[channel]) is False
    )


def _number(answers: pl.DataFrame, case_id: int | None) -> str:
    """The invoice number of a case; empty for none."""
    if case_id is None:
        return ""
    return str(answers.filter(pl.col("case_id") == case_id)["number"][0])


def weighed(condition: Condition, case: Case) -> Part:
    """A condition with the truth of every part of it."""
    came_out = truth(condition, case)
    match condition:
        case All(parts=parts) | Either(parts=parts):
            inner = tuple(weighed(part, case) for part in parts)
            return Part(condition=condition, truth=came_out, parts=inner)
        case Named(condition=named):
            return Part(condition=condition, truth=came_out, parts=(weighed(named, case),))
        case _:
            return Part(condition=condition, truth=came_out, value=case.get(condition.fact))


def comparisons(part: Part) -> tuple[Part, ...]:
    """The comparisons of a condition, in order of writing."""
    if isinstance(part.condition, Leaf):
        return (part,)
    return tuple(leaf for inner in part.parts for leaf in comparisons(inner))


def _first_failure(part: Part) -> Part | None:
    return next((leaf for leaf in comparisons(part) if not leaf.truth), None)


def _case(facts: pl.DataFrame, case_id: int, policy: Policy | None, rulebook: Rulebook) -> Case:
    row = facts.filter(pl.col("case_id") == case_id)
    if policy is not None:
        row = on_ladder(row, policy)
    return row.select(*rulebook.facts).row(0, named=True)


def _policies(rulebook: Rulebook, case: Case, answer: Mapping[str, Any]) -> tuple[Tried, ...]:
    found = []
    for policy in rulebook.active:
        if policy.applies_to is not None and policy.currency == answer["currency"]:
            found.append(Tried(id=policy.name, when=weighed(policy.applies_to, case)))
        if policy.name == answer["policy"]:
            break
    return tuple(found)


def _tried(
    rules: tuple[Rule, ...], case: Case, *, until_unknown: bool = False
) -> tuple[Tried, ...]:
    """The rules in order, up to the first that fires."""
    found = []
    for rule in rules:
        found.append(Tried(id=rule.id, when=weighed(rule.when, case)))
        came_out = found[-1].when.truth
        if came_out or (came_out is None and until_unknown):
            break
    return tuple(found)


def _steps(policy: Policy | None, case: Case) -> tuple[Tried, ...]:
    if policy is None:
        return ()
    here = _following(policy, case)
    return _tried(tuple(rule for rule in policy.choices if _step(rule) in here), case)


def _later(policy: Policy | None, case: Case) -> tuple[str, ...]:
    if policy is None:
        return ()
    ladder = [step.id for step in policy.steps]
    here = _following(policy, case)
    reached = max(
        [ladder.index(name) for name in (*here, case.get("last_step")) if name in ladder] or [-1]
    )
    return tuple(ladder[reached + 1 :])


def _following(policy: Policy, case: Case) -> frozenset[str]:
    return frozenset(step.id for step in policy.steps if case.get("last_step") in step.after)


def _step(rule: Rule) -> str:
    return rule.id.partition("/")[0]


def _refused(made: Plan, case_id: int) -> tuple[RefusedChannel, ...]:
    carried = made.answers.filter(pl.col("case_id") == case_id)["carried_by"]
    leader = case_id if not carried.len() or carried[0] is None else carried[0]
    rows = made.considered.filter(pl.col("leader") == leader)
    if rows.is_empty():
        return ()
    return tuple(RefusedChannel(**pair) for pair in rows.row(0, named=True)["refused"] or ())
