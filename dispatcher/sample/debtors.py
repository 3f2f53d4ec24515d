"""Who owes: debtors of every size and kind, and how each is used to pay."""

from dataclasses import dataclass
from random import Random
from typing import Final

from dispatcher.sample import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Debtors of one profile: share in percent, invoices a month, usual amount in euros."""

    nature: str
    profile: str
    share: float
    a_month: float
    median: float
    terms: tuple[int, ...]  # days from the invoice to the due date


KINDS: Final = tuple(
    Kind(nature=nature, profile=profile, share=share, a_month=a_month, median=median, terms=terms)
    for nature, profile, share, a_month, median, terms in (
        ("Particulier", "Particulier", 22, 0.7, 140, (0, 15, 30)),
        ("Entreprise", "TPE", 27, 0.8, 380, (30, 30, 45)),
        ("Entreprise", "PME", 25, 1.4, 950, (30, 45, 60)),
        ("Entreprise", "ETI", 8, 2.0, 2600, (45, 60)),
        ("Entreprise", "Grand compte", 2, 3.5, 6500, (60, 90)),
        ("Public", "Public", 9, 1.0, 1400, (30, 50)),
        ("Association", "Association", 7, 0.6, 260, (30,)),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """How late somebody pays: days, how far they spread; `never` of a hundred only pressed."""

    name: str
    days: float
    spread: float
    never: float
    heeds: float  # how likely a reminder makes him pay, of one


GOOD: Final = Habit(name="good", days=1, spread=3, never=0.2, heeds=0.55)
USUAL: Final = Habit(name="usual", days=11, spread=9, never=1, heeds=0.4)
SLOW: Final = Habit(name="slow", days=28, spread=14, never=5, heeds=0.3)
BAD: Final = Habit(name="bad", days=50, spread=25, never=20, heeds=0.15)
TREASURY: Final = Habit(name="treasury", days=15, spread=9, never=0.5, heeds=0.3)

#: Shares of one: debtors overseas, in Alsace-Moselle, insolvent.
OVERSEAS: Final = 0.05
ALSACE_MOSELLE: Final = 0.08
INSOLVENT: Final = 0.008

_HABITS: Final = ((GOOD, 44), (USUAL, 34), (SLOW, 15), (BAD, 7))


@dataclass(frozen=True, slots=True, kw_only=True)
class Debtor:
    """One debtor as the accounting knows him, and how he pays."""

    reference: str
    name: str
    kind: Kind
    habit: Habit
    term: int
    email: str
    phone: str
    mobile: str
    contact: str
    address: str
    postcode: str
    city: str
    procedure: str = ""


def a_debtor(chance: Random, number: int) -> Debtor:
    """The next debtor of this world."""
    kind = chance.choices(KINDS, weights=[each.share for each in KINDS])[0]
    postcode, city, head, mobile_head = _place(chance)
    family, first = chance.choice(words.FAMILIES), chance.choice(words.FIRST)
    landline, mobile = _number(chance, head), _number(chance, mobile_head)
    phones = _phones(chance, kind, landline, mobile)
    return Debtor(
        reference=f"C{number:05}",
        name=_name(chance, kind, family, first, city),
        kind=kind,
        habit=_habit(chance, kind),
        term=chance.choice(kind.terms),
        email=_email(chance, kind, number),
        phone=phones[0],
        mobile=phones[1],
        contact="" if kind.profile == "Particulier" else f"{first} {family}",
        address=f"{chance.randint(1, 120)} {chance.choice(words.STREETS)}",
        postcode=postcode,
        city=city,
        procedure=_procedure(chance, kind),
    )


def _place(chance: Random) -> tuple[str, str, str, str]:
    """Postcode, town, how its landlines and mobiles begin."""
    part = chance.random()
    if part < OVERSEAS:
        return chance.choice(words.OVERSEAS)
    towns = words.ALSACE_MOSELLE if part < OVERSEAS + ALSACE_MOSELLE else words.TOWNS
    return (*chance.choice(towns), f"06{chance.randint(10, 38)}")


def _name(chance: Random, kind: Kind, family: str, first: str, city: str) -> str:
    match kind.profile:
        case "Particulier":
            return f"{first} {family}"
        case "Public":
            return chance.choice(words.PUBLIC).format(town=city.title())
        case "Association":
            return chance.choice(words.ASSOCIATIONS).format(family=family)
        case "ETI" | "Grand compte":
            return f"{family} {chance.choice(words.GROUPS)} {chance.choice(('SAS', 'SA'))}"
        case _:
            forms = words.SMALL_FORMS if kind.profile == "TPE" else words.FORMS
            return f"{chance.choice(words.TRADES)} {family} {chance.choice(forms)}"


def _habit(chance: Random, kind: Kind) -> Habit:
    if kind.nature == "Public":
        return TREASURY
    return chance.choices([each for each, _ in _HABITS], weights=[n for _, n in _HABITS])[0]


def _email(chance: Random, kind: Kind, number: int) -> str:
    """Most have one; some none, a few a broken one."""
    some = (f"compta{number}@client{number}.example", "", f"compta{number}@@client.example")
    missing = 20 if kind.profile in {"Particulier", "Association"} else 8
    return chance.choices(some, weights=(97 - missing, missing, 3))[0]


def _phones(chance: Random, kind: Kind, landline: str, mobile: str) -> tuple[str, str]:
    """Telephone and mobile: consumers mostly a mobile, companies a landline, some nothing."""
    person = kind.profile in {"Particulier", "TPE"}
    weights = (20, 50, 20, 10) if person else (60, 5, 25, 10)
    known = ((landline, ""), ("", mobile), (landline, mobile), ("", ""))
    return chance.choices(known, weights=weights)[0]


def _number(chance: Random, head: str) -> str:
    """Ten digits that begin so."""
    missing = 10 - len(head)
    return f"{head}{chance.randint(10 ** (missing - 1), 10**missing - 1)}"


def _procedure(chance: Random, kind: Kind) -> str:
    if kind.profile in {"Public", "Grand compte"} or chance.random() > INSOLVENT:
        return ""
    return "Surendettement" if kind.profile == "Particulier" else chance.choice(("RJ", "LJ"))
