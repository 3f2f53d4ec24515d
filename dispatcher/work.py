"""What people have to do: calls and visits in hand and tasks, as one list, most urgent first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from dispatcher.decide import calendars
from dispatcher.decide.escalation import escalated_to
from dispatcher.errors import BadInput
from dispatcher.house import House
from dispatcher.model.problem import Problem


#: What may come of a call or visit: whoever is reached has had the step.
CALL_OUTCOMES = ("reached", "no_answer", "wrong_number")

CALL, TASK = "C", "T"

DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    """One thing to do about one debtor; `amount` is what the cases owe, in minor units.

    `number` is what a person types: C and the number of a call or visit, T and that of a task.
    `escalated`: late by as long as it was given, so `assignee` is somebody else than at first.
    """

    number: str
    debtor: str
    cases: tuple[str, ...]
    amount: int
    currency: str
    due_on: date | None
    assignee: str
    channel: str = ""
    to: str = ""
    name: str = ""
    reason: str = ""
    escalated: bool = False


def todo(house: House) -> list[Todo]:
    """Everything in the hands of people: what went further up, what is due first, the largest."""
    open_cases = _open_cases(house)
    found = [*_calls(house, open_cases), *_tasks(house, open_cases)]
    return sorted(found, key=_urgency)


def _urgency(each: Todo) -> tuple[bool, date, int, str]:
    return not each.escalated, each.due_on or date.max, -each.amount, each.number


def _up(house: House, policy: str, rule: str, due_on: date | None) -> str:
    """Who gets what stayed undone; empty while it is in time."""
    return escalated_to(
        house.rulebook,
        policy=policy,
        rule=rule,
        due_on=due_on,
        today=house.clock.today(),
        place=calendars.territory_of(calendars.HOME, house.settings.creditor.postcode),
    )


def finish(
    house: House, number: str, *, outcome: str, person: str, note: str, until: date | None = None
) -> str:
    """Enter what came of a call or a task; the name of the state it is in then.

    `until` is the day before which a hand-over is not proposed again.

    Raises:
        BadInput: nobody has that in hand, or nothing like that can come of it.
    """
    kind, digits = number[:1].upper(), number[1:]
    if kind not in {CALL, TASK} or not (digits.isascii() and digits.isdigit()):
        raise BadInput(Problem(code="run/no-task", fields={"value": number}))
    if kind == CALL and outcome not in CALL_OUTCOMES:
        fields = {"value": outcome, "allowed": ", ".join(CALL_OUTCOMES)}
        raise BadInput(Problem(code="run/outcome", fields=fields))
    now, chosen = house.clock.now(), int(digits)
    try:
        if kind == TASK:
            house.book.finish_task(
                chosen, outcome=outcome, person=person, note=note, now=now, until=until
            )
            return DONE
        return house.book.finish_by_person(
            chosen, outcome=outcome, person=person, note=note, now=now
        ).value
    except ValueError:
        raise BadInput(Problem(code="run/no-task", fields={"value": number})) from None


_Case = tuple[str, int, str]  # name, balance, currency


def _open_cases(house: House) -> Mapping[int, _Case]:
    invoices = house.book.frames()["invoices"]
    name = (
        pl.when(pl.col("term") == 1)
        .then("number")
        .otherwise(pl.concat_str("number", pl.lit("/"), "term"))
    )
    rows = invoices.select("id", name, "balance", "currency").iter_rows()
    return {case: (shown, balance, currency) for case, shown, balance, currency in rows}


def _calls(house: House, cases: Mapping[int, _Case]) -> Iterator[Todo]:
    for row in house.book.calls():
        up = _up(house, row.policy, row.rule, row.due_on)
        yield Todo(
            number=f"{CALL}{row.id}",
            debtor=f"{row.debtor_name} ({row.debtor})",
            cases=_names(row.case_ids, cases),
            amount=row.amount,
            currency=row.currency,
            due_on=row.due_on,
            assignee=up or row.assignee,
            channel=row.channel,
            to=row.to,
            escalated=bool(up),
        )


def _tasks(house: House, cases: Mapping[int, _Case]) -> Iterator[Todo]:
    for row in house.book.tasks():
        mine = [cases[case] for case in row.case_ids if case in cases]
        up = _up(house, row.policy, row.rule, row.due_on)
        yield Todo(
            number=f"{TASK}{row.id}",
            debtor=f"{row.debtor_name} ({row.debtor})",
            cases=_names(row.case_ids, cases),
            amount=sum(balance for _, balance, _ in mine),
            currency=mine[0][2] if mine else "",
            due_on=row.due_on,
            assignee=up or row.assignee,
            name=row.name,
            reason=row.reason,
            escalated=bool(up),
        )


def _names(case_ids: tuple[int, ...], cases: Mapping[int, _Case]) -> tuple[str, ...]:
    return tuple(cases[case][0] for case in case_ids if case in cases)
