"""The sample company on a day: debtors, what they owe and have paid, credits, what was said."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Final

from dispatcher.sample.debtors import GOOD, KINDS, Debtor, a_debtor
from dispatcher.sample.earlier import with_steps
from dispatcher.sample.ledger import DAYS, Invoice, an_invoice, invoices
from dispatcher.sample.said import Said, said


DEBTORS: Final = 400
SEED: Final = 2026

PART_PAID: Final = 0.03  # open items of which a part is paid, of one

#: The debtor with sixty staggered invoices.
STAGGERED: Final = 60
LITTORAL: Final = "Hôtels du Littoral SAS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """A credit note or a payment on account, in cents."""

    number: str
    debtor: Debtor
    issued: date
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """What the sample company is owed. `invoices` hold paid ones, open ones and those to come."""

    day: date
    debtors: tuple[Debtor, ...]
    invoices: tuple[Invoice, ...]
    credits: tuple[Credit, ...]
    said: tuple[Said, ...]

    def open_on(self, day: date) -> list[Invoice]:
        """What the export of that morning names, in order of number."""
        return [each for each in self.invoices if each.is_open(day)]


def company(*, today: date, seed: int = SEED, debtors: int = DEBTORS, ahead: int = 0) -> Company:
    """The same day and seed, the same company; with the invoices of so many days `ahead`."""
    chance = Random(seed)  # noqa: S311 - a sample, not a secret
    who, owed = _people(chance, today, debtors)
    owed += _to_come(Random(f"{seed} to come"), who, today, ahead)  # noqa: S311 - as above
    owed.sort(key=lambda each: (each.issued, each.debtor.reference))
    for place, invoice in enumerate(owed, start=1):
        invoice.number = f"FA{invoice.issued:%y}{place:05}"
    now_open = [each for each in owed if each.is_open(today)]
    _part_paid(chance, now_open)
    _on_the_portal(chance, now_open)
    with_steps(chance, now_open, today)
    given = tuple(_credits(chance, now_open, today))
    credited = {each.debtor.reference for each in given}
    late = [each for each in now_open if each.days_late(today)]
    spoken = [each for each in late if each.debtor.reference not in credited]
    return Company(
        day=today,
        debtors=tuple(who),
        invoices=tuple(owed),
        credits=given,
        said=said(chance, spoken, today),
    )


def _to_come(chance: Random, who: Sequence[Debtor], today: date, ahead: int) -> Iterator[Invoice]:
    """The invoices of the days that follow; whoever is insolvent is delivered nothing."""
    until = today + timedelta(days=ahead)
    for debtor in who:
        if not debtor.procedure:
            yield from invoices(chance, debtor, since=today - timedelta(days=1), until=until)


def _people(chance: Random, today: date, debtors: int) -> tuple[list[Debtor], list[Invoice]]:
    """So many debtors who owe something today, and all their invoices."""
    since, until = today - timedelta(days=DAYS), today - timedelta(days=2)
    who, owed, number = list[Debtor](), list[Invoice](), 0
    while len(who) < debtors:
        number += 1
        debtor = a_debtor(chance, number)
        found = invoices(chance, debtor, since=since, until=until)
        if len(who) == 1:
            debtor = _staggered(debtor)
            found = list(_sixty(chance, debtor, today))
        if debtor.procedure:
            found = _stopped(found, today)
        if any(each.is_open(today) for each in reversed(found)):
            who.append(debtor)
            owed += found
    return who, owed


def _stopped(found: list[Invoice], today: date) -> list[Invoice]:
    """Whoever is insolvent paid until some months ago, and is delivered nothing since."""
    before, last = today - timedelta(days=150), today - timedelta(days=60)
    kept = [each for each in found if each.issued < last]
    for each in kept:
        each.pays_on = each.due if each.due < before else None
    return kept


def _staggered(debtor: Debtor) -> Debtor:
    kind = next(each for each in KINDS if each.profile == "ETI")
    email = "compta@hotels-littoral.example"
    return replace(debtor, name=LITTORAL, kind=kind, habit=GOOD, term=45, email=email, procedure="")


def _sixty(chance: Random, debtor: Debtor, today: date) -> Iterator[Invoice]:
    """One invoice a day or two, the oldest of them three weeks late."""
    for place in range(STAGGERED):
        issued = today - timedelta(days=1 + place * 65 // STAGGERED)
        made = an_invoice(chance, debtor, issued, issued + timedelta(days=45))
        made.amount = made.balance = 9_000 + 35 * (place % 17) * 10
        made.pays_on = None
        yield made


def _part_paid(chance: Random, owed: Sequence[Invoice]) -> None:
    for invoice in owed:
        if chance.random() < PART_PAID:
            invoice.balance = max(1_000, round(invoice.amount * chance.choice((0.3, 0.5, 0.6))))


def _on_the_portal(chance: Random, owed: Sequence[Invoice]) -> None:
    for invoice in owed:
        if invoice.debtor.kind.nature == "Public":
            words = ("Acceptée", "Déposée", "", "Suspendue")
            invoice.status = chance.choices(words, weights=(60, 20, 15, 5))[0]


def _credits(chance: Random, owed: Sequence[Invoice], today: date) -> Iterator[Credit]:
    """Credit notes and payments on account; the first one covers all that its debtor owes."""
    ordinary = [each for each in owed if each.debtor.name != LITTORAL]
    firsts = list({each.debtor.reference: each for each in ordinary}.values())
    for place, invoice in enumerate(chance.sample(firsts, k=max(1, len(firsts) // 22))):
        theirs = [each for each in owed if each.debtor is invoice.debtor]
        whole = sum(each.balance for each in theirs)
        amount = whole + 500 if place == 0 else round(invoice.balance * chance.uniform(0.1, 0.6))
        yield Credit(
            number=f"{'ACPT' if place % 3 == 1 else 'AV'}{place + 1:04}",
            debtor=invoice.debtor,
            issued=today - timedelta(days=chance.randint(2, 25)),
            amount=amount,
        )
