"""Facts to answers: the policy of each account, then what its rules say of each case."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from dispatcher.decide import elapse, history
from dispatcher.decide.hand_over import first
from dispatcher.decide.placing import kept
from dispatcher.decide.ruletable import RULE_COLUMNS, rule_table
from dispatcher.model.decision import Action
from dispatcher.model.vocabulary import Fact
from dispatcher.policy.columns import truth
from dispatcher.policy.terms import (
    Known,
    Lacks,
    Policy,
    Rule,
    Rulebook,
)
from dispatcher.ports import Frames


LOOK_UP: Final = "look-up"
DECIDED: Final = "decided"  # a person said when handing over may be proposed again

FIELDS: Final = ("rule", "step", "reason", "task")


@dataclass(frozen=True, slots=True, kw_only=True)
class Says:
    """One possible answer of a case: when it is given, and its columns (texts, or expressions)."""

    when: pl.Expr
    action: pl.Expr | Action
    rule: pl.Expr | str = ""
    step: pl.Expr | str = ""
    reason: pl.Expr | str = ""
    task: pl.Expr | str = ""


def evaluate(
    facts: pl.DataFrame,
    frames: Frames,
    rulebook: Rulebook,
    *,
    default_policy: str,
    legal: frozenset[str],
    today: date,
) -> pl.DataFrame:
    """The facts with `policy`, `action`, `rule`, `step`, `reason`, `task`, `until`, `message_id`.

    Contacts are what the rules want, before rounds, channels and limits. `choice` is the index of
    the case's own next step, `position` its rung, `legal` whether it has legal effect.
    """
    work = history.in_hand(frames["lines"], today=today)
    rows = (
        choose_policies(facts, rulebook, default_policy)
        .join(work, on="case_id", how="left")
        .with_columns(contradiction=contradiction(rulebook))
    )
    parts = [
        _of_policy(rows.filter(pl.col("policy") == policy.name), policy, rulebook, frames, legal)
        for policy in rulebook.policies.values()
    ]
    parts.append(_without_policy(rows.filter(pl.col("policy") == "")))
    until = (
        pl.when(pl.col("action") == Action.HOLD.value, pl.col("reason") == DECIDED)
        .then("decided_until")
        .otherwise(pl.lit(today) + pl.duration(days=pl.col("days_on")))
    )
    return pl.concat(parts, how="diagonal").with_columns(until=until).sort("case_id")


def choose_policies(
    facts: pl.DataFrame, rulebook: Rulebook, default_policy: str = ""
) -> pl.DataFrame:
    """The facts with `policy`: the name of each account's policy, empty where none applies.

    A policy that keeps its debtors beats every `applies_to`.
    """
    fitting = kept(rulebook) + [
        pl.when(applies.fill_null(value=False) & (pl.col("currency") == policy.currency)).then(
            pl.lit(policy.name)
        )
        for policy in rulebook.active
        if policy.applies_to is not None
        for applies in [truth(policy.applies_to, rulebook.facts)]
    ]
    fallback = rulebook.policies.get(default_policy)
    if fallback is not None:
        right_money = pl.col("currency") == fallback.currency
        fitting.append(pl.when(right_money).then(pl.lit(fallback.name)))
    return facts.with_columns(policy=pl.coalesce(*fitting, pl.lit("")))


def contradiction(rulebook: Rulebook) -> pl.Expr:
    """True where the facts of a case cannot be true together."""
    broken = [
        truth(invariant, rulebook.facts).fill_null(value=False) for invariant in rulebook.invariants
    ]
    return pl.any_horizontal(*broken, pl.lit(value=False))


def on_ladder(rows: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """The rows with `last_step` as this ladder calls it, and `unknown_step` where it has none."""
    renamed = {step.was: step.id for step in policy.steps if step.was} | dict(policy.same_as)
    rungs = ["none", *(step.id for step in policy.steps)]
    standing = (
        pl.when(pl.col("recorded").is_in(rungs))
        .then("recorded")
        .otherwise(pl.col("recorded").replace(renamed))
    )
    return rows.with_columns(
        last_step=standing.cast(rows.schema["last_step"], strict=False),
        unknown_step=~standing.is_in(rungs),
    )


def _of_policy(
    rows: pl.DataFrame,
    policy: Policy,
    rulebook: Rulebook,
    frames: Frames,
    legal: frozenset[str],
) -> pl.DataFrame:
    rows = elapse.decided(on_ladder(rows, policy), policy, rulebook.facts)
    rows = rows.with_columns(unknown_fact=_unknown_fact(policy))
    for name, rules in {
        "stop": policy.stops,
        "hand_over": policy.hand_over,
        "choice": policy.choices,
    }.items():
        table = rule_table(rules, policy, legal).rename(
            {column: f"{name}_{column}" for column in RULE_COLUMNS if column != "index"}
        )
        index = pl.col(name).cast(pl.Int64)
        rows = rows.with_columns(index).join(table, left_on=name, right_on="index", how="left")
    rows = first(rows).join(
        _open_work(frames["tasks"], policy), on=["debtor_id", "choice_rule"], how="left"
    )
    rows = _answered(rows, _ladder_of_answers()).with_columns(
        policy_hash=pl.lit(policy.hash),
        position=pl.col("choice_position"),
        legal=pl.col("choice_legal").fill_null(value=False),
    )
    return _with_next_day(rows, policy, rulebook.facts)


def _open_work(tasks: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """The tasks of this policy that are open: ladders may share the ids of their rules."""
    return (
        tasks.filter(pl.col("state") == "open", pl.col("policy") == policy.name)
        .select("debtor_id", choice_rule="rule", open_task=pl.lit(value=True))
        .unique()
    )


def _ladder_of_answers() -> tuple[Says, ...]:
    """Every answer that rules and work in hand can give, in the language's order."""
    winner = pl.col("hand_over") == pl.col("hand_over_first")
    proposed = pl.col("hand_over_action") == Action.HAND_OVER.value
    return (
        Says(when=pl.col("contradiction"), action=Action.HOLD, reason="contradiction"),
        Says(when=pl.col("credited"), action=Action.HOLD, reason="credit"),
        Says(
            when=pl.col("stop").is_not_null() & pl.col("stop_on_unknown"),
            action=Action.HOLD,
            rule=pl.col("stop_rule"),
            reason=pl.concat_str(pl.lit("unknown: "), pl.col("unknown_fact")),
            task=LOOK_UP,
        ),
        Says(when=pl.col("stop").is_not_null(), action=Action.HOLD, **_columns("stop")),
        Says(
            when=pl.col("message_id").is_not_null(),
            action=Action.UNDER_WAY,
            rule=pl.col("hand_rule"),
            step=pl.col("hand_step"),
            reason=pl.col("hand_channel"),
        ),
        Says(when=pl.col("unknown_step"), action=Action.HOLD, reason="unknown-step"),
        Says(
            when=winner & proposed & pl.col("decided_until").is_not_null(),
            action=Action.HOLD,
            rule=pl.col("hand_over_rule"),
            reason=DECIDED,
        ),
        Says(
            when=winner,
            action=pl.col("hand_over_action"),
            **_columns("hand_over"),
        ),
        Says(
            when=pl.col("open_task") & (pl.col("choice_action") == Action.TASK.value),
            action=Action.UNDER_WAY,
            **_columns("choice"),
        ),
        Says(
            when=pl.col("choice").is_not_null(),
            action=pl.col("choice_action"),
            **_columns("choice"),
        ),
        Says(  # another case of his goes first, and this one has nothing else to do
            when=pl.col("hand_over").is_not_null(),
            action=Action.WAIT,
            rule=pl.col("hand_over_rule"),
            reason="hand-over",
        ),
        Says(when=pl.lit(value=True), action=Action.NOTHING_YET),
    )


