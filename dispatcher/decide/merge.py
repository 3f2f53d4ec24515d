"""What becomes of each case once contacts have their channel and their day: its one answer."""

from datetime import date
from typing import Final

import polars as pl

from dispatcher.decide.contacts import Rounds
from dispatcher.decide.open_days import reopened
from dispatcher.model.decision import Action
from dispatcher.model.tables import ANSWERS
from dispatcher.policy.once import once
from dispatcher.policy.terms import Rulebook


FIND_CONTACT = "find-contact"

#: What of an evaluated case is read besides what its answer shows.
BESIDES: Final = ("account", "reaches", "owed", "territory")


#: What a contact may change of an answer.
CHANGED: Final = ("action", "rule", "step", "channel", "reason", "task", "until", "carried_by")

#: What is read of a case to change its answer.
CHANGING: Final = (
    *("case_id", "account", "policy", "territory", "reaches"),
    *("action", "rule", "step", "reason", "task", "until"),
)


_NOBODY: Final = pl.lit(None, dtype=pl.Int64)


def read(rows: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """What `merged` reads of evaluated cases: a row has some hundred columns."""
    names = [name for name in rows.columns if name in ANSWERS or name in BESIDES]
    return rows.select(name for name in names if name not in rulebook.facts)


def merged(
    rows: pl.DataFrame,
    rounds: Rounds,
    leaders: pl.DataFrame,
    gated: pl.DataFrame,
    rulebook: Rulebook,
    *,
    today: date,
) -> pl.DataFrame:
    """Exactly one answer per evaluated case (`ANSWERS`), in the order of the rows.

    `rows` are what `read` keeps of them, `leaders` have their channel or none, `gated` those with
    one have their day.
    """
    if leaders.is_empty():
        return _answers(rows.with_columns(channel=pl.lit(""), carried_by=_NOBODY))
    fates = _fates(leaders, gated, rulebook, today)
    moves = rounds.moves.select(
        "case_id", "due_today", moved_by="leader", move_rule="rule", move_step="step"
    )
    told = (
        _touched(rows, moves, fates)
        .with_columns(_outcome(today))
        .pipe(_on_open_days, rulebook)
        .with_columns(_CHANGED)
    )
    return _answers(_with_changes(rows, told))


def _touched(rows: pl.DataFrame, moves: pl.DataFrame, fates: pl.DataFrame) -> pl.DataFrame:
    """The cases that a contact moves or that want one themselves, with its fate and their move.

    `row` is their place; of the other cases of an account no answer changes.
    """
    accounts = fates.lazy().select("account")
    wants = pl.col("action") == Action.CONTACT.value
    pairs = (
        rows.lazy()
        .select("account", "case_id", "action", row=pl.int_range(pl.len()))
        .join(accounts, on="account", how="semi")
        .join(moves.lazy(), on="case_id", how="left")
        .filter(pl.col("moved_by").is_not_null() | wants)
        .join(fates.lazy(), on="account")
        .drop("account", "case_id", "action")
        .collect(engine="in-memory")
    )
    return rows.select(pl.col(CHANGING).gather(pairs["row"])).with_columns(pairs.get_columns())


def _with_changes(rows: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """The rows, those that are told of with what has changed.

    Most accounts have no contact at all: their cases answer what their rules say. What changes is
    picked from both in the order of the rows, which are not sorted again.
    """
    unchanged = rows.with_columns(channel=pl.lit(""), carried_by=_NOBODY).select(CHANGED)
    picked = pl.int_range(rows.height, eager=True)
    picked = picked.scatter(told["row"], rows.height + pl.int_range(told.height, eager=True))
    changed = pl.concat([unchanged, told.select(CHANGED)], rechunk=True)[picked]
    return rows.with_columns(changed.get_columns())


def _answers(told: pl.DataFrame) -> pl.DataFrame:
    told = told.with_columns(amount_due="owed")
    known = told.schema
    return told.select(
        pl.col(name).cast(getattr(pl, kind)) if name in known else _empty(name, kind)
        for name, kind in ANSWERS.items()
    )


def _on_open_days(rows: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """The rows whose `day_after`, of those that stand by, is a day on which they may go."""
    waiting = rows.filter(pl.col("outcome") == "stands-by").select(
        "case_id", "policy", "territory", "step", day="day_after"
    )
    if waiting.is_empty():
        return rows
    opened = reopened(waiting, rulebook).rename({"day": "opened"})
    return rows.join(opened, on="case_id", how="left", maintain_order="left").with_columns(
        day_after=pl.coalesce("opened", "day_after")
    )


def _fates(
    leaders: pl.DataFrame, gated: pl.DataFrame, rulebook: Rulebook, today: date
) -> pl.DataFrame:
    """Per account: its leader, whether it goes, waits or has no channel, and until when."""
    return (
        leaders.lazy()
        .select("account", "leader", "channel", "policy", "step", led_by="rule")
        .join(gated.lazy().select("leader", "day", "gate"), on="leader", how="left")
        .join(_pauses(rulebook).lazy(), on=["policy", "step"], how="left", maintain_order="left")
        .with_columns(
            day_after=pl.coalesce("day", pl.lit(today))
            + pl.duration(days=pl.coalesce("pause", pl.lit(1)))
        )
        .select("account", "leader", "channel", "day", "gate", "led_by", "day_after")
        .collect(engine="in-memory")
    )


@once
def _pauses(rulebook: Rulebook) -> pl.DataFrame:
    """How long the rest of an account waits after each step."""
    pause = [
        (policy.name, step.id, max(policy.limits.after.get(step.id, 0), policy.limits.gap, 1))
        for policy in rulebook.policies.values()
        for step in policy.steps
    ]
    return pl.DataFrame(
        pause, schema={"policy": pl.String, "step": pl.String, "pause": pl.Int64}, orient="row"
    )


def _outcome(today: date) -> pl.Expr:
    """How a case fares with its account's contact; null where the contact does not touch it."""
    due = pl.col("due_today").fill_null(value=False)
    alone = pl.col("moved_by").is_null() & (pl.col("action") == Action.CONTACT.value)
    return pl.coalesce(
        pl.when(pl.col("moved_by").is_not_null() & (pl.col("day") == today)).then(pl.lit("goes")),
        pl.when(due & (pl.col("day") > today)).then(pl.lit("waits")),
        pl.when(due).then(pl.lit("unreachable")),
        # Wanted a contact that no channel can make; another case of the debtor goes meanwhile.
        pl.when(alone & ~pl.col("reaches") & pl.col("channel").is_not_null()).then(
            pl.lit("unreachable")
        ),
        # Wanted a contact of its own and another case of the debtor leads.
        pl.when(alone).then(pl.lit("stands-by")),
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
        "rule": pl.when(pl.col("moved_by").is_null()).then("rule").otherwise("led_by"),
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


_CHANGED: Final = _changed()


def _empty(name: str, kind: str) -> pl.Expr:
    return pl.lit(None, dtype=getattr(pl, kind)).alias(name)
