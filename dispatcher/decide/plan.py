"""One day's plan: facts, decide, contacts, channels, gates, safety. Pure, and without side."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from dispatcher.decide import calendars, channels, contacts, gates, open_days, safety
from dispatcher.decide.act import planned_contacts, planned_tasks
from dispatcher.decide.evaluate import evaluate
from dispatcher.decide.facts import build_facts
from dispatcher.decide.merge import merged
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
    `gate`.
    """

    answers: pl.DataFrame
    contacts: tuple[PlannedContact, ...]
    tasks: tuple[PlannedTask, ...]
    facts: pl.DataFrame
    digest: str
    considered: pl.DataFrame
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
    rows = evaluate(
        facts,
        frames,
        rulebook,
        default_policy=settings.default_policy,
        legal=legal,
        today=today,
    )
    rows = open_days.postpone_hand_overs(rows, rulebook, today=today)
    rounds = contacts.gather(rows, frames["lines"], rulebook, legal)
    leaders = channels.choose(rounds.leaders, frames, rulebook, reach=reach, today=today)
    gated = gates.pass_gates(
        leaders.filter(pl.col("channel").is_not_null()),
        rows,
        frames["messages"],
        rulebook,
        settings.totals,
        today=today,
        now=now,
    )
    going = gated.filter(pl.col("day") == today)
    answers = merged(rows, rounds, leaders, gated, rulebook, today=today)
    wanted = planned_contacts(going, rounds, rulebook, settings, today=today, now=now, place=place)
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
    )


def digest(wanted: Iterable[PlannedContact], tasks: Iterable[PlannedTask]) -> str:
    """SHA-256, in hex, of what would be done; the same whatever the hour of the day."""
    content = [
        [_contact(contact) for contact in wanted],
        [[task.debtor_id, task.policy, task.rule, task.name, *task.case_ids] for task in tasks],
    ]
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


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
