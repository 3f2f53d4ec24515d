"""Something is under way: since when, and whose turn it is."""

from typing import Final

import polars as pl

from dispatcher.decide.channels import contact_rules
from dispatcher.model.decision import Action
from dispatcher.model.message import HUMAN_CHANNELS, State
from dispatcher.policy.once import once
from dispatcher.policy.terms import Rulebook
from dispatcher.ports import Frames


OURS: Final = "relance"  # it leaves by itself
CARRIER: Final = "carrier"  # it is on its way to the debtor
SOMEBODY: Final = "person"  # whoever looks first: no role is named

#: Messages about which a person has to decide before anything goes on.
STUCK: Final = (State.UNKNOWN.value, State.HOLD.value, State.QUARANTINED.value)

TURN: Final = {"case_id": pl.Int64, "since": pl.Date, "turn": pl.String}
WHOSE: Final = {"policy": pl.String, "rule": pl.String, "approver": pl.String, "doer": pl.String}


def turns(rows: pl.DataFrame, frames: Frames, rulebook: Rulebook) -> pl.DataFrame:
    """`case_id`, `since` and `turn` of the evaluated cases that are under way."""
    busy = rows.filter(pl.col("action") == Action.UNDER_WAY.value).select(
        "case_id", "debtor_id", "policy", "rule", "message_id"
    )
    if busy.is_empty():
        return pl.DataFrame(schema=TURN)
    return pl.concat([_of_messages(busy, frames, rulebook), _of_tasks(busy, frames)])


def with_turns(answers: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """The answers with `since` and `turn` of those that are under way; null and empty elsewhere."""
    if told.is_empty():
        return answers.with_columns(since=pl.lit(None, dtype=pl.Date), turn=pl.lit(""))
    return (
        answers.drop("since", "turn")
        .join(told, on="case_id", how="left", maintain_order="left")
        .with_columns(pl.col("turn").fill_null(""))
        .select(answers.columns)
    )


def _of_messages(busy: pl.DataFrame, frames: Frames, rulebook: Rulebook) -> pl.DataFrame:
    mine = busy.filter(pl.col("message_id").is_not_null()).select("case_id", "message_id")
    messages = frames["messages"].select("id", "policy", "rule", "state", "channel", "planned_on")
    state = pl.col("state")
    by_hand = (state == State.ACCEPTED.value) & pl.col("channel").is_in(sorted(HUMAN_CHANNELS))
    turn = (
        pl.when(state == State.AWAITING.value)
        .then(_named("approver"))
        .when(by_hand)
        .then(_named("doer"))
        .when(state.is_in(STUCK))
        .then(pl.lit(SOMEBODY))
        .when(state.is_in([State.ACCEPTED.value, State.SENT.value, State.DELIVERED.value]))
        .then(pl.lit(CARRIER))
        .otherwise(pl.lit(OURS))
    )
    return (
        mine.join(messages, left_on="message_id", right_on="id", how="left")
        .join(_roles(rulebook), on=["policy", "rule"], how="left")
        .select("case_id", since="planned_on", turn=turn)
    )


def _of_tasks(busy: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    mine = busy.filter(pl.col("message_id").is_null())
    keys = ["debtor_id", "policy", "rule"]
    tasks = frames["tasks"].filter(pl.col("state") == "open").sort("id").unique(keys, keep="last")
    return mine.join(tasks, on=keys, how="left").select(
        "case_id", since="opened_on", turn=_named("assignee")
    )


def _named(column: str) -> pl.Expr:
    return pl.col(column).replace("", None).fill_null(SOMEBODY)


@once
def _roles(rulebook: Rulebook) -> pl.DataFrame:
    """Who approves and who does what each rule wants, by policy and rule."""
    rows = [
        (policy, rule, ", ".join(then.needs_approval), then.assign_to)
        for (policy, rule), then in contact_rules(rulebook).items()
    ]
    return pl.DataFrame(rows, schema=WHOSE, orient="row")
