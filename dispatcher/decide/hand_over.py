"""Handing over, per debtor: whose proposal it is, and what people have decided about it."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

import polars as pl

from dispatcher.decide import asking
from dispatcher.model.event import EventKind
from dispatcher.model.vocabulary import Fact
from dispatcher.policy.terms import Policy


#: How long a decision stands where the person gave no day.
UNTIL_ASKED_AGAIN: Final = timedelta(days=30)


def decided(events: pl.DataFrame, *, today: date) -> pl.DataFrame:
    """Until when each debtor's hand-over is not proposed again: `debtor_id`, `decided_until`."""
    told = events.filter(
        pl.col("kind") == EventKind.HAND_OVER_DECIDED.value, pl.col("day") <= today
    )
    if told.is_empty():  # before a message leaves, mostly
        return pl.DataFrame(schema={"debtor_id": pl.Int64, "decided_until": pl.Date})
    return (
        told.lazy()
        .sort("day", "id")
        .group_by("debtor_id")
        .agg(decided_until=pl.coalesce("until", pl.col("day") + UNTIL_ASKED_AGAIN).last())
        .collect(engine="in-memory")
    )


def first(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with `hand_over_first`: the entry that wins for the account.

    His cases are asked one by one; the entry that stands first in the list wins. Only cases that
    are free to go are asked. `rows` have their verdicts and `hand_rule` (work in hand).
    """
    if rows["hand_over"].null_count() == rows.height:
        return rows.with_columns(hand_over_first="hand_over")
    free = (
        pl.col("stop").is_null()
        & pl.col("hand_rule").is_null()
        & ~pl.col("unknown_step")
        & ~pl.col("contradiction")
        & ~pl.col("credited")
    )
    wanted = rows.lazy().filter(free, pl.col("hand_over").is_not_null())
    won = (
        wanted.group_by("account")
        .agg(hand_over_first=pl.col("hand_over").min())
        .collect(engine="in-memory")
    )
    return rows.join(won, on="account", how="left", maintain_order="left")


def taken(rows: pl.DataFrame, policy: Policy, facts: Mapping[str, Fact]) -> frozenset[int]:
    """The cases that the winning entry of their account takes; the others go on."""
    asked = first(asking.decided(rows, policy, facts))
    won = asked.filter(pl.col("hand_over") == pl.col("hand_over_first"))
    return frozenset(won["case_id"].to_list())
