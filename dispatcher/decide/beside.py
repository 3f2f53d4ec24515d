"""The second message of a contact: left out where its channel has had its share."""

from datetime import date
from typing import Final

import polars as pl

from dispatcher.decide import history, taken_over
from dispatcher.policy.terms import Rulebook
from dispatcher.ports import Frames


CAPPED: Final = "cap"


def within_caps(
    leaders: pl.DataFrame, frames: Frames, rulebook: Rulebook, *, today: date
) -> pl.DataFrame:
    """The leaders without the second messages whose channel is over its cap, which is `refused`.

    What counts on a channel are contacts by it and second messages on it; the contact itself goes.
    """
    caps = _caps(rulebook)
    wanted = leaders.filter(pl.col("also").is_not_null())
    if wanted.is_empty() or caps.is_empty():
        return leaders
    every_one = history.contacts(frames["messages"], today=today, beside=True)
    foreign = taken_over.contacts(frames["events"], today=today)
    left = pl.concat([every_one, foreign]).select("debtor_id", "channel", left_on="day")
    full = (
        wanted.select("leader", "debtor_id", "policy", channel="also")
        .join(caps, on=["policy", "channel"])
        .join(left, on=["debtor_id", "channel"])
        .filter(pl.col("left_on") > pl.lit(today) - pl.duration(days=pl.col("per")))
        .group_by("leader", "channel", "count", "per")
        .len()
        .filter(pl.col("len") >= pl.col("count"))
        .select("leader", over=pl.struct("channel", reason=pl.lit(CAPPED)))
        .unique("leader")
    )
    over = pl.col("over").is_not_null()
    refused = pl.concat_list(pl.col("refused").fill_null([]), "over")
    return (
        leaders.join(full, on="leader", how="left")
        .with_columns(
            refused=pl.when(over).then(refused).otherwise("refused"),
            also=pl.when(~over).then("also"),
            also_to=pl.when(~over).then("also_to"),
        )
        .drop("over")
    )


def _caps(rulebook: Rulebook) -> pl.DataFrame:
    caps = [
        (policy.name, cap.what, cap.count, cap.per)
        for policy in rulebook.policies.values()
        for cap in policy.limits.at_most
    ]
    schema = {"policy": pl.String, "channel": pl.String, "count": pl.Int64, "per": pl.Int64}
    return pl.DataFrame(caps, schema=schema, orient="row")
