"""Facts to answers: the policy of each account, then what its rules say of each case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from dispatcher.decide import asking, elapse, holds
from dispatcher.decide.alike import alike
from dispatcher.decide.hand_over import first
from dispatcher.decide.placing import kept
from dispatcher.decide.ruletable import KINDS, rule_tables
from dispatcher.decide.wording import DECIDED, FIELDS, Says, answered, ladder_of_answers
from dispatcher.decide.work_in_hand import with_work
from dispatcher.model.decision import Action
from dispatcher.model.vocabulary import Fact
from dispatcher.policy.columns import truth
from dispatcher.policy.once import once
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
    """What the rules say of some cases of one policy, before it is put into words.

    `rows` stand in any order; their `words` is a row of `told`, `group` one of `apart`: many cases
    get few answers, and an answer is mostly texts.
    """

    policy: Policy
    rows: pl.DataFrame
    told: pl.DataFrame
    apart: pl.DataFrame


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
    chosen = frozenset(cases["policy"].unique())
    parts = [
        _of_policy(_of(cases, policy), policy, rulebook)
        for policy in rulebook.policies.values()
        if policy.name in chosen
    ]
    lost = cases.select("row", "policy", "contradiction", "last_step").filter(
        pl.col("policy") == ""
    )
    said = _together(lost, parts, rulebook, legal)
    until = (
        pl.when(pl.col("action") == Action.HOLD.value, pl.col("reason") == DECIDED)
        .then("decided_until")
        .otherwise(pl.lit(today) + pl.duration(days=pl.col("days_on")))
    )
    return cases.drop("row", "last_step").hstack(said).with_columns(until=until)


def _together(
    lost: pl.DataFrame, parts: Sequence[Said], rulebook: Rulebook, legal: frozenset[str]
) -> pl.DataFrame:
    """What is said of all cases, each in its row: none is sorted, and texts are copied once."""
    words = [_without_policy(lost)] if parts == [] or lost.height else []
    rows = [_rows_without_policy(lost)] * len(words)
    begin = sum(each.height for each in words)
    if parts:
        words.append(_in_words(pl.concat([part.told for part in parts]), rulebook, legal))
    said = pl.concat(words, rechunk=True)
    waits = said["action"].is_in(WAITING)
    for part in parts:
        placed = part.rows.with_columns(pl.col("words") + begin)
        rows.append(_with_next_day(placed, part, waits, rulebook.facts))
        begin += part.told.height
    # Whatever is picked from several pieces takes four times as long.
    whole = pl.concat(rows, rechunk=True)
    place = pl.int_range(whole.height, eager=True)
    there = whole.drop("row")[place.clone().scatter(whole["row"], place)]
    return there.drop("words").hstack(said[there["words"]])


def _with_next_day(
    rows: pl.DataFrame, part: Said, waits: pl.Series, facts: Mapping[str, Fact]
) -> pl.DataFrame:
    """The rows with `days_on`: only an answer that waits has a next day."""
    waiting = waits[rows["words"]]
    never = pl.Series("days_on", [None], pl.Int64)
    asked = rows["group"].filter(waiting).unique()
    soon = asking.earliest_change(part.apart[asked], part.policy, facts)["days_on"]
    of_group = never.new_from_index(0, part.apart.height).scatter(asked, soon)
    days = of_group[rows["group"]].zip_with(waiting, never.new_from_index(0, rows.height))
    return rows.drop("group").with_columns(days)


def _of(cases: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """The cases of a policy, with what it reads of them: a case has some hundred columns."""
    asked = elapse.facts_of(policy)
    names = [name for name in cases.columns if name in READ or name in asked]
    mine = cases.lazy().filter(pl.col("policy") == policy.name)
    return mine.select(names).collect(engine="in-memory")


def choose_policies(
    facts: pl.DataFrame, rulebook: Rulebook, default_policy: str = ""
) -> pl.DataFrame:
    """The facts with `policy`: the name of each account's policy, empty where none applies.

    A policy that keeps its debtors beats every `applies_to`.
    """
    return facts.with_columns(policy=_policy(rulebook, default_policy))


@once
def _policy(rulebook: Rulebook, default_policy: str) -> pl.Expr:
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
    return pl.coalesce(*fitting, pl.lit(""))


@once
def contradiction(rulebook: Rulebook) -> pl.Expr:
    """True where the facts of a case cannot be true together."""
    broken = [
        truth(invariant, rulebook.facts).fill_null(value=False) for invariant in rulebook.invariants
    ]
    return pl.any_horizontal(*broken, pl.lit(value=False))


def on_ladder(rows: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """The rows with `last_step` as this ladder calls it, and `unknown_step` where it has none."""
    standing, unknown = _standing(policy)
    step = standing.cast(rows.schema["last_step"], strict=False)
    return rows.with_columns(last_step=step, unknown_step=unknown)


@once
def _standing(policy: Policy) -> tuple[pl.Expr, pl.Expr]:
    """The rung on which a case stands, and whether the ladder has none of that name."""
    renamed = {step.was: step.id for step in policy.steps if step.was} | dict(policy.same_as)
    rungs = ["none", *(step.id for step in policy.steps)]
    standing = (
        pl.when(pl.col("recorded").is_in(rungs))
        .then("recorded")
        .otherwise(pl.col("recorded").replace(renamed))
    )
    return standing, ~standing.is_in(rungs)


def _of_policy(rows: pl.DataFrame, policy: Policy, rulebook: Rulebook) -> Said:
    """What the policy says of its cases, one by one and in their order.

    Rules are asked once per group of cases that they cannot tell apart, and the answer is put
    into words once per group of cases that get the same.
    """
    rows = on_ladder(rows, policy)
    groups = alike(rows, elapse.told_apart(policy, rulebook.facts))
    apart = asking.decided(groups.apart(rows), policy, rulebook.facts)
    verdict = apart.select(*elapse.VERDICT, unknown_fact=_unknown_fact(policy, rulebook.facts))
    rows = first(rows.hstack(groups.back(verdict)))
    told = rows.select(**_TOLD)
    same = alike(told, map(pl.col, told.columns))
    return Said(
        policy=policy,
        rows=rows.select(*KEPT, words=same.group.cast(pl.Int64), group=groups.group.cast(pl.Int64)),
        told=same.apart(told).with_columns(
            policy=pl.lit(policy.name), policy_hash=pl.lit(policy.hash)
        ),
        apart=apart,
    )


def _told() -> dict[str, pl.Expr]:
    """All that an answer depends on, whatever else is known of the case."""
    hand = ("hand_rule", "hand_step", "hand_channel", "hand_task")
    names = (*elapse.VERDICT, "unknown_fact", *hand)
    return {name: pl.col(name) for name in (*names, *holds.OWN_HOLDS)} | {
        "winner": pl.col("hand_over") == pl.col("hand_over_first"),
        "decided": pl.col("decided_until").is_not_null(),
        "in_hand": pl.col("hand_rule").is_not_null(),
    }


_TOLD: Final = _told()
_LADDER: Final = ladder_of_answers()
_LOST: Final = (
    Says(when=pl.col("contradiction"), action=Action.HOLD, reason="contradiction"),
    Says(when=pl.lit(value=True), action=Action.HOLD, reason="no-policy"),
)


def _in_words(told: pl.DataFrame, rulebook: Rulebook, legal: frozenset[str]) -> pl.DataFrame:
    """The answers to what is told, with the columns of the rule that each of them comes from."""
    whole = told.lazy().with_columns(pl.col(*KINDS).cast(pl.Int64))
    for name in KINDS:
        table = rule_tables(name, rulebook, legal).lazy()
        keys = ["policy", name]
        whole = whole.join(
            table,
            left_on=keys,
            right_on=["policy", f"{name}_index"],
            how="left",
            maintain_order="left",
        )
    return (
        answered(whole, _LADDER)
        .select(
            "action",
            *FIELDS,
            "policy_hash",
            position=pl.col("choice_position"),
            legal=pl.col("choice_legal").fill_null(value=False),
        )
        .collect(engine="in-memory")
    )


def _without_policy(rows: pl.DataFrame) -> pl.DataFrame:
    return (
        answered(rows.lazy(), _LOST)
        .select(
            "action",
            *FIELDS,
            policy_hash=pl.lit(""),
            position=pl.lit(None, dtype=pl.Int64),
            legal=pl.lit(value=False),
        )
        .collect(engine="in-memory")
    )


def _rows_without_policy(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(
        "row",
        "last_step",
        unknown_step=pl.lit(None, dtype=pl.Boolean),
        stop=pl.lit(None, dtype=pl.Int32),
        choice=pl.lit(None, dtype=pl.Int32),
        words=pl.int_range(pl.len()),
        days_on=pl.lit(None, dtype=pl.Int64),
    )


@once
def _unknown_fact(policy: Policy, facts: Mapping[str, Fact]) -> pl.Expr:
    """The first fact that a stop reads and that has no value, by the stop that fired."""
    kind = pl.Enum(list(facts))
    named = [
        pl.when((pl.col("stop") == index) & pl.col(name).is_null()).then(pl.lit(name, dtype=kind))
        for index, rule in enumerate(policy.stops)
        for name in _compared(rule)
    ]
    return pl.coalesce(*named, pl.lit(None, dtype=kind))


def _compared(rule: Rule) -> list[str]:
    """Facts whose absence leaves a condition unknown, in order of writing."""
    found = elapse.leaves(rule.when)
    return list(dict.fromkeys(x.fact for x in found if not isinstance(x, Known | Lacks)))
