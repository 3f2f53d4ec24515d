"""How far back a day looks at contacts that have come to their end."""

from datetime import date, timedelta

from dispatcher.decide.history import WINDOW
from dispatcher.policy.terms import Rulebook


def looks_back_to(rulebook: Rulebook, today: date) -> date:
    """The first day whose contacts count on `today`: for a gap, a cap, or as a fact.

    An older one that was sent or delivered changes no answer.
    """
    limits = [policy.limits for policy in rulebook.policies.values()]
    spans = [limit.gap for limit in limits] + [cap.per for each in limits for cap in each.at_most]
    return today - timedelta(days=max(WINDOW, *spans, 1))
