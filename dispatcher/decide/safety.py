"""What a plan exceeds: a share of debtors at which a person looks before anything leaves."""

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


def exceeded(rows: pl.DataFrame, going: pl.DataFrame, rulebook: Rulebook) -> tuple[Exceeded, ...]:
    """The policies whose contacts of today (`going`) reach too many of their debtors (`rows`).

    `rows` are all open cases with `policy`, `debtor_id`, `signed_late`.
    """
    overdue = rows.filter(pl.col("signed_late") > 0)
    found = [
        Exceeded(
            policy=policy.name,
            limit=policy.safety.share_of_debtors,
            share=_percent(contacted, debtors),
            contacted=contacted,
            overdue=debtors,
        )
        for policy in rulebook.policies.values()
        if policy.safety.share_of_debtors is not None
        for contacted in [_debtors(going, policy.name)]
        for debtors in [_debtors(overdue, policy.name)]
        if debtors >= FEW and contacted * 100 > policy.safety.share_of_debtors * debtors
    ]
    return tuple(found)


def _debtors(rows: pl.DataFrame, policy: str) -> int:
    return rows.filter(pl.col("policy") == policy)["debtor_id"].n_unique()


def _percent(part: int, whole: int) -> int:
    return -(-part * 100 // whole)  # rounded up: a limit that is passed is never shown as kept
