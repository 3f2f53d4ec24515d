"""The exports of the sample company as its accounting writes them, one per source."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Final

from dispatcher.sample.company import Company, Credit
from dispatcher.sample.debtors import Debtor
from dispatcher.sample.ledger import Invoice


#: The columns that `config.example.yaml` maps.
HEADINGS: Final = (
    "Compte",
    "Raison sociale",
    "Nature",
    "Profil",
    "E-mail",
    "Téléphone",
    "Adresse",
    "CP",
    "Ville",
    "Facture",
    "Date facture",
    "Échéance",
    "Montant TTC",
    "Solde",
    "Mobile",
    "Interlocuteur",
    "Procédure",
    "Statut facture",
    "Niveau",
    "Date relance",
)
PAID_HEADINGS: Final = (
    "Compte",
    "Facture",
    "Date facture",
    "Échéance",
    "Montant TTC",
    "Date règlement",
)

OPEN_ITEMS: Final = "open-items.csv"
PAID_ITEMS: Final = "paid-items.csv"

Cells = Sequence[str]


def exports(company: Company, day: date) -> Mapping[str, str]:
    """The files of that morning by name."""
    return {
        OPEN_ITEMS: open_items(company, day),
        PAID_ITEMS: paid_items(company, since=date.min, until=day),
    }


def open_items(company: Company, day: date) -> str:
    """What is open on that morning, credits, and a few rows as wrong as in real life."""
    owed = company.open_on(day)
    rows = [_item(each) for each in owed]
    rows += [_credit(each) for each in company.credits]
    return _table(HEADINGS, [*rows, *_wrong(company.debtors[0], company.day)])


def paid_items(company: Company, *, since: date, until: date) -> str:
    """What was paid from `since` up to the day before `until`."""
    return _table(
        PAID_HEADINGS,
        (
            (
                each.debtor.reference,
                each.number,
                _day(each.issued),
                _day(each.due),
                _money(each.amount),
                _day(each.pays_on),
            )
            for each in company.invoices
            if each.pays_on is not None and since <= each.pays_on < until
        ),
    )


def _item(invoice: Invoice) -> Cells:
    return _row(
        invoice.debtor,
        number=invoice.number,
        days=(invoice.issued, invoice.due),
        amounts=(invoice.amount, invoice.balance),
        last=(invoice.status, invoice.step, _day(invoice.step_on)),
    )


def _credit(credit: Credit) -> Cells:
    amount, day = -credit.amount, credit.issued
    return _row(credit.debtor, number=credit.number, days=(day, day), amounts=(amount, amount))


def _row(
    debtor: Debtor,
    *,
    number: str,
    days: tuple[date, date],
    amounts: tuple[int, int],
    last: tuple[str, str, str] = ("", "", ""),
) -> Cells:
    return (
        debtor.reference,
        debtor.name,
        debtor.kind.nature,
        debtor.kind.profile,
        debtor.email,
        debtor.phone,
        debtor.address,
        debtor.postcode,
        debtor.city,
        number,
        *(_day(each) for each in days),
        *(_money(each) for each in amounts),
        debtor.mobile,
        debtor.contact,
        debtor.procedure,
        *last,
    )


def _wrong(debtor: Debtor, today: date) -> list[Cells]:
    """Rows that must be refused: no amount, no such day, no number, no debtor, no known nature."""
    days = (today - timedelta(days=40), today - timedelta(days=10))
    good = [
        list(_row(debtor, number=f"FA9900{at}", days=days, amounts=(12_000, 12_000)))
        for at in range(1, 6)
    ]
    changes = {"Solde": "n/c", "Échéance": "31/02/2026", "Facture": "", "Compte": "", "Nature": "?"}
    for row, (heading, value) in zip(good, changes.items(), strict=True):
        row[HEADINGS.index(heading)] = value
    return [tuple(row) for row in good]


def _table(headings: Cells, rows: Iterable[Cells]) -> str:
    text = io.StringIO()
    table = csv.writer(text, delimiter=";", lineterminator="\n")
    table.writerow(headings)
    table.writerows(rows)
    return text.getvalue()


@cache
def _day(day: date | None) -> str:
    return "" if day is None else f"{day.day:02}/{day.month:02}/{day.year}"


def _money(minor: int) -> str:
    sign, digits = ("-", -minor) if minor < 0 else ("", minor)
    return f"{sign}{digits // 100},{digits % 100:02}"
