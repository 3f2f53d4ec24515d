"""Which channels a debtor is out of, and since when: by his wish, or because messages came back."""

from datetime import date
from typing import Final

import polars as pl

from dispatcher.decide.addresses import NEEDS, addresses
from dispatcher.model.event import EventKind
from dispatcher.model.message import State
from dispatcher.ports import Frames


#: What is at fault when a message came back and this says nothing of its recipient, or not for
#: long: then an event says until when.
ELSEWHERE: Final = ("message", "configuration", "passing")

CLOSED: Final = {
    "debtor_id": pl.Int64,
    "channel": pl.String,
    "why": pl.String,
    "since": pl.Date,
}

_KINDS: Final = (
    EventKind.OPTED_OUT.value,
    EventKind.OPTED_IN.value,
    EventKind.CHANNEL_CLOSED.value,
    EventKind.CHANNEL_RELEASED.value,
)


def closed_channels(frames: Frames, *, today: date) -> pl.DataFrame:
    """Channels a debtor is out of: `debtor_id`, `channel` (empty: all), `why`, `since`.

    Of what he wished the newest word counts; of what came back likewise, until a person releases
    the channel or he asks for it again, and only for the address that he still has. A wish is never
    undone by a release. `since` is null where the day of a message is not known.
    """
    events = frames["events"].filter(pl.col("kind").is_in(_KINDS), pl.col("day") <= today)
    messages = frames["messages"]
    refused = (pl.col("state") == State.FAILED.value) & (pl.col("fault") == "recipient")
    bounced = (pl.col("state") == State.BOUNCED.value) & ~pl.col("fault").is_in(ELSEWHERE)
    returned = messages.filter(bounced.fill_null(value=True) & _ended() | refused)
    if events.is_empty() and returned.is_empty():
        return pl.DataFrame(schema=CLOSED)
    told = _told(events)
    back = _at_present(pl.concat([_came_back(returned), _by_word(told, today)]), frames["debtors"])
    wished = told.filter(pl.col("kind").is_in(_KINDS[:2])).select(*CLOSED)
    opened = told.filter(pl.col("why") == "").select(*CLOSED)
    both = [_newest(pl.concat([back, opened])), _newest(wished)]
    return (
        pl.concat(both)
        .filter(pl.col("why") != "")
        .sort("since", maintain_order=True)
        .group_by("debtor_id", "channel", maintain_order=True)
        .last()
        .with_columns(since=pl.when(pl.col("since") > date.min).then("since"))
    )


def _ended() -> pl.Expr:
    return pl.col("state") == State.BOUNCED.value


def _told(events: pl.DataFrame) -> pl.DataFrame:
    """The words in their order; `why` is empty where one opens a channel."""
    detail = pl.col("detail").fill_null("")
    is_closed = pl.col("kind") == EventKind.CHANNEL_CLOSED.value
    split = detail.str.splitn(" ", 2)
    address = pl.when(is_closed).then(split.struct.field("field_1")).fill_null("")
    return (
        events.lazy()
        .sort("day", "id")
        .select(
            "debtor_id",
            "kind",
            "until",
            since="day",
            channel=pl.when(is_closed).then(split.struct.field("field_0")).otherwise(detail),
            address=address,
        )
        .with_columns(
            why=pl.when(pl.col("kind") == EventKind.OPTED_OUT.value)
            .then(pl.lit("opted-out"))
            .when(is_closed & (pl.col("address") == ""))
            .then(pl.lit("closed-by-hand"))
            .when(is_closed)
            .then(pl.lit("bounced"))
            .otherwise(pl.lit(""))
        )
        .collect(engine="in-memory")
    )


def _by_word(told: pl.DataFrame, today: date) -> pl.DataFrame:
    """The channels that an event closed and that are closed still."""
    stands = pl.col("until").is_null() | (pl.col("until") >= today)
    closed = told.filter(pl.col("kind") == EventKind.CHANNEL_CLOSED.value, stands)
    return closed.select(*CLOSED, "address")


def _came_back(returned: pl.DataFrame) -> pl.DataFrame:
    return returned.select(
        "debtor_id",
        "channel",
        why=pl.lit("bounced"),
        # An undated one is old: any later word opens the channel again.
        since=pl.col("contact_on").fill_null(date.min),
        address=pl.col("recipient").fill_null(""),
    )


def _at_present(back: pl.DataFrame, debtors: pl.DataFrame) -> pl.DataFrame:
    """Without those of an address that the debtor has no more; one without any stays."""
    if back.is_empty():
        return back.select(*CLOSED)
    wanted = debtors.filter(pl.col("id").is_in(back["debtor_id"].unique().to_list()))
    present = addresses(wanted)
    written = pl.concat(
        [
            present.select("debtor_id", channel=pl.lit(channel), present=column)
            for channel, (column, _) in NEEDS.items()
        ]
    )
    same = (pl.col("address") == "") | (pl.col("address") == pl.col("present"))
    return (
        back.join(written, on=["debtor_id", "channel"], how="left", maintain_order="left")
        .filter(same.fill_null(value=False))
        .select(*CLOSED)
    )


def _newest(words: pl.DataFrame) -> pl.DataFrame:
    """Of each debtor and channel the newest word; of one day the last one."""
    return (
        words.sort("since", maintain_order=True)
        .group_by("debtor_id", "channel", maintain_order=True)
        .last()
        .select(*CLOSED)
    )
