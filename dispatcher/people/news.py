"""What came back and nobody could place: a named person looks, says whose it is, or lets it be."""

from collections.abc import Sequence
from typing import Final

from dispatcher.errors import BadInput
from dispatcher.house import House
from dispatcher.model.news import Verdict
from dispatcher.model.problem import Problem
from dispatcher.people.happened import one_line
from dispatcher.people.numbered import NEWS, id_of, news_number
from dispatcher.questions import case_named
from dispatcher.store.reports import ReportRow


#: Why a piece of news cannot be said to be a case's.
WHY_NOT: Final = {"placed": "news/placed", "message": "news/no-message"}


def listed(house: House, *, every: bool) -> Sequence[ReportRow]:
    """What is kept for a person, oldest first; with `every` the newest of all."""
    return house.book.reports(every=every)


def piece(house: House, number: str) -> ReportRow:
    """One piece of news.

    Raises:
        BadInput: there is none of that number.
    """
    row_id = id_of(number, NEWS)
    try:
        if row_id is not None:
            return house.book.report(row_id)
    except LookupError:
        pass
    raise BadInput(Problem(code="news/none", fields={"value": number}))


def close(house: House, number: str, *, person: str) -> ReportRow:
    """Say that it was seen: nothing else changes.

    Raises:
        BadInput: there is none of that number, it is done with, or nobody's name was given.
    """
    row = _open(house, number, person)
    house.book.close_report(row.id, person=one_line(person), now=house.clock.now())
    return row


def assign(house: House, number: str, case: str, *, person: str) -> tuple[ReportRow, Verdict]:
    """Say whose it is: it then counts as if it had been found at once.

    Raises:
        BadInput: there is no such piece or case, it is done with or placed, the case has no message
            that it could be about, or nobody's name was given.
    """
    row = _open(house, number, person)
    found = case_named(house, case)
    try:
        verdict = house.book.assign_report(
            row.id, found, person=one_line(person), now=house.clock.now()
        )
    except ValueError as error:
        fields = {"value": news_number(row.id), "case": case}
        raise BadInput(Problem(code=WHY_NOT[str(error)], fields=fields)) from error
    return row, verdict


def _open(house: House, number: str, person: str) -> ReportRow:
    row = piece(house, number)
    problems = []
    if not one_line(person):
        problems.append(Problem(code="event/person"))
    if not row.open:
        problems.append(Problem(code="news/closed", fields={"value": news_number(row.id)}))
    if problems:
        raise BadInput(problems)
    return row
