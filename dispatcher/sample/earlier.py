"""What an earlier tool has done about what is late: a round of each debtor some days ago."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from random import Random
from typing import Final

from dispatcher.sample.ledger import SATURDAY, Invoice


#: By nature or profile: from how many days late a contact was which step.
LADDERS: Final = {
    "Public": ((3, "R0"), (15, "R1"), (31, "R2"), (47, "R3"), (90, "MED")),
    "Particulier": ((5, "R1"), (14, "R2"), (23, "R3"), (60, "MED")),
    "Grand compte": ((2, "R1"), (14, "R2"), (22, "R3"), (55, "MED")),
    "": ((4, "R1"), (12, "R2"), (20, "R3"), (38, "MED")),
}

NOTICE: Final = "MED"


def with_steps(chance: Random, invoices: Iterable[Invoice], today: date) -> None:
    """Write into late invoices the step that they had at their debtor's last round.

    After a formal notice nobody is contacted for a while, so such a round lies further back.
    """
    by_debtor: dict[str, list[Invoice]] = {}
    for invoice in invoices:
        if invoice.days_late(today):
            by_debtor.setdefault(invoice.debtor.reference, []).append(invoice)
    for late in by_debtor.values():
        since = chance.choice((1, 2, 3, 4, 4, 5, 6, 7, 8))
        if any(_step(each, today - timedelta(days=since)) == NOTICE for each in late):
            since = chance.randint(2, 16)
        day = _worked(today - timedelta(days=since))
        _round(late, day)


def _round(late: Sequence[Invoice], day: date) -> None:
    for invoice in late:
        step = _step(invoice, day)
        if step:
            invoice.step, invoice.step_on = step, day


def _step(invoice: Invoice, day: date) -> str:
    """The furthest step that so late an invoice has had on that day."""
    kind, days = invoice.debtor.kind, invoice.days_late(day)
    ladder = LADDERS.get(kind.profile, LADDERS[""])
    return max(((least, step) for least, step in ladder if days >= least), default=(0, ""))[1]


def _worked(day: date) -> date:
    """The day, or the Friday before it."""
    return day - timedelta(days=max(0, day.weekday() - SATURDAY + 1))
