"""Contacts to channels: the first of the leader's list that the debtor can receive, and why."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import polars as pl

from dispatcher.decide.addresses import NEEDS, addresses
from dispatcher.decide.closed import closed_channels
from dispatcher.model.decision import Action
from dispatcher.policy.once import once
from dispatcher.policy.terms import Contact, Rulebook
from dispatcher.ports import Frames


#: The fact by which a source may say which channel a debtor likes best.
PREFERRED: Final = "preferred_channel"

OPTION: Final = {
    "policy": pl.String,
    "rule": pl.String,
    "place": pl.Int64,
    "channel": pl.String,
    "also": pl.Boolean,
}


#: What is chosen for a leader.
CHOSEN: Final = {
    "channel": pl.String(),
    "to": pl.String(),
    "also": pl.String(),
    "also_to": pl.String(),
    "refused": pl.List(pl.Struct({"channel": pl.String, "reason": pl.String})),
}


@once
def contact_rules(rulebook: Rulebook) -> Mapping[tuple[str, str], Contact]:
    """Every rule that contacts, by policy and id."""
    return {
        (policy.name, rule.id): rule.then
        for policy in rulebook.policies.values()
        for rule in policy.choices
        if isinstance(rule.then, Contact)
    }


def choose(
    leaders: pl.DataFrame,
    frames: Frames,
    rulebook: Rulebook,
    *,
    reach: frozenset[str],
    today: date,
) -> pl.DataFrame:
    """The leaders with `channel`, `to`, `also`, `also_to` (null: none) and `refused`.

    The channel that the debtor prefers comes first, where the rule names it at all.

    `refused` lists `{channel, reason}` of every channel that was asked for before the one taken.
    `reach` holds the channels that have a healthy adapter.
    """
    if leaders.is_empty():
        return leaders.with_columns(pl.lit(None, dtype=kind).alias(n) for n, kind in CHOSEN.items())
    asked = _asked(leaders, frames, rulebook, reach=reach, today=today).lazy()
    main = asked.filter(~pl.col("also"))
    taken = (
        main.filter(pl.col("why").is_null())
        .sort("place")
        .group_by("leader")
        .agg(pl.col("channel", "to", "place").first())
    )
    refused = (
        main.join(taken.select("leader", taken="place"), on="leader", how="left")
        .filter((pl.col("place") < pl.col("taken")).fill_null(value=True))
        .sort("leader", "place")
    )
    beside = (
        asked.filter("also")
        .join(taken.select("leader", main="channel"), on="leader")
        .with_columns(
            why=pl.when(pl.col("channel") == pl.col("main"))
            .then(pl.lit("same-channel"))
            .otherwise("why")
        )
    )
    goes = beside.filter(pl.col("why").is_null())
    left_out = pl.concat(
        [part.select("leader", "channel", "why") for part in (refused, beside)]
    ).filter(pl.col("why").is_not_null())
    return (
        leaders.lazy()
        .join(taken.drop("place"), on="leader", how="left", maintain_order="left")
        .join(goes.select("leader", also="channel", also_to="to"), on="leader", how="left")
        .join(_listed(left_out), on="leader", how="left", maintain_order="left")
        .collect(engine="in-memory")
    )


def with_reach(
    rows: pl.DataFrame,
    frames: Frames,
    rulebook: Rulebook,
    *,
    reach: frozenset[str],
    today: date,
) -> pl.DataFrame:
    """The evaluated rows with `reaches`: false where a contact is wanted that no channel can make.

    Asked only of accounts that want contacts by several rules: elsewhere it changes nothing, and
    it is true.
    """
    asking = (
        rows.lazy()
        .filter(pl.col("action") == Action.CONTACT.value)
        .select("account", "debtor_id", "policy", "rule", "prefers", leader="case_id")
        .filter(pl.col("account").is_duplicated())
        .filter(pl.col("rule").n_unique().over("account") > 1)
        .unique(["debtor_id", "policy", "rule"], keep="first", maintain_order=True)
        .collect(engine="in-memory")
    )
    if asking.is_empty():
        return rows.with_columns(reaches=pl.lit(value=True))
    asked = _asked(asking, frames, rulebook, reach=reach, today=today).filter(~pl.col("also"))
    keys = ["debtor_id", "policy", "rule"]
    found = asked.group_by(keys).agg(reaches=pl.col("why").is_null().any())
    return rows.join(found, on=keys, how="left", maintain_order="left").with_columns(
        pl.col("reaches").fill_null(value=True)
    )


def _asked(
    leaders: pl.DataFrame,
    frames: Frames,
    rulebook: Rulebook,
    *,
    reach: frozenset[str],
    today: date,
) -> pl.DataFrame:
    """Each channel that each leader's rule names, with where to and why not."""
    closed = closed_channels(frames, today=today).drop("since")
    debtors = frames["debtors"].join(leaders, left_on="id", right_on="debtor_id", how="semi")
    asked = (
        leaders.lazy()
        .select("leader", "debtor_id", "policy", "rule", preferred=_preferred(leaders))
        .join(_options(rulebook).lazy(), on=["policy", "rule"], maintain_order="left_right")
        .join(addresses(debtors).lazy(), on="debtor_id", how="left")
    )
    return (
        _with_closed(asked, closed)
        .with_columns(
            to=_to(),
            place=pl.when(pl.col("channel") == pl.col("preferred"))
            .then(pl.lit(-1, dtype=pl.Int64))
            .otherwise("place"),
        )
        .with_columns(why=_why_not(reach))
        .collect(engine="in-memory")
    )


