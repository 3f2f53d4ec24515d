"""Cases whose last stop has ended: where they go on, and from which day their clock counts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from dispatcher.decide import asking, holds
from dispatcher.decide.evaluate import choose_policies, contradiction, on_ladder
from dispatcher.model.tables import FOLLOWED
from dispatcher.model.vocabulary import Fact
from dispatcher.policy.columns import truth
from dispatcher.policy.terms import Policy, Resume, Rulebook
from dispatcher.ports import Frames


ANY: Final = "any"
SAME_STEP: Final = "same_step"
NOWHERE: Final = {name: getattr(pl, kind) for name, kind in FOLLOWED["sent_back"].items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """The facts as they stand once cases that are free again have gone on.

    `sent_back` has a row per step that such a case does again (`model.tables.FOLLOWED`).
    """

    facts: pl.DataFrame
    sent_back: pl.DataFrame


def resumed(
    facts: pl.DataFrame, frames: Frames, rulebook: Rulebook, *, default_policy: str, today: date
) -> Resumed:
    """The facts of a day on which the stops of some cases are seen to have ended.

    Only cases that the book still holds are looked at; those that nothing holds today are free.
    """
    known = frames["holds"].filter(pl.col("began_on") <= today)
    still = known.filter(pl.col("ended_on").is_null()).select(case_id="invoice_id").unique()
    held = facts.join(still, on="case_id", how="semi")
    if held.is_empty():
        return Resumed(facts=facts, sent_back=pl.DataFrame(schema=NOWHERE))
    rows = choose_policies(held, rulebook, default_policy).with_columns(
        contradiction=contradiction(rulebook)
    )
    stops = holds.since_free(
        known.join(still, left_on="invoice_id", right_on="case_id", how="semi")
    )
    chosen = frozenset(rows["policy"].unique())
    parts = [
        _of_policy(rows.filter(pl.col("policy") == policy.name), policy, stops, rulebook.facts)
        for policy in rulebook.policies.values()
        if policy.name in chosen
    ]
    free = pl.concat([part for part in parts if part is not None] or [_free(rows.clear())])
    if free.is_empty():
        return Resumed(facts=facts, sent_back=pl.DataFrame(schema=NOWHERE))
    return Resumed(facts=_gone_on(facts, free), sent_back=_steps_again(free, rulebook))


def _free(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select("case_id", "policy", "done_by", to=pl.lit(""), present=pl.lit(""))


def _of_policy(
    rows: pl.DataFrame, policy: Policy, stops: pl.DataFrame, facts: Mapping[str, Fact]
) -> pl.DataFrame | None:
    """Cases that are free again and were truly stopped: `to` is the step that counts as done."""
    free = asking.decided(on_ladder(rows, policy), policy, facts).filter(
        pl.col("stop").is_null(), ~pl.any_horizontal(*holds.OWN_HOLDS)
    )
    if free.is_empty():
        return None
    rungs = {step.id: place for place, step in enumerate(policy.steps)}
    present = pl.col("last_step").cast(pl.String)
    ended = stops.join(
        free.with_columns(
            present=present,
            rung=present.replace_strict(rungs, default=-1, return_dtype=pl.Int64),
            **{_column(n): truth(entry.when, facts) for n, entry in enumerate(policy.resume)},
        ),
        on="case_id",
    )
    told = [ended.clear().with_columns(to_rung=pl.lit(None, dtype=pl.Int64))]
    for (stop,), part in ended.group_by("stop", maintain_order=True):
        told.append(part.with_columns(to_rung=_to(str(stop), policy.resume, rungs)))
    names = {place: name for name, place in rungs.items()}
    earliest = pl.min_horizontal("rung", pl.col("to_rung").min().over("case_id"))
    return (
        pl.concat(told)
        .with_columns(to_rung=earliest)
        .unique("case_id", maintain_order=True)
        .select(
            "case_id",
            "policy",
            "done_by",
            pl.col("to_rung").replace_strict(names, default="", return_dtype=pl.String).alias("to"),
            "present",
        )
    )


def _column(number: int) -> str:
    return f"resume {number}"


def _to(stop: str, entries: tuple[Resume, ...], rungs: Mapping[str, int]) -> pl.Expr:
    """The rung after that stop: the first entry that names it and matches, else the first `any`."""
    told = [*_matching(stop, entries, rungs), *_matching(ANY, entries, rungs)]
    return pl.coalesce(*told, pl.col("rung"))


def _matching(
    stop: str, entries: tuple[Resume, ...], rungs: Mapping[str, int]
) -> Iterator[pl.Expr]:
    for number, entry in enumerate(entries):
        if entry.after == stop:
            to = pl.col("rung") if entry.to == SAME_STEP else pl.lit(rungs[entry.to])
            yield pl.when(pl.col(_column(number))).then(to)


def _gone_on(facts: pl.DataFrame, free: pl.DataFrame) -> pl.DataFrame:
    """The facts; cases that go on have their step, and a clock that starts today."""
    going = free.select("case_id", "to", "present", goes_on=pl.lit(value=True))
    back = (pl.col("to") != "") & (pl.col("to") != pl.col("present"))
    anew = pl.col("goes_on") & pl.col("days_since_step").is_not_null()
    step = pl.col("to").cast(facts.schema["last_step"], strict=False)
    return (
        facts.join(going, on="case_id", how="left", maintain_order="left")
        .with_columns(
            recorded=pl.when(back).then("to").otherwise("recorded"),
            last_step=pl.when(back).then(step).otherwise("last_step"),
            days_since_step=pl.when(anew)
            .then(pl.lit(0, dtype=pl.Int64))
            .otherwise("days_since_step"),
        )
        .select(facts.columns)
    )


def _steps_again(free: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """A row per step between the one that counts as done and the one that was."""
    found = [pl.DataFrame(schema=NOWHERE)]
    for policy in rulebook.policies.values():
        ladder = [step.id for step in policy.steps]
        pairs = free.filter(pl.col("policy") == policy.name, pl.col("to") != "").select(
            "to", "present"
        )
        between = [
            (to, present, step)
            for to, present in pairs.unique(maintain_order=True).iter_rows()
            for step in ladder[ladder.index(to) + 1 : ladder.index(present) + 1]
        ]
        steps = pl.DataFrame(between, schema=["to", "present", "step"], orient="row")
        found.append(
            free.filter(pl.col("policy") == policy.name)
            .join(steps.cast(pl.String), on=["to", "present"])
            .select("case_id", "step", line_id=pl.col("done_by").fill_null(0), to_step="to")
            .select(*NOWHERE)
        )
    return pl.concat(found).sort("case_id", "step")
