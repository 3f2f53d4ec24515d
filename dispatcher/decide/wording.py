"""Answers in the language's order: which of them is given, and the columns that it is made of."""

from dataclasses import dataclass
from typing import Final

import polars as pl

from dispatcher.model.decision import Action
from dispatcher.policy.once import once


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


def ladder_of_answers() -> tuple[Says, ...]:
    """Every answer that rules and work in hand can give, in the language's order."""
    winner = pl.col("winner")
    proposed = pl.col("hand_over_action") == Action.HAND_OVER.value
    return (
        Says(when=pl.col("contradiction"), action=Action.HOLD, reason="contradiction"),
        Says(when=pl.col("credited"), action=Action.HOLD, reason="credit"),
        Says(
            when=pl.col("stop").is_not_null() & pl.col("stop_on_unknown"),
            action=Action.HOLD,
            rule=pl.col("stop_rule"),
            reason=pl.concat_str(pl.lit("unknown: "), pl.col("unknown_fact").cast(pl.String)),
            task=LOOK_UP,
        ),
        Says(when=pl.col("stop").is_not_null(), action=Action.HOLD, **_columns("stop")),
        Says(
            when=pl.col("in_hand"),
            action=Action.UNDER_WAY,
            rule=pl.col("hand_rule"),
            step=pl.col("hand_step"),
            reason=pl.col("hand_channel"),
            task=pl.col("hand_task"),
        ),
        Says(when=pl.col("unknown_step"), action=Action.HOLD, reason="unknown-step"),
        Says(
            when=winner & proposed & pl.col("decided"),
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


def answered(rows: pl.LazyFrame, ladder: tuple[Says, ...]) -> pl.LazyFrame:
    """The first answer of the ladder whose condition holds."""
    place, columns = _columns_of(ladder)
    return rows.with_columns(answer=place).with_columns(columns)


@once
def _columns_of(ladder: tuple[Says, ...]) -> tuple[pl.Expr, list[pl.Expr]]:
    """Which answer is given, by its place; then the columns that it is made of."""
    place_of = pl.coalesce(
        pl.when(says.when).then(pl.lit(place, dtype=pl.Int64)) for place, says in enumerate(ladder)
    )
    columns = {
        field: pl.coalesce(
            pl.when(pl.col("answer") == place).then(_expression(getattr(says, field)))
            for place, says in enumerate(ladder)
        )
        for field in ("action", *FIELDS)
    }
    texts = [columns[field].fill_null("").alias(field) for field in FIELDS]
    return place_of, [columns["action"].alias("action"), *texts]


def _expression(value: pl.Expr | str) -> pl.Expr:
    return value if isinstance(value, pl.Expr) else pl.lit(str(value))
