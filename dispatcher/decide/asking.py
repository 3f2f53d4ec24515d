"""Rules asked of cases: of many in columns, of few one by one; both say the same.

An expression over a hundred facts costs milliseconds however few the rows, the generated function
some microseconds a case.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import polars as pl

from dispatcher.decide import elapse
from dispatcher.model.vocabulary import Fact, Value
from dispatcher.policy.function import compile_policy
from dispatcher.policy.once import once
from dispatcher.policy.terms import Policy


FEW: Final = 512  # cases to ask what the rules say of them
FEW_TO_COUNT_ON: Final = 128  # cases to ask from which day on the rules say something else

KINDS: Final = {
    "stop": pl.Int32,
    "stop_on_unknown": pl.Boolean,
    "hand_over": pl.Int32,
    "choice": pl.Int32,
}

Case = dict[str, Value]


def decided(rows: pl.DataFrame, policy: Policy, facts: Mapping[str, Fact]) -> pl.DataFrame:
    """The rows with the columns of `elapse.VERDICT`: what the policy says of each."""
    if rows.height > FEW:
        return elapse.decided(rows, policy, facts)
    decide = compile_policy(policy, facts)
    said = [decide(case) for case in _cases(rows, policy)]
    return rows.with_columns(
        pl.Series(name, [getattr(each, name) for each in said], dtype=kind)
        for name, kind in KINDS.items()
    )


def earliest_change(rows: pl.DataFrame, policy: Policy, facts: Mapping[str, Fact]) -> pl.DataFrame:
    """The decided rows with `days_on`: days until the policy says something else; null: never."""
    if rows.height > FEW_TO_COUNT_ON:
        return elapse.earliest_change(rows, policy, facts)
    late = rows["signed_late"].to_list()
    days = [
        _next_change(case, signed, policy, facts)
        for case, signed in zip(_cases(rows, policy), late, strict=True)
    ]
    return rows.with_columns(pl.Series("days_on", days, dtype=pl.Int64))


def _cases(rows: pl.DataFrame, policy: Policy) -> Iterator[Case]:
    """What the policy asks of each row."""
    return rows.select(_asked(policy)).iter_rows(named=True)


@once
def _asked(policy: Policy) -> list[str]:
    return sorted(elapse.facts_of(policy))


def _next_change(
    case: Case, late: int | None, policy: Policy, facts: Mapping[str, Fact]
) -> int | None:
    """The first day on which a comparison with a fact of time may come out anew and one does."""
    decide = compile_policy(policy, facts)
    now = decide(case)
    asked = [name for name in _LATER if name in case]
    coming = {_days_until(name, edge, case, late) for name, edge in _edges(policy, facts)}
    coming.add(None if late is None else 1 - late)
    then = dict(case)
    for days in sorted(day for day in coming if day is not None and day > 0):
        for name in asked:
            then[name] = _bounded(_LATER[name](case[name], late, days), facts[name])
        if decide(then) != now:
            return days
    return None


@once
def _edges(policy: Policy, facts: Mapping[str, Fact]) -> list[tuple[str, int]]:
    return sorted(elapse.edges_of_time(policy, facts))


def _days_until(name: str, edge: int, case: Case, late: int | None) -> int | None:
    """Days until the fact passes the edge; null where it is unknown (`elapse`)."""
    if name in elapse.RISING:
        standing = late if name == "days_late" else case[name]
        return None if standing is None else edge - int(standing)
    if name == "days_before_due":
        return None if late is None else 1 - late - edge
    standing = case[name]
    return None if standing is None else int(standing) - edge + 1


#: What each fact of time becomes, from its value, where the due day stands, and the days.
_LATER: Final[Mapping[str, Callable[[Value, int | None, int], int | None]]] = {
    "days_late": lambda _now, late, days: None if late is None else max(0, late + days),
    "days_before_due": lambda _now, late, days: (
        None if late is None or late + days > 0 else -(late + days)
    ),
    "days_since_step": lambda now, _late, days: None if now is None else int(now) + days,
    "limitation_days": lambda now, _late, days: None if now is None else int(now) - days,
}


def _bounded(value: int | None, fact: Fact) -> int | None:
    if value is None:
        return None
    low = value if fact.minimum is None else max(value, fact.minimum)
    return low if fact.maximum is None else min(low, fact.maximum)
