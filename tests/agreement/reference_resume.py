"""Cases that are free again, in plain Python: the second writing of `resume` in `language.md`."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from dispatcher.policy.terms import Policy, Resume
from tests.agreement.reference_rules import Facts, truth


Row = Mapping[str, Any]


def since_free(holds: Sequence[Row], today: date) -> set[str]:
    """The stops that were true since the case was last free, without those only for unknown."""
    chain: list[Row] = []
    end = date.min
    for hold in sorted(holds, key=lambda row: (row["began_on"], row["id"])):
        if hold["began_on"] > today:
            continue
        if hold["began_on"] > end:
            chain = []  # free in between
        chain.append(hold)
        end = max(end, hold["ended_on"] or date.max)
    return {str(hold["rule"]).removeprefix("stops/") for hold in chain if not hold["on_unknown"]}


def seen_to_end(holds: Sequence[Row], today: date) -> bool:
    """The last run still saw a stop: this is the first that sees it ended, if nothing holds."""
    return any(hold["ended_on"] is None and hold["began_on"] <= today for hold in holds)


def goes_on_from(policy: Policy, facts: Facts, stops: set[str]) -> str:
    """The step that counts as done: the earliest that a stop asks for, never a later one."""
    rungs = ["none", *(step.id for step in policy.steps)]
    present = rungs.index(facts["last_step"])
    asked = [_asked(policy, facts, stop, rungs, present) for stop in stops]
    return rungs[min([present, *asked])]


def _asked(policy: Policy, facts: Facts, stop: str, rungs: Sequence[str], present: int) -> int:
    told = (*_matching(policy, facts, stop), *_matching(policy, facts, "any"))
    first = next(iter(told), None)
    if first is None or first.to == "same_step":
        return present
    return rungs.index(first.to)


def _matching(policy: Policy, facts: Facts, after: str) -> Iterator[Resume]:
    return (one for one in policy.resume if one.after == after and truth(one.when, facts))


def steps_between(policy: Policy, done: str, present: str) -> list[str]:
    """The steps to do again."""
    rungs = ["none", *(step.id for step in policy.steps)]
    return rungs[rungs.index(done) + 1 : rungs.index(present) + 1]
