"""Days on which nothing can change need not be lived: the first on which something may."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

import polars as pl

from dispatcher.decide.hand_over import UNTIL_ASKED_AGAIN
from dispatcher.decide.history import WINDOW
from dispatcher.model.decision import Action
from dispatcher.model.event import EventKind
from dispatcher.policy.function import Decide
from dispatcher.policy.terms import Rulebook
from dispatcher.prove.days.virtual_book import VirtualBook
from dispatcher.prove.exact.later import next_change
from dispatcher.prove.trials.alone import on_ladder


#: Answers that stand by themselves as long as nothing else changes.
STILL: Final = frozenset({Action.WAIT.value, Action.NOTHING_YET.value, Action.HOLD.value})

GRACE: Final = 10  # days within which a promise that was not kept is broken

#: The answer of a case, its facts, and the rules of its policy; None: no policy applies.
Asked = tuple[Mapping[str, Any], Mapping[str, Any], Decide | None]


def next_day(
    book: VirtualBook, debtor: int, cases: Sequence[Asked], rulebook: Rulebook, today: date
) -> date:
    """The first day after today on which a debtor's cases may answer otherwise, if not before.

    It is never too late: whatever has a date in the book counts, and after a day that did
    something every day counts.
    """
    tomorrow = today + timedelta(days=1)
    busy = any(row["action"] not in STILL for row, _, _ in cases)
    late = any(facts["signed_late"] > WINDOW * 12 for _, facts, _ in cases)
    if busy or late or book.in_hand(debtor) or any(decide is None for _, _, decide in cases):
        return tomorrow
    days = [*_of_cases(cases, rulebook, today), *_of_book(book, debtor, today)]
    return min((day for day in days if day > today), default=date.max)


def _of_cases(cases: Sequence[Asked], rulebook: Rulebook, today: date) -> Iterator[date]:
    """Days that rules and answers name."""
    for row, facts, decide in cases:
        policy = rulebook.policies.get(row["policy"])
        if policy is not None and decide is not None:
            case, _ = on_ladder(facts, policy)
            days = next_change(case, policy, decide, rulebook.facts)
            yield date.max if days is None else today + timedelta(days=days)
        if row["until"] is not None:
            yield row["until"]
        yield facts["due"] + timedelta(days=1)


def _of_book(book: VirtualBook, debtor: int, today: date) -> Iterator[date]:
    """Days that stand in the book: what arrives, what was promised, what leaves a window."""
    tables = book.tables
    mine = pl.col("debtor_id") == debtor
    messages = tables["messages"].filter(mine)
    lines = tables["lines"].filter(pl.col("message_id").is_in(messages["id"].implode()))
    yield from lines["done_on"].drop_nulls().to_list()
    for day in messages["contact_on"].drop_nulls().to_list():
        yield day + timedelta(days=WINDOW)
    told = tables["events"].filter(mine).select("kind", "day", "until")
    for kind, day, until in told.iter_rows():
        if kind == EventKind.CONTACTED.value:
            yield day + timedelta(days=WINDOW)
        if kind == EventKind.HAND_OVER_DECIDED.value:
            yield day + UNTIL_ASKED_AGAIN
        if until is not None:
            first = max(until, today + timedelta(days=1))
            yield from (
                first + timedelta(days=more)
                for more in range(GRACE)
                if first <= until + timedelta(days=GRACE)
            )
