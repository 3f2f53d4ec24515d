"""Facts from what we sent: the last step of each case, contacts of each debtor, closed channels."""

from datetime import date, timedelta
from typing import Final

import polars as pl

from dispatcher.model.event import EventKind
from dispatcher.model.message import MAY_HAVE_LEFT, UNFINISHED, State


WINDOW: Final = 30  # days of `contacts_30d`, today included
PLACES: Final = 2**32  # more than a frame has rows


def last_steps(
    lines: pl.DataFrame, sent_back: pl.DataFrame, before: pl.DataFrame, *, today: date
) -> pl.DataFrame:
    """The newest step that is done and stands, per case: `recorded`, `done_on`, `done_by` (line).

    A case that was sent back has done the step from which it goes on, until it does another. Where
    none of our lines is done, what was taken over counts (`before`: `taken_over.last_steps`).
    """
    done = _newest(
        lines.lazy()
        .filter(pl.col("done_on") <= today, pl.col("taken_back_on").is_null())
        .select("done_on", "id", case_id="invoice_id", recorded="step")
        .collect(engine="in-memory")
    ).rename({"id": "done_by"})
    if not before.is_empty():
        done = pl.concat([done, before.join(done, on="case_id", how="anti")], how="diagonal")
    back = sent_back.filter(pl.col("day") <= today)
    if back.is_empty():
        return done
    told = (
        back.sort("id").group_by(case_id="invoice_id", by="line_id").agg(pl.col("to_step").last())
    )
    return (
        done.with_columns(by=pl.col("done_by").fill_null(0))
        .join(told, on=["case_id", "by"], how="left")
        .with_columns(recorded=pl.coalesce("to_step", "recorded"))
        .drop("to_step", "by")
    )


def _newest(done: pl.DataFrame) -> pl.DataFrame:
    """Of each case its newest line, by day and then by id.

    Day and place make one number, whose largest is looked for: a million lines are not sorted.
    """
    if not done["id"].is_sorted():
        done = done.sort("id")
    day = pl.col("done_on").to_physical().cast(pl.Int64)
    newest = (
        done.lazy()
        .select("case_id", place=day * PLACES + pl.int_range(pl.len()))
        .group_by("case_id")
        .agg(pl.col("place").max() % PLACES)
        .collect(engine="in-memory")
    )
    return done.select(pl.all().gather(newest["place"]))


def steps_done(lines: pl.DataFrame, steps: frozenset[str], *, today: date) -> pl.DataFrame:
    """Those of the steps that are done and stand, each time: `case_id`, `step`, `done_on`."""
    stands = (pl.col("done_on") <= today) & pl.col("taken_back_on").is_null()
    return (
        lines.lazy()
        .filter(pl.col("step").is_in(sorted(steps)), stands)
        .select("step", "done_on", case_id="invoice_id")
        .collect(engine="in-memory")
    )


def in_hand(lines: pl.DataFrame, *, today: date) -> pl.DataFrame:
    """Cases whose step is not finished: `case_id`, `message_id`, `hand_rule` of the newest line.

    A line that lives and is not done keeps its case in hand whatever the state is called: its key
    could not be taken a second time.
    """
    unfinished = pl.col("state").is_in([state.value for state in UNFINISHED])
    pending = pl.col("live") & (pl.col("done_on").is_null() | (pl.col("done_on") > today))
    return (
        lines.lazy()
        .filter(pl.col("taken_back_on").is_null(), unfinished | pending)
        .sort("id")
        .group_by(case_id="invoice_id")
        .agg(
            pl.col("message_id").last(),
            pl.concat_str("step", "choice", separator="/").last().alias("hand_rule"),
            pl.col("step").last().alias("hand_step"),
            pl.col("channel").last().alias("hand_channel"),
        )
        .collect(engine="in-memory")
    )


def cycles(lines: pl.DataFrame, sent_back: pl.DataFrame) -> pl.DataFrame:
    """How often events sent a case back to before a step: `case_id`, `step`, `cycle`.

    A step that was taken back counts, and one that a case does again after a stop; `sent_back`
    has columns `case_id` and `step`.
    """
    taken_back = lines.lazy().filter(pl.col("taken_back_on").is_not_null())
    return (
        pl.concat([taken_back.select(case_id="invoice_id", step="step"), sent_back.lazy()])
        .group_by("case_id", "step")
        .agg(cycle=pl.len().cast(pl.Int64))
        .collect(engine="in-memory")
    )


def contacts(messages: pl.DataFrame, *, today: date, beside: bool = False) -> pl.DataFrame:
    """Every contact that counts: `debtor_id`, `channel`, `policy`, `legal_effect`, `day`.

    One that is planned and not out yet counts as today's. Answers to events never count. An `also`
    belongs to its main message; with `beside` it stands for itself, as on its own channel.
    """
    unfinished = pl.col("state").is_in([state.value for state in UNFINISHED])
    left = pl.col("state").is_in([state.value for state in MAY_HAVE_LEFT])
    day = pl.when(unfinished).then(pl.coalesce("contact_on", pl.lit(today))).otherwise("contact_on")
    human = (pl.col("state") == State.ACCEPTED.value) & pl.col("contact_on").is_null()
    return (
        messages.lazy()
        .filter(
            unfinished | left,
            pl.col("main_id").is_null() | pl.lit(beside),
            ~pl.col("rule").fill_null("").str.starts_with("answers/"),
        )
        .with_columns(day=pl.when(human).then(pl.lit(today)).otherwise(day))
        .filter(pl.col("day").is_not_null())
        .select("debtor_id", "channel", "policy", "legal_effect", "day")
        .collect(engine="in-memory")
    )


def contacts_30d(messages: pl.DataFrame, *, today: date) -> pl.DataFrame:
    """Contacts of the last thirty days that may have left, per debtor."""
    left = pl.col("state").is_in([state.value for state in MAY_HAVE_LEFT])
    since = today - timedelta(days=WINDOW - 1)
    recent = messages.filter(pl.col("contact_on").is_between(since, today) & left)
    return (
        contacts(recent, today=today)
        .lazy()
        .filter(pl.col("day").is_between(since, today))
        .group_by("debtor_id")
        .agg(contacts_30d=pl.len().cast(pl.Int64))
        .collect(engine="in-memory")
    )


def preferred(events: pl.DataFrame, *, today: date) -> pl.DataFrame:
    """The channel that each debtor asked for last: `debtor_id`, `prefers` (empty: none)."""
    prefers = pl.col("kind") == EventKind.PREFERS.value
    told = events.lazy().filter(prefers, pl.col("day") <= today)
    return (
        told.sort("day", "id")
        .group_by("debtor_id")
        .agg(prefers=pl.col("detail").fill_null("").last())
        .collect(engine="in-memory")
    )
