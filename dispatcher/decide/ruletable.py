"""A policy's rules as rows, to be joined to verdicts by index."""

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from dispatcher.model.decision import Action
from dispatcher.model.plan import HAND_OVER
from dispatcher.policy.terms import Contact, HandOver, Hold, Policy, Rule, Then, Wait, Work


#: What a rule's `then` makes its case answer.
ACTIONS: Final[Mapping[type[Then], Action]] = {
    Hold: Action.HOLD,
    Wait: Action.WAIT,
    Contact: Action.CONTACT,
    Work: Action.TASK,
    HandOver: Action.HAND_OVER,
}

RULE_COLUMNS: Final = {
    "index": pl.Int64,
    "rule": pl.String,
    "step": pl.String,
    "position": pl.Int64,
    "action": pl.String,
    "reason": pl.String,
    "task": pl.String,
    "legal": pl.Boolean,
}


def rule_table(rules: Sequence[Rule], policy: Policy, legal: frozenset[str]) -> pl.DataFrame:
    """The rules as rows by index, to be joined to verdicts."""
    rungs = {step.id: place for place, step in enumerate(policy.steps)}
    rows = [_rule_row(index, rule, rungs, legal) for index, rule in enumerate(rules)]
    return pl.DataFrame(rows, schema=RULE_COLUMNS, orient="row")


def _rule_row(
    index: int, rule: Rule, rungs: Mapping[str, int], legal: frozenset[str]
) -> tuple[object, ...]:
    step = rule.id.partition("/")[0]
    then = rule.then
    reason, task, effect = "", "", False
    match then:
        case Hold() | Wait():
            reason, task = then.reason, then.task
        case Work():
            task = then.task
        case HandOver():
            reason, task = then.to, HAND_OVER
        case Contact():
            effect = then.template in legal
    moves = step if step in rungs and isinstance(then, Contact | Work) else ""
    action = ACTIONS[type(then)].value
    return (index, rule.id, moves, rungs.get(step, -1), action, reason, task, effect)
