"""What debtors had said before the first day: promises, disputes, plans, replies, hand-overs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from dispatcher.sample.ledger import Invoice


OLD: Final = 9  # days: nobody answers any more what was said before
A_YEAR: Final = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One event as a person types it: `kind` and the options of `relance event`."""

    number: str
    kind: str
    on: date
    until: date | None = None
    amount: int | None = None  # cents
    part: bool = False
    reason: str = ""
    instalments: str = ""
    note: str = ""


def said(chance: Random, late: Sequence[Invoice], today: date) -> tuple[Said, ...]:
    """What had been said of these late invoices, each of another debtor."""
    ordinary = [each for each in late if not each.debtor.procedure]
    firsts = {each.debtor.reference: each for each in ordinary}
    drawn = chance.sample(list(firsts.values()), k=min(len(firsts), 46))
    some = iter(drawn)
    return tuple(each for make, count in _PLAN for invoice in _next(some, count)
                 for each in make(chance, invoice, today))  # fmt: skip


def _next(some: Iterator[Invoice], count: int) -> Iterator[Invoice]:
    for _, invoice in zip(range(count), some, strict=False):
        yield invoice


def _promise(chance: Random, invoice: Invoice, today: date) -> Iterator[Said]:
    invoice.pays_on = until = today + timedelta(days=chance.randint(2, 9))
    on = today - timedelta(days=chance.randint(1, 4))
    yield Said(number=invoice.number, kind="promise_made", on=on, until=until)


def _broken(chance: Random, invoice: Invoice, today: date) -> Iterator[Said]:
    until = today - timedelta(days=chance.randint(6, 9))
    on = until - timedelta(days=7)
    yield Said(number=invoice.number, kind="promise_made", on=on, until=until)


def _dispute(chance: Random, invoice: Invoice, today: date) -> Iterator[Said]:
    invoice.pays_on = None
    on = today - timedelta(days=chance.randint(OLD, 25))
    yield Said(number=invoice.number, kind="dispute_opened", on=on, note="Quantité contestée")


def _part(chance: Random, invoice: Invoice, today: date) -> Iterator[Said]:
    on = today - timedelta(days=chance.randint(OLD, 25))
    part = max(100, invoice.balance // 4)
    kind, number = "dispute_opened", invoice.number
    yield Said(number=number, kind=kind, on=on, amount=part, part=True, note="Prix contesté")


def _plan(chance: Random, invoice: Invoice, today: date) -> Iterator[Said]:
    on = today - timedelta(days=chance.randint(OLD, 20))
    until = today + timedelta(days=chance.randint(5, 20))
    invoice.pays_on = None
    yield Said(number=invoice.number, kind="plan_agreed", on=on, until=until, instalments="3")


def _missed(_chance: Random, invoice: Invoice, today: date) -> Iterator[Said]:
    number, began = invoice.number, today - timedelta(days=45)
    first = today - timedelta(days=15)
    yield Said(number=number, kind="plan_agreed", on=began, until=first, instalments="3")
    yield Said(number=number, kind="plan_missed", on=today - timedelta(days=6))


def _reply(_chance: Random, invoice: Invoice, today: date) -> Iterator[Said]:
    note = "Demande une copie de la facture"
    on = today - timedelta(days=1)
    yield Said(number=invoice.number, kind="reply_received", on=on, note=note)


def _handed(chance: Random, invoice: Invoice, today: date) -> Iterator[Said]:
    on = today - timedelta(days=chance.randint(10, 60))
    yield Said(number=invoice.number, kind="handed_over", on=on)


def _reason(_chance: Random, invoice: Invoice, today: date) -> Iterator[Said]:
    on, reason = today - timedelta(days=12), "temporary_difficulty"
    yield Said(number=invoice.number, kind="reason_given", on=on, reason=reason)


_PLAN: Final = (
    (_promise, 12),
    (_broken, 5),
    (_dispute, 7),
    (_part, 3),
    (_plan, 5),
    (_missed, 2),
    (_reply, 3),
    (_handed, 4),
    (_reason, 3),
)
