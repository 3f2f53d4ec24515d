"""Work of our own people: one task per debtor and rule, as long as the rule answers."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from dispatcher.model.event import EventKind
from dispatcher.model.message import State
from dispatcher.model.plan import HAND_OVER, PlannedTask
from dispatcher.model.record import Content
from dispatcher.ports import Frozen
from dispatcher.store.events import NewEvent, record_event, record_events
from dispatcher.store.freezing import freeze
from dispatcher.store.numbers import ids
from dispatcher.store.passage import Move, move
from dispatcher.store.sealed import Own
from dispatcher.store.tables import debtor, task
from dispatcher.store.trail import Entry, append


TaskKey = tuple[int, str, str]  # debtor, policy, rule


class TaskState(StrEnum):
    """`done` by a person and not asked again before its rule has been silent: then `closed`."""

    OPEN = "open"
    DONE = "done"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """One task with its debtor's name and the cases it is about."""

    id: int
    debtor_id: int
    debtor: str
    debtor_name: str
    policy: str
    rule: str
    name: str
    state: TaskState
    case_ids: tuple[int, ...]
    opened_on: date
    due_on: date | None
    assignee: str
    reason: str
    ended_on: date | None
    outcome: str
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TasksOpened:
    """What a run did to the tasks: their ids."""

    opened: tuple[int, ...] = ()
    closed: tuple[int, ...] = ()


def open_tasks(
    connection: Connection,
    run_id: int | None,
    planned: Sequence[PlannedTask],
    *,
    now: datetime,
    day: date,
    closing: Collection[str],
    silent: Collection[TaskKey],
) -> TasksOpened:
    """Open what is planned and not there, follow the cases of what is, close what ended.

    `closing` are the rules whose open tasks end by themselves when they are not planned any more.
    `silent` are keys whose rule no longer answers: their finished tasks may be asked anew.
    """
    standing = _standing(connection)
    wanted = {(each.debtor_id, each.policy, each.rule): each for each in planned}
    new = [each for key, each in wanted.items() if key not in standing]
    ended = [
        row
        for key, row in standing.items()
        if (row.state == TaskState.OPEN and row.rule in closing and key not in wanted)
        or (row.state == TaskState.DONE and key in silent)
    ]
    entries = _close(connection, ended, day)
    entries += _follow(connection, standing, wanted)
    numbers, opened = _open(connection, run_id, new, day)
    append(connection, entries + opened, at=now)
    return TasksOpened(opened=numbers, closed=tuple(row.id for row in ended))


def finish(
    connection: Connection,
    task_id: int,
    *,
    outcome: str,
    person: str,
    note: str,
    now: datetime,
    day: date,
    until: date | None = None,
    did: Frozen | None = None,
    undone: bool = False,
    followed_by: Sequence[NewEvent] = (),
) -> None:
    """A person has done it, or says that it was not done (`undone`): then it is asked for again.

    Of a hand-over it is what he decides: it is not proposed again before `until` (None: as long
    as `decide.hand_over` has it); `followed_by` is what else follows at once. `did`
    holds the cases whose step it does, which is done on `day`.

    Raises:
        ValueError: that task is not open.
    """
    state = TaskState.CLOSED if undone else TaskState.DONE
    values = {
        "state": state.value,
        "outcome": outcome,
        "person": person,
        "note": Own(_whose(connection, task_id), note),
        "ended_on": day,
    }
    is_open = update(task).where(task.c.id == task_id, task.c.state == TaskState.OPEN.value)
    if connection.execute(is_open.values(values)).rowcount != 1:
        raise ValueError(f"task {task_id} is not open")
    told: dict[str, Content] = {
        "task": task_id,
        "from": "open",
        "to": state.value,
        "outcome": outcome,
        "person": person,
    }
    append(connection, [Entry("task-moved", told)], at=now)
    record_events(connection, followed_by, now=now)
    if did is not None:
        _do_step(connection, did, task_id, now=now, day=day)
    decided = select(task.c.debtor_id).where(task.c.id == task_id, task.c.name == HAND_OVER)
    debtor_id = connection.execute(decided).scalar()
    if debtor_id is not None:
        decision = NewEvent(
            source="task",
            reference=f"T{task_id}",
            kind=EventKind.HAND_OVER_DECIDED,
            debtor_id=debtor_id,
            day=day,
            until=until,
            detail=outcome,
            person=person,
        )
        record_event(connection, decision, now=now)


def _whose(connection: Connection, task_id: int) -> int:
    found = select(task.c.debtor_id).where(task.c.id == task_id)
    return connection.execute(found).scalar() or 0


