"""The answers of a past day once more: what the rules say of its facts, beside what was recorded.

Only rules are asked again. What was in hand, rounds, channels and limits came from what had been
sent until then; an answer that they gave is compared by the rule that it came from.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from dispatcher.decide import elapse
from dispatcher.decide.evaluate import choose_policies, evaluate, on_ladder
from dispatcher.decide.fingerprint import with_hash
from dispatcher.decide.wording import DECIDED
from dispatcher.model.decision import Action
from dispatcher.model.tables import FRAMES
from dispatcher.policy.function import compile_policy
from dispatcher.policy.interpret import interpret
from dispatcher.policy.terms import Policy, Rulebook, Verdict
from dispatcher.ports import Frames


#: Recorded for what the vocabulary of that day said of facts, which no run keeps.
CONTRADICTION: Final = "contradiction"

#: Holds that give way to what is in hand.
AFTER_WORK: Final = ("unknown-step", DECIDED)

#: What a contact that the rules want may become.
OF_CONTACT: Final = (Action.CONTACT.value, Action.WAIT.value, Action.TASK.value)

WAITING: Final = (Action.WAIT.value, Action.NOTHING_YET.value)

QUARANTINED: Final = "quarantined: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field of one answer that is not what was recorded; `term` is that of the invoice."""

    number: str
    term: int
    field: str
    recorded: str
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """What came of it: how many answers were compared, how many were not, what differs."""

    compared: int
    left_out: int
    differences: tuple[Difference, ...]


def again(
    answers: pl.DataFrame,
    facts: pl.DataFrame,
    rulebook: Rulebook,
    *,
    default_policy: str,
    today: date,
) -> Again:
    """Every answer of a run, compared with what its rules say of its facts today.

    `answers` and `facts` are those of the same cases in the same order (`store.answers`),
    `rulebook` holds the rules of the run. Answers to facts that contradicted each other are left
    out: the vocabulary that said so is not kept.
    """
    default = _default(answers, facts, rulebook, default_policy)
    said = evaluate(
        facts, _nothing(), rulebook, default_policy=default, legal=frozenset(), today=today
    )
    hashed = with_hash(answers, facts)
    both = answers.with_columns(
        found_hash=hashed["facts_hash"],
        **{f"found_{name}": said[name] for name in ("policy", "action", "rule", "reason", "until")},
        found_soon=_soon(facts, said["policy"], rulebook),
    )
    told = both.filter(pl.col("reason") != CONTRADICTION)
    found = tuple(difference for one in _differing(told) for difference in one)
    return Again(compared=told.height, left_out=both.height - told.height, differences=found)


def verdicts(
    facts: pl.DataFrame, case_id: int, policy: Policy, rulebook: Rulebook
) -> dict[str, Verdict]:
    """What the rules say of one case, by columns, by the generated function, read naively."""
    row = on_ladder(facts.filter(pl.col("case_id") == case_id), policy)
    columns = elapse.decided(row, policy, rulebook.facts).select(elapse.VERDICT)
    case = row.select(*rulebook.facts).row(0, named=True)
    return {
        "columns": Verdict(**columns.row(0, named=True)),
        "function": compile_policy(policy, rulebook.facts)(case),
        "interpreter": interpret(policy, case),
    }


def _nothing() -> Frames:
    return {
        name: pl.DataFrame(schema={column: getattr(pl, kind) for column, kind in columns.items()})
        for name, columns in FRAMES.items()
    }


def _default(
    answers: pl.DataFrame, facts: pl.DataFrame, rulebook: Rulebook, default_policy: str
) -> str:
    """The policy of those to whom none applies: that of the answers, whatever is set today."""
    chosen = choose_policies(facts, rulebook)["policy"]
    given = answers.filter((chosen == "") & (pl.col("policy") != ""))["policy"]
    found = str(given[0]) if given.len() else default_policy
    return found if found in rulebook.policies and given.len() else ""


