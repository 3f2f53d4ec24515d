"""The limits of the home, proved once more as a message is claimed.

The plan hands out what a day has; but what was written yesterday, approved since, or is tried
again leaves on the same day. Here everything that leaves is counted, in the claiming transaction.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from dispatcher.decide.costs import PARTS, dearest
from dispatcher.model.message import LIMIT
from dispatcher.model.settings import Settings
from dispatcher.ports import Claim, Guard
from dispatcher.store.volumes import Handed


@dataclass(slots=True, kw_only=True)
class Capped:
    """The port `Guard` around another: what passes a limit of the home waits until tomorrow.

    `left` tells what may have left on a day. `postponed` collects what waits and why, `spent`
    what each message that this command has handed over costs, in `PARTS` of a euro: all rounds of
    a command share it.
    """

    guard: Guard
    settings: Settings
    left: Callable[[date], Sequence[Handed]]
    today: Callable[[], date]
    postponed: dict[int, str] = field(default_factory=dict)
    spent: dict[int, int] = field(default_factory=dict)

    def __call__(self, claims: Sequence[Claim]) -> Mapping[int, str]:
        limits = list(self._limits())
        if not limits:
            return self.guard(claims)
        used = Counter[str]()
        costs = {name: int(price * PARTS) for name, price in dearest(self.settings).items()}
        for each in self.left(self.today()):
            _use(used, each, costs)
        for claim in claims:  # what comes again was put back, and has cost nothing
            self.spent.pop(claim.id, None)
        used["cost_per_run"] = sum(self.spent.values())
        over = dict(_beyond(claims, limits, used, costs))
        reasons = self.guard([claim for claim in claims if claim.id not in over])
        self.spent |= {
            claim.id: costs.get(claim.channel, 0)
            for claim in claims
            if claim.id not in over and claim.id not in reasons
        }
        self.postponed.update(over)
        return {**reasons, **over}

    def _limits(self) -> Iterator[tuple[str, int]]:
        """Each limit that was set: its name in the configuration, and how much it allows."""
        totals = self.settings.totals
        counts = {f"per_day: {name}": count for name, count in totals.per_day.items()}
        counts |= {
            name: count
            for name, count in (
                ("per_run", totals.per_run),
                ("legal_effect_per_day", totals.legal_effect_per_day),
            )
            if count is not None
        }
        yield from counts.items()
        for name, cost in (
            ("cost_per_run", totals.cost_per_run),
            ("cost_per_day", totals.cost_per_day),
        ):
            if cost is not None:
                yield name, int(cost * PARTS)


def _beyond(
    claims: Iterable[Claim],
    limits: Sequence[tuple[str, int]],
    used: Counter[str],
    costs: Mapping[str, int],
) -> Iterator[tuple[int, str]]:
    """The claims that pass a limit, in their order, and which; the others are counted as gone."""
    for claim in claims:
        wanted = Counter[str]()
        _use(wanted, _kind(claim), costs)
        wanted["cost_per_run"] = wanted["cost_per_day"]
        passed = [
            name for name, most in limits if wanted[name] and used[name] + wanted[name] > most
        ]
        if passed:
            yield claim.id, f"{LIMIT}: {passed[0]}"
        else:
            used += wanted


def _kind(claim: Claim) -> Handed:
    return Handed(
        channel=claim.channel,
        legal_effect=claim.legal_effect,
        main=claim.main_id is None and claim.event_id is None,
        count=1,
    )


def _use(used: Counter[str], each: Handed, costs: Mapping[str, int]) -> None:
    """What some messages take of each limit; beside a contact only money is spent."""
    used["cost_per_day"] += each.count * costs.get(each.channel, 0)
    if not each.main:
        return
    used["per_run"] += each.count
    used[f"per_day: {each.channel}"] += each.count
    if each.legal_effect:
        used["legal_effect_per_day"] += each.count
