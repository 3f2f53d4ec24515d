"""Work in hand: cases whose step is with a channel, with a person who approves, or in a task."""

from datetime import date
from typing import Final

import polars as pl

from dispatcher.decide import history
from dispatcher.policy.terms import Rulebook, Work
from dispatcher.ports import Frames


STEPS: Final = {
    "policy": pl.String,
    "rule": pl.String,
    "step": pl.String,
    "task": pl.String,
}


def with_work(
    cases: pl.DataFrame, frames: Frames, rulebook: Rulebook, *, today: date
) -> pl.DataFrame:
    """The cases with `message_id`, `hand_rule`, `hand_step`, `hand_channel`, `hand_task`.

    `hand_rule` is null where nothing is in hand. `cases` have their `policy`: a task of another
    ladder is none of theirs. A message goes before a task.
    """
    sent = history.in_hand(frames["lines"], today=today)
    found = cases.join(sent, on="case_id", how="left", maintain_order="left")
    given = _tasks(frames["tasks"], rulebook)
    if given.is_empty():
        return found.with_columns(hand_task=pl.lit(""))
    found = found.join(given, on=["case_id", "policy"], how="left", maintain_order="left")
    by_message = pl.col("message_id").is_not_null()
    return found.with_columns(
        hand_rule=pl.coalesce("hand_rule", "task_rule"),
        hand_step=pl.coalesce("hand_step", "task_step"),
        hand_channel=pl.col("hand_channel").fill_null(""),
        hand_task=pl.when(~by_message).then("task_name").fill_null(""),
    ).drop("task_rule", "task_step", "task_name")


def _tasks(tasks: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Cases in an open task that does a step of their policy; of several the newest."""
    given = tasks.filter(pl.col("state") == "open")
    if given.is_empty():
        return pl.DataFrame(schema={"case_id": pl.Int64, "policy": pl.String})
    return (
        given.join(_steps(rulebook), on=["policy", "rule"])
        .with_columns(case_id=pl.col("cases").str.json_decode(pl.List(pl.Int64)))
        .explode("case_id", empty_as_null=True)
        .filter(pl.col("case_id").is_not_null())
        .sort("id")
        .group_by("case_id", "policy")
        .agg(
            task_rule=pl.col("rule").last(),
            task_step=pl.col("step").last(),
            task_name=pl.col("task").last(),
        )
    )


def _steps(rulebook: Rulebook) -> pl.DataFrame:
    """Every step that is a task, by policy and rule."""
    rows = [
        (policy.name, rule.id, rule.id.partition("/")[0], rule.then.task)
        for policy in rulebook.policies.values()
        for rule in policy.choices
        if isinstance(rule.then, Work)
    ]
    return pl.DataFrame(rows, schema=STEPS, orient="row")
