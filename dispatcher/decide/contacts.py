"""Answers to contacts: one conversation per account, led by its most advanced step."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from dispatcher.decide import asking, elapse
from dispatcher.decide.channels import PREFERRED
from dispatcher.decide.ruletable import rule_table
from dispatcher.model.decision import Action
from dispatcher.policy.terms import Policy, Rulebook


#: Who leads: the most advanced step, then the oldest, then the largest, then the first taken in.
LEADING: Final = ("legal", "position", "signed_late", "owed", "case_id")
DESCENDING: Final = (True, True, True, True, False)

#: What is read of a leader's case by what comes after: a case has some hundred columns.
OF_LEADER: Final = (
    *("account", "case_id", "debtor_id", "policy", "policy_hash", "rule", "step"),
    *("legal", "position", "signed_late", "owed", "owed_by_debtor"),
    *("territory", "zone", "prefers", PREFERRED),
)

#: What is read of a case to see whether its leader takes it along, and what of his.
OF_CASE: Final = ("account", "action", "policy", "legal", "signed_late", "step", "position")
HIS: Final = ("leader", "leader_position", "leader_step", "leader_legal")

MOVE: Final = ("leader", "case_id", "step", "rule", "owed", "due_today")

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

    `rows` say whether their channels reach the debtor (`channels.with_reach`).
    `cycles` holds how often each case was sent back to before a step (`history.cycles`).
    """
    leaders = _leaders(rows)
    if leaders.is_empty():
        return _nobody(leaders, rows)
    led = _led(rows, leaders)
    moves = pl.concat([_own(led, rows), _early(led, rows, rulebook, legal)]).join(
        cycles, on=["case_id", "step"], how="left"
    )
    overdue = _of(led.filter(pl.col("signed_late") > 0), rows, ["case_id"])
    return Rounds(
        leaders=leaders,
        moves=moves.with_columns(pl.col("cycle").fill_null(0)).sort("leader", "case_id"),
        listed=overdue.select("leader", "case_id")
        .join(moves, on="case_id", how="anti")
        .sort("leader", "case_id"),
    )


def _nobody(leaders: pl.DataFrame, rows: pl.DataFrame) -> Rounds:
    """What is gathered where no account wants a contact."""
    kinds = {"leader": pl.Int64, "due_today": pl.Boolean}
    moves = pl.DataFrame(schema={name: kinds.get(name) or rows.schema[name] for name in MOVE})
    return Rounds(
        leaders=leaders,
        moves=moves.with_columns(cycle=pl.lit(None, dtype=pl.Int64)),
        listed=moves.select("leader", "case_id"),
    )


def _leaders(rows: pl.DataFrame) -> pl.DataFrame:
    """The row of each account's leader, in their order."""
    wanting = (
        rows.lazy()
        .select("account", "action", "reaches", *LEADING, row=pl.int_range(pl.len()))
        .filter(pl.col("action") == Action.CONTACT.value)
        .collect(engine="in-memory")
    )
    several = wanting["account"].is_duplicated()  # most lead alone: the others are put in order
    first = (
        wanting.lazy()
        .filter(several)
        # Who cannot be reached by his step keeps back no other: the next one leads.
        .sort("reaches", *LEADING, descending=[True, *DESCENDING])
        .unique("account", keep="first", maintain_order=True)
        .collect(engine="in-memory")
    )
    chosen = pl.concat([wanting.filter(~several)["row"], first["row"]]).sort()
    names = [name for name in OF_LEADER if name in rows.columns]
    return rows.select(pl.col(names).gather(chosen)).with_columns(leader="case_id")


def _led(rows: pl.DataFrame, leaders: pl.DataFrame) -> pl.DataFrame:
    """The cases that a leader may take along, with what is asked of them and `row`, their place."""
    his = leaders.select(
        "account", "leader", leader_position="position", leader_step="step", leader_legal="legal"
    )
    return (
        rows.lazy()
        .select(*OF_CASE, row=pl.int_range(pl.len()))
        .filter((pl.col("action") == Action.CONTACT.value) | (pl.col("signed_late") > 0))
        .join(his.lazy(), on="account")
        .collect(engine="in-memory")
    )


def _of(led: pl.DataFrame, rows: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Those columns of the led cases, with what is asked of their leaders."""
    return rows.select(pl.col(names).gather(led["row"])).hstack(led.select(HIS))


def _own(led: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Cases whose own step is due today and goes with the leader's.

    A contact with legal effect claims only cases whose own rule says the same step; the others
    stay due. A step before the due date goes along only with its like.
    """
    same = pl.col("step") == pl.col("leader_step")
    with_legal = same & pl.col("legal")
    without = (
        ~pl.col("legal")
        & ((pl.col("signed_late") > 0) | same)
        & (pl.col("position") <= pl.col("leader_position"))
    )
    going = led.filter(
        pl.col("action") == Action.CONTACT.value,
        pl.when(pl.col("leader_legal")).then(with_legal).otherwise(without),
    )
    return (
        _of(going, rows, ["case_id", "step", "rule", "owed"])
        .with_columns(due_today=pl.lit(value=True))
        .select(MOVE)
    )


def _early(
    led: pl.DataFrame, rows: pl.DataFrame, rulebook: Rulebook, legal: frozenset[str]
) -> pl.DataFrame:
    """Overdue cases whose own next step would be due within `gather` days."""
    waiting = led.filter(
        pl.col("action").is_in(EARLY), pl.col("signed_late") > 0, ~pl.col("leader_legal")
    )
    found = [_own(led.clear(), rows)]
    for policy in rulebook.policies.values():
        mine = waiting.filter(pl.col("policy") == policy.name)
        if policy.limits.gather and not mine.is_empty():
            found.append(_soon(mine, rows, policy, rulebook, legal))
    return pl.concat(found)


def _soon(
    mine: pl.DataFrame,
    rows: pl.DataFrame,
    policy: Policy,
    rulebook: Rulebook,
    legal: frozenset[str],
) -> pl.DataFrame:
    """Those of a policy's waiting cases whose step would be due within its `gather` days."""
    read = elapse.facts_of(policy) | {*elapse.LATER, "signed_late", "case_id", "owed"}
    names = [name for name in rows.columns if name in read]
    days = elapse.elapsed(pl.lit(policy.limits.gather), rulebook.facts)
    later = asking.decided(_of(mine, rows, names).with_columns(days), policy, rulebook.facts)
    return (
        later.lazy()
        .filter(pl.col("stop").is_null(), pl.col("hand_over").is_null())
        .select("case_id", "owed", *HIS, index=pl.col("choice").cast(pl.Int64))
        .join(rule_table("choice", policy, legal).lazy(), on="index", maintain_order="left")
        .filter(
            pl.col("action") == Action.CONTACT.value,
            ~pl.col("legal"),
            pl.col("position") <= pl.col("leader_position"),
        )
        .with_columns(due_today=pl.lit(value=False))
        .select(MOVE)
        .collect(engine="in-memory")
    )
