"""Work that stays undone: to whom it goes when it is late by as long as it was given."""

from datetime import date

from dispatcher.decide import calendars
from dispatcher.decide.act import DUE_IN
from dispatcher.policy.terms import Contact, Days, HandOver, Policy, Rulebook, Then


def escalated_to(
    rulebook: Rulebook, *, policy: str, rule: str, due_on: date | None, today: date, place: str
) -> str:
    """The role that gets a call, visit or task today; empty while whoever has it is in time.

    It is late when its `due_in` has passed once more after `due_on`, in the creditor's territory
    `place`. A rule that names nobody leaves it to the owner of its policy.
    """
    known = rulebook.policies.get(policy)
    if known is None or due_on is None:
        return ""
    then = _then(known, rule)
    if today < calendars.after(due_on, _due_in(then), place):
        return ""
    named = then.escalate_to if isinstance(then, Contact) else ""
    return named or known.owner


def _then(policy: Policy, name: str) -> Then | None:
    rules = (*policy.stops, *policy.hand_over, *policy.choices)
    return next((rule.then for rule in rules if rule.id == name), None)


def _due_in(then: Then | None) -> Days:
    if then is None or isinstance(then, HandOver):
        return DUE_IN
    return then.due_in or DUE_IN
