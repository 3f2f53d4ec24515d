"""One day's plan by two rulebooks: which cases get another answer, and what leaves more or less.

Works on columns: a row per case, whatever their number.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import polars as pl

from dispatcher.decide.costs import Prices, shares, total
from dispatcher.decide.plan import Plan
from dispatcher.model.plan import PlannedContact
from dispatcher.prove.changes.renaming import Names


#: What is one answer to people. The day until which a case waits is told apart.
ANSWER: Final = (
    "action",
    "policy",
    "rule",
    "channel",
    "template",
    "tone",
    "offer",
    "also",
    "reason",
    "task",
)

#: What else is told of a case.
CASE: Final = ("case_id", "number", "term", "debtor_id", "debtor", "amount_due", "currency")

MOST_CASES: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """The messages of one channel before and after; costs in euros, None: nobody said a price."""

    channel: str
    old: int
    new: int
    old_cost: Decimal | None
    new_cost: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What a day's plan does otherwise.

    `groups` has a row per currency and pair of answers (`old_action`, ..., `new_action`, ...) with
    `cases`, `debtors` and `amount` (minor units), the largest amount first; `later` the same for
    cases with the same answer until another day. `first` holds the cases with the largest amounts.
    `cases` are all open cases, `moved` and `debtors` those with another answer, and theirs;
    `amounts` what they owe, by currency.
    """

    cases: int
    moved: int
    debtors: int
    amounts: Mapping[str, int]
    groups: pl.DataFrame
    later: int
    first: pl.DataFrame
    mails: tuple[Mail, ...]


def moved(old: Plan, new: Plan, *, names: Mapping[str, Names], prices: Prices) -> Moved:
    """What the plan of the new rules does otherwise than that of the old, on one day and book.

    `names` are by new name of a policy what was called otherwise before.
    """
    before = _named_anew(_answers(old), names)
    both = before.select("case_id", *_prefixed("old"), pl.col("until").alias("old_until")).join(
        _answers(new).select(*CASE, *_prefixed("new"), pl.col("until").alias("new_until")),
        on="case_id",
        how="inner",
        maintain_order="right",
    )
    differs = pl.any_horizontal(pl.col(f"old_{x}").ne_missing(pl.col(f"new_{x}")) for x in ANSWER)
    rows = both.filter(differs)
    later = both.filter(~differs, pl.col("old_until").ne_missing(pl.col("new_until")))
    owed = rows.group_by("currency").agg(pl.col("amount_due").sum()).sort("currency")
    return Moved(
        cases=both.height,
        moved=rows.height,
        debtors=rows["debtor_id"].n_unique(),
        amounts=dict(owed.iter_rows()),
        groups=_groups(rows),
        later=later.height,
        first=rows.sort(["amount_due", "case_id"], descending=[True, False]).head(MOST_CASES),
        mails=tuple(_mails(old.contacts, new.contacts, prices)),
    )


def _prefixed(side: str) -> list[pl.Expr]:
    return [pl.col(name).alias(f"{side}_{name}") for name in ANSWER]


def _answers(plan: Plan) -> pl.DataFrame:
    """The answers with what a contact says: template, tone, offer and second message."""
    rows = [
        (line.case_id, each.template, each.tone, each.offer, each.also)
        for each in plan.contacts
        for line in each.lines
    ]
    schema = {"case_id": pl.Int64} | dict.fromkeys(("template", "tone", "offer", "also"), pl.String)
    said = pl.DataFrame(rows, schema=schema, orient="row")
    texts = pl.col(*(name for name in ANSWER if name not in {"template", "tone", "offer", "also"}))
    answers = plan.answers.with_columns(texts.cast(pl.String))
    joined = answers.join(said, on="case_id", how="left", maintain_order="left")
    return joined.with_columns(pl.col(*ANSWER).fill_null(""))


def _named_anew(answers: pl.DataFrame, names: Mapping[str, Names]) -> pl.DataFrame:
    """The answers with rules and policies as they are called now."""
    policies = {old: new for each in names.values() for old, new in each.policies.items()}
    answers = answers.with_columns(pl.col("policy").replace(policies))
    called = answers.select("policy", "rule").unique()
    for policy, rule in called.iter_rows():
        now = names[policy].rule(rule) if policy in names else rule
        if now != rule:
            here = (pl.col("policy") == policy) & (pl.col("rule") == rule)
            rule_now = pl.when(here).then(pl.lit(now)).otherwise("rule")
            answers = answers.with_columns(rule=rule_now)
    return answers


def _groups(rows: pl.DataFrame) -> pl.DataFrame:
    keys = [f"{side}_{name}" for side in ("old", "new") for name in ANSWER]
    return (
        rows.group_by("currency", *keys)
        .agg(
            cases=pl.len(),
            debtors=pl.col("debtor_id").n_unique(),
            amount=pl.col("amount_due").sum(),
        )
        .sort(["amount", *keys], descending=[True, *(False for _ in keys)])
    )


def _mails(
    old: Iterable[PlannedContact], new: Iterable[PlannedContact], prices: Prices
) -> Iterable[Mail]:
    before, after = (_by_channel(contacts, prices) for contacts in (old, new))
    for channel in sorted(before.keys() | after.keys()):
        none = (0, Decimal(0) if channel in prices else None)
        (old_count, old_cost), (new_count, new_cost) = (
            each.get(channel, none) for each in (before, after)
        )
        yield Mail(
            channel=channel, old=old_count, new=new_count, old_cost=old_cost, new_cost=new_cost
        )


def _by_channel(
    contacts: Iterable[PlannedContact], prices: Prices
) -> dict[str, tuple[int, Decimal | None]]:
    found = shares(contacts, prices)
    return {
        channel: (
            sum(share.messages for share in found if share.channel == channel),
            total(share for share in found if share.channel == channel),
        )
        for channel in {share.channel for share in found}
    }
