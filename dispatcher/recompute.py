"""Decisions of a past run made again, from its answers file and the policies that it used."""

from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from dispatcher.decide.again import Again, Difference, again, verdicts
from dispatcher.errors import BadInput
from dispatcher.house import House
from dispatcher.model.problem import Problem
from dispatcher.other_days import EVERY_RUN, kept, rules_of
from dispatcher.policy.terms import Rulebook
from dispatcher.questions import case_named
from dispatcher.store.runs import RunRow


VERDICT: Final = "verdict"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputed:
    """A run made again: its row, what came of its answers, the versions of its policies."""

    run: RunRow
    again: Again
    policies: tuple[str, ...]


def recompute(house: House, asked: str, name: str = "") -> tuple[Recomputed, ...]:
    """The runs of a day, or the run of a number, made again; with `name` one case only.

    The answers file is read against the digest in the book; the policies come from the book, by
    their hashes. Rules are evaluated as columns, those of one case in all three ways.

    Raises:
        BadInput: there was no such run, or the case was not open.
        StoreFault: answers or policies are missing, or are not those of the run.
    """
    case = case_named(house, name) if name else None
    found = tuple(
        each for run in _runs(house, asked) for each in [_again(house, run, case)] if each
    )
    if not found:
        raise BadInput(Problem(code="explain/not-open", fields={"value": name, "day": asked}))
    return found


def _runs(house: House, asked: str) -> list[RunRow]:
    """The runs that have answers, the first one first."""
    runs = [run for run in house.book.runs(limit=EVERY_RUN) if run.answers]
    found = [run for run in runs if asked in {str(run.id), run.day.isoformat()}]
    if not found:
        last = ", ".join(f"{run.id} ({run.day})" for run in runs[:5])
        raise BadInput(
            Problem(code="recompute/no-run", fields={"value": asked, "runs": last or "-"})
        )
    return found[::-1]


def _again(house: House, run: RunRow, case: int | None) -> Recomputed | None:
    answers, facts = kept(house, run)
    rulebook = rules_of(house, run, facts)
    if case is not None:
        answers = answers.filter(pl.col("case_id") == case)
        facts = facts.filter(pl.col("case_id") == case)
        if answers.is_empty():
            return None
    found = again(
        answers,
        facts,
        rulebook,
        default_policy=house.settings.default_policy,
        today=run.day,
    )
    if case is not None:
        found = _in_all_ways(found, answers, facts, rulebook, case)
    versions = tuple(f"{each.name} {each.version}" for each in rulebook.active)
    return Recomputed(run=run, again=found, policies=versions)


def _in_all_ways(
    found: Again, answers: pl.DataFrame, facts: pl.DataFrame, rulebook: Rulebook, case: int
) -> Again:
    """The same, with what the function and the interpreter say otherwise than the columns."""
    policy = rulebook.policies.get(answers["policy"][0])
    if policy is None:
        return found
    said = verdicts(facts, case, policy, rulebook)
    told = {"number": answers["number"][0], "term": answers["term"][0], "field": VERDICT}
    columns = str(said.pop("columns"))
    other = tuple(
        Difference(**told, recorded=columns, found=str(verdict))
        for verdict in said.values()
        if str(verdict) != columns
    )
    return replace(found, differences=(*found.differences, *other))
