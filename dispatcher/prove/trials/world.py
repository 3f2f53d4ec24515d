"""What tests are run in: the rules, and what of the configuration days depend on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dispatcher.model.settings import Settings, Totals
from dispatcher.policy.terms import Policy, Rulebook, Safety
from dispatcher.prove.days.virtual_book import Presented
from dispatcher.prove.trials.spoken import Speak, mute


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """`reach` holds the channels that messages can go by, `legal` the templates with legal effect.

    `presented` says when letters arrive, `speak` makes the messages whose words tests ask for.
    """

    rulebook: Rulebook
    settings: Settings
    reach: frozenset[str]
    legal: frozenset[str]
    presented: Presented
    speak: Speak = mute


def alone(world: World) -> World:
    """The world of a debtor whom no other can keep waiting.

    One debtor has at most one contact a day, so what is handed out among debtors (`per_day`,
    `per_run`, the totals of the home) binds him only where there is none to hand out. Without it
    many timelines are lived in one portfolio, and each answers as if it were the only one.
    """
    policies = {name: _alone(policy) for name, policy in world.rulebook.policies.items()}
    totals = world.settings.totals
    nothing = 0 if totals.per_run == 0 else None
    settings = replace(
        world.settings, totals=Totals(per_run=nothing, per_day=_none_at_all(totals.per_day))
    )
    return replace(world, rulebook=replace(world.rulebook, policies=policies), settings=settings)


def _alone(policy: Policy) -> Policy:
    limits = replace(policy.limits, per_day=_none_at_all(policy.limits.per_day))
    none = {"debtors", "legal_effect"}
    kept = {name: 0 for name in none if getattr(policy.safety, name) == 0}
    return replace(policy, limits=limits, safety=Safety(**kept))


def _none_at_all(caps: Mapping[str, int]) -> dict[str, int]:
    return {name: count for name, count in caps.items() if count == 0}
