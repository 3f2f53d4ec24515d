"""What becomes of each case once contacts have their channel and their day: its one answer."""

from datetime import date

import polars as pl

from dispatcher.decide.contacts import Rounds
from dispatcher.model.decision import Action
from dispatcher.model.tables import ANSWERS
from dispatcher.policy.terms import Rulebook


FIND_CONTACT = "find-contact"


def merged(
    rows: pl.DataFrame,
    rounds: Rounds,
    leaders: pl.DataFrame,
    gated: pl.DataFrame,
    rulebook: Rulebook,
    *,
    today: date,
) -> pl.DataFrame:
    """Exactly one answer per evaluated case, with the columns of `ANSWERS`, by ascending case.

    `leaders` have their channel or none, `gated` those with one have their day.
    """
    fates = _fates(leaders, gated, rulebook, today)
    moves = rounds.moves.select(
        "case_id", "due_today", moved_by="leader", move_rule="rule", move_step="step"
    )
    told = (
        rows.join(moves, on="case_id", how="left")
        .join(fates, on="account", how="left")
        .with_columns(_outcome(today))
        .with_columns(_changed())
        .with_columns(amount_due="owed")
    )
    return told.select(
        pl.col(name).cast(getattr(pl, kind)) if name in told.columns else _empty(name, kind)
        for name, kind in ANSWERS.items()
    ).sort("case_id")


def _fates(
    leaders: pl.DataFrame, gated: pl.DataFrame, rulebook: Rulebook, today: date
) -> pl.DataFrame:
    """Per account: its leader, whether it goes, waits or has no channel, and until when."""
    pause = [
        (policy.name, step.id, max(policy.limits.after.get(step.id, 0), policy.limits.gap, 1))
        for policy in rulebook.policies.values()
        for step in policy.steps
    ]
    pauses = pl.DataFrame(
        pause, schema={"policy": pl.String, "step": pl.String, "pause": pl.Int64}, orient="row"
    )
    return (
        leaders.select("account", "leader", "channel", "policy", "step", led_by="rule")
        .join(gated.select("leader", "day", "gate"), on="leader", how="left")
        .join(pauses, on=["policy", "step"], how="left")
        .with_columns(
            day_after=pl.coalesce("day", pl.lit(today))
            + pl.duration(days=pl.coalesce("pause", pl.lit(1)))
        )
        .select("account", "leader", "channel", "day", "gate", "led_by", "day_after")
    )


def _outcome(today: date) -> pl.Expr:
    """How a case fares with its account's contact; null where the contact does not touch it."""
    due = pl.col("due_today").fill_null(value=False)
    return pl.coalesce(
        pl.when(pl.col("moved_by").is_not_null() & (pl.col("day") == today)).then(pl.lit("goes")),
        pl.when(due & (pl.col("day") > today)).then(pl.lit("waits")),
        pl.when(due).then(pl.lit("unreachable")),
        # Wanted a contact of its own and another case of the debtor leads.
        pl.when(pl.col("moved_by").is_null() & (pl.col("action") == Action.CONTACT.value)).then(
            pl.lit("stands-by")
        ),
    ).alias("outcome")


#: Outcome -> the columns of the answer that change, as expressions or texts.
CHANGES: dict[str, dict[str, pl.Expr | str]] = {
    "goes": {
        "action": Action.CONTACT.value,
        "rule": pl.col("move_rule"),
        "step": pl.col("move_step"),
        "channel": pl.col("channel"),
        "reason": "",
        "task": "",
    },
    "waits": {
        "action": Action.WAIT.value,
        "step": "",
        "channel": "",
        "reason": pl.col("gate"),
    },
    "unreachable": {
        "action": Action.TASK.value,
        "rule": pl.col("led_by"),
        "step": "",
        "channel": "",
        "reason": "no-channel",
        "task": FIND_CONTACT,
    },
    "stands-by": {
        "action": Action.WAIT.value,
        "step": "",
        "channel": "",
        "reason": "round",
    },
}


def _changed() -> list[pl.Expr]:
    columns = ("action", "rule", "step", "channel", "reason", "task")
    texts = [_column(name) for name in columns]
    until = pl.coalesce(
        pl.when(pl.col("outcome") == "waits").then("day"),
        pl.when(pl.col("outcome") == "stands-by").then("day_after"),
        pl.when(pl.col("outcome").is_null()).then("until"),
    )
    carried = (pl.col("outcome") == "goes") & (pl.col("moved_by") != pl.col("case_id"))
    return [*texts, until.alias("until"), pl.when(carried).then("moved_by").alias("carried_by")]


def _column(name: str) -> pl.Expr:
    changes = [
        pl.when(pl.col("outcome") == outcome).then(
            value if isinstance(value, pl.Expr) else pl.lit(value)
        )
        for outcome, columns in CHANGES.items()
        for value in [columns.get(name)]
        if value is not None
    ]
    unchanged = pl.lit("") if name == "channel" else pl.col(name)
    return pl.coalesce(*changes, unchanged).alias(name)


def _empty(name: str, kind: str) -> pl.Expr:
    return pl.lit(None, dtype=getattr(pl, kind)).alias(name)
