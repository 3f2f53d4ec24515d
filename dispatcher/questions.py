"""What people ask: what would happen, why a case answers what it answers, what happened to it."""

from dataclasses import dataclass

import polars as pl

from dispatcher.app import decide, recall, take_in
from dispatcher.decide.explain import explain
from dispatcher.decide.explain_text import as_lines
from dispatcher.decide.plan import Plan
from dispatcher.errors import BadInput, WantsPerson
from dispatcher.house import Came, House
from dispatcher.model.problem import Problem
from dispatcher.store.history import HistoryRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would come in, what a run would do, and what would keep it from starting."""

    came: tuple[Came, ...]
    plan: Plan
    doubts: tuple[Problem, ...] = ()


def preview(house: House) -> Preview:
    """The day as it would go; for a house on a copy that is thrown away."""
    doubts: tuple[Problem, ...] = ()
    try:
        came = take_in(house)
    except WantsPerson as error:
        doubts = error.problems
        came = take_in(house, accepted=[source.name for source in house.settings.sources])
    recall(house)
    return Preview(came=came, plan=decide(house), doubts=doubts)


def explained(house: House, name: str, lang: str) -> list[str]:
    """Why a case answers what it answers today, in lines for a person.

    Raises:
        BadInput: no open case has that name.
    """
    plan = preview(house).plan
    case = case_named(house, name)
    if plan.answers.filter(pl.col("case_id") == case).is_empty():
        raise _no_case(name)
    found = explain(case, plan, house.rulebook, today=house.clock.today())
    return as_lines(found, lang=lang)


def history_of(house: House, name: str) -> tuple[HistoryRow, ...]:
    """Everything that happened to a case, oldest first.

    Raises:
        BadInput: no case has that name.
    """
    return house.book.history(case_named(house, name))


def case_named(house: House, name: str) -> int:
    """The case of an invoice number, or of `number/term`; a number may hold a slash itself.

    Raises:
        BadInput: no case has that name.
    """
    found = house.book.case_id(name)
    number, _, term = name.rpartition("/")
    if found is None and number and term.isascii() and term.isdigit():
        found = house.book.case_id(number, int(term))
    if found is None:
        raise _no_case(name)
    return found


def _no_case(name: str) -> BadInput:
    return BadInput(Problem(code="run/no-case", fields={"value": name}))
