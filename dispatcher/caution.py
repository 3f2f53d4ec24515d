"""Before anything leaves: has somebody said stop, is the clock right, is this day like others.

Each question stops a command with what a person has to know, and how he lets it go on.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from dispatcher.decide.costs import prices_of
from dispatcher.decide.plan import Plan
from dispatcher.decide.volume import CONTACTS, COST, LOOKED_AT, Unusual, Volume, unusual
from dispatcher.errors import WantsPerson
from dispatcher.house import House
from dispatcher.model.problem import Problem
from dispatcher.model.settings import Environment
from dispatcher.model.stop import Said
from dispatcher.stopping import standing
from dispatcher.store.volumes import Handed


#: Taken like a source that is old: `--accept clock`.
CLOCK: Final = "clock"

BACK: Final = timedelta(minutes=5)  # clocks of two machines differ so much, and no more
AHEAD: Final = timedelta(days=14)  # longer than anybody leaves a portfolio alone


# -- stop ---------------------------------------------------------------------------------------


def unstopped(house: House) -> None:
    """Nothing, unless a person has stopped everything.

    Raises:
        WantsPerson: who, why and since when.
    """
    found = halted(house)
    if found:
        raise WantsPerson(found)


def halted(house: House) -> tuple[Problem, ...]:
    """The stop of everything in words, if there is one."""
    return tuple(about(each, house) for each in house.halted() if not each.channel)


def held(house: House) -> tuple[Problem, ...]:
    """The stops of single channels in words."""
    return tuple(about(each, house) for each in house.halted() if each.channel)


def about(said: Said, house: House) -> Problem:
    """A stop that stands, for the person who wonders."""
    return standing(said, house.settings.timezone)


# -- the clock ----------------------------------------------------------------------------------


def clock_is_right(house: House, *, accepted: bool, rested: bool = False) -> None:
    """Nothing, unless the clock was set back, or, with `rested`, has jumped ahead.

    Of production only: in the sandbox a day may be chosen. A person who knows better accepts it.

    Raises:
        WantsPerson: what the clock says, and what the book says.
    """
    if accepted or house.settings.environment is not Environment.PRODUCTION:
        return
    now = house.clock.now()
    zone = ZoneInfo(house.settings.timezone)
    newest = house.book.newest_record()
    if newest is not None and now < newest - BACK:
        fields = {
            "now": f"{now.astimezone(zone):%Y-%m-%d %H:%M}",
            "last": f"{newest.astimezone(zone):%Y-%m-%d %H:%M}",
        }
        raise WantsPerson(Problem(code="run/clock-back", fields=fields))
    last = house.book.runs(limit=1)
    if rested and last and now > last[0].started_at + AHEAD:
        away = now - last[0].started_at
        started = f"{last[0].started_at.astimezone(zone):%Y-%m-%d %H:%M}"
        fields = {"days": str(away.days), "last": started}
        raise WantsPerson(Problem(code="run/clock-ahead", fields=fields))


# -- the plan -----------------------------------------------------------------------------------


def check_safety(house: House, plan: Plan, confirmed: str) -> None:
    """Nothing, if no limit is passed or exactly this plan is confirmed by its digest.

    Raises:
        WantsPerson: a person has to look first, or the plan is not the one that was confirmed.
    """
    if confirmed and not plan.digest.startswith(confirmed):
        fields = {"digest": short(plan.digest), "confirmed": confirmed}
        raise WantsPerson(Problem(code="run/other-plan", fields=fields))
    doubts = unsafe(house, plan)
    if doubts and not confirmed:
        raise WantsPerson(doubts)


def unsafe(house: House, plan: Plan) -> tuple[Problem, ...]:
    """Each limit of safety that a plan passes, in words for the person who has to look."""
    shares_passed = tuple(
        Problem(
            code="run/safety",
            fields={
                "policy": each.policy,
                "contacted": str(each.contacted),
                "overdue": str(each.overdue),
                "share": str(each.share),
                "limit": str(each.limit),
                "digest": short(plan.digest),
            },
        )
        for each in plan.exceeded
    )
    return (*shares_passed, *out_of_usual(house, plan))


def out_of_usual(house: House, plan: Plan) -> tuple[Problem, ...]:
    """What of today, with what its runs wrote before, is much more than on the days before."""
    if not plan.contacts or house.settings.totals.unusual.times is None:
        return ()
    day = house.clock.today()
    wrote = dict(house.book.wanted_by_runs(day=day, days=LOOKED_AT))
    today = _volume([*wrote.pop(day, ()), *_planned(plan)], house)
    before = [_volume(handed, house) for handed in wrote.values()]
    return tuple(_unusual(each, plan) for each in unusual(today, before, house.settings))


def _planned(plan: Plan) -> list[Handed]:
    found = [
        Handed(channel=each.channel, legal_effect=each.legal_effect, main=True, count=1)
        for each in plan.contacts
    ]
    return found + [
        Handed(channel=each.also, legal_effect=each.legal_effect, main=False, count=1)
        for each in plan.contacts
        if each.also
    ]


def _volume(handed: Sequence[Handed], house: House) -> Volume:
    prices = prices_of(house.settings)
    legal: dict[str, int] = {}
    for each in handed:
        if each.main and each.legal_effect:
            legal[each.channel] = legal.get(each.channel, 0) + each.count
    return Volume(
        contacts=sum(each.count for each in handed if each.main),
        legal=legal,
        cost=sum((prices.get(x.channel, Decimal(0)) * x.count for x in handed), Decimal(0)),
    )


def _unusual(found: Unusual, plan: Plan) -> Problem:
    fields = {"days": str(found.days), "digest": short(plan.digest)}
    if found.what == COST:
        fields |= {"today": f"{found.today:.2f}", "mean": f"{found.mean:.2f}"}
        return Problem(code="run/unusual-cost", fields=fields)
    fields |= {"today": str(found.today), "mean": f"{found.mean:.0f}"}
    if found.what == CONTACTS:
        return Problem(code="run/unusual-contacts", fields=fields)
    return Problem(code="run/unusual-legal", fields={**fields, "channel": found.what})


def without_clock(accepted: Collection[str]) -> list[str]:
    """What else was accepted: the names of sources."""
    return [name for name in accepted if name != CLOCK]


def short(digest: str) -> str:
    """As much of a digest as a person types."""
    return digest[:12]
