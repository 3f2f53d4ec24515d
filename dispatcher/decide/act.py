"""Acting rows to values: the contacts and tasks of a plan. Nothing else becomes an object."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import polars as pl

from dispatcher.decide import calendars, channels, notices
from dispatcher.decide.contacts import Rounds
from dispatcher.model.message import HUMAN_CHANNELS, Line
from dispatcher.model.plan import PlannedContact, PlannedTask, RefusedChannel
from dispatcher.model.settings import Settings
from dispatcher.policy.terms import Contact, Days, Hold, Rulebook, Wait, Work


DUE_IN: Final = Days(count=5, business=True)  # where a rule names no day

Row = Mapping[str, Any]

#: What of a leader's row is read once it is chosen; a row has some hundred columns.
OF_LEADER: Final = (
    "account",
    "debtor_id",
    "leader",
    "channel",
    "to",
    "policy",
    "policy_hash",
    "rule",
    "step",
    "firmly",
    "refused",
    "also",
    "also_to",
    "legal",
)


def planned_contacts(
    going: pl.DataFrame,
    rounds: Rounds,
    rulebook: Rulebook,
    settings: Settings,
    *,
    today: date,
    place: str,
) -> tuple[PlannedContact, ...]:
    """The contacts that leave today, by ascending leader; `place` is the creditor's territory.

    `going` has the columns of `OF_LEADER`, and `not_before`.
    """
    chosen = going.select("leader").sort("leader")
    lines = _lines(rounds.moves.join(chosen, on="leader", how="semi"))
    listed = _listed(rounds.listed.join(chosen, on="leader", how="semi"))
    rules = channels.contact_rules(rulebook)
    return tuple(
        _contact(
            row,
            rules[row["policy"], row["rule"]],
            lines[row["leader"]],
            listed.get(row["leader"], ()),
            settings,
            today=today,
            place=place,
        )
        for row in going.sort("leader").iter_rows(named=True)
    )


def _contact(
    row: Row,
    then: Contact,
    lines: tuple[Line, ...],
    listed: tuple[int, ...],
    settings: Settings,
    *,
    today: date,
    place: str,
) -> PlannedContact:
    human = row["channel"] in HUMAN_CHANNELS
    last_day = calendars.after(today, then.valid_for, place)
    return PlannedContact(
        debtor_id=row["debtor_id"],
        leader=row["leader"],
        channel=row["channel"],
        to=row["to"],
        policy=row["policy"],
        policy_hash=row["policy_hash"],
        rule=row["rule"],
        step=row["step"],
        template=then.template,
        tone=notices.tone_of(then.tone, firmly=row["firmly"]),
        lines=lines,
        not_before=row["not_before"] or start_of(today, settings.timezone),
        valid_until=end_of(last_day, settings.timezone),
        listed=listed,
        refused=tuple(RefusedChannel(**pair) for pair in row["refused"] or ()),
        also=row["also"] or "",
        also_to=row["also_to"] or "",
        offer=then.offer,
        copy_to=then.copy_to,
        assignee=then.assign_to,
        due_on=calendars.after(today, then.due_in or DUE_IN, place) if human else None,
        attempts=then.attempts if human else 1,
        legal_effect=row["legal"],
        needs_approval=then.needs_approval,
    )


def start_of(day: date, timezone: str) -> datetime:
    """The instant (UTC) at which a civil day of a zone begins.

    A contact that may leave at any hour is due from here on, not from the moment of planning: a
    clock that is set back a little must not keep it back.
    """
    return end_of(day - timedelta(days=1), timezone)


@lru_cache(maxsize=1024)
def end_of(day: date, timezone: str) -> datetime:
    """The instant (UTC) at which a civil day of a zone is over."""
    midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(timezone))
    return midnight.astimezone(ZoneInfo("UTC"))


def _lines(moves: pl.DataFrame) -> dict[int, tuple[Line, ...]]:
    found: dict[int, list[Line]] = {}
    for leader, case_id, step, rule, cycle, owed in moves.select(
        "leader", "case_id", "step", "rule", "cycle", "owed"
    ).iter_rows():
        line = Line(
            case_id=case_id,
            step=step,
            choice=rule.partition("/")[2],
            cycle=cycle,
            amount=owed,
        )
        found.setdefault(leader, []).append(line)
    return {leader: tuple(lines) for leader, lines in found.items()}


def _listed(listed: pl.DataFrame) -> dict[int, tuple[int, ...]]:
    grouped = listed.group_by("leader", maintain_order=True).agg("case_id")
    return {leader: tuple(cases) for leader, cases in grouped.iter_rows()}


def planned_tasks(
    answers: pl.DataFrame,
    rulebook: Rulebook,
    settings: Settings,
    *,
    today: date,
    place: str,
) -> tuple[PlannedTask, ...]:
    """One task per debtor and rule that answers, listing his cases, whether it is open or not.

    The store opens those that are not there, and none again that is finished while its rule
    still answers.
    """
    keys = ["debtor_id", "policy", "rule", "task"]
    wanted = (
        answers.filter(pl.col("task") != "")
        .group_by(keys)
        .agg(pl.col("case_id").sort(), pl.col("reason").first())
        .sort(keys)
    )
    due, people = _due_in(rulebook), _people(rulebook, settings)
    return tuple(
        PlannedTask(
            debtor_id=row["debtor_id"],
            policy=row["policy"],
            rule=row["rule"],
            name=row["task"],
            case_ids=tuple(row["case_id"]),
            due_on=calendars.after(
                today, due.get((row["policy"], row["rule"], row["task"]), DUE_IN), place
            ),
            assignee=people(row["policy"], row["rule"], row["task"]),
            reason=row["reason"],
        )
        for row in wanted.iter_rows(named=True)
    )


def _due_in(rulebook: Rulebook) -> dict[tuple[str, str, str], Days]:
    return {
        (policy.name, rule.id, rule.then.task): rule.then.due_in
        for policy in rulebook.policies.values()
        for rule in (*policy.stops, *policy.hand_over, *policy.choices)
        if isinstance(rule.then, Hold | Wait | Work) and rule.then.due_in is not None
    }


def _people(rulebook: Rulebook, settings: Settings) -> Callable[[str, str, str], str]:
    """Who does a task of a policy's rule: whom the rule names, else whom the task's text names."""
    named = {
        (policy.name, rule.id): rule.then.assign_to
        for policy in rulebook.policies.values()
        for rule in reversed((*policy.hand_over, *policy.choices))
        if isinstance(rule.then, Work) and rule.then.assign_to
    }

    def person(policy: str, rule: str, task: str) -> str:
        text = settings.tasks.get(task)
        return named.get((policy, rule)) or ("" if text is None else text.assign_to)

    return person