def _with_closed(asked: pl.LazyFrame, closed: pl.DataFrame) -> pl.LazyFrame:
    """What is asked with `why` a debtor is out of this channel, and `everywhere` out of all."""
    if closed.is_empty():
        nothing = pl.lit(None, dtype=pl.String)
        return asked.with_columns(why=nothing, everywhere=nothing)
    everywhere = closed.filter(pl.col("channel") == "").select("debtor_id", everywhere="why")
    return asked.join(closed.lazy(), on=["debtor_id", "channel"], how="left").join(
        everywhere.lazy(), on="debtor_id", how="left"
    )


def _preferred(leaders: pl.DataFrame) -> pl.Expr:
    """What the debtor said last, else what a source says of him."""
    said = pl.col("prefers")
    if PREFERRED not in leaders.columns:
        return said
    return pl.coalesce(said, pl.col(PREFERRED).cast(pl.String))


@once
def _options(rulebook: Rulebook) -> pl.DataFrame:
    rows = [
        (policy, rule, place, channel, beside)
        for (policy, rule), then in contact_rules(rulebook).items()
        for beside, channels in ((False, then.channels), (True, (then.also,) if then.also else ()))
        for place, channel in enumerate(channels)
    ]
    return pl.DataFrame(rows, schema=OPTION, orient="row")


def _to() -> pl.Expr:
    known = [
        pl.when(pl.col("channel") == channel).then(column) for channel, (column, _) in NEEDS.items()
    ]
    return pl.coalesce(*known, pl.lit(""))


def _why_not(reach: frozenset[str]) -> pl.Expr:
    missing = {channel: reason for channel, (_, reason) in NEEDS.items()}
    return pl.coalesce(
        pl.when(~pl.col("channel").is_in(sorted(reach))).then(pl.lit("no-adapter")),
        pl.when(pl.col("to") == "").then(
            pl.col("channel").replace_strict(missing, default="no-address", return_dtype=pl.String)
        ),
        pl.col("everywhere"),
        pl.col("why"),
    )


def _listed(left_out: pl.LazyFrame) -> pl.LazyFrame:
    pairs = pl.struct("channel", pl.col("why").alias("reason"))
    return left_out.group_by("leader", maintain_order=True).agg(refused=pairs)
