"""Before a message leaves: do its cases still answer what it was planned for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache, partial
from typing import Any, Final

import polars as pl

from dispatcher.decide import addresses, calendars, elapse, hand_over, open_days
from dispatcher.decide.closed import closed_channels
from dispatcher.decide.evaluate import choose_policies, contradiction, on_ladder
from dispatcher.decide.facts import build_facts
from dispatcher.decide.work_in_hand import with_work
from dispatcher.model.message import Line
from dispatcher.model.settings import Settings
from dispatcher.model.vocabulary import Fact, Value
from dispatcher.policy.terms import Contact, Hold, Policy, Rule, Rulebook, Verdict
from dispatcher.ports import Claim, Frames


#: The generated function of each policy, by name (`dispatcher.policy.function.compile_policy`).
Compiled = Mapping[str, Callable[[Mapping[str, Value]], Verdict]]

PAID: Final = "paid"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Now:
    """A case as it stands: its policy (None: none applies), what holds it, its facts now and soon.

    `soon` are the facts when `gather` days have passed: a carried case moves before its own day.
    `handing_over` gives the cases that the winning entry of their account takes.
    """

    policy: Policy | None
    held: str
    facts: Mapping[str, Value]
    soon: Mapping[str, Value]
    territory: str
    zone: str
    handing_over: Callable[[], frozenset[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rechecked:
    """The messages that must not leave any more, and why (`hold: dispute`, `paid`, ...).

    `facts` are those of the debtors' open cases, as if these messages did not exist. `where` gives
    territory and time zone of a message's debtor.
    """

    reasons: Mapping[int, str]
    facts: pl.DataFrame
    where: Mapping[int, tuple[str, str]] = field(default_factory=dict)


def still_due(
    claims: Sequence[Claim],
    frames: Frames,
    rulebook: Rulebook,
    settings: Settings,
    *,
    today: date,
    now: datetime,
    compiled: Compiled,
) -> Rechecked:
    """Which messages still answer what they were planned for.

    `frames` hold the debtors of the claims, read in the claiming transaction.
    """
    place = calendars.territory_of(calendars.HOME, settings.creditor.postcode)
    before = _without(frames, claims)
    facts = build_facts(before, rulebook, today=today, timezone=settings.timezone, place=place)
    standing = _standing(claims, facts, before, rulebook, settings, today=today)
    closed = _closed(claims, frames, today)
    found = {
        claim.id: closed.get(claim.id)
        or _why_not(claim, standing, compiled)
        or _shut(claim, standing, today, now)
        for claim in claims
    }
    reasons = {message: why for message, why in found.items() if why}
    where = {
        claim.id: (case.territory, case.zone)
        for claim in claims
        for case in [standing.get(claim.lines[0].case_id) if claim.lines else None]
        if case is not None
    }
    return Rechecked(reasons=reasons, facts=facts, where=where)


def _why_not(claim: Claim, standing: Mapping[int, _Now], compiled: Compiled) -> str:
    """The first reason among the lines; an `also` has none and follows its main message."""
    answers = [_line_answer(line, standing.get(line.case_id), compiled) for line in claim.lines]
    changed = [why for _, why in answers if why]
    if changed:
        return changed[0]
    if answers and not any(due for due, _ in answers):
        return "nothing yet"
    return ""


def _shut(claim: Claim, standing: Mapping[int, _Now], today: date, now: datetime) -> str:
    """The gate that closed since the message was planned: a day off, or a quiet hour."""
    if not claim.lines:
        return ""
    first = claim.lines[0]
    case = standing[first.case_id]
    if case.policy is None:
        return ""
    limits = case.policy.limits
    hours = limits.quiet_hours.get(claim.channel)
    quiet = open_days.quiet_until(now, case.zone, hours) is not None
    closed = open_days.shut(today, case.territory, first.step, limits)
    return f"wait: {closed or 'quiet-hours'}" if closed or quiet else ""


def _line_answer(line: Line, case: _Now | None, compiled: Compiled) -> tuple[bool, str]:
    """Whether the case is due today by itself, and why its line may not go (empty: it may)."""
    if case is None:
        return False, PAID
    if case.policy is None or case.held:
        return False, f"hold: {case.held or 'no-policy'}"
    wanted = f"{line.step}/{line.choice}"
    decide = compiled[case.policy.name]
    verdict = decide(case.facts)
    if verdict.hand_over is not None and line.case_id not in case.handing_over():
        verdict = replace(verdict, hand_over=None)  # another of his goes first, this one goes on
    if _chosen(verdict, case.policy) == wanted:
        return True, ""
    if verdict.stop is None and _chosen(decide(case.soon), case.policy) == wanted:
        return False, ""
    return False, _said(verdict, case.policy)


def _chosen(verdict: Verdict, policy: Policy) -> str:
    """The rule by which a case moves; empty where it does not."""
    if verdict.stop is not None or verdict.hand_over is not None or verdict.choice is None:
        return ""
    rule = policy.choices[verdict.choice]
    return rule.id if isinstance(rule.then, Contact) else ""


def _said(verdict: Verdict, policy: Policy) -> str:
    """The new answer of a case, in a few words."""
    if verdict.stop is not None:
        rule = policy.stops[verdict.stop]
        return f"hold: {rule.then.reason}" if isinstance(rule.then, Hold) else rule.id
    rules: Sequence[tuple[int | None, Sequence[Rule]]] = (
        (verdict.hand_over, policy.hand_over),
        (verdict.choice, policy.choices),
    )
    for index, among in rules:
        if index is not None:
            return f"now: {among[index].id}"
    return "nothing yet"


def _standing(
    claims: Sequence[Claim],
    facts: pl.DataFrame,
    before: Frames,
    rulebook: Rulebook,
    settings: Settings,
    *,
    today: date,
) -> dict[int, _Now]:
    """The cases of the claims as they stand, without what the claims themselves are about."""
    wanted = [line.case_id for claim in claims for line in claim.lines]
    cases = choose_policies(facts, rulebook, settings.default_policy)
    rows = with_work(cases, before, rulebook, today=today).with_columns(
        contradiction=contradiction(rulebook)
    )
    found: dict[int, _Now] = {}
    for (name,), part in rows.group_by("policy"):
        found |= _cases(part, wanted, rulebook.policies.get(str(name)), rulebook.facts)
    return found


def _cases(
    all_rows: pl.DataFrame,
    wanted: Sequence[int],
    policy: Policy | None,
    vocabulary: Mapping[str, Fact],
) -> dict[int, _Now]:
    if policy is None:
        all_rows = all_rows.with_columns(unknown_step=pl.lit(value=False))
        gather = 0
        handing_over: Callable[[], frozenset[int]] = frozenset[int]
    else:
        all_rows = on_ladder(all_rows, policy)
        gather = policy.limits.gather
        handing_over = cache(partial(hand_over.taken, all_rows, policy, vocabulary))
    rows = all_rows.filter(pl.col("case_id").is_in(wanted))
    later = rows.with_columns(elapse.elapsed(pl.lit(gather), vocabulary))
    held = pl.coalesce(
        pl.when("contradiction").then(pl.lit("contradiction")),
        pl.when("credited").then(pl.lit("credit")),
        pl.when("unknown_step").then(pl.lit("unknown-step")),
        pl.lit(""),
    )
    told = rows.select("case_id", "territory", "zone", held=held)
    pairs = zip(
        told.iter_rows(named=True),
        rows.select(*vocabulary).iter_rows(named=True),
        later.select(*vocabulary).iter_rows(named=True),
        strict=True,
    )
    return {
        row["case_id"]: _Now(
            policy=policy,
            held=row["held"],
            facts=facts,
            soon=soon,
            territory=row["territory"],
            zone=row["zone"],
            handing_over=handing_over,
        )
        for row, facts, soon in pairs
    }


def _without(frames: Frames, claims: Sequence[Claim]) -> dict[str, pl.DataFrame]:
    ids = [claim.id for claim in claims]
    return {
        **frames,
        "lines": frames["lines"].filter(~pl.col("message_id").is_in(ids)),
        "messages": frames["messages"].filter(~pl.col("id").is_in(ids)),
    }


def _closed(claims: Sequence[Claim], frames: Frames, today: date) -> dict[int, str]:
    """Messages whose channel the debtor has left, or whose address is not his any more."""
    closed = closed_channels(frames, today=today)
    why = {(row[0], row[1]): row[2] for row in closed.iter_rows()}
    to: dict[int, dict[str, Any]] = {
        row["debtor_id"]: row
        for row in addresses.addresses(frames["debtors"]).iter_rows(named=True)
    }
    return {
        claim.id: reason
        for claim in claims
        for reason in [
            why.get((claim.debtor_id, ""))
            or why.get((claim.debtor_id, claim.channel))
            or _moved(claim, to.get(claim.debtor_id))
        ]
        if reason
    }


def _moved(claim: Claim, known: Mapping[str, Any] | None) -> str:
    column, missing = addresses.NEEDS.get(claim.channel, ("", ""))
    if not column or known is None:
        return ""
    return "" if known[column] == claim.to else f"{'new-address' if known[column] else missing}"
