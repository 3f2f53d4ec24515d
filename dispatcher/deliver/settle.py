"""From a channel's outcome to what the store writes; the loop and recovery agree by this."""

from datetime import datetime

from dispatcher.deliver.schedule import ANY_HOUR, Draw, Hours, next_try, schedule_of
from dispatcher.ports import Attempted, Claim, NotAccepted, Outcome, Rejected


def settled(
    claim: Claim,
    outcome: Outcome | None,
    *,
    at: datetime,
    draw: Draw,
    hours: Hours = ANY_HOUR,
) -> Attempted:
    """How the attempt ends for the store.

    A refusal of our configuration is no fault of the message: it stays planned, with the code as
    evidence. A message not accepted gets its next try or, the schedule used up, is rejected.
    `hours` say when its debtor may be reached: a try never comes due outside them.
    """
    match outcome:
        case Rejected(scope="configuration"):
            evidence = {"code": outcome.code, "configuration": outcome.evidence}
            return Attempted(claim=claim, outcome=None, at=at, evidence=evidence)
        case NotAccepted():
            return _deferred(claim, outcome, at, draw, hours)
        case _:
            return Attempted(claim=claim, outcome=outcome, at=at)


def _deferred(
    claim: Claim, outcome: NotAccepted, at: datetime, draw: Draw, hours: Hours
) -> Attempted:
    # An attempt that was only put back (`stop`, our configuration) uses nothing up.
    deferrals = claim.attempt - 1 if claim.deferrals is None else claim.deferrals
    following = next_try(outcome, claim=claim, deferrals=deferrals, now=at, draw=draw, hours=hours)
    if following is not None:
        return Attempted(claim=claim, outcome=outcome, at=at, next_at=following)
    exhausted = Rejected(
        code=f"exhausted/{outcome.code}",
        evidence=f"attempt {claim.attempt}: {outcome.evidence}",
        scope=schedule_of(outcome, claim.channel).at_fault,
    )
    return Attempted(claim=claim, outcome=exhausted, at=at)