def _soon(facts: pl.DataFrame, policies: pl.Series, rulebook: Rulebook) -> pl.Series:
    """The rule of each case within its policy's `gather` days: a contact may take it along."""
    soon = pl.lit("")
    rows = facts.with_columns(its_policy=policies)
    for policy in rulebook.policies.values():
        mine = rows.filter(pl.col("its_policy") == policy.name)
        if mine.is_empty():
            continue
        days = elapse.elapsed(pl.lit(policy.limits.gather), rulebook.facts)
        later = elapse.decided(on_ladder(mine, policy).with_columns(days), policy, rulebook.facts)
        names = {place: rule.id for place, rule in enumerate(policy.choices)}
        rules = (
            later["choice"].cast(pl.Int64).replace_strict(names, default="", return_dtype=pl.String)
        )
        of_case = dict(zip(mine["case_id"], rules, strict=True))
        soon = (
            pl.when(pl.col("its_policy") == policy.name)
            .then(pl.col("case_id").replace_strict(of_case, default="", return_dtype=pl.String))
            .otherwise(soon)
        )
    return rows.select(soon=soon)["soon"]


# -- what counts as the same --------------------------------------------------------------------


def _differing(both: pl.DataFrame) -> Iterator[Iterator[Difference]]:
    checks = {
        "facts": (pl.col("facts_hash") == pl.col("found_hash"), "facts_hash", "found_hash"),
        "policy": (pl.col("policy") == pl.col("found_policy"), "policy", "found_policy"),
        "rule": (_same_rule(), "rule", "found_rule"),
        "answer": (_same_action(), "action", "found_action"),
        "until": (_same_day(), "until", "found_until"),
    }
    for field, (same, recorded, found) in checks.items():
        rows = both.filter(~same.fill_null(value=False)).select(
            "number",
            "term",
            recorded=pl.col(recorded).cast(pl.String).fill_null(""),
            found=pl.col(found).cast(pl.String).fill_null(""),
        )
        yield (Difference(field=field, **row) for row in rows.iter_rows(named=True))


def _in_hand() -> pl.Expr:
    return pl.col("action") == Action.UNDER_WAY.value


def _carried() -> pl.Expr:
    """A case that a contact took along before its own day."""
    early = pl.col("found_action").is_in(WAITING)
    quarantined = pl.col("reason").str.starts_with(QUARANTINED)
    goes = (pl.col("action") == Action.CONTACT.value) | quarantined
    return goes & early & (pl.col("rule") == pl.col("found_soon"))


def _same_rule() -> pl.Expr:
    # Nobody reaches the debtor: the rule named may be that of the case that led.
    led = (pl.col("reason") == "no-channel") & pl.col("found_action").is_in(
        [Action.CONTACT.value, *WAITING]
    )
    return (pl.col("rule") == pl.col("found_rule")) | _carried() | _in_hand() | led


def _same_action() -> pl.Expr:
    same = (pl.col("action") == pl.col("found_action")) & (
        (pl.col("reason") == pl.col("found_reason")) | (pl.col("action") == Action.CONTACT.value)
    )
    contact = pl.col("found_action") == Action.CONTACT.value
    quarantined = pl.col("reason").str.starts_with(QUARANTINED)
    postponed = (pl.col("found_action") == Action.HAND_OVER.value) & (
        pl.col("action") == Action.WAIT.value
    )
    stopped = (pl.col("found_action") == Action.HOLD.value) & ~pl.col("found_reason").is_in(
        AFTER_WORK
    )
    return (
        same
        | (contact & (pl.col("action").is_in(OF_CONTACT) | quarantined))
        | postponed
        | _carried()
        | (_in_hand() & ~stopped)
    )


def _same_day() -> pl.Expr:
    """The day of the next change, where no contact and no limit has said another."""
    same = pl.col("until").eq_missing(pl.col("found_until"))
    own = pl.col("action").is_in(WAITING) & (pl.col("action") == pl.col("found_action"))
    return same | ~own | (pl.col("reason") != pl.col("found_reason"))
