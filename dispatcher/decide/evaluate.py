"""Facts to answers: the policy of each account, then what its rules say of each case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Final

import polars as pl

from dispatcher.decide import elapse, holds
from dispatcher.decide.alike import alike
from dispatcher.decide.hand_over import first
from dispatcher.decide.placing import kept
from dispatcher.decide.ruletable import RULE_COLUMNS, rule_table
from dispatcher.decide.wording import DECIDED, FIELDS, Says, answered, ladder_of_answers
from dispatcher.decide.work_in_hand import with_work
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


#: Answers whose case may answer otherwise on a later day by itself.
WAITING: Final = (Action.WAIT.value, Action.NOTHING_YET.value)

#: What is read of a case besides the facts that its policy asks for.
READ: Final = frozenset(
    {
        *elapse.LATER,
        *("row", "account", "debtor_id", "signed_late", "recorded", "last_step"),
        *("message_id", "hand_rule", "hand_step", "hand_channel", "hand_task"),
        *("decided_until", "credited", "contradiction"),
    }
)

#: What is kept of a case beside its answer.
KEPT: Final = ("row", "last_step", "unknown_step", "stop", "choice")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is said of some cases: `rows` in any order, whose `words` is a row of `words`.

    Many cases get few answers, and an answer is mostly texts.
    """

    rows: pl.DataFrame
    words: pl.DataFrame


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
    cases = choose_policies(facts, rulebook, default_policy)
    cases = with_work(cases, frames, rulebook, today=today).with_columns(
        contradiction=contradiction(rulebook), row=pl.int_range(pl.len())
    )
    parts = [
        _of_policy(mine, policy, rulebook, legal)
        for policy in rulebook.policies.values()
        for mine in [_of(cases, policy)]
        if not mine.is_empty()
    ]
    lost = cases.select("row", "policy", "contradiction", "last_step").filter(
        pl.col("policy") == ""
    )
    said = _together([_without_policy(lost), *parts])
    until = (
        pl.when(pl.col("action") == Action.HOLD.value, pl.col("reason") == DECIDED)
        .then("decided_until")
        .otherwise(pl.lit(today) + pl.duration(days=pl.col("days_on")))
    )
    return cases.drop("row", "last_step").hstack(said).with_columns(until=until)


def _together(parts: Sequence[Said]) -> pl.DataFrame:
    """What is said of all cases, each in its row: none is sorted, and texts are copied once."""
    begins = accumulate((part.words.height for part in parts), initial=0)
    rows = pl.concat(
        [
            part.rows.with_columns(pl.col("words") + begin)
            for part, begin in zip(parts, begins, strict=False)
        ],
        how="diagonal",
        rechunk=True,  # whatever is picked from several pieces takes four times as long
    )
    place = pl.int_range(rows.height, eager=True)
    there = rows.drop("row")[place.clone().scatter(rows["row"], place)]
    words = pl.concat([part.words for part in parts], rechunk=True)
    return there.drop("words").hstack(words[there["words"]])


def _of(cases: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """The cases of a policy, with what it reads of them: a case has some hundred columns."""
    asked = facts_of(policy)
    names = [name for name in cases.columns if name in READ or name in asked]
    mine = cases.lazy().filter(pl.col("policy") == policy.name)
    return mine.select(names).collect(engine="in-memory")


def facts_of(policy: Policy) -> frozenset[str]:
    """Every fact that decides what a case of this policy answers."""
    read = (leaf for when in elapse.conditions(policy) for leaf in elapse.leaves(when))
    return frozenset(leaf.fact for leaf in read)


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
    legal: frozenset[str],
) -> Said:
    """What the policy says of its cases, one by one and in their order.

    Rules are asked once per group of cases that they cannot tell apart, and the answer is put
    into words once per group of cases that get the same.
    """
    rows = on_ladder(rows, policy)
    groups = alike(rows, elapse.told_apart(policy, rulebook.facts))
    apart = elapse.decided(groups.apart(rows), policy, rulebook.facts)
    verdict = apart.select(*elapse.VERDICT, unknown_fact=_unknown_fact(policy))
    rows = first(rows.hstack(groups.back(verdict)))
    told = rows.select(**_told())
    same = alike(told, map(pl.col, told.columns))
    words = _in_words(same.apart(told), policy, legal)
    waiting = same.back(words.select(pl.col("action").is_in(WAITING)))["action"]
    soon = groups.back(_next_day(apart, policy, rulebook.facts))["days_on"]
    said = rows.select(
        *KEPT,
        words=same.group.cast(pl.Int64),
        days_on=pl.when(waiting).then(soon),
    )
    return Said(rows=said, words=words)


