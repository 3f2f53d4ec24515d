"""What the book knows of stops: when the last one ended, and how long the clock stood still."""

from datetime import date
from typing import Final

import polars as pl

from dispatcher.model.tables import FOLLOWED
from dispatcher.policy.columns import truth
from dispatcher.policy.terms import Hold, Rulebook


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
        holds.filter(~pl.col("on_unknown"), pl.col("ended_on") <= today)
        .group_by("invoice_id")
        .agg(free_since=pl.col("ended_on").max())
        .rename({"invoice_id": "case_id"})
    )


def stopped(holds: pl.DataFrame, clocks: pl.DataFrame, *, today: date) -> pl.DataFrame:
    """How long the clock stood still for what is unknown: `case_id`, `stopped` (days).

    `clocks` holds `case_id` and `counted_from`. Spans that overlap count once.
    """
    if holds.is_empty():  # before a message leaves, mostly
        return pl.DataFrame(schema={"case_id": pl.Int64, "stopped": pl.Int64})
    spans = (
        holds.filter("on_unknown", pl.col("began_on") <= today)
        .rename({"invoice_id": "case_id"})
        .join(clocks.drop_nulls("counted_from"), on="case_id")
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
        mine = rows.filter(pl.col(column).fill_null(value=False), pl.col("policy") != "")
        reason = pl.lit(REASONS[column])
        found.append(_held(mine, reason, reason, pl.lit(on_unknown)))
    for policy in rulebook.policies.values():
        stopped_ones = rows.filter(pl.col("policy") == policy.name, pl.col("stop").is_not_null())
        for rule in policy.stops if stopped_ones.height else ():
            fires = truth(rule.when, rulebook.facts)
            mine = stopped_ones.with_columns(fires=fires).filter(pl.col("fires").fill_null(True))
            why = rule.then.reason if isinstance(rule.then, Hold) else ""
            found.append(_held(mine, pl.lit(rule.id), pl.lit(why), pl.col("fires").is_null()))
    return pl.concat(found).sort("case_id", "rule")


def _held(rows: pl.DataFrame, rule: pl.Expr, reason: pl.Expr, on_unknown: pl.Expr) -> pl.DataFrame:
    return rows.select("case_id", "policy", rule=rule, reason=reason, on_unknown=on_unknown)
