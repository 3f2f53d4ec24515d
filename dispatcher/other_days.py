"""A case on another day: what a past run answered, by its facts and rules; what a day may bring."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl

from dispatcher.clocks import SystemClock
from dispatcher.decide.explain import Explanation, explained
from dispatcher.decide.facts import IDENTITY
from dispatcher.errors import BadInput, StoreFault
from dispatcher.house import House
from dispatcher.model.decision import Action
from dispatcher.model.problem import Problem
from dispatcher.model.settings import Environment
from dispatcher.model.vocabulary import Fact, FactType, Owner
from dispatcher.policy.remembered import policy_of
from dispatcher.policy.terms import Condition, Policy, Rulebook
from dispatcher.store.runs import RunRow


ACTING: Final = [Action.CONTACT.value, Action.TASK.value, Action.HAND_OVER.value]

EVERY_RUN: Final = 100_000  # some thirty years of ten runs a day

NEAREST: Final = 7  # days that are named to somebody who asked for another


class Tense(StrEnum):
    """Where the house's day lies."""

    PAST = "past"
    PRESENT = "present"
    FUTURE = "future"


def tense(house: House) -> Tense:
    """Where the day of the house's clock lies, as seen from today.

    Today is the machine's day; in the sandbox, where days are chosen, that of the newest run.
    """
    day = house.clock.today()
    if house.settings.environment is Environment.PRODUCTION:
        today = SystemClock(zone=ZoneInfo(house.settings.timezone)).today()
    else:
        today = next((run.day for run in house.book.runs(limit=1)), day)
    if day == today:
        return Tense.PRESENT
    return Tense.PAST if day < today else Tense.FUTURE


def unchanged(house: House) -> House:
    """The house on a day to come to which its files, as they are, were brought anew."""
    day, incoming = house.clock.today(), house.incoming
    return replace(house, incoming=lambda: [replace(file, written_on=day) for file in incoming()])


def answered(house: House, case: int, name: str) -> tuple[RunRow, Explanation]:
    """The run of the house's day that answered a case, and why, by the rules that it had.

    Of several the one that acted on the case, else the last.

    Raises:
        BadInput: there was no run that day, or the case was not open.
        StoreFault: the answers of that day are missing or are not those of the trail.
    """
    day = house.clock.today()
    found = [(run, *kept(house, run)) for run in _runs(house, day)]
    named = [
        (run, answers.filter(pl.col("case_id") == case), answers, facts)
        for run, answers, facts in found
        if case in answers["case_id"]
    ]
    if not named:
        raise BadInput(Problem(code="explain/not-open", fields={"value": name, "day": f"{day}"}))
    acting = [each for each in named if each[1]["action"][0] in ACTING]
    run, answer, answers, facts = (acting or named)[0]
    contradicts = answer["reason"][0] == "contradiction"
    invariants = house.rulebook.invariants if contradicts else ()
    rulebook = rules_of(house, run, facts, invariants=invariants)
    return run, explained(case, answers, facts, rulebook, today=day)


def _runs(house: House, day: date) -> list[RunRow]:
    """The runs of a day that have answers, the latest first."""
    runs = [run for run in house.book.runs(limit=EVERY_RUN) if run.answers]
    found = [run for run in runs if run.day == day]
    if not found:
        days = {run.day for run in runs}
        near = sorted(sorted(days, key=lambda other: abs(other - day))[:NEAREST])
        told = ", ".join([*map(str, near), *(["..."] if len(days) > len(near) else [])])
        fields = {"day": f"{day}", "days": told or "-"}
        raise BadInput(Problem(code="explain/no-run", fields=fields))
    return found


def kept(house: House, run: RunRow) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Answers and facts of a run, proved to be those of its record.

    Raises:
        StoreFault: they are missing, others, or without facts.
    """
    answers, facts = house.read_answers(run.day, run.id, run.answers)
    if facts is None:
        raise StoreFault(Problem(code="explain/no-facts", fields={"run": str(run.id)}))
    return answers, facts


def rules_of(
    house: House, run: RunRow, facts: pl.DataFrame, *, invariants: tuple[Condition, ...] = ()
) -> Rulebook:
    """The rules of a run; its facts are called as the vocabulary of today calls them.

    Raises:
        StoreFault: the book does not have one of its policies.
    """
    policies = sorted(_policies(house, run), key=lambda policy: policy.name)
    names = [name for name in facts.columns if name not in IDENTITY]
    return Rulebook(
        facts={name: _fact(name, facts, house.rulebook.facts) for name in names},
        invariants=invariants,
        policies={policy.name: policy for policy in policies},
    )


def _policies(house: House, run: RunRow) -> Iterator[Policy]:
    """The policies of a run; one that is still the same keeps the order in which it is written."""
    same = {policy.hash: policy for policy in house.rulebook.active}
    for each in run.policies:
        if each in same:
            yield same[each]
            continue
        text = house.book.policy_text(each)
        if text is None:
            fields = {"run": str(run.id), "hash": each[:12]}
            raise StoreFault(Problem(code="explain/no-rules", fields=fields))
        yield policy_of(text)


def _fact(name: str, facts: pl.DataFrame, known: Mapping[str, Fact]) -> Fact:
    """A fact as the vocabulary has it, unless it has lost it or made it another kind of thing."""
    kinds = {pl.Boolean: FactType.BOOL, pl.Int64: FactType.INT}
    kind = kinds.get(facts.schema[name].base_type(), FactType.ENUM)
    alike = {FactType.BOOL: {FactType.BOOL}, FactType.INT: {FactType.INT, FactType.MONEY}}
    words = set(FactType) - {FactType.BOOL, FactType.INT, FactType.MONEY}
    if name in known and known[name].type in alike.get(kind, words):
        return known[name]
    return Fact(name=name, type=kind, of=Owner.INVOICE)
