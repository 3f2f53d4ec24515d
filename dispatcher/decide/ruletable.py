"""A policy's rules as rows, to be joined to verdicts by index."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import polars as pl

from dispatcher.model.decision import Action
from dispatcher.model.plan import HAND_OVER
from dispatcher.policy.once import once
from dispatcher.policy.terms import (
    Contact,
    HandOver,
    Hold,
    Policy,
    Rule,
    Rulebook,
    Then,
    Wait,
    Work,
)


#: What a rule's `then` makes its case answer.
ACTIONS: Final[Mapping[type[Then], Action]] = {
    Hold: Action.HOLD,
    Wait: Action.WAIT,
    Contact: Action.CONTACT,
    Work: Action.TASK,
    HandOver: Action.HAND_OVER,
}

#: A policy's rules by the column of a verdict that holds their index.
KINDS: Final[Mapping[str, Callable[[Policy], Sequence[Rule]]]] = {
    "stop": lambda policy: policy.stops,
    "hand_over": lambda policy: policy.hand_over,
    "choice": lambda policy: policy.choices,
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


@once
def rule_table(kind: str, policy: Policy, legal: frozenset[str]) -> pl.DataFrame:
    """The policy's rules of that kind (`KINDS`) as rows by index, to be joined to verdicts."""
    rungs = {step.id: place for place, step in enumerate(policy.steps)}
    rows = [_rule_row(index, rule, rungs, legal) for index, rule in enumerate(KINDS[kind](policy))]
    return pl.DataFrame(rows, schema=RULE_COLUMNS, orient="row")


@once
def rule_tables(kind: str, rulebook: Rulebook, legal: frozenset[str]) -> pl.DataFrame:
    """The same of every policy, with `policy`; all columns but that begin with the kind."""
    tables = [
        rule_table(kind, policy, legal)
        .rename({name: f"{kind}_{name}" for name in RULE_COLUMNS})
        .with_columns(policy=pl.lit(policy.name))
        for policy in rulebook.policies.values()
    ]
    return pl.concat(tables)


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
