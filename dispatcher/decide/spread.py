"""Many contacts over the days to come: as many a day as the team and the limits allow."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from dispatcher.decide import calendars
from dispatcher.decide.safety import FEW
from dispatcher.model.settings import Totals
from dispatcher.policy.terms import Policy


#: The share of what safety allows in a day that the spread takes: the other half is for what
#: falls due meanwhile.
HALF: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One contact that is wanted, not before `earliest`."""

    debtor_id: int
    policy: str
    channel: str
    earliest: date


#: What is counted in a day: of a policy or of all (empty), by a channel or by any (empty).
Room = Mapping[tuple[str, str], int]


def room(policies: Iterable[Policy], totals: Totals, overdue: Mapping[str, int]) -> Room:
    """How many contacts a day there is room for; `overdue` counts the debtors of each policy."""
    found: dict[tuple[str, str], int] = {("", name): n for name, n in totals.per_day.items()}
    if totals.per_run is not None:
        found["", ""] = totals.per_run
    for policy in policies:
        found |= {(policy.name, name): n for name, n in policy.limits.per_day.items()}
        per_run = policy.safety.debtors
        debtors, share = overdue.get(policy.name, 0), policy.safety.share_of_debtors
        fair = None if share is None or debtors < FEW else debtors * share // (100 * HALF)
        known = [count for count in (per_run, fair) if count is not None]
        if known:
            found[policy.name, ""] = min(known)
    return {key: max(count, 1) for key, count in found.items()}


def spread(wanted: Iterable[Wanted], limits: Room, *, start: date, place: str) -> dict[int, date]:
    """The day of each debtor, in the order in which they are wanted; a debtor has one day.

    Only business days of the territory `place` are given out.
    """
    days = [_open(start, place)]
    used: Counter[tuple[int, str, str]] = Counter()
    full: dict[tuple[str, str], int] = {}  # days from the first that have no room left
    given: dict[int, date] = {}
    for each in wanted:
        if each.debtor_id in given:
            continue
        kind = (each.policy, each.channel)
        counted = [key for key in _keys(*kind) if key in limits]
        at = first = full.get(kind, 0)
        waited = False
        while True:
            while at >= len(days):
                days.append(_open(days[-1] + timedelta(days=1), place))
            if days[at] < each.earliest:
                waited = True
            elif all(used[at, *key] < limits[key] for key in counted):
                break
            at += 1
        if not waited:
            full[kind] = max(at, first)
        used.update((at, *key) for key in counted)
        given[each.debtor_id] = days[at]
    return given


def _keys(policy: str, channel: str) -> tuple[tuple[str, str], ...]:
    return ((policy, channel), (policy, ""), ("", channel), ("", ""))


def _open(day: date, place: str) -> date:
    while calendars.closing(day, place):
        day += timedelta(days=1)
    return day