def _columns(name: str) -> dict[str, pl.Expr]:
    return {field: pl.col(f"{name}_{field}") for field in FIELDS}


def _answered(rows: pl.DataFrame, ladder: Iterable[Says]) -> pl.DataFrame:
    """The first answer of the ladder whose condition holds."""
    given = list(ladder)
    first = pl.coalesce(
        pl.when(says.when).then(pl.lit(place, dtype=pl.Int64)) for place, says in enumerate(given)
    )
    rows = rows.with_columns(answer=first)
    columns = {
        field: pl.coalesce(
            pl.when(pl.col("answer") == place).then(_expression(getattr(says, field)))
            for place, says in enumerate(given)
        )
        for field in ("action", *FIELDS)
    }
    return rows.with_columns(**columns).with_columns(pl.col(FIELDS).fill_null(""))


def _expression(value: pl.Expr | str) -> pl.Expr:
    return value if isinstance(value, pl.Expr) else pl.lit(str(value))


def _with_next_day(rows: pl.DataFrame, policy: Policy, facts: Mapping[str, Fact]) -> pl.DataFrame:
    waiting = pl.col("action").is_in([Action.WAIT.value, Action.NOTHING_YET.value])
    soon = elapse.earliest_change(rows.filter(waiting), policy, facts)
    never = rows.filter(~waiting).with_columns(days_on=pl.lit(None, dtype=pl.Int64))
    return pl.concat([soon, never.select(soon.columns)])


def _without_policy(rows: pl.DataFrame) -> pl.DataFrame:
    says = (
        Says(when=pl.col("contradiction"), action=Action.HOLD, reason="contradiction"),
        Says(when=pl.lit(value=True), action=Action.HOLD, reason="no-policy"),
    )
    return _answered(rows, says).with_columns(
        policy_hash=pl.lit(""),
        legal=pl.lit(value=False),
        position=pl.lit(None, dtype=pl.Int64),
        days_on=pl.lit(None, dtype=pl.Int64),
    )


def _unknown_fact(policy: Policy) -> pl.Expr:
    """The first fact that a stop reads and that has no value, by the stop that fired."""
    named = [
        pl.when((pl.col("stop") == index) & pl.col(name).is_null()).then(pl.lit(name))
        for index, rule in enumerate(policy.stops)
        for name in _compared(rule)
    ]
    return pl.coalesce(*named, pl.lit(None, dtype=pl.String))


def _compared(rule: Rule) -> list[str]:
    """Facts whose absence leaves a condition unknown, in order of writing."""
    found = elapse.leaves(rule.when)
    return list(dict.fromkeys(x.fact for x in found if not isinstance(x, Known | Lacks)))