def _do_step(
    connection: Connection, did: Frozen, task_id: int, *, now: datetime, day: date
) -> None:
    """The step of a task as lines like any other: they hold its key and can be taken back."""
    (number,) = freeze(connection, None, [did], now=now)
    if number is None:  # some of its cases had the step in the meantime
        return
    moved = Move(
        message_id=number,
        start=did.state,
        to=State.SENT,
        done_on=day,
        content={"task": task_id},
    )
    append(connection, move(connection, [moved], now=now), at=now)


def tasks(connection: Connection, *, state: TaskState | None) -> tuple[TaskRow, ...]:
    """Tasks in that state or in all, those that are due first."""
    statement = (
        select(task, debtor.c.reference, debtor.c.name.label("debtor_name"))
        .join(debtor, debtor.c.id == task.c.debtor_id)
        .order_by(task.c.due_on.is_(None), task.c.due_on, task.c.id)
    )
    if state is not None:
        statement = statement.where(task.c.state == state.value)
    return tuple(_row(row) for row in connection.execute(statement))


def _row(row: Row[tuple[object, ...]]) -> TaskRow:
    return TaskRow(
        id=row.id,
        debtor_id=row.debtor_id,
        debtor=row.reference,
        debtor_name=row.debtor_name,
        policy=row.policy,
        rule=row.rule,
        name=row.name,
        state=TaskState(row.state),
        case_ids=tuple(json.loads(row.cases)),
        opened_on=row.opened_on,
        due_on=row.due_on,
        assignee=row.assignee,
        reason=row.reason,
        ended_on=row.ended_on,
        outcome=row.outcome,
        person=row.person,
    )


def _standing(connection: Connection) -> dict[TaskKey, Row[tuple[object, ...]]]:
    states = (TaskState.OPEN.value, TaskState.DONE.value)
    statement = select(task).where(task.c.state.in_(states)).order_by(task.c.id)
    return {(row.debtor_id, row.policy, row.rule): row for row in connection.execute(statement)}


def _close(
    connection: Connection, ended: Sequence[Row[tuple[object, ...]]], day: date
) -> list[Entry]:
    if ended:
        statement = update(task).where(task.c.id == bindparam("of_id"))
        connection.execute(
            statement.values(state=TaskState.CLOSED.value, ended_on=day),
            [{"of_id": row.id} for row in ended],
        )
    return [
        Entry("task-moved", {"task": row.id, "from": row.state, "to": "closed"}) for row in ended
    ]


def _follow(
    connection: Connection,
    standing: dict[TaskKey, Row[tuple[object, ...]]],
    wanted: dict[TaskKey, PlannedTask],
) -> list[Entry]:
    moved = [
        (standing[key].id, sorted(each.case_ids))
        for key, each in wanted.items()
        if key in standing
        and standing[key].state == TaskState.OPEN
        and json.loads(standing[key].cases) != sorted(each.case_ids)
    ]
    if moved:
        statement = update(task).where(task.c.id == bindparam("of_id"))
        connection.execute(
            statement.values(cases=bindparam("list")),
            [{"of_id": number, "list": json.dumps(cases)} for number, cases in moved],
        )
    return [
        Entry("task-cases", {"task": number, "cases": list[Content](cases)})
        for number, cases in moved
    ]


def _open(
    connection: Connection, run_id: int | None, new: Sequence[PlannedTask], day: date
) -> tuple[tuple[int, ...], list[Entry]]:
    numbers = ids(connection, task)
    rows = [
        {
            "id": next(numbers),
            "run_id": run_id,
            "debtor_id": each.debtor_id,
            "policy": each.policy,
            "rule": each.rule,
            "name": each.name,
            "state": TaskState.OPEN.value,
            "cases": json.dumps(sorted(each.case_ids)),
            "opened_on": day,
            "due_on": each.due_on,
            "assignee": each.assignee,
            "reason": each.reason,
        }
        for each in new
    ]
    if rows:
        connection.execute(insert(task), rows)
    given = tuple(int(str(row["id"])) for row in rows)
    return given, [
        Entry("task-opened", _told(number, each)) for number, each in zip(given, new, strict=True)
    ]


def _told(number: int, each: PlannedTask) -> dict[str, Content]:
    return {
        "task": number,
        "to": TaskState.OPEN.value,
        "debtor": each.debtor_id,
        "policy": each.policy,
        "rule": each.rule,
        "name": each.name,
        "cases": list[Content](sorted(each.case_ids)),
    }
