"""Ready-made creditors, debtors and items for the tests of composing and rendering."""

from datetime import date
from pathlib import Path

from dispatcher.compose.contact import Data, contact_data
from dispatcher.compose.library import Library, load
from dispatcher.model.debtor import Debtor, LegalKind
from dispatcher.model.letter import CreditItem, Item
from dispatcher.model.settings import Creditor


TEMPLATES = Path(__file__).parents[2] / "templates"
TODAY = date(2026, 11, 20)

CREDITOR = Creditor(
    name="Ateliers Rhône",
    legal_form="SAS au capital de 50 000 €",
    address=("12 rue de la Part-Dieu",),
    postcode="69003",
    city="Lyon",
    siren="732829320",
    phone="+33472000000",
    email="compta@ateliers.example",
    iban="FR7630006000011234567890189",
    bic="AGRIFRPP",
    contact_name="Claire Dubois",
    contact_role="responsable crédit",
    pay_url="https://payer.ateliers.example/C-1042",
)

DEBTOR = Debtor(
    id=1,
    reference="C-1042",
    name="Boulangerie Éloïse & Fils",
    legal_kind=LegalKind.BUSINESS,
    profile="sme",
    email="compta@boulangerie.example",
    phone="+33472111111",
    address=("3 place du Marché",),
    postcode="69400",
    city="Villefranche-sur-Saône",
    contact_name="Mme Martin",
)

ITEMS = (
    Item(
        number="F-2026-118",
        issued=date(2026, 9, 1),
        due=date(2026, 10, 1),
        balance=123456,
        days_late=50,
    ),
    Item(
        number="F-2026-131",
        issued=date(2026, 9, 15),
        due=date(2026, 10, 15),
        balance=48000,
        days_late=36,
    ),
)

LISTED = (
    Item(
        number="F-2026-127",
        issued=date(2026, 9, 10),
        due=date(2026, 10, 10),
        balance=15050,
        days_late=41,
        marks=("disputed",),
    ),
    Item(
        number="F-2026-140",
        due=date(2026, 12, 1),
        balance=9900,
        days_late=0,
        term=2,
        terms=3,
        marks=("not_due",),
    ),
)

CREDITS = (CreditItem(number="AV-2026-7", amount=5000, issued=date(2026, 10, 5)),)


def shipped_texts() -> dict[str, str]:
    """The templates of the project by path."""
    return {
        path.relative_to(TEMPLATES).as_posix(): path.read_text(encoding="utf-8")
        for path in TEMPLATES.rglob("*.j2")
    }


def shipped() -> Library:
    """The project's templates, loaded."""
    return loaded(shipped_texts())


def loaded(texts: dict[str, str]) -> Library:
    """A library that must have no problem."""
    library, problems = load(texts)
    assert library is not None, problems
    return library


def small_data(*, debtor: Debtor = DEBTOR) -> Data:
    """One invoice, nothing else."""
    return contact_data(
        creditor=CREDITOR,
        debtor=debtor,
        to=debtor.email,
        claimed=ITEMS[:1],
        today=TODAY,
        limit=date(2026, 12, 1),
    )


def full_data() -> Data:
    """Two invoices, other items, a credit, an earlier message."""
    return contact_data(
        creditor=CREDITOR,
        debtor=DEBTOR,
        to=DEBTOR.email,
        claimed=ITEMS,
        listed=LISTED,
        credits=CREDITS,
        today=TODAY,
        limit=date(2026, 12, 1),
        previous=date(2026, 11, 6),
    )
