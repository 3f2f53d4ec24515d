"""Planned and rendered messages into the store: keys of a message all or none."""

import json
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from dispatcher.model.message import NOTHING_REACHED
from dispatcher.model.record import SALT_BYTES, Content, commitment
from dispatcher.ports import Frozen
from dispatcher.store.claims import token
from dispatcher.store.instants import to_ms
from dispatcher.store.numbers import ids
from dispatcher.store.sealed import Own, have_keys
from dispatcher.store.tables import content, line, message, store
from dispatcher.store.trail import Entry, append


Key = tuple[int, str, int]  # case, step, cycle
MANY = 900  # values in one statement; every SQL takes as many


@dataclass(frozen=True, slots=True, kw_only=True)
class _Numbered:
    id: int
    main_id: int | None
    frozen: Frozen


def freeze(
    connection: Connection, run_id: int | None, batch: Sequence[Frozen], *, now: datetime
) -> list[int | None]:
    """Ids of the messages in the order of the batch; None where a key was taken.

    The second message of a contact (`also_of`) shares the fate of its main one.

    Raises:
        ValueError: one message names a key twice, or `also_of` points forward.
    """
    numbered = list(_numbered(connection, batch))
    written = [each for each in numbered if each is not None]
    if written:
        salts = [secrets.token_bytes(SALT_BYTES) for _ in written]
        _write(connection, run_id, written, salts, now)
        entries = [_entry(each, salt) for each, salt in zip(written, salts, strict=True)]
        append(connection, entries, at=now)
    return [None if each is None else each.id for each in numbered]


def _numbered(connection: Connection, batch: Sequence[Frozen]) -> Iterator[_Numbered | None]:
    taken, answered = _taken(connection, batch), _answered(connection, batch)
    free = ids(connection, message)
    given: list[int | None] = []
    for index, frozen in enumerate(batch):
        keys = _keys(frozen)
        main_id = _main(frozen, index, given)
        absent = frozen.also_of is not None and main_id is None
        if absent or keys & taken or frozen.event_id in answered:
            given.append(None)
            yield None
            continue
        taken |= keys
        answered |= set() if frozen.event_id is None else {frozen.event_id}
        given.append(next(free))
        number = given[-1]
        if number is not None:
            yield _Numbered(id=number, main_id=main_id, frozen=frozen)


def _main(frozen: Frozen, index: int, given: Sequence[int | None]) -> int | None:
    if frozen.also_of is None:
        return frozen.main_id
    if not 0 <= frozen.also_of < index:
        raise ValueError("`also_of` names an earlier message of the batch")
    return given[frozen.also_of]


def _keys(frozen: Frozen) -> set[Key]:
    keys = {(each.case_id, each.step, each.cycle) for each in frozen.lines}
    if len(keys) != len(frozen.lines):
        raise ValueError("a message carries a case, step and cycle once")
    return keys


def _taken(connection: Connection, batch: Sequence[Frozen]) -> set[Key]:
    cases = sorted({each.case_id for frozen in batch for each in frozen.lines})
    found: set[Key] = set()
    for start in range(0, len(cases), MANY):
        live = select(line.c.invoice_id, line.c.step, line.c.cycle).where(
            line.c.live, line.c.invoice_id.in_(cases[start : start + MANY])
        )
        found |= {(row.invoice_id, row.step, row.cycle) for row in connection.execute(live)}
    return found


def _answered(connection: Connection, batch: Sequence[Frozen]) -> set[int]:
    """Those of the events of a batch that are answered, or may be."""
    asked = sorted({each.event_id for each in batch if each.event_id is not None})
    found: set[int] = set()
    for start in range(0, len(asked), MANY):
        live = select(message.c.event_id).where(
            message.c.event_id.in_(asked[start : start + MANY]),
            message.c.state.not_in([state.value for state in NOTHING_REACHED]),
        )
        found |= set(connection.execute(live).scalars())
    return found


def _write(
    connection: Connection,
    run_id: int | None,
    written: Sequence[_Numbered],
    salts: Sequence[bytes],
    now: datetime,
) -> None:
    secret = connection.execute(select(store.c.secret)).scalar_one()
    rows = [
        _message(each, run_id, to_ms(now)) | {"token": token(secret, each.id)} for each in written
    ]
    connection.execute(insert(message), rows)
    numbers = ids(connection, line)
    lines = [row | {"id": next(numbers)} for each in written for row in _lines(each)]
    if lines:
        connection.execute(insert(line), lines)
    have_keys(connection, {each.frozen.debtor_id for each in written})
    bodies = [
        {
            "message_id": each.id,
            "salt": salt,
            "commitment": commitment(salt=salt, content=each.frozen.content),
            "body": Own(each.frozen.debtor_id, each.frozen.content),
        }
        for each, salt in zip(written, salts, strict=True)
    ]
    connection.execute(insert(content), bodies)


def _message(each: _Numbered, run_id: int | None, at: int) -> dict[str, object]:
    frozen = each.frozen
    return {
        "id": each.id,
        "run_id": run_id,
        "debtor_id": frozen.debtor_id,
        "main_id": each.main_id,
        "event_id": frozen.event_id,
        "channel": frozen.channel,
        "recipient": frozen.to,
        "state": frozen.state.value,
        "policy": frozen.policy,
        "policy_hash": frozen.policy_hash,
        "rule": frozen.rule,
        "template": frozen.template,
        "tone": frozen.tone,
        "legal_effect": frozen.legal_effect,
        "printed": frozen.printed,
        "planned_on": frozen.planned_on,
        "not_before": to_ms(frozen.not_before),
        "valid_until": to_ms(frozen.valid_until),
        "assignee": frozen.assignee,
        "due_on": frozen.due_on,
        "needs_approval": json.dumps(frozen.needs_approval),
        "attempts": frozen.attempts,
        "attempted": 0,
        "created_at": at,
        "changed_at": at,
    }


def _lines(each: _Numbered) -> Iterator[dict[str, object]]:
    for carried in each.frozen.lines:
        yield {
            "message_id": each.id,
            "invoice_id": carried.case_id,
            "step": carried.step,
            "choice": carried.choice,
            "cycle": carried.cycle,
            "amount": carried.amount,
            "claimed": carried.claimed,
            "live": True,
        }


def _entry(each: _Numbered, salt: bytes) -> Entry:
    frozen = each.frozen
    told: dict[str, Content] = {
        "message": each.id,
        "debtor": frozen.debtor_id,
        "channel": frozen.channel,
        "to": frozen.state.value,
        "policy": frozen.policy_hash,
        "rule": frozen.rule,
        "template": frozen.template,
        "content": commitment(salt=salt, content=frozen.content),
        "recipient": commitment(salt=salt, content=frozen.to.encode()),
        "printed": frozen.printed,
        "lines": [
            {
                "case": carried.case_id,
                "step": carried.step,
                "choice": carried.choice,
                "cycle": carried.cycle,
                "amount": carried.amount,
                "claimed": int(carried.claimed),
            }
            for carried in frozen.lines
        ],
    }
    if each.main_id is not None:
        told["main"] = each.main_id
    if frozen.event_id is not None:
        told["event"] = frozen.event_id
    return Entry("message-frozen", told)
