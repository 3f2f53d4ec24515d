"""What people ask: what would happen, why a case answers what it answers, what happened to it."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from dispatcher.app import decide, recall, take_in
from dispatcher.decide.explain import explain
from dispatcher.decide.explain_text import as_lines
from dispatcher.decide.plan import Plan
from dispatcher.errors import BadInput, WantsPerson
from dispatcher.house import Came, House
from dispatcher.model.event import EventKind
from dispatcher.model.problem import Problem
from dispatcher.problems.registry import phrase
from dispatcher.store.history import HistoryRow


#: What people say about holding a case; the newest word counts.
PAUSES: Final = (EventKind.PAUSED, EventKind.RESUMED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would come in, what a run would do, and what would keep it from starting."""

    came: tuple[Came, ...]
    plan: Plan
    doubts: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A hold that a person put on a case; without `until` it lasts until he takes it away."""

    person: str
    since: date
    until: date | None
    reason: str


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
    return [*as_lines(found, lang=lang), *_held_lines(held(house, case), lang)]


def _held_lines(hold: Held | None, lang: str) -> list[str]:
    """Who holds the case, since when and why; nothing where nobody does."""
    if hold is None:
        return []
    told = {"person": hold.person, "since": str(hold.since), "reason": hold.reason}
    name = "hold/explained" if hold.until is None else "hold/explained-until"
    return [phrase(name, lang, **told, until=str(hold.until))]


def held(house: House, case: int) -> Held | None:
    """The hold by a person that lasts today, or None."""
    today = house.clock.today()
    told = [
        (row.day, row)
        for row in house.book.history(case)
        if row.what in PAUSES and row.day is not None and row.day <= today
    ]
    if not told:
        return None
    since, newest = max(reversed(told), key=lambda pair: pair[0])  # of one day the later word
    until = date.fromisoformat(newest.fields["until"]) if "until" in newest.fields else None
    if newest.what != EventKind.PAUSED or (until is not None and until < today):
        return None
    fields = newest.fields
    return Held(
        person=fields.get("person", ""), since=since, until=until, reason=fields.get("note", "")
    )


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
