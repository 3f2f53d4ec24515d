"""A small portfolio without a past, as an accounting export writes it: for a first look."""

import csv
import io
import random
from dataclasses import dataclass
from datetime import date, timedelta

from dispatcher.sample.files import HEADINGS


_TRADES = ("Menuiserie", "Garage", "Imprimerie", "Transports", "Boulangerie", "Électricité")
_NAMES = ("Dubois", "Lefèvre", "Moreau", "Garnier", "Chevalier", "Rousseau", "Noël", "Guérin")
_FORMS = ("SARL", "SAS", "EURL")
_FIRST = ("Claire", "Hélène", "Jérôme", "François", "Zoé", "André")
_STREETS = ("rue de la République", "avenue Jean-Jaurès", "place du Marché", "quai de l'Île")
_CITIES = (
    ("69003", "LYON"),
    ("67000", "STRASBOURG"),
    ("44000", "NANTES"),
    ("97400", "SAINT-DENIS"),
    ("75011", "PARIS"),
    ("13006", "MARSEILLE"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Account:
    reference: str
    name: str
    nature: str
    profile: str
    email: str
    phone: str
    address: str
    postcode: str
    city: str


def portfolio(*, today: date, seed: int = 2026, debtors: int = 60) -> str:
    """The export of open items of that day as text: semicolons, decimal commas, French dates.

    A few rows are as wrong as in real life: no amount, an impossible date, a broken e-mail.
    """
    chance = random.Random(seed)  # noqa: S311 - a sample, not a secret
    text = io.StringIO()
    table = csv.writer(text, delimiter=";", lineterminator="\n")
    table.writerow(HEADINGS)
    number = 26_000
    for index in range(debtors):
        account = _account(chance, index)
        for _ in range(chance.choice((1, 1, 2, 2, 3, 5))):
            number += 1
            table.writerow(_item(chance, account, f"FA{number}", today))
    table.writerows(_wrong_rows(_account(chance, debtors), today))
    return text.getvalue()


def _account(chance: random.Random, index: int) -> _Account:
    postcode, city = chance.choice(_CITIES)
    nature, profile, name = _identity(chance, index)
    return _Account(
        reference=f"C{index + 1:05}",
        name=name,
        nature=nature,
        profile=profile,
        email=_email(chance, index),
        phone=chance.choice((f"04 72 10 {index % 90 + 10} 11", "06 12 34 56 78", "")),
        address=f"{chance.randint(1, 120)} {chance.choice(_STREETS)}",
        postcode=postcode,
        city=city,
    )


def _identity(chance: random.Random, index: int) -> tuple[str, str, str]:
    family = chance.choice(_NAMES)
    match index % 10:
        case 7:
            return "Particulier", "Particulier", f"{chance.choice(_FIRST)} {family}"
        case 8:
            return "Public", "Public", f"Commune de {chance.choice(_CITIES)[1].title()}"
        case 9:
            return "Association", "Association", f"Association Les Amis de {family}"
        case _:
            trade = chance.choice(_TRADES)
            name = f"{trade} {family} {chance.choice(_FORMS)}"
            return "Entreprise", chance.choice(("TPE", "PME", "ETI")), name


def _email(chance: random.Random, index: int) -> str:
    """Most have one; some none, a few a broken one."""
    return chance.choices(
        (f"compta{index + 1}@client{index + 1}.example", "", "compta@@client.example"),
        weights=(85, 12, 3),
    )[0]


def _item(chance: random.Random, account: _Account, number: str, today: date) -> tuple[str, ...]:
    late = chance.choice((-40, -20, -5, 0, 1, 3, 5, 6, 9, 12, 15, 21, 33, 60))
    due = today - timedelta(days=late)
    amount = chance.randint(2_000, 900_000)
    credit = chance.random() < 0.04  # noqa: PLR2004 - one row in 25
    balance = -amount // 4 if credit else amount
    return _row(account, number, due, amount=balance if credit else amount, balance=balance)


def _row(
    account: _Account, number: str, due: date, *, amount: int, balance: int
) -> tuple[str, ...]:
    issued = due - timedelta(days=30)
    return (
        account.reference,
        account.name,
        account.nature,
        account.profile,
        account.email,
        account.phone,
        account.address,
        account.postcode,
        account.city,
        number,
        f"{issued:%d/%m/%Y}",
        f"{due:%d/%m/%Y}",
        _amount(amount),
        _amount(balance),
        *("" for _ in HEADINGS[14:]),
    )


def _wrong_rows(account: _Account, today: date) -> list[tuple[str, ...]]:
    due = today - timedelta(days=10)
    no_amount = _row(account, "FA99001", due, amount=12_000, balance=12_000)
    no_day = _row(account, "FA99002", due, amount=15_000, balance=15_000)
    return [(*no_amount[:13], "n/c", *no_amount[14:]), (*no_day[:11], "31/02/2026", *no_day[12:])]


def _amount(minor: int) -> str:
    sign, digits = ("-", -minor) if minor < 0 else ("", minor)
    return f"{sign}{digits // 100},{digits % 100:02}"
