"""What the tests of sentences share: a debtor's day in a few words, titles of later issues."""

# ruff: noqa: ANN401 - any column of any table may be said by name

from datetime import date, timedelta
from typing import Any, Final

from dispatcher.decide.plan import Plan
from dispatcher.policy.terms import Limits, Rulebook, Safety
from tests.decide.decide_world import TODAY, Row, answer, frames, plan, policy, rulebook


MESSAGES: Final = (
    "Messages and channels: what a debtor gets, in French, on every channel, "
    "and what people get to do"
)
DELIVERY: Final = "Delivery that survives anything: no duplicate, no loss, no silence, and proof"
TRUST: Final = "Policies that operators can trust: tests, proofs, differences, replay, simulation"

FREE: Final = Limits()  # nothing postpones


def at(days: int) -> date:
    """That many days after today."""
    return TODAY + timedelta(days=days)


def ago(days: int) -> date:
    """That many days before today."""
    return TODAY - timedelta(days=days)


def day(rules: Rulebook | None = None, /, **tables: Any) -> Plan:
    """The plan of one usual debtor with these rows; `given` are arguments of the plan."""
    given = tables.pop("given", {})
    return plan(frames(**{"debtors": [{}], "invoices": [{}], **tables}), rules, **given)


def said(rules: Rulebook | None = None, /, **tables: Any) -> dict[str, Any]:
    """The answer of one usual debtor's `case` (the first)."""
    case = tables.pop("case", 1)
    return answer(day(rules, **tables), case)


def freely(**changes: Any) -> Rulebook:
    """The usual policy without limits."""
    return rulebook(policy(**{"limits": FREE, "safety": Safety(), **changes}))


def event(kind: str, *, days: int = 0, case: int | None = 1, **more: Any) -> Row:
    """Something that happened so many days ago; to the whole debtor where `case` is None."""
    return {"kind": kind, "invoice_id": case, "day": ago(days), **more}
