"""What the book knows of stops: when the last one ended, and how long the clock stood still."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import polars as pl

from dispatcher.model.tables import FOLLOWED
from dispatcher.model.vocabulary import Fact
from dispatcher.policy.columns import truth
from dispatcher.policy.once import once
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
        if not rows[column].any():
            continue
        held = pl.col(column).fill_null(value=False) & (pl.col("policy") != "")
        mine = rows.select("case_id", "policy", column).filter(held)
        reason = pl.lit(REASONS[column])
        found.append(_held(mine, reason, reason, pl.lit(on_unknown)))
    stopping = set(rows["policy"].filter(rows["stop"].is_not_null()).unique())
    found += [
        _stopped(rows, policy, rulebook)
        for policy in rulebook.policies.values()
        if policy.name in stopping
    ]
    return pl.concat(found).sort("case_id", "rule")


def _stopped(rows: pl.DataFrame, policy: Policy, rulebook: Rulebook) -> pl.DataFrame:
    """Every stop that fires for the cases that the policy stops."""
    mine = rows.lazy().filter(pl.col("policy") == policy.name, pl.col("stop").is_not_null())
    told = ("case_id", "policy")
    return (
        mine.select(*told, *_fires(policy, rulebook.facts))
        .unpivot(index=told, variable_name="rule", value_name="fires")
        .filter(pl.col("fires").fill_null(value=True))
        .join(_reasons(policy).lazy(), on="rule", how="left")
        .select(*told, "rule", "reason", on_unknown=pl.col("fires").is_null())
        .collect(engine="in-memory")
    )


@once
def _reasons(policy: Policy) -> pl.DataFrame:
    why = [(x.id, x.then.reason if isinstance(x.then, Hold) else "") for x in policy.stops]
    return pl.DataFrame(why, schema={"rule": pl.String, "reason": pl.String}, orient="row")


@once
def _fires(policy: Policy, facts: Mapping[str, Fact]) -> list[pl.Expr]:
    return [truth(rule.when, facts).alias(rule.id) for rule in policy.stops]


def _held(rows: pl.DataFrame, rule: pl.Expr, reason: pl.Expr, on_unknown: pl.Expr) -> pl.DataFrame:
    return rows.select("case_id", "policy", rule=rule, reason=reason, on_unknown=on_unknown)