def _told() -> dict[str, pl.Expr]:
    """All that an answer depends on, whatever else is known of the case."""
    hand = ("hand_rule", "hand_step", "hand_channel", "hand_task")
    names = (*elapse.VERDICT, "unknown_fact", *hand)
    return {name: pl.col(name) for name in (*names, *holds.OWN_HOLDS)} | {
        "winner": pl.col("hand_over") == pl.col("hand_over_first"),
        "decided": pl.col("decided_until").is_not_null(),
        "in_hand": pl.col("hand_rule").is_not_null(),
    }


def _in_words(told: pl.DataFrame, policy: Policy, legal: frozenset[str]) -> pl.DataFrame:
    """The answers to what is told, with the columns of the rule that each of them comes from."""
    for name, rules in {
        "stop": policy.stops,
        "hand_over": policy.hand_over,
        "choice": policy.choices,
    }.items():
        table = rule_table(rules, policy, legal).rename(
            {column: f"{name}_{column}" for column in RULE_COLUMNS if column != "index"}
        )
        index = pl.col(name).cast(pl.Int64)
        told = told.with_columns(index).join(
            table, left_on=name, right_on="index", how="left", maintain_order="left"
        )
    return answered(told, ladder_of_answers()).select(
        "action",
        *FIELDS,
        policy_hash=pl.lit(policy.hash),
        position=pl.col("choice_position"),
        legal=pl.col("choice_legal").fill_null(value=False),
    )


def _next_day(apart: pl.DataFrame, policy: Policy, facts: Mapping[str, Fact]) -> pl.DataFrame:
    """`days_on` of each group, null where a stop fires: its answer does not wait."""
    numbered = apart.with_row_index("group")
    asked = numbered.filter(pl.col("stop").is_null())
    soon = elapse.earliest_change(asked, policy, facts).select("group", "days_on")
    told = numbered.select("group").join(soon, on="group", how="left", maintain_order="left")
    return told.select("days_on")


def _without_policy(rows: pl.DataFrame) -> Said:
    says = (
        Says(when=pl.col("contradiction"), action=Action.HOLD, reason="contradiction"),
        Says(when=pl.lit(value=True), action=Action.HOLD, reason="no-policy"),
    )
    said = rows.select(
        "row",
        "last_step",
        unknown_step=pl.lit(None, dtype=pl.Boolean),
        stop=pl.lit(None, dtype=pl.Int32),
        choice=pl.lit(None, dtype=pl.Int32),
        words=pl.int_range(pl.len()),
        days_on=pl.lit(None, dtype=pl.Int64),
    )
    words = answered(rows, says).select(
        "action",
        *FIELDS,
        policy_hash=pl.lit(""),
        position=pl.lit(None, dtype=pl.Int64),
        legal=pl.lit(value=False),
    )
    return Said(rows=said, words=words)


def _unknown_fact(policy: Policy) -> pl.Expr:
    """The first fact that a stop reads and that has no value, by the stop that fired."""
    read = [(index, name) for index, rule in enumerate(policy.stops) for name in _compared(rule)]
    kind = pl.Enum(list(dict.fromkeys(name for _, name in read)))
    named = [
        pl.when((pl.col("stop") == index) & pl.col(name).is_null()).then(pl.lit(name, dtype=kind))
        for index, name in read
    ]
    return pl.coalesce(*named, pl.lit(None, dtype=kind))


def _compared(rule: Rule) -> list[str]:
    """Facts whose absence leaves a condition unknown, in order of writing."""
    found = elapse.leaves(rule.when)
    return list(dict.fromkeys(x.fact for x in found if not isinstance(x, Known | Lacks)))
