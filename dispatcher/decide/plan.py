"""One day's plan: facts, decide, contacts, channels, gates, safety. Pure, and without side."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from itertools import chain

import polars as pl

from dispatcher.decide import gates, safety
from dispatcher.decide.act import planned_contacts, planned_tasks
from dispatcher.decide.day import Day, Kept
from dispatcher.decide.fingerprint import with_hash, with_versions
from dispatcher.decide.judge import Judged, judged
from dispatcher.decide.merge import merged
from dispatcher.decide.turns import with_turns
from dispatcher.model.plan import PlannedContact, PlannedTask
from dispatcher.model.settings import Settings
from dispatcher.policy.terms import Rulebook
from dispatcher.ports import Frames, Stage, unmeasured


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Answers and facts of some debtors' open cases, a row each, in the same order."""

    answers: Kept
    facts: Kept

    def for_file(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The answers with the hashes of their facts, and the facts."""
        facts = self.facts()
        return with_hash(self.answers(), facts), facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a day wants to do: one answer per open case (`model.tables.ANSWERS`) and what follows.

    `digest` names the contacts and tasks, whatever the hour: it is what a person confirms.
    `exceeded` is empty unless nothing may leave before a person has confirmed. `considered` has a
    row per contact that was wanted: `leader`, `channel` (null: none reaches), `refused`, `day`,
    `gate`. `stands` is what the book keeps of where cases stand (`model.tables.FOLLOWED`).
    `parts` hold the answers by ranges of debtors, each by ascending case.
    """

    parts: tuple[Part, ...]
    contacts: tuple[PlannedContact, ...]
    tasks: tuple[PlannedTask, ...]
    digest: str
    considered: pl.DataFrame
    stands: Frames
    exceeded: tuple[safety.Exceeded, ...] = ()

    @property
    def answers(self) -> pl.DataFrame:
        """All answers at once; `facts_hash` is null."""
        return pl.concat([part.answers() for part in self.parts])

    @property
    def facts(self) -> pl.DataFrame:
        """All facts at once, in the order of the answers."""
        return pl.concat([part.facts() for part in self.parts])

    def answers_of(self, *wanted: pl.Expr, columns: Sequence[str]) -> pl.DataFrame:
        """Those columns of the answers that are wanted: a part at a time is looked at."""
        return pl.concat(part.answers().filter(*wanted).select(columns) for part in self.parts)

    def facts_of(self, debtors: Iterable[int]) -> pl.DataFrame:
        """The facts of these debtors: a part at a time is looked at."""
        mine = pl.col("debtor_id").is_in(pl.Series(sorted(debtors), dtype=pl.Int64).implode())
        return pl.concat(part.facts().filter(mine) for part in self.parts)


def plan_day(
    frames: Frames,
    rulebook: Rulebook,
    settings: Settings,
    *,
    today: date,
    now: datetime,
    reach: frozenset[str],
    legal: frozenset[str],
    stage: Stage = unmeasured,
) -> Plan:
    """The plan of a day over all open cases.

    `now` is an instant with its zone. `reach` holds the channels with a healthy adapter, `legal`
    the templates with legal effect; `stage` is told what is at work.
    """
    day = Day(
        rulebook=rulebook,
        settings=settings,
        today=today,
        now=now,
        reach=reach,
        legal=legal,
        stage=stage,
    )
    return plan_slices([frames], day)


def plan_slices(slices: Iterable[Frames], day: Day) -> Plan:
    """The plan of a day whose debtors come slice by slice, by ascending id, each in one of them.

    It says the same as if all came at once. At any time one slice is in memory, besides those of
    its contacts and what `day.aside` keeps.
    """
    found = list(map(partial(judged, day=day), slices))
    with day.stage("gates"):
        gated = gates.handed_out(
            [each.dated for each in found],
            day.rulebook,
            day.settings,
            today=day.today,
        )
    told = [_told(each, gated, day) for each in found]
    contacts = tuple(
        sorted(chain.from_iterable(each.contacts for each in told), key=lambda one: one.leader)
    )
    tasks = tuple(chain.from_iterable(each.tasks for each in told))
    return Plan(
        parts=tuple(each.part for each in told),
        contacts=contacts,
        tasks=tasks,
        digest=digest(contacts, tasks),
        considered=pl.concat([each.considered for each in told]),
        exceeded=safety.exceeded(
            [each.overdue for each in found], [each.reached for each in told], day.rulebook
        ),
        stands={name: pl.concat([each.stands[name] for each in found]) for name in found[0].stands},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What some debtors get, once what is scarce is handed out; `reached` counts them by policy."""

    part: Part
    contacts: tuple[PlannedContact, ...]
    tasks: tuple[PlannedTask, ...]
    considered: pl.DataFrame
    reached: pl.DataFrame


def _told(known: Judged, gated: pl.DataFrame, day: Day) -> Told:
    """The contacts, answers and tasks of these debtors; `gated` are the contacts of all."""
    rounds = known.rounds
    leaders = rounds.leaders
    with day.stage("contacts"):
        leaving = gated.filter(pl.col("day") == day.today).select("leader", "not_before")
        going = leaders.join(leaving, on="leader", how="inner")
        contacts = planned_contacts(
            going, rounds, day.rulebook, day.settings, today=day.today, place=day.place
        )
    with day.stage("answers"):
        answers = merged(known.rows(), rounds, leaders, gated, day.rulebook, today=day.today)
        answers = with_versions(with_turns(answers, known.turns), day.rulebook)
        part = Part(answers=day.aside(answers), facts=known.facts)
    with day.stage("tasks"):
        tasks = planned_tasks(answers, day.rulebook, day.settings, today=day.today, place=day.place)
    fates = gated.select("leader", "day", "gate")
    return Told(
        part=part,
        contacts=contacts,
        tasks=tasks,
        considered=leaders.select("leader", "channel", "refused").join(
            fates, on="leader", how="left"
        ),
        reached=safety.debtors(going.lazy()),
    )


def digest(wanted: Iterable[PlannedContact], tasks: Iterable[PlannedTask]) -> str:
    """SHA-256, in hex, of what would be done; the same whatever the hour of the day."""
    # Piece by piece: a plan of 200,000 contacts is a text of 60 MB. Numbers and texts only, whose
    # `repr` says which they are and where they end.
    work = ((task.debtor_id, task.policy, task.rule, task.name, task.case_ids) for task in tasks)
    found = hashlib.sha256()
    for piece in chain(map(_contact, wanted), work):
        found.update(repr(piece).encode())
    return found.hexdigest()


def _contact(contact: PlannedContact) -> tuple[object, ...]:
    lines = [
        (line.case_id, line.step, line.choice, line.cycle, line.amount) for line in contact.lines
    ]
    return (
        contact.debtor_id,
        contact.leader,
        contact.channel,
        contact.to,
        contact.policy_hash,
        contact.rule,
        contact.also,
        contact.also_to,
        lines,
    )
