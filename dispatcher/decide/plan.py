"""One day's plan: facts, decide, contacts, channels, gates, safety. Pure, and without side."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain

import polars as pl

from dispatcher.decide import (
    beside,
    calendars,
    channels,
    contacts,
    gates,
    history,
    holds,
    notices,
    open_days,
    placing,
    safety,
)
from dispatcher.decide.act import planned_contacts, planned_tasks
from dispatcher.decide.evaluate import evaluate
from dispatcher.decide.facts import build_facts
from dispatcher.decide.merge import merged
from dispatcher.decide.resume import resumed
from dispatcher.model.plan import PlannedContact, PlannedTask
from dispatcher.model.settings import Settings
from dispatcher.policy.terms import Rulebook
from dispatcher.ports import Frames


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a day wants to do: one answer per open case (`model.tables.ANSWERS`) and what follows.

    `digest` names the contacts and tasks, whatever the hour: it is what a person confirms.
    `exceeded` is empty unless nothing may leave before a person has confirmed. `considered` has a
    row per contact that was wanted: `leader`, `channel` (null: none reaches), `refused`, `day`,
    `gate`. `stands` is what the book keeps of where cases stand (`model.tables.FOLLOWED`).
    """

    answers: pl.DataFrame
    contacts: tuple[PlannedContact, ...]
    tasks: tuple[PlannedTask, ...]
    facts: pl.DataFrame
    digest: str
    considered: pl.DataFrame
    stands: Frames
    exceeded: tuple[safety.Exceeded, ...] = ()


def plan_day(
    frames: Frames,
    rulebook: Rulebook,
    settings: Settings,
    *,
    today: date,
    now: datetime,
    reach: frozenset[str],
    legal: frozenset[str],
) -> Plan:
    """The plan of a day over all open cases.

    `now` is an instant with its zone. `reach` holds the channels with a healthy adapter, `legal`
    the templates with legal effect.
    """
    place = calendars.territory_of(calendars.HOME, settings.creditor.postcode)
    facts = build_facts(frames, rulebook, today=today, timezone=settings.timezone, place=place)
    gone_on = resumed(facts, frames, rulebook, default_policy=settings.default_policy, today=today)
    facts = gone_on.facts
    rows = evaluate(
        facts,
        frames,
        rulebook,
        default_policy=settings.default_policy,
        legal=legal,
        today=today,
    )
    rows = open_days.postpone_hand_overs(rows, rulebook, today=today)
    before = frames["sent_back"].rename({"invoice_id": "case_id"})
    again = [known.select("case_id", "step") for known in (before, gone_on.sent_back)]
    cycles = history.cycles(frames["lines"], pl.concat(again))
    rounds = contacts.gather(rows, cycles, rulebook, legal)
    leaders = notices.with_tone(rounds.leaders, rows, frames["lines"], rulebook, today)
    leaders = channels.choose(leaders, frames, rulebook, reach=reach, today=today)
    leaders = beside.within_caps(leaders, frames["messages"], rulebook, today=today)
    gated = gates.pass_gates(
        leaders.filter(pl.col("channel").is_not_null()),
        rows,
        frames,
        rulebook,
        settings.totals,
        today=today,
        now=now,
    )
    going = gated.filter(pl.col("day") == today)
    answers = merged(rows, rounds, leaders, gated, rulebook, today=today)
    wanted = planned_contacts(going, rounds, rulebook, settings, today=today, place=place)
    tasks = planned_tasks(answers, rulebook, settings, today=today, place=place)
    return Plan(
        answers=answers,
        contacts=wanted,
        tasks=tasks,
        facts=facts,
        digest=digest(wanted, tasks),
        considered=leaders.select("leader", "channel", "refused").join(
            gated.select("leader", "day", "gate"), on="leader", how="left"
        ),
        exceeded=safety.exceeded(rows, going, rulebook),
        stands={
            "holds": holds.standing(rows, rulebook),
            "sent_back": gone_on.sent_back,
            "placements": placing.placements(rows),
        },
    )


def digest(wanted: Iterable[PlannedContact], tasks: Iterable[PlannedTask]) -> str:
    """SHA-256, in hex, of what would be done; the same whatever the hour of the day."""
    # Piece by piece: a plan of 200,000 contacts is a text of 60 MB.
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    pieces = (encode(_contact(contact)) for contact in wanted)
    work = (
        encode([task.debtor_id, task.policy, task.rule, task.name, *task.case_ids])
        for task in tasks
    )
    found = hashlib.sha256()
    for piece in chain(("[[",), _with_commas(pieces), ("],[",), _with_commas(work), ("]]",)):
        found.update(piece.encode())
    return found.hexdigest()


def _with_commas(pieces: Iterable[str]) -> Iterator[str]:
    for number, piece in enumerate(pieces):
        yield f",{piece}" if number else piece


def _contact(contact: PlannedContact) -> list[object]:
    lines = [
        [line.case_id, line.step, line.choice, line.cycle, line.amount] for line in contact.lines
    ]
    return [
        contact.debtor_id,
        contact.leader,
        contact.channel,
        contact.to,
        contact.policy_hash,
        contact.rule,
        contact.also,
        contact.also_to,
        lines,
    ]
