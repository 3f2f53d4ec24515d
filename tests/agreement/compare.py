"""Columns against the reference: what differs in a world, and the smallest world that differs."""

from collections.abc import Iterator
from dataclasses import dataclass
from pprint import pformat
from typing import Any

import polars as pl

from dispatcher.decide.facts import build_facts
from dispatcher.decide.plan import Plan, plan_day
from dispatcher.model.plan import PlannedContact
from dispatcher.model.tables import FRAMES
from dispatcher.ports import Frames
from tests.agreement.portfolios import World
from tests.agreement.reference import Reading, read_day
from tests.agreement.reference_cases import Day
from tests.agreement.reference_rounds import Round
from tests.agreement.reference_rules import HORIZON
from tests.agreement.shrink import only_debtor, smaller
from tests.decide.decide_world import settings


FIELDS = ("action", "policy", "rule", "step", "channel", "reason", "until", "task", "carried_by")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field that the two say differently; `of` is a case, or the leader of a contact."""

    of: int
    field: str
    columns: object
    reference: object


def framed(world: World) -> Frames:
    """The world's rows as the store hands them over."""
    schemas = {
        name: {column: getattr(pl, kind) for column, kind in columns.items()}
        for name, columns in FRAMES.items()
    }
    return {
        name: pl.DataFrame(
            {column: [row.get(column) for row in world.tables.get(name, [])] for column in schema},
            schema=schema,
        )
        for name, schema in schemas.items()
    }


def planned(world: World) -> Plan:
    """The day as the product decides it."""
    return plan_day(
        framed(world),
        world.rulebook,
        settings(),
        today=world.today,
        now=world.now,
        reach=world.reach,
        legal=world.legal,
    )


def read(world: World) -> Reading:
    """The day as the reference reads it, on the facts that the plan begins with."""
    return read_day(
        Day(
            tables=world.tables,
            facts={row["case_id"]: row for row in _facts(world).to_dicts()},
            rulebook=world.rulebook,
            today=world.today,
            now=world.now,
            reach=world.reach,
            legal=world.legal,
        )
    )


def _facts(world: World) -> pl.DataFrame:
    """The facts before any case goes on: the reference makes it do so by itself."""
    zone = settings().timezone
    return build_facts(framed(world), world.rulebook, today=world.today, timezone=zone)


def differences(world: World, made: Plan | None = None) -> list[Difference]:
    """All that differs in this world; `made` is its plan where it is known already."""
    made = planned(world) if made is None else made
    reading = read(world)
    return [
        *_of_answers(made, reading, world),
        *_of_contacts(made, reading),
        *_of_steps_again(made, reading),
    ]


def _of_answers(made: Plan, reading: Reading, world: World) -> Iterator[Difference]:
    said = {row["case_id"]: row for row in made.answers.to_dicts()}
    for case in sorted(said.keys() | reading.answers.keys()):
        one, other = said.get(case), reading.answers.get(case)
        if one is None or other is None:
            yield Difference(of=case, field="answer", columns=one, reference=other)
            continue
        for name in FIELDS:
            wanted = getattr(other, name)
            if one[name] != wanted and not (name == "until" and _beyond(one[name], wanted, world)):
                yield Difference(of=case, field=name, columns=one[name], reference=wanted)


def _beyond(found: Any, wanted: object, world: World) -> bool:  # noqa: ANN401 - a date or null
    """The reference looks ahead for so many days only."""
    return wanted is None and (found is None or (found - world.today).days > HORIZON)


def _of_contacts(made: Plan, reading: Reading) -> Iterator[Difference]:
    one = {contact.leader: _planned(contact) for contact in made.contacts}
    other = {contact.leader.id: _read(contact) for contact in reading.contacts}
    for leader in sorted(one.keys() | other.keys()):
        left, right = one.get(leader, {}), other.get(leader, {})
        for name in sorted(left.keys() | right.keys()):
            if left.get(name) != right.get(name):
                yield Difference(
                    of=leader,
                    field=f"contact {name}",
                    columns=left.get(name),
                    reference=right.get(name),
                )


def _of_steps_again(made: Plan, reading: Reading) -> Iterator[Difference]:
    one = set(made.stands["sent_back"].select("case_id", "step").iter_rows())
    other = {(case, step) for case, steps in reading.again.items() for step in steps}
    for case, step in sorted(one ^ other):
        columns, reference = (case, step) in one, (case, step) in other
        yield Difference(of=case, field="sent back", columns=columns, reference=reference)


def _planned(contact: PlannedContact) -> dict[str, object]:
    return {
        "debtor": contact.debtor_id,
        "rule": contact.rule,
        "channel": contact.channel,
        "also": contact.also,
        "tone": contact.tone,
        "legal": contact.legal_effect,
        "refused": [(one.channel, one.reason) for one in contact.refused],
        "lines": sorted((ln.case_id, ln.step, ln.choice, ln.cycle) for ln in contact.lines),
        "listed": sorted(contact.listed),
        "not_before": contact.not_before,
    }


def _read(contact: Round) -> dict[str, object]:
    assert contact.leader.ruling.choice is not None
    return {
        "debtor": contact.debtor["id"],
        "rule": contact.leader.ruling.choice.id,
        "channel": contact.reached.channel,
        "also": contact.reached.also,
        "tone": contact.tone,
        "legal": contact.legal,
        "refused": list(contact.reached.refused),
        "lines": sorted(
            (move.case.id, move.step, move.rule.id.partition("/")[2], move.cycle)
            for move in contact.moves
        ),
        "listed": sorted(contact.listed),
        "not_before": contact.not_before,
    }


def smallest(world: World, one: Difference) -> World:
    """The smallest world, by dropping debtors, rows, rules and limits, that differs in a field."""
    field = one.field
    whose = {row["id"]: row["debtor_id"] for row in world.tables["invoices"]}
    alone = only_debtor(world, whose[one.of])
    if any(other.field == field for other in differences(alone)):
        world = alone
    found = True
    while found:
        found = False
        for less in smaller(world):
            if any(other.field == field for other in differences(less)):
                world, found = less, True
                break
    return world


def told(world: World) -> str:
    """A world in words that fit a failing test: its rows without the usual values, its policies."""
    rows = {name: rows for name, rows in world.tables.items() if rows}
    found = "\n".join(str(one) for one in differences(world))
    when = f"today {world.today}, now {world.now}, reach {sorted(world.reach)}"
    return (
        f"{when}\n{pformat(rows, width=120)}\n{pformat(world.rulebook.active, width=120)}\n{found}"
    )
