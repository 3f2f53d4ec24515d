"""The first day with thousands of old invoices: where each age class starts, and from which day."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from dispatcher.app import decide
from dispatcher.decide import calendars
from dispatcher.decide.ages import BARRED, CLASSES, Age, aged, ages
from dispatcher.decide.plan import Plan
from dispatcher.decide.spread import Wanted, room, spread
from dispatcher.errors import BadInput, WantsPerson
from dispatcher.house import House
from dispatcher.model.event import EventKind
from dispatcher.model.problem import Problem
from dispatcher.model.tables import FRAMES
from dispatcher.policy.terms import Rulebook
from dispatcher.ports import Frames
from dispatcher.problems.suggest import nearest
from dispatcher.store.events import NewEvent


SOURCE: Final = "start"  # of the events that the first day records
BEGUN: Final = "not_before"  # how the references of the days begin, before the digest
NONE: Final = "none"

#: Gates that the spread itself stands for.
SHARED: Final = ("capacity", "per_run", "limit")


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstDay:
    """What the first day would be; `digest` is what a person confirms.

    `barred` are the numbers of time-barred items. `steps` are cases that count as having had a
    step, and since when; `days` the first day of each debtor that wants a contact.
    """

    day: date
    ages: tuple[Age, ...]
    barred: tuple[str, ...]
    steps: tuple[tuple[int, int, str, date], ...]  # case, debtor, step, day
    days: Mapping[int, date]
    digest: str


def first_day(house: House, starts: Mapping[str, str]) -> FirstDay:
    """The first day over what has come in; `starts` says which step an age class has had.

    Raises:
        BadInput: a policy has lost a step on which cases stand.
    """
    frames = _unspread(house.book.frames())
    steps = _steps_had(aged(decide(house, frames)), starts, house.rulebook)
    plan = decide(house, _with_steps(frames, steps, house.clock.today()))
    days = _days(house, plan)
    rows = aged(plan)
    told = [house.clock.today().isoformat(), _texts(steps), sorted(_texts(days.items()))]
    return FirstDay(
        day=house.clock.today(),
        ages=tuple(ages(rows, days, house.rulebook)),
        barred=tuple(rows.filter(pl.col("age") == BARRED)["number"].to_list()),
        steps=tuple(steps),
        days=days,
        digest=hashlib.sha256(json.dumps(told).encode()).hexdigest(),
    )


def begin(house: House, found: FirstDay, *, confirmed: str, person: str) -> int:
    """Record the first day that a person has confirmed; how many events that made.

    None, where exactly that day was begun before.

    Raises:
        BadInput: no person is named.
        WantsPerson: it is not the one that was confirmed.
    """
    if not person.strip():
        raise BadInput(Problem(code="event/person"))
    if _begun(house, found, confirmed):
        return 0
    if not found.digest.startswith(confirmed):
        fields = {"digest": found.digest[:12], "confirmed": confirmed}
        raise WantsPerson(Problem(code="run/other-plan", fields=fields))
    taken_over = [
        NewEvent(
            source=SOURCE,
            reference=f"taken_over/{case}",
            kind=EventKind.TAKEN_OVER,
            debtor_id=debtor,
            invoice_id=case,
            day=since,
            detail=step,
            person=person,
        )
        for case, debtor, step, since in found.steps
    ]
    not_before = [
        NewEvent(
            source=SOURCE,
            reference=f"{BEGUN}/{found.digest}/{debtor}",
            kind=EventKind.NOT_BEFORE,
            debtor_id=debtor,
            day=found.day,
            until=day,
            person=person,
        )
        for debtor, day in found.days.items()
    ]
    return house.book.record_events([*taken_over, *not_before], now=house.clock.now())


def _begun(house: House, found: FirstDay, confirmed: str) -> bool:
    """Nothing is left of that day: its steps are taken over, its days given."""
    if not found.steps and not found.days:
        return True
    return house.book.has_event(source=SOURCE, beginning=f"{BEGUN}/{confirmed}")


def steps_of(told: Sequence[str], rulebook: Rulebook) -> Mapping[str, str]:
    """What was typed as CLASS=STEP.

    Raises:
        BadInput: with everything that is wrong with it.
    """
    found: dict[str, str] = {}
    problems = list[Problem]()
    for each in told:
        age, _, step = each.partition("=")
        problems += _misnamed(each, age, step, rulebook)
        if age in found:
            problems.append(Problem(code="start/twice", fields={"value": age}))
        found[age] = step
    if problems:
        raise BadInput(problems)
    return found


def _misnamed(told: str, age: str, step: str, rulebook: Rulebook) -> Iterator[Problem]:
    if "=" not in told:
        yield Problem(code="start/from", fields={"value": told})
        return
    steps = list(dict.fromkeys(s.id for policy in rulebook.active for s in policy.steps))
    for code, value, allowed in (
        ("start/class", age, list(CLASSES)),
        ("start/step", step, steps),
    ):
        if value not in allowed:
            fields = {"value": value, "allowed": ", ".join(allowed)}
            yield Problem(code=code, fields=fields, suggestion=nearest(value, allowed))


# -- what counts as done ------------------------------------------------------------------------


def _steps_had(
    rows: pl.DataFrame, starts: Mapping[str, str], rulebook: Rulebook
) -> list[tuple[int, int, str, date]]:
    """Cases without a history of their own that count as having had the step of their class.

    It counts since the day on which the case came into its class. A case whose policy has no such
    step starts where it would without.
    """
    ladders = {policy.name: {step.id for step in policy.steps} for policy in rulebook.active}
    fresh = rows.filter(pl.col("recorded") == NONE, pl.col("age").is_in(list(starts)))
    return [
        (case, debtor, starts[age], date.fromordinal(due.toordinal() + CLASSES[age]))
        for case, debtor, age, due, policy in fresh.sort("case_id")
        .select("case_id", "debtor_id", "age", "due", "policy")
        .iter_rows()
        if starts[age] in ladders.get(policy, ())
    ]


def _unspread(frames: Frames) -> Frames:
    """The frames as if no first day had been spread: it is spread anew."""
    events = frames["events"].filter(pl.col("kind") != EventKind.NOT_BEFORE.value)
    return {**frames, "events": events}


def _with_steps(frames: Frames, steps: Sequence[tuple[int, int, str, date]], today: date) -> Frames:
    schema = {name: getattr(pl, kind) for name, kind in FRAMES["events"].items()}
    last = frames["events"]["id"].max()
    first = 1 + (last if isinstance(last, int) else 0)
    new = [
        (first + place, EventKind.TAKEN_OVER.value, debtor, case, min(day, today), None, None, step)
        for place, (case, debtor, step, day) in enumerate(steps)
    ]
    more = pl.DataFrame(new, schema=schema, orient="row")
    return {**frames, "events": pl.concat([frames["events"], more])}


# -- which day ----------------------------------------------------------------------------------


def _days(house: House, plan: Plan) -> dict[int, date]:
    """The first day of each debtor that wants a contact: most advanced and largest first."""
    settings, today = house.settings, house.clock.today()
    rows = plan.facts.select(
        "case_id", "debtor_id", "owed_by_debtor", pl.col("last_step").cast(pl.String)
    ).join(plan.answers.select("case_id", "policy"), on="case_id")
    rungs = {
        (policy.name, name): place
        for policy in house.rulebook.active
        for place, name in enumerate([NONE, *(step.id for step in policy.steps)])
    }
    shared = pl.any_horizontal(pl.col("gate").str.starts_with(name) for name in SHARED)
    asking = plan.considered.filter(pl.col("channel").is_not_null()).join(
        rows, left_on="leader", right_on="case_id"
    )
    told = asking.select(
        "debtor_id",
        "policy",
        "channel",
        "last_step",
        "owed_by_debtor",
        "leader",
        earliest=pl.when(shared).then(pl.lit(today)).otherwise(pl.coalesce("day", pl.lit(today))),
    ).rows(named=True)
    told.sort(
        key=lambda row: (
            -rungs.get((row["policy"], row["last_step"]), 0),
            -row["owed_by_debtor"],
            row["leader"],
        )
    )
    wanted = [
        Wanted(
            debtor_id=row["debtor_id"],
            policy=row["policy"],
            channel=row["channel"],
            earliest=row["earliest"],
        )
        for row in told
    ]
    late = aged(plan).group_by("policy").agg(pl.col("debtor_id").n_unique())
    limits = room(house.rulebook.active, settings.totals, dict(late.iter_rows()))
    place = calendars.territory_of(calendars.HOME, settings.creditor.postcode)
    return spread(wanted, limits, start=today, place=place)


def _texts(rows: Iterable[tuple[object, ...]]) -> list[list[str]]:
    return [[str(value) for value in row] for row in rows]
