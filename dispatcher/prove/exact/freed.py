"""A case that a stop holds, as it will be on the day on which the stop ends."""

from dataclasses import dataclass

from dispatcher.policy.interpret import Case, interpret, truth
from dispatcher.policy.terms import Policy


SAME_STEP = "same_step"
ANY_STOP = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Freed:
    """The case on its first free day: its clock at 0, and perhaps at an earlier step.

    `back_to` is that step; empty: it goes on where it stands.
    """

    case: Case
    back_to: str = ""


def freed(case: Case, policy: Policy) -> Freed | None:
    """The case once the stop that holds it is over; None: no stop holds it.

    A stop that fires on an unknown fact only does not let the clock start again, nor does one
    before the first step.
    """
    verdict = interpret(policy, case)
    if verdict.stop is None or verdict.stop_on_unknown or case.get("days_since_step") is None:
        return None
    back = _goes_back_to(policy.stops[verdict.stop].id, case, policy)
    last = back or case["last_step"]
    return Freed(case={**case, "last_step": last, "days_since_step": 0}, back_to=back)


def _goes_back_to(stop: str, case: Case, policy: Policy) -> str:
    """The step that `resume` names for this stop, if it is an earlier one."""
    named = stop.partition("/")[2]
    entries = [entry for entry in policy.resume if truth(entry.when, case) is True]
    mine = [entry for entry in entries if entry.after == named]
    others = [entry for entry in entries if entry.after == ANY_STOP]
    to = next((entry.to for entry in (*mine, *others)), SAME_STEP)
    rungs = [step.id for step in policy.steps]
    last = case.get("last_step")
    if to in rungs and last in rungs and rungs.index(to) < rungs.index(str(last)):
        return to
    return ""
