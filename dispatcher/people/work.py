"""What people have to do: calls and visits in hand and tasks, as one list, most urgent first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from dispatcher.decide import calendars
from dispatcher.decide.escalation import escalated_to
from dispatcher.errors import BadInput
from dispatcher.house import House
from dispatcher.model.plan import HAND_OVER
from dispatcher.model.problem import Problem
from dispatcher.people.approval import waiting
from dispatcher.people.calls import Heard, enter
from dispatcher.people.hand_overs import decide, lacking
from dispatcher.people.happened import give_reason, unknown_reason
from dispatcher.people.task_steps import done_by_task, step_of
from dispatcher.store.tasks import TaskRow


CALL, TASK = "C", "T"

DONE, NOT_DONE = "done", "not_done"

AWAITING = "awaiting"  # another role has to say yes to a hand-over

#: What may come of a task that does a step; of any other task people say what they like.
STEP_OUTCOMES = (DONE, NOT_DONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    """One thing to do about one debtor; `amount` is what the cases owe, in minor units.

    `number` is what a person types: C and the number of a call or visit, T and that of a task.
    `approves` is the template of a message that waits for a yes; its number begins with M.
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
    approves: str = ""
    escalated: bool = False


def todo(house: House) -> list[Todo]:
    """Everything in the hands of people: what went further up, what is due first, the largest."""
    open_cases = _open_cases(house)
    found = [
        *_calls(house, open_cases),
        *_tasks(house, open_cases),
        *_approvals(house, open_cases),
    ]
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
    house: House,
    number: str,
    *,
    outcome: str,
    person: str,
    note: str,
    until: date | None = None,
    reason: str = "",
    amount: str = "",
    told: str = "",
) -> str:
    """Enter what came of a call or a task; the name of the state it is in then.

    `until` is the day that was promised, on which to call again, or before which a hand-over is
    not proposed again; `reason` why the debtor does not pay, `amount` what he promises or disputes,
    `told` what he may read of it in the notes that follow a call.

    Raises:
        BadInput: nobody has that in hand, or nothing like that can come of it.
    """
    kind, digits = number[:1].upper(), number[1:]
    if kind not in {CALL, TASK} or not (digits.isascii() and digits.isdigit()):
        raise _no_task(number)
    heard = Heard(
        outcome=outcome,
        person=person,
        note=note,
        told=told,
        until=until,
        amount=amount,
        reason=reason,
    )
    enter_it = _finish_task if kind == TASK else _finish_call
    try:
        return enter_it(house, int(digits), heard)
    except (LookupError, ValueError):
        raise _no_task(number) from None


def _finish_call(house: House, number: int, heard: Heard) -> str:
    return enter(house, {row.id: row for row in house.book.calls()}[number], heard)


def _finish_task(house: House, number: int, heard: Heard) -> str:
    """A task of a step does it for its cases; one that was not done is asked for again."""
    row = {each.id: each for each in house.book.tasks()}[number]
    _check_task(house, heard)
    state = (_decided if row.name == HAND_OVER else _done)(house, row, heard)
    if heard.reason:
        give_reason(house, row.case_ids, reason=heard.reason, person=heard.person)
    return state


def _check_task(house: House, heard: Heard) -> None:
    problems = list(unknown_reason(heard.reason, house.rulebook))
    for option, given in (("--amount", heard.amount), ("--told", heard.told)):
        if given:
            fields = {"kind": heard.outcome, "option": option}
            problems.append(Problem(code="event/no-meaning", fields=fields))
    if problems:
        raise BadInput(problems)


def _decided(house: House, row: TaskRow, heard: Heard) -> str:
    ended = decide(
        house,
        row,
        outcome=heard.outcome,
        person=heard.person,
        note=heard.note,
        until=heard.until,
    )
    return DONE if ended else AWAITING


def _done(house: House, row: TaskRow, heard: Heard) -> str:
    outcome, person = heard.outcome, heard.person
    does_step = step_of(house.rulebook, row.policy, row.rule) is not None
    if does_step:
        _check(outcome, STEP_OUTCOMES)
    undone = does_step and outcome == NOT_DONE
    house.book.finish_task(
        row.id,
        outcome=outcome,
        person=person,
        note=heard.note,
        now=house.clock.now(),
        until=heard.until,
        did=None if undone else done_by_task(house, row, outcome=outcome, person=person),
        undone=undone,
    )
    return NOT_DONE if undone else DONE


def _check(outcome: str, allowed: tuple[str, ...]) -> None:
    if outcome not in allowed:
        fields = {"value": outcome, "allowed": ", ".join(allowed)}
        raise BadInput(Problem(code="run/outcome", fields=fields))


def _no_task(number: str) -> BadInput:
    return BadInput(Problem(code="run/no-task", fields={"value": number}))


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
            assignee=up or row.assignee or ", ".join(_deciders(house, row)),
            name=row.name,
            reason=row.reason,
            escalated=bool(up),
        )


def _deciders(house: House, row: TaskRow) -> tuple[str, ...]:
    """The roles that have to say yes to a hand-over; nobody in particular for any other task."""
    return lacking(house, row) if row.name == HAND_OVER else ()


def _approvals(house: House, cases: Mapping[int, _Case]) -> Iterator[Todo]:
    for each in waiting(house):
        main = each.row.messages[0]
        yield Todo(
            number=each.number,
            debtor=f"{each.debtor.name} ({each.debtor.reference})",
            cases=_names(tuple(line.case_id for line in main.lines), cases),
            amount=each.row.amount,
            currency=each.row.currency,
            due_on=each.last_day,
            assignee=", ".join(role for role, _ in each.who),
            approves=main.template,
        )


def _names(case_ids: tuple[int, ...], cases: Mapping[int, _Case]) -> tuple[str, ...]:
    return tuple(cases[case][0] for case in case_ids if case in cases)
