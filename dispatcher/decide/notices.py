"""How we speak to a debtor while a claim with a term of its own runs: never softly again."""

from datetime import date
from typing import Final

import polars as pl

from dispatcher.decide import history, taken_over
from dispatcher.model.message import Tone
from dispatcher.policy.terms import Rulebook
from dispatcher.ports import Frames


#: The softest tone of a debtor one of whose open cases had a step under `after`.
AT_LEAST: Final = Tone.FIRM


def with_tone(
    leaders: pl.DataFrame, rows: pl.DataFrame, frames: Frames, rulebook: Rulebook, today: date
) -> pl.DataFrame:
    """The leaders with `firmly`: a case of the account had a step under `after` and is open.

    Whoever sent it: one that was taken over counts as ours.
    """
    if leaders.is_empty():
        return leaders.with_columns(firmly=pl.lit(value=False))
    terms = [
        (policy.name, step) for policy in rulebook.policies.values() for step in policy.limits.after
    ]
    under = pl.DataFrame(terms, schema={"policy": pl.String, "step": pl.String}, orient="row")
    noticed = (
        steps_done(frames, frozenset(under["step"]), today)
        .join(rows.select("case_id", "account", "policy"), on="case_id")
        .join(under, on=["policy", "step"], how="semi")
    )
    return leaders.with_columns(firmly=pl.col("account").is_in(noticed["account"].implode()))


def steps_done(frames: Frames, steps: frozenset[str], today: date) -> pl.DataFrame:
    """Those of the steps that were done and stand, ours and taken over.

    `case_id`, `step`, `done_on`: most of two years of lines are of other steps.
    """
    before = taken_over.steps_done(frames["events"], today=today)
    ours = history.steps_done(frames["lines"], steps, today=today)
    return pl.concat([ours, before.filter(pl.col("step").is_in(sorted(steps)))])


def tone_of(tone: str, *, firmly: bool) -> str:
    """The tone of a rule, or the softest that is left."""
    return max(Tone(tone), AT_LEAST, key=lambda each: each.rank).value if firmly else tone
