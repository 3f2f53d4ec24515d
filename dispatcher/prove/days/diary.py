"""What was noted of simulated days, in columns: contacts, limits, work for people, what is owed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import polars as pl

from dispatcher.decide.plan import Plan
from dispatcher.model.plan import PlannedContact, PlannedTask


#: A row per message that left: a contact, its `also`, an answer to an event. `cases` and `amount`
#: (minor units) are what it claims.
MESSAGES: Final[Mapping[str, Any]] = {
    "day": pl.Date,
    "debtor_id": pl.Int64,
    "leader": pl.Int64,
    "policy": pl.String,
    "rule": pl.String,
    "step": pl.String,
    "channel": pl.String,
    "sort": pl.String,  # contact, also, answer
    "legal": pl.Boolean,
    "approval": pl.Boolean,
    "cases": pl.Int64,
    "amount": pl.Int64,
    "currency": pl.String,
}

#: A row per case that a contact carried a step further.
STEPS: Final[Mapping[str, Any]] = {
    "day": pl.Date,
    "debtor_id": pl.Int64,
    "case_id": pl.Int64,
    "step": pl.String,
    "channel": pl.String,
    "amount": pl.Int64,
}

#: A row per debtor, rule and task, on the day that it was new.
TASKS: Final[Mapping[str, Any]] = {
    "day": pl.Date,
    "debtor_id": pl.Int64,
    "policy": pl.String,
    "rule": pl.String,
    "name": pl.String,
    "cases": pl.Int64,
}

#: A row per contact and day on which a limit kept it back.
POSTPONED: Final[Mapping[str, Any]] = {
    "day": pl.Date,
    "leader": pl.Int64,
    "gate": pl.String,
    "until": pl.Date,
}

#: A row per day and step: how much stands there, of open cases.
STANDING: Final[Mapping[str, Any]] = {
    "day": pl.Date,
    "step": pl.String,
    "cases": pl.Int64,
    "amount": pl.Int64,
}

#: A row per policy and day on which a person would have to confirm before anything leaves.
STOPPED: Final[Mapping[str, Any]] = {"day": pl.Date, "policy": pl.String}

SCHEMAS: Final[Mapping[str, Mapping[str, Any]]] = {
    "messages": MESSAGES,
    "steps": STEPS,
    "tasks": TASKS,
    "postponed": POSTPONED,
    "standing": STANDING,
    "stopped": STOPPED,
}

CONTACT: Final = "contact"
ALSO: Final = "also"
ANSWER: Final = "answer"

_Task = tuple[int, str, str, str]


@dataclass(slots=True)
class Diary:
    """The notes of all days so far; `last` is the plan of the last one."""

    days: list[date] = field(default_factory=list)
    last: Plan | None = None
    _frames: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    _tasks: set[_Task] = field(default_factory=set)

    def note(self, day: date, plan: Plan, replies: Sequence[PlannedContact] = ()) -> None:
        """One day that was lived."""
        self.days.append(day)
        self.last = plan
        currencies = _currencies(plan, plan.contacts)
        self._rows("messages", _messages(day, plan.contacts, currencies))
        self._rows("messages", (_message(day, each, ANSWER, "") for each in replies))
        self._rows("steps", _steps(day, plan.contacts))
        self._rows("tasks", self._new_tasks(day, plan.tasks))
        self._rows("stopped", ((day, each.policy) for each in plan.exceeded))
        self._frame("postponed", day, _postponed(plan, day))
        self._frame("standing", day, _standing(plan.facts))

    def table(self, name: str) -> pl.DataFrame:
        """One table of `SCHEMAS`, of all days in their order."""
        empty = pl.DataFrame(schema=SCHEMAS[name])
        found: pl.DataFrame = pl.concat([empty, *self._frames.get(name, ())])
        return found

    def _rows(self, name: str, rows: Iterable[tuple[object, ...]]) -> None:
        found = list(rows)
        if found:
            frame = pl.DataFrame(found, schema=SCHEMAS[name], orient="row")
            self._frames.setdefault(name, []).append(frame)

    def _frame(self, name: str, day: date, frame: pl.DataFrame) -> None:
        if frame.is_empty():
            return
        dated = frame.with_columns(day=pl.lit(day, dtype=pl.Date))
        typed = dated.select(pl.col(column).cast(kind) for column, kind in SCHEMAS[name].items())
        self._frames.setdefault(name, []).append(typed)

    def _new_tasks(self, day: date, tasks: Sequence[PlannedTask]) -> Iterator[tuple[object, ...]]:
        """Tasks that were not there the day before: a task lasts as long as its rule answers."""
        now = {(task.debtor_id, task.policy, task.rule, task.name): task for task in tasks}
        for key, task in now.items():
            if key not in self._tasks:
                yield (day, *key, len(task.case_ids))
        self._tasks = set(now)


def _currencies(plan: Plan, contacts: Sequence[PlannedContact]) -> Mapping[int, str]:
    leaders = pl.Series([each.leader for each in contacts], dtype=pl.Int64)
    mine = pl.col("case_id").is_in(leaders.implode())
    return dict(plan.answers_of(mine, columns=["case_id", "currency"]).iter_rows())


def _messages(
    day: date, contacts: Sequence[PlannedContact], currencies: Mapping[int, str]
) -> Iterator[tuple[object, ...]]:
    for each in contacts:
        currency = currencies.get(each.leader, "")
        yield _message(day, each, CONTACT, currency)
        if each.also:
            yield _message(day, each, ALSO, currency)


def _message(day: date, contact: PlannedContact, sort: str, currency: str) -> tuple[object, ...]:
    claims = contact.lines if sort == CONTACT else ()
    return (
        day,
        contact.debtor_id,
        contact.leader,
        contact.policy,
        contact.rule,
        contact.step,
        contact.also if sort == ALSO else contact.channel,
        sort,
        contact.legal_effect,
        bool(contact.needs_approval),
        len(claims),
        sum(line.amount for line in claims),
        currency,
    )


def _steps(day: date, contacts: Sequence[PlannedContact]) -> Iterator[tuple[object, ...]]:
    for each in contacts:
        for line in each.lines:
            yield day, each.debtor_id, line.case_id, line.step, each.channel, line.amount


def _postponed(plan: Plan, day: date) -> pl.DataFrame:
    return plan.considered.filter(pl.col("day") > day, pl.col("gate") != "").select(
        "leader", "gate", until="day"
    )


def _standing(facts: pl.DataFrame) -> pl.DataFrame:
    return facts.group_by(step=pl.col("last_step").cast(pl.String).fill_null("")).agg(
        cases=pl.len(), amount=pl.col("amount_due").sum()
    )
