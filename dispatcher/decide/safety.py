"""What a plan exceeds: a share of debtors at which a person looks before anything leaves."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import polars as pl

from dispatcher.policy.terms import Rulebook


FEW: Final = 20  # debtors; below it a share says nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Exceeded:
    """One limit that a plan passes: `limit` per cent allowed, `share` per cent planned.

    `contacted` of `overdue` debtors of the policy would be contacted today.
    """

    policy: str
    limit: int
    share: int
    contacted: int
    overdue: int


def overdue(rows: pl.DataFrame) -> pl.DataFrame:
    """How many debtors of each policy are late: `policy` and `debtors`.

    `rows` are open cases with `policy`, `debtor_id`, `signed_late`.
    """
    late = rows.lazy().filter(pl.col("signed_late") > 0)
    return debtors(late)


def debtors(rows: pl.LazyFrame) -> pl.DataFrame:
    """How many debtors each policy has among the rows: `policy` and `debtors`."""
    return (
        rows.group_by("policy")
        .agg(debtors=pl.col("debtor_id").n_unique().cast(pl.Int64))
        .collect(engine="in-memory")
    )


def exceeded(
    late: Iterable[pl.DataFrame], contacted: Iterable[pl.DataFrame], rulebook: Rulebook
) -> tuple[Exceeded, ...]:
    """The policies whose contacts of today reach too many of their debtors.

    `late` and `contacted` count debtors by policy, as `debtors` does, each of other debtors.
    """
    overdue, reached = _summed(late), _summed(contacted)
    found = [
        Exceeded(
            policy=policy.name,
            limit=policy.safety.share_of_debtors,
            share=_percent(went, all_late),
            contacted=went,
            overdue=all_late,
        )
        for policy in rulebook.policies.values()
        if policy.safety.share_of_debtors is not None
        for went in [reached.get(policy.name, 0)]
        for all_late in [overdue.get(policy.name, 0)]
        if all_late >= FEW and went * 100 > policy.safety.share_of_debtors * all_late
    ]
    return tuple(found)


def _summed(counts: Iterable[pl.DataFrame]) -> dict[str, int]:
    found = Counter[str]()
    for part in counts:
        found.update(dict(part.iter_rows()))
    return found


def _percent(part: int, whole: int) -> int:
    return -(-part * 100 // whole)  # rounded up: a limit that is passed is never shown as kept
