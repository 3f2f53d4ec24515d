"""Which targets a source may map, and what each kind of source cannot do without."""

from collections.abc import Mapping
from typing import Final

from dispatcher.model.settings import SourceKind, SourceSettings
from dispatcher.model.vocabulary import Fact, Owner, Source


ADDRESS: Final = tuple(f"address_{n}" for n in range(1, 7))

#: Free texts of a debtor: cleaned of what must never reach a header or turn a line around.
TEXTS: Final = ("debtor_name", *ADDRESS, "city", "contact_name", "account_manager")

#: Numbers with check digits.
IDENTIFIERS: Final = ("siren", "siret", "iban")

#: What makes a row carry its debtor, beside facts of debtors.
DEBTOR: Final = (
    *TEXTS,
    "email",
    "phone",
    "mobile",
    "postcode",
    "country",
    "language",
    *IDENTIFIERS,
    "legal_kind",
    "profile",
)

ITEM: Final = (
    "invoice_number",
    "term",
    "currency",
    "amount",
    "amount_due",
    "issued",
    "due",
    "settled_on",
    "credit_for",
)

#: What was done about an item before we came.
HISTORY: Final = ("last_step", "last_step_on", "last_contact_on")

CREDIT: Final = tuple(name for name in ITEM if name not in {"term", "due"})

#: An invoice of the past; that nothing is due on it any more is what its source is about.
PAID: Final = (
    "invoice_number",
    "term",
    "currency",
    "amount",
    "issued",
    "due",
    "settled_on",
)

OWN: Final[Mapping[SourceKind, tuple[str, ...]]] = {
    SourceKind.DEBTORS: ("debtor", *DEBTOR, "as_of"),
    SourceKind.OPEN_ITEMS: ("debtor", *ITEM, *HISTORY, *DEBTOR, "as_of"),
    SourceKind.CREDITS: ("debtor", *CREDIT, "as_of"),
    SourceKind.PAID_ITEMS: ("debtor", *PAID, "as_of"),
}

REQUIRED: Final[Mapping[SourceKind, tuple[str, ...]]] = {
    SourceKind.DEBTORS: ("debtor",),
    SourceKind.OPEN_ITEMS: ("debtor", "invoice_number", "amount_due", "due"),
    SourceKind.CREDITS: ("debtor", "amount_due"),
    SourceKind.PAID_ITEMS: ("debtor", "invoice_number", "due", "settled_on"),
}

#: Facts with a column of their own in the tables; every other one travels in `extra`.
WITH_COLUMN: Final = frozenset({"amount_due", "legal_kind", "profile"})


def known_targets(kind: SourceKind, facts: Mapping[str, Fact]) -> tuple[str, ...]:
    """Every target that a source of this kind may map, our own first."""
    owners = {
        SourceKind.DEBTORS: {Owner.DEBTOR},
        SourceKind.OPEN_ITEMS: {Owner.DEBTOR, Owner.INVOICE},
        SourceKind.CREDITS: set(),
        SourceKind.PAID_ITEMS: set(),
    }[kind]
    named = tuple(f.name for f in facts.values() if f.source is Source.COLUMN and f.of in owners)
    return tuple(dict.fromkeys((*OWN[kind], *named)))


def carries_debtors(source: SourceSettings, facts: Mapping[str, Fact]) -> bool:
    """Whether rows of this source say who the debtor is, not only his reference."""
    if source.kind in {SourceKind.CREDITS, SourceKind.PAID_ITEMS}:
        return False
    of_debtor = {f.name for f in facts.values() if f.of is Owner.DEBTOR}
    mapped = source.columns.keys() & ({*DEBTOR} | of_debtor)
    return source.kind is SourceKind.DEBTORS or bool(mapped)


def extra_facts(
    source: SourceSettings, facts: Mapping[str, Fact], owner: Owner
) -> tuple[Fact, ...]:
    """Mapped facts of that owner without a column of their own, by name."""
    own = set(OWN[source.kind]) | WITH_COLUMN
    return tuple(
        facts[name]
        for name in sorted(source.columns)
        if name in facts and name not in own and facts[name].of is owner
    )
