"""Ready-made creditors, debtors and items for the tests of composing and rendering."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from dispatcher.compose.contact import Data, contact_data
from dispatcher.compose.dues import Dues, dues_of
from dispatcher.compose.library import Library, load
from dispatcher.model.debtor import Debtor, LegalKind
from dispatcher.model.following import Following, NextKind
from dispatcher.model.letter import (
    Conversation,
    CreditItem,
    Dispute,
    Instalment,
    Item,
    Occasion,
    Paid,
    Recalled,
)
from dispatcher.model.rates import HalfYear
from dispatcher.model.settings import Creditor, Offer, OfferKind


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
    mediator="Médiateur de la consommation Exemple, 1 place de la Paix, 75002 Paris",
    mediator_url="https://mediateur.example",
    privacy_url="https://ateliers.example/donnees",
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

#: The half-years of the items; the second is not among the shipped rates.
RATES = {
    "2026-1": HalfYear(ecb=Decimal("2.15"), legal=Decimal("2.62")),
    "2026-2": HalfYear(ecb=Decimal("2.15"), legal=Decimal("2.60")),
}

PLAN_OF_3 = Offer(
    name="payment-plan-3",
    kind=OfferKind.PLAN,
    labels={"fr": "Paiement en trois fois"},
    instalments=3,
)
WAIVER = Offer(name="waive-late-fees", kind=OfferKind.WAIVER, labels={"fr": "Remise des pénalités"})

#: What has been sent before.
RECALLED = (
    Recalled(channel="email", day=date(2026, 10, 26)),
    Recalled(channel="letter", day=date(2026, 11, 6)),
)

#: Everything that a message can speak of, at once.
EVERYTHING = Occasion(
    recalled=RECALLED,
    offer=PLAN_OF_3,
    plan=(
        Instalment(day=date(2026, 12, 1), amount=60000),
        Instalment(day=date(2027, 1, 1), amount=60000),
    ),
    promised=date(2026, 11, 30),
    promised_amount=60000,
    paid=Paid(amount=50000, day=date(2026, 11, 18), remaining=73456),
    dispute=Dispute(what="Deux portes livrées rayées", amount=15050, answer_by=date(2026, 12, 4)),
    conversation=Conversation(
        day=date(2026, 11, 19),
        person="M. Blanc",
        notes="La facture part au paiement de fin de mois.",
    ),
    following=Following(
        kind=NextKind.CALL,
        channels=("call",),
        earliest=date(2026, 12, 7),
        waits=frozenset({"promise", "plan", "dispute"}),
    ),
    adviser=("Paul Durand", "paul.durand@ateliers.example"),
)


def dues(*, debtor: Debtor = DEBTOR, items: tuple[Item, ...] = ITEMS) -> Dues:
    """What is owed besides, by rates that cover every half-year."""
    return dues_of(items, CREDITS, kind=debtor.legal_kind, rates=RATES, until=TODAY)


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


def full_data(*, channel: str = "email", debtor: Debtor = DEBTOR) -> Data:
    """Two invoices, other items, a credit, earlier messages, and whatever else there is."""
    items = (replace(ITEMS[0], engagement="EJ-2026-77"), ITEMS[1])
    return contact_data(
        creditor=CREDITOR,
        debtor=debtor,
        to=debtor.email,
        claimed=items,
        listed=LISTED,
        credits=CREDITS,
        today=TODAY,
        limit=date(2026, 12, 1),
        channel=channel,
        occasion=EVERYTHING,
        dues=dues(debtor=debtor, items=items),
    )
