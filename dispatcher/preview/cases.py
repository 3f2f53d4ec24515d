"""The sample cases: typical and extreme accounts on which every template has to look well."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from dispatcher.model.debtor import LegalKind
from dispatcher.model.letter import Item
from dispatcher.model.settings import Offer, OfferKind
from dispatcher.problems.kind import Words, words


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One open item: how many days late it is and how much is due, in cents."""

    number: str
    late: int
    balance: int
    marks: tuple[str, ...] = ()
    term: int = 1
    terms: int = 1
    engagement: str = ""

    def item(self, today: date) -> Item:
        """The item as it stands on a day."""
        due = today - timedelta(days=self.late)
        return Item(
            number=self.number,
            term=self.term,
            terms=self.terms,
            issued=due - timedelta(days=30),
            due=due,
            balance=self.balance,
            days_late=max(0, self.late),
            marks=self.marks,
            engagement=self.engagement,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleCase:
    """One account: what is claimed, what stands below, what is deducted, who owes it.

    `kind` is whom it shows (None: whom a template is for); `debtor` changes the usual debtor;
    `deducted` are credits (number, cents), `earlier` messages (channel, days ago). With `offers`
    the message makes an offer.
    """

    name: str
    title: Words
    claimed: tuple[Due, ...]
    below: tuple[Due, ...] = ()
    deducted: tuple[tuple[str, int], ...] = ()
    earlier: tuple[tuple[str, int], ...] = ()
    offers: bool = False
    kind: LegalKind | None = None
    debtor: Mapping[str, Any] = field(default_factory=dict)


#: What a message offers where a case makes an offer.
OFFER: Final = Offer(
    name="preview",
    kind=OfferKind.PLAN,
    labels={"fr": "Paiement en trois fois", "en": "Payment in three instalments"},
    instalments=3,
)

_ONE = Due(number="FA26118", late=34, balance=123_456)
_THREE = (
    Due(number="FA26051", late=96, balance=48_000),
    _ONE,
    Due(number="FA26140", late=6, balance=9_900, term=2, terms=3),
)
_LISTED = (
    Due(number="FA26127", late=27, balance=15_050, marks=("disputed",)),
    Due(number="FA26131", late=12, balance=30_000, marks=("promised",)),
    Due(number="FA26143", late=2, balance=72_000),
)
_FORTY = tuple(
    Due(number=f"FA26{200 + index}", late=130 - 3 * index, balance=18_437 + 71_903 * index)
    for index in range(40)
)
_EARLIER = (("email", 27), ("call", 19), ("letter", 12))

_LONG: Final[Mapping[str, Any]] = {
    "reference": "CLIENT-2026-000000000000000000042",
    "name": "Société coopérative d’intérêt collectif des Établissements réunis de "
    "L’Haÿ-les-Roses, de Villefranche-sur-Saône & Fils",
    "contact_name": "Madame Marie-Antoinette de La Rochefoucauld-Montmorency-Luxembourg",
    "email": "service.comptabilite.fournisseurs.et.tresorerie@etablissements-reunis.example",
    "address": (
        "Bâtiment administratif des Grandes Tanneries",
        "Zone industrielle de la Croix-Saint-Ouen-des-Champs",
        "1234 bis, avenue du Général-de-Gaulle prolongée",
    ),
    "city": "Saint-Rémy-en-Bouzemont-Saint-Genest-et-Isson",
    "postcode": "51290",
}

_OVERSEAS: Final[Mapping[str, Any]] = {
    "name": "Établissements Payet Frères",
    "address": ("Rés. Les Flamboyants, Bât. C, Porte 12", "14 chemin des Vacoas"),
    "postcode": "97410",
    "city": "Saint-Pierre",
    "country": "RE",
    "phone": "+262262111111",
    "mobile": "+262692111111",
}

_SAMPLES = (
    SampleCase(name="one-invoice", title=words("one invoice", "une facture"), claimed=(_ONE,)),
    SampleCase(
        name="three-invoices",
        title=words("three invoices of different age", "trois factures d'âges différents"),
        claimed=_THREE,
        earlier=_EARLIER[:1],
    ),
    SampleCase(
        name="everything",
        title=words(
            "credits, listed items, earlier messages, an offer",
            "avoirs, factures citées, messages précédents, offre",
        ),
        claimed=_THREE,
        below=_LISTED,
        deducted=(("AV26007", 5_000), ("ACOMPTE 12", 2_550)),
        earlier=_EARLIER,
        offers=True,
    ),
    SampleCase(
        name="part-payment",
        title=words("part of it is paid", "un règlement partiel"),
        claimed=(Due(number="FA26118", late=34, balance=73_456),),
        deducted=(("Virement reçu", 20_000),),
        earlier=_EARLIER[:2],
    ),
    SampleCase(
        name="forty-invoices",
        title=words("forty invoices", "quarante factures"),
        claimed=_FORTY,
        below=_LISTED,
        earlier=_EARLIER,
        offers=True,
    ),
    SampleCase(
        name="one-cent",
        title=words("one cent, one day late", "un centime, un jour de retard"),
        claimed=(Due(number="F1", late=1, balance=1),),
    ),
    SampleCase(
        name="long-names",
        title=words("very long names and numbers", "noms et numéros très longs"),
        claimed=(
            Due(number="FACTURE/ÉTS-2026/0000000000000118-BIS", late=34, balance=98_765_432_10),
            Due(number="FACTURE/ÉTS-2026/0000000000000119-TER", late=20, balance=12_345_678_90),
        ),
        below=(Due(number="FACTURE/ÉTS-2026/0000000000000120-QTR", late=4, balance=1_000_000_00),),
        earlier=_EARLIER,
        debtor=_LONG,
    ),
    SampleCase(
        name="overseas",
        title=words("an address overseas", "une adresse outre-mer"),
        claimed=_THREE,
        debtor=_OVERSEAS,
    ),
    SampleCase(
        name="abroad",
        title=words("an address abroad", "une adresse à l'étranger"),
        claimed=(_ONE,),
        debtor={
            "name": "Müller & Söhne GmbH",
            "address": ("Königstraße 12",),
            "postcode": "70173",
            "city": "Stuttgart",
            "country": "DE",
        },
    ),
    SampleCase(
        name="nobody-known",
        title=words("a company without a contact", "une société sans interlocuteur connu"),
        claimed=(_ONE,),
        debtor={"contact_name": "", "phone": ""},
    ),
    SampleCase(
        name="consumer",
        title=words("a consumer", "un particulier"),
        claimed=_THREE[1:],
        earlier=_EARLIER[:1],
        offers=True,
        kind=LegalKind.CONSUMER,
    ),
    SampleCase(
        name="public-body",
        title=words("a public body", "un organisme public"),
        claimed=(
            Due(number="FA26118", late=64, balance=1_234_560, engagement="EJ-2026-0077"),
            Due(number="FA26124", late=34, balance=480_000, engagement="EJ-2026-0081"),
        ),
        earlier=_EARLIER[:1],
        kind=LegalKind.PUBLIC_BODY,
    ),
)

CASES: Final[Mapping[str, SampleCase]] = {each.name: each for each in _SAMPLES}

#: The case that shows a template where none is named.
TYPICAL: Final = "three-invoices"
