"""The policy that an account had before: what `keep` holds on to, whose step must not vanish."""

from collections.abc import Iterable
from typing import Final

import polars as pl

from dispatcher.model.problem import Problem
from dispatcher.model.tables import FOLLOWED
from dispatcher.policy.terms import Policy, Rulebook


ACCOUNT: Final = ["debtor_id", "currency"]


def placed(accounts: pl.LazyFrame, placements: pl.DataFrame, rulebook: Rulebook) -> pl.LazyFrame:
    """The accounts with `placed`, `keeps` and the fact `policy_before`.

    `keeps`: something of the account was open ever since, something is overdue today, and the
    debtor's legal kind is the same. A policy that was renamed has its present name.
    """
    renamed = {policy.was: policy.name for policy in rulebook.policies.values() if policy.was}
    known = placements.lazy().select(
        *ACCOUNT,
        placed=pl.col("policy").replace(renamed),
        kind_before="legal_kind",
        settled="settled_on",
    )
    same = pl.col("kind_before") == pl.col("legal_kind")
    keeps = same & pl.col("settled").is_null() & (pl.col("debtor_overdue") > 0)
    return (
        accounts.join(known, on=ACCOUNT, how="left")
        .with_columns(
            pl.col("placed").fill_null(""),
            keeps=keeps.fill_null(value=False),
            policy_before=pl.col("placed"),
        )
        .drop("kind_before", "settled")
    )


def kept(rulebook: Rulebook) -> list[pl.Expr]:
    """Per policy that keeps its debtors: its name where the account stays, else null."""
    return [
        pl.when(
            pl.col("keeps"), pl.col("placed") == policy.name, pl.col("currency") == policy.currency
        ).then(pl.lit(policy.name))
        for policy in rulebook.policies.values()
        if policy.keep
    ]


def placements(rows: pl.DataFrame) -> pl.DataFrame:
    """The policy of each account that some policy answers (`FOLLOWED["placements"]`)."""
    return (
        rows.select("account", *FOLLOWED["placements"])
        .filter(pl.col("policy") != "")
        .unique("account", keep="first", maintain_order=True)
        .select(
            pl.col(name).cast(pl.String) if name != "debtor_id" else pl.col(name)
            for name in FOLLOWED["placements"]
        )
        .sort(ACCOUNT)
    )


def steps_in_use(
    parts: Iterable[tuple[pl.DataFrame, pl.DataFrame]], rulebook: Rulebook
) -> tuple[Problem, ...]:
    """Steps that a policy has lost although cases stand on them, with their number.

    A case that comes from another ladder is not meant: it holds as `unknown-step`. `parts` are
    facts and answers of a plan.
    """
    found = []
    rows = pl.concat(
        facts.select("case_id", "recorded", "placed")
        .filter(pl.col("recorded") != "none")
        .join(answers.select("case_id", "policy"), on="case_id")
        for facts, answers in parts
    )
    anywhere = {name for policy in rulebook.policies.values() for name in rungs(policy)}
    for policy in rulebook.policies.values():
        mine = rows.filter(
            pl.col("policy") == policy.name,
            ~pl.col("recorded").is_in(rungs(policy)),
            (pl.col("placed") == policy.name) | ~pl.col("recorded").is_in(sorted(anywhere)),
        )
        counted = mine.group_by("recorded").agg(pl.len()).sort("recorded")
        found += [_problem(policy, step, count) for step, count in counted.iter_rows()]
    return tuple(found)


def rungs(policy: Policy) -> list[str]:
    """Every name by which a case may stand on the policy's ladder."""
    before = [step.was for step in policy.steps if step.was]
    return [*(step.id for step in policy.steps), *before, *policy.same_as]


def _problem(policy: Policy, step: str, count: int) -> Problem:
    fields = {"policy": policy.name, "step": step, "count": str(count)}
    return Problem(code="policy/step-in-use", fields=fields)
