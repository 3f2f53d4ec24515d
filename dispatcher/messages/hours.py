"""When a debtor may be reached again: the port `deliver.schedule.Hours` over what the guard saw."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from dispatcher.decide import calendars
from dispatcher.decide.open_days import opening
from dispatcher.policy.terms import Rulebook
from dispatcher.ports import Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class DebtorHours:
    """Open days and quiet hours of each debtor under the policy of a claim.

    `where` gives territory and time zone by message; of one that is not there nothing is known,
    and the guard looks again when it is due.
    """

    rulebook: Rulebook
    where: Mapping[int, tuple[str, str]]

    def opening(self, claim: Claim, at: datetime) -> datetime:
        """The first instant from `at` on at which he may be reached."""
        policy = self.rulebook.policies.get(claim.policy)
        if policy is None or claim.id not in self.where:
            return at
        territory, zone = self.where[claim.id]
        return opening(
            at,
            territory=territory,
            zone=zone,
            step=claim.lines[0].step,
            channel=claim.channel,
            limits=policy.limits,
        )

    def business_days(self, claim: Claim, at: datetime, days: int) -> datetime:
        """So many of his business days later, at the same hour; in UTC."""
        territory, zone = self.where.get(claim.id, ("", "UTC"))
        local = at.astimezone(ZoneInfo(zone))
        day = calendars.add_business_days(local.date(), days, territory)
        then = local.replace(year=day.year, month=day.month, day=day.day)
        return then.astimezone(ZoneInfo("UTC"))
