"""Overdue cases by age class: how many, how much, from which step, in which days."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from dispatcher.decide.plan import Plan
from dispatcher.model.decision import Action
from dispatcher.policy.terms import Policy, Rulebook


BARRED: Final = "time-barred"

#: Age class -> the fewest days late.
CLASSES: Final[Mapping[str, int]] = {
    "1-7": 1,
    "8-15": 8,
    "16-30": 16,
    "31-60": 31,
    "61-90": 61,
    "over-90": 91,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Age:
    """One age class: `starts` counts its cases by the step that comes next, `held` the stopped.

    `amount` is in minor units; `first` and `last` are the days of first contacts, None for none.
    """

    name: str
    cases: int
    debtors: int
    amount: int
    currency: str
    starts: Mapping[str, int]
    held: int
    first: date | None
    last: date | None


def aged(plan: Plan) -> pl.DataFrame:
    """Overdue cases with `age`, their facts and their answer."""
    late = pl.col("signed_late")
    barred = pl.lit(value=False)
    if "limitation_days" in plan.facts.columns:
        barred = (pl.col("limitation_days") < 0).fill_null(value=False)
    oldest_first = reversed(list(CLASSES.items()))
    age = pl.coalesce(
        pl.when(barred).then(pl.lit(BARRED)),
        *(pl.when(late >= least).then(pl.lit(name)) for name, least in oldest_first),
    )
    answers = plan.answers.select("case_id", "policy", "action")
    names = ("case_id", "debtor_id", "number", "currency", "due", "owed", "recorded")
    return (
        plan.facts.filter(late > 0)
        .select(*names, "owed_by_debtor", pl.col("last_step").cast(pl.String), age=age)
        .join(answers, on="case_id")
    )


def ages(rows: pl.DataFrame, days: Mapping[int, date], rulebook: Rulebook) -> Iterator[Age]:
    """A row per age class and currency, youngest first, what is time-barred last."""
    given = pl.DataFrame(
        list(days.items()), schema={"debtor_id": pl.Int64, "day": pl.Date}, orient="row"
    )
    dated = rows.join(given, on="debtor_id", how="left")
    policies = {policy.name: policy for policy in rulebook.active}
    for name in (*CLASSES, BARRED):
        for (currency,), mine in dated.filter(pl.col("age") == name).group_by(
            "currency", maintain_order=True
        ):
            free = mine.filter(pl.col("action") != Action.HOLD.value)
            first, last = free["day"].min(), free["day"].max()
            yield Age(
                name=name,
                cases=mine.height,
                debtors=mine["debtor_id"].n_unique(),
                amount=int(mine["owed"].sum()),
                currency=str(currency),
                starts=_starts(free, policies),
                held=mine.height - free.height,
                first=first if isinstance(first, date) else None,
                last=last if isinstance(last, date) else None,
            )


def _starts(rows: pl.DataFrame, policies: Mapping[str, Policy]) -> Mapping[str, int]:
    """How many cases come to each step next; those at the end of their ladder to none."""
    counted: dict[str, int] = {}
    places = rows.group_by("policy", "last_step").len().sort("policy", "last_step")
    for policy, standing, count in places.iter_rows():
        step = _next(policies.get(policy), standing)
        counted[step] = counted.get(step, 0) + count
    return counted


def _next(policy: Policy | None, standing: str) -> str:
    if policy is None:
        return ""
    names = {step.was: step.id for step in policy.steps if step.was} | dict(policy.same_as)
    here = names.get(standing, standing)
    following = (s.id for s in policy.steps if not s.optional and here in s.after)
    return next(following, "")
