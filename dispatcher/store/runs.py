"""Runs and the policies they used."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, insert, select, update

from dispatcher.model.record import Content
from dispatcher.store.instants import from_ms, to_ms
from dispatcher.store.numbers import ids
from dispatcher.store.tables import policy, run
from dispatcher.store.trail import Entry, append


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One run; `ended_at` is None while it is at work, and for ever where it was killed.

    `answers` is the SHA-256 of the answers file, `plan` the digest of the plan.
    """

    id: int
    kind: str
    day: date
    started_at: datetime
    ended_at: datetime | None
    state: str
    answers: str
    answers_rows: int | None
    policies: tuple[str, ...]
    plan: str
    note: str


def begin(
    connection: Connection, *, kind: str, day: date, now: datetime, policies: Sequence[str]
) -> int:
    """Open a run and tell it to the trail."""
    number = next(ids(connection, run))
    values = {
        "id": number,
        "kind": kind,
        "day": day,
        "started_at": to_ms(now),
        "state": "running",
        "policies": json.dumps(sorted(policies)),
    }
    connection.execute(insert(run), values)
    told: dict[str, Content] = {
        "run": number,
        "run_kind": kind,
        "day": day.isoformat(),
        "policies": list[Content](sorted(policies)),
    }
    append(connection, [Entry("run-begun", told)], at=now)
    return number


def end(
    connection: Connection,
    run_id: int,
    *,
    state: str,
    now: datetime,
    answers: str,
    answers_rows: int,
    plan: str,
    note: str,
) -> None:
    """Close a run with what it answered.

    Raises:
        ValueError: that run is not at work.
    """
    values = {
        "state": state,
        "ended_at": to_ms(now),
        "answers": answers,
        "answers_rows": answers_rows,
        "plan": plan,
        "note": note,
    }
    at_work = update(run).where(run.c.id == run_id, run.c.state == "running")
    if connection.execute(at_work.values(values)).rowcount != 1:
        raise ValueError(f"run {run_id} is not at work")
    told: dict[str, Content] = {
        "run": run_id,
        "state": state,
        "answers": answers,
        "answers_rows": answers_rows,
        "plan": plan,
    }
    append(connection, [Entry("run-ended", told)], at=now)


def runs(connection: Connection, *, limit: int, day: date | None) -> tuple[RunRow, ...]:
    """The latest runs first, of one day or of all."""
    statement = select(run).order_by(run.c.id.desc()).limit(limit)
    if day is not None:
        statement = statement.where(run.c.day == day)
    return tuple(
        RunRow(
            id=row.id,
            kind=row.kind,
            day=row.day,
            started_at=from_ms(row.started_at),
            ended_at=None if row.ended_at is None else from_ms(row.ended_at),
            state=row.state,
            answers=row.answers,
            answers_rows=row.answers_rows,
            policies=tuple(json.loads(row.policies)),
            plan=row.plan,
            note=row.note,
        )
        for row in connection.execute(statement)
    )


def remember_policies(connection: Connection, texts: Mapping[str, str], *, now: datetime) -> None:
    """Keep the resolved text of each policy by its hash; known ones stay as they are."""
    known = set(connection.execute(select(policy.c.hash)).scalars())
    fresh = [name for name in sorted(texts) if name not in known]
    if not fresh:
        return
    rows = [{"hash": h, "body": texts[h], "first_used_at": to_ms(now)} for h in fresh]
    connection.execute(insert(policy), rows)
    append(connection, [Entry("policy", {"policy": name}) for name in fresh], at=now)


def policy_text(connection: Connection, name: str) -> str | None:
    """The resolved text of the policy with that hash."""
    return connection.execute(select(policy.c.body).where(policy.c.hash == name)).scalar()
