"""What simulated days come to: figures by channel, step and week, work, limits, what is stuck."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import polars as pl

from dispatcher.decide.costs import Prices
from dispatcher.model.decision import Action
from dispatcher.model.message import HUMAN_CHANNELS
from dispatcher.model.plan import HAND_OVER
from dispatcher.model.settings import Totals
from dispatcher.policy.terms import Rulebook
from dispatcher.prove.days.diary import ALSO, CONTACT, Diary
from dispatcher.prove.days.pressure import Pressure, pressed


WEEKS: Final = timedelta(weeks=26)  # a longer time is told by months

#: Answers that may stand for ever where no day is named.
WAITING: Final = (Action.WAIT.value, Action.NOTHING_YET.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Messages of one policy, step and channel; `sort` is `contact`, `also` or `answer`.

    `cost` is in euros, None where nobody said the price.
    """

    policy: str
    step: str
    channel: str
    sort: str
    messages: int
    cases: int
    amount: int
    cost: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What people get to do of one kind: in all, on the fullest day, and what they can a day.

    `full` counts the days on which all that they can was asked for; `can` is None without limit.
    """

    what: str
    total: int
    most: int
    can: int | None = None
    full: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What a limit kept back: how often, for how many days in all, and the longest of them."""

    gate: str
    contacts: int
    days: int
    longest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """Cases that nothing moves any more at the end, by why they stand; `amount` in minor units."""

    action: str
    policy: str
    reason: str
    rule: str
    cases: int
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A day, a week from its Monday, or a month: contacts by channel, new tasks, approvals.

    `standing` is what is owed by step at its end, in minor units.
    """

    start: date
    contacts: Mapping[str, int]
    tasks: int
    approvals: int
    standing: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """All figures of some days. `contacts` are conversations, whatever stood beside them."""

    start: date
    end: date
    runs: int
    contacts: int
    debtors: int
    sent: tuple[Sent, ...]
    periods: tuple[Period, ...]
    daily: tuple[Period, ...]
    monthly: bool
    loads: tuple[Load, ...]
    limits: tuple[Limit, ...]
    pressure: tuple[Pressure, ...]
    stuck: tuple[Stuck, ...]
    hand_overs: int
    confirmations: int
    cost: Decimal


def forecast(diary: Diary, rulebook: Rulebook, totals: Totals, prices: Prices) -> Forecast:
    """The figures of a diary that has at least one day."""
    messages, tasks = diary.table("messages"), diary.table("tasks")
    main = messages.filter(pl.col("sort") == CONTACT)
    sent = tuple(_sent(messages, prices))
    return Forecast(
        start=diary.days[0],
        end=diary.days[-1],
        runs=len(diary.days),
        contacts=main.height,
        debtors=main["debtor_id"].n_unique(),
        sent=sent,
        periods=tuple(_periods(diary, main, tasks, _begins(diary.days))),
        daily=tuple(_periods(diary, main, tasks, _itself)),
        monthly=_monthly(diary.days),
        loads=tuple(_loads(main, tasks, rulebook, totals)),
        limits=tuple(_limits(diary.table("postponed"))),
        pressure=pressed(main),
        stuck=tuple(_stuck(diary)),
        hand_overs=tasks.filter(pl.col("name") == HAND_OVER).height,
        confirmations=diary.table("stopped")["day"].n_unique(),
        cost=sum((each.cost for each in sent if each.cost is not None), Decimal(0)),
    )


def _sent(messages: pl.DataFrame, prices: Prices) -> Iterator[Sent]:
    keys = ["policy", "step", "channel", "sort"]
    # An answer to an event has no step: it is called by its rule.
    named = messages.with_columns(step=pl.when(pl.col("step") == "").then("rule").otherwise("step"))
    found = named.group_by(keys).agg(
        pl.len().alias("messages"), pl.col("cases").sum(), pl.col("amount").sum()
    )
    order = {CONTACT: 0, ALSO: 1}
    for policy, step, channel, sort, count, cases, amount in sorted(
        found.iter_rows(), key=lambda row: (row[0], row[1], order.get(row[3], 2), row[2])
    ):
        yield Sent(
            policy=policy,
            step=step,
            channel=channel,
            sort=sort,
            messages=count,
            cases=cases,
            amount=amount,
            cost=prices[channel] * count if channel in prices else None,
        )


# -- time ------------------------------------------------------------------------------------------


def _periods(
    diary: Diary, main: pl.DataFrame, tasks: pl.DataFrame, begins: Callable[[date], date]
) -> Iterator[Period]:
    """The days by the first day of what they belong to."""
    standing = diary.table("standing")
    by_start: dict[date, list[date]] = {}
    for day in diary.days:
        by_start.setdefault(begins(day), []).append(day)
    for start, days in by_start.items():
        inside = pl.col("day").is_between(days[0], days[-1])
        mine = main.filter(inside)
        last = standing.filter(pl.col("day") == days[-1]).sort("step")
        yield Period(
            start=start,
            contacts=_counts(mine["channel"]),
            tasks=tasks.filter(inside).height,
            approvals=mine.filter("approval").height,
            standing=dict(last.select("step", "amount").iter_rows()),
        )


def _begins(days: Sequence[date]) -> Callable[[date], date]:
    if _monthly(days):
        return lambda day: day.replace(day=1)
    return lambda day: day - timedelta(days=day.weekday())


def _itself(day: date) -> date:
    return day


def _monthly(days: Sequence[date]) -> bool:
    """Whether there are so many weeks that nobody reads them one by one."""
    return days[-1] - days[0] > WEEKS


def _counts(values: pl.Series) -> dict[str, int]:
    return dict(sorted(values.value_counts().iter_rows()))


# -- work for people -------------------------------------------------------------------------------


def _loads(
    main: pl.DataFrame, tasks: pl.DataFrame, rulebook: Rulebook, totals: Totals
) -> Iterator[Load]:
    """Calls and visits, channels with a capacity, approvals, then tasks by name."""
    limits = [policy.limits.per_day for policy in rulebook.active]
    named = {*totals.per_day, *(name for each in limits for name in each)}
    for channel in sorted(named | HUMAN_CHANNELS):
        can = _capacity(channel, limits, totals)
        mine = main.filter(pl.col("channel") == channel)
        if not mine.is_empty():
            yield _load(channel, mine, can)
    if main["approval"].any():
        yield _load("approvals", main.filter("approval"), None)
    for name in tasks["name"].unique().sort():
        yield _load(name, tasks.filter(pl.col("name") == name), None)


def _capacity(channel: str, limits: Sequence[Mapping[str, int]], totals: Totals) -> int | None:
    """What the home can on a day: its own total, and no more than all policies together."""
    own = totals.per_day.get(channel)
    each = [limit.get(channel) for limit in limits]
    together = None if any(limit is None for limit in each) else sum(filter(None, each))
    known = [limit for limit in (own, together) if limit is not None]
    return min(known) if known else None


def _load(what: str, rows: pl.DataFrame, can: int | None) -> Load:
    by_day = list(_counts(rows["day"].cast(pl.String)).values())
    return Load(
        what=what,
        total=rows.height,
        most=max(by_day, default=0),
        can=can,
        full=sum(can is not None and count >= can for count in by_day),
    )


# -- limits ----------------------------------------------------------------------------------------


def _limits(postponed: pl.DataFrame) -> Iterator[Limit]:
    """Each limit with the waits that it made: a wait is days in a row of one contact."""
    waits: dict[str, list[int]] = {}
    begun: dict[tuple[str, int], tuple[date, date]] = {}
    for day, leader, gate, until in postponed.sort("day").iter_rows():
        first, last = begun.get((gate, leader), (day, day))
        if day > last:
            waits.setdefault(gate, []).append((last - first).days)
            first = day
        begun[gate, leader] = (first, until)
    for (gate, _), (first, last) in begun.items():
        waits.setdefault(gate, []).append((last - first).days)
    for gate, days in sorted(waits.items()):
        yield Limit(gate=gate, contacts=len(days), days=sum(days), longest=max(days))


# -- the end ---------------------------------------------------------------------------------------


def _stuck(diary: Diary) -> Iterator[Stuck]:
    """What stands without a day on which it would go on: held, or at the end of its rules."""
    if diary.last is None:
        return
    still = pl.col("action").is_in([Action.HOLD.value, *WAITING]) & pl.col("until").is_null()
    keys = ["action", "policy", "reason", "rule"]
    found = (
        diary.last.answers.filter(still)
        .group_by(keys)
        .agg(cases=pl.len(), amount=pl.col("amount_due").sum())
        .sort("amount", *keys, descending=[True, *[False] * len(keys)])
    )
    for row in found.select(*keys, "cases", "amount").iter_rows(named=True):
        yield Stuck(**row)
