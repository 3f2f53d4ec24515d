"""Answers to contacts: one conversation per account, led by its most advanced step."""

from dataclasses import dataclass
from typing import Final

import polars as pl

from dispatcher.decide import elapse
from dispatcher.decide.ruletable import rule_table
from dispatcher.model.decision import Action
from dispatcher.policy.terms import Rulebook


#: Who leads: the most advanced step, then the oldest, then the largest, then the first taken in.
LEADING: Final = ("legal", "position", "signed_late", "owed", "case_id")
DESCENDING: Final = (True, True, True, True, False)

#: Answers of a case that a contact may take along before its own day.
EARLY: Final = (Action.WAIT.value, Action.NOTHING_YET.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """Contacts as columns.

    `leaders`: a row per account that wants a contact, with the leader's answer and facts.
    `moves`: a row per case that a contact moves, its leader included: `leader`, `case_id`,
    `step`, `rule`, `cycle`, `owed`, `due_today`. `listed`: `leader` and the
    `case_id` of what stands below.
    """

    leaders: pl.DataFrame
    moves: pl.DataFrame
    listed: pl.DataFrame


def gather(
    rows: pl.DataFrame, cycles: pl.DataFrame, rulebook: Rulebook, legal: frozenset[str]
) -> Rounds:
    """The contacts that evaluated cases want, at most one per account.

    `cycles` holds how often each case was sent back to before a step (`history.cycles`).
    """
    leaders = (
        rows.filter(pl.col("action") == Action.CONTACT.value)
        .sort(LEADING, descending=DESCENDING)
        .unique("account", keep="first", maintain_order=True)
        .with_columns(leader="case_id")
    )
    led = rows.join(
        leaders.select(
            "account",
            "leader",
            leader_position="position",
            leader_step="step",
            leader_legal="legal",
        ),
        on="account",
    )
    moves = pl.concat([_own(led), _early(led, rulebook, legal)]).join(
        cycles, on=["case_id", "step"], how="left"
    )
    overdue = led.filter(pl.col("signed_late") > 0).select("leader", "case_id")
    return Rounds(
        leaders=leaders,
        moves=moves.with_columns(pl.col("cycle").fill_null(0)).sort("leader", "case_id"),
        listed=overdue.join(moves, on="case_id", how="anti").sort("leader", "case_id"),
    )


MOVE: Final = ("leader", "case_id", "step", "rule", "owed", "due_today")


def _own(led: pl.DataFrame) -> pl.DataFrame:
    """Cases whose own step is due today and goes with the leader's.

    A contact with legal effect claims only cases whose own rule says the same step; the others
    stay due. A step before the due date goes along only with its like.
    """
    same = pl.col("step") == pl.col("leader_step")
    with_legal = same & pl.col("legal")
    without = ~pl.col("legal") & ((pl.col("signed_late") > 0) | same)
    return (
        led.filter(
            pl.col("action") == Action.CONTACT.value,
            pl.when(pl.col("leader_legal")).then(with_legal).otherwise(without),
        )
        .with_columns(due_today=pl.lit(value=True))
        .select(MOVE)
    )


def _early(led: pl.DataFrame, rulebook: Rulebook, legal: frozenset[str]) -> pl.DataFrame:
    """Overdue cases whose own next step would be due within `gather` days."""
    waiting = led.filter(
        pl.col("action").is_in(EARLY), pl.col("signed_late") > 0, ~pl.col("leader_legal")
    )
    found = [_own(led).clear()]
    for policy in rulebook.policies.values():
        mine = waiting.filter(pl.col("policy") == policy.name)
        if mine.is_empty() or not policy.limits.gather:
            continue
        later = elapse.decided(
            mine.with_columns(elapse.elapsed(pl.lit(policy.limits.gather), rulebook.facts)),
            policy,
            rulebook.facts,
        )
        table = rule_table(policy.choices, policy, legal)
        found.append(
            later.drop("rule", "step", "action", "position", "legal", "reason", "task")
            .filter(pl.col("stop").is_null(), pl.col("hand_over").is_null())
            .join(table, left_on=pl.col("choice").cast(pl.Int64), right_on="index")
            .filter(
                pl.col("action") == Action.CONTACT.value,
                ~pl.col("legal"),
                pl.col("position") <= pl.col("leader_position"),
            )
            .with_columns(due_today=pl.lit(value=False))
            .select(MOVE)
        )
    return pl.concat(found)
