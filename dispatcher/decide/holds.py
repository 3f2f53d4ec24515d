"""What the book knows of stops: when the last one ended, and how long the clock stood still."""

from datetime import date
from typing import Final

import polars as pl

from dispatcher.model.tables import FOLLOWED
from dispatcher.policy.columns import truth
from dispatcher.policy.terms import Hold, Policy, Rulebook


#: Holds that no rule of a policy makes: column -> reason, and whether it is only a lack of
#: knowledge. They stop a case as its stops do.
OWN_HOLDS: Final = {"contradiction": True, "credited": False, "unknown_step": True}
REASONS: Final = {
    "contradiction": "contradiction",
    "credited": "credit",
    "unknown_step": "unknown-step",
}


def freed(holds: pl.DataFrame, *, today: date) -> pl.DataFrame:
    """The day on which the last stop of a case was seen to have ended: `case_id`, `free_since`.

    A stop that fired only on unknown does not restart the clock.
    """
    return (
        holds.lazy()
        .filter(~pl.col("on_unknown"), pl.col("ended_on") <= today)
        .group_by(case_id="invoice_id")
        .agg(free_since=pl.col("ended_on").max())
        .collect(engine="in-memory")
    )


def stopped(holds: pl.DataFrame, clocks: pl.DataFrame, *, today: date) -> pl.DataFrame:
    """How long the clock stood still for what is unknown: `case_id`, `stopped` (days).

    `clocks` holds `case_id` and `counted_from`. Spans that overlap count once.
    """
    if not holds["on_unknown"].any():  # before a message leaves, mostly
        return pl.DataFrame(schema={"case_id": pl.Int64, "stopped": pl.Int64})
    spans = (
        holds.lazy()
        .filter("on_unknown", pl.col("began_on") <= today)
        .rename({"invoice_id": "case_id"})
        .join(clocks.lazy().drop_nulls("counted_from"), on="case_id")
        .with_columns(
            start=pl.max_horizontal("began_on", "counted_from"),
            end=pl.min_horizontal(pl.col("ended_on").fill_null(today), pl.lit(today)),
        )
        .sort("case_id", "start", "id")
    )
    before = pl.col("end").cum_max().shift(1).over("case_id")
    alone = pl.max_horizontal("start", before)
    return (
        spans.with_columns(days=(pl.col("end") - alone).dt.total_days().clip(lower_bound=0))
        .group_by("case_id")
        .agg(stopped=pl.col("days").sum().cast(pl.Int64))
        .collect(engine="in-memory")
    )


def since_free(holds: pl.DataFrame) -> pl.DataFrame:
    """Every stop that was true since its case was last free: `case_id`, `stop` (its id), once.

    Stops that follow one another without a free day between are one time of waiting.
    """
    far = pl.col("ended_on").fill_null(date.max)
    ordered = holds.sort("invoice_id", "began_on", "id").with_columns(end=far)
    before = pl.col("end").cum_max().shift(1).over("invoice_id")
    free = (pl.col("began_on") > before).fill_null(value=True)
    times = ordered.with_columns(time=free.cum_sum().over("invoice_id"))
    return (
        times.filter(
            pl.col("time") == pl.col("time").max().over("invoice_id"), ~pl.col("on_unknown")
        )
        .select(case_id="invoice_id", stop=pl.col("rule").str.strip_prefix("stops/"))
        .unique(maintain_order=True)
    )


def standing(rows: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Everything that holds each evaluated case today, not only what names its answer.

    The columns of `model.tables.FOLLOWED["holds"]`, by ascending case and rule.
    """
    found = [pl.DataFrame(schema={n: getattr(pl, t) for n, t in FOLLOWED["holds"].items()})]
    for column, on_unknown in OWN_HOLDS.items():
        held = pl.col(column).fill_null(value=False) & (pl.col("policy") != "")
        mine = rows.select("case_id", "policy", column).filter(held)
        reason = pl.lit(REASONS[column])
        found.append(_held(mine, reason, reason, pl.lit(on_unknown)))
    for policy in rulebook.policies.values():
        stopped_ones = _stopped(rows, policy, rulebook)
        for number, rule in enumerate(policy.stops if stopped_ones.height else ()):
            fires = pl.col(str(number))
            mine = stopped_ones.filter(fires.fill_null(value=True))
            why = rule.then.reason if isinstance(rule.then, Hold) else ""
            found.append(_held(mine, pl.lit(rule.id), pl.lit(why), fires.is_null()))
    return pl.concat(found).sort("case_id", "rule")


def _stopped(rows: pl.DataFrame, policy: Policy, rulebook: Rulebook) -> pl.DataFrame:
    """The cases that the policy stops: `case_id`, `policy`, and by number which stops fire."""
    mine = rows.lazy().filter(pl.col("policy") == policy.name, pl.col("stop").is_not_null())
    fires = {str(n): truth(rule.when, rulebook.facts) for n, rule in enumerate(policy.stops)}
    return mine.select("case_id", "policy", **fires).collect(engine="in-memory")


def _held(rows: pl.DataFrame, rule: pl.Expr, reason: pl.Expr, on_unknown: pl.Expr) -> pl.DataFrame:
    return rows.select("case_id", "policy", rule=rule, reason=reason, on_unknown=on_unknown)
