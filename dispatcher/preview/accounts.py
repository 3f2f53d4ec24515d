"""The accounts of sample debtors, as if the store had them, and contacts with them."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

import polars as pl

from dispatcher.compose.envelope import EMAIL
from dispatcher.compose.library import Library
from dispatcher.decide import calendars
from dispatcher.decide.addresses import NEEDS, addresses
from dispatcher.messages.accounts import Accounts
from dispatcher.model.debtor import Debtor, LegalKind
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
from dispatcher.model.message import Line
from dispatcher.model.plan import PlannedContact
from dispatcher.model.settings import Settings
from dispatcher.preview.cases import OFFER, SampleCase


#: Templates are for whom their names say; all others are for companies first of all.
AUDIENCES: Final = {"consumer": LegalKind.CONSUMER, "public": LegalKind.PUBLIC_BODY}

#: Templates that say thanks ask for nothing: there is nothing left to claim.
ASKS_NOTHING: Final = frozenset({"thank-you"})

#: What a message may answer, by the names of the context that print it.
ANSWERED: Final = ("promised", "plan", "paid", "dispute", "conversation")

#: Templates that speak of a promise whose day has passed; all others of one to come.
LATE_PROMISES: Final = frozenset({"broken-promise"})

#: A sample debtor: the name of his case, what he is, what has happened.
Account = tuple[str, LegalKind, frozenset[str]]

_LATE: Final = "late"  # among what has happened

_ROOM: Final = 1_000  # case ids of one sample debtor

_NAMES: Final[Mapping[LegalKind, tuple[str, str, str]]] = {
    LegalKind.BUSINESS: ("C01042", "Boulangerie Éloïse & Fils SARL", "sme"),
    LegalKind.CONSUMER: ("P00217", "Mme Hélène Lefèvre", "consumer"),
    LegalKind.PUBLIC_BODY: ("M00069", "Commune de Villefranche-sur-Saône", "public_body"),
    LegalKind.NON_PROFESSIONAL: ("A00012", "Association Les Amis du Livre", "association"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One message to look at: a template, how it speaks, and the case that it speaks of."""

    template: str
    channel: str
    tone: str
    case: SampleCase
    words: str = ""  # the tone that has these words for its own; empty: the common ones
    offer: str = ""  # of the configuration; empty: that of the sample cases, where they make one

    @property
    def kind(self) -> LegalKind:
        """Whom the message goes to."""
        return self.case.kind or audience(self.template) or LegalKind.BUSINESS


def audience(template: str) -> LegalKind | None:
    """Whom a template is for, by the first word of its name; None: anybody."""
    return AUDIENCES.get(template.partition("-")[0])


def sampled(
    asked: Sequence[Asked],
    settings: Settings,
    library: Library,
    *,
    lang: str,
    now: datetime,
    today: date,
) -> tuple[list[PlannedContact], Accounts, Settings]:
    """The contacts of these messages in their order, whose accounts, and settings with an offer."""
    printing = {name: library.printing({name}) for name in ANSWERED}
    own = [_account(each, printing) for each in asked]
    cases = dict(zip(own, (each.case for each in asked), strict=True))
    places = {account: number for number, account in enumerate(cases, start=1)}
    accounts = _accounts(cases, places, settings, lang, today)
    reach = written_to(accounts.debtors.values())
    contacts = [
        _contact(
            each,
            places[account],
            reach,
            accounts,
            legal=library.legal_effect(each.template),
            now=now,
        )
        for each, account in zip(asked, own, strict=True)
    ]
    return contacts, accounts, replace(settings, offers={**settings.offers, OFFER.name: OFFER})


def written_to(debtors: Iterable[Debtor]) -> Mapping[tuple[int, str], str]:
    """Where each channel reaches each of these debtors, by debtor and channel; empty: nowhere."""
    names = ("id", "name", "postcode", "city", "country", "email", "phone", "mobile")
    rows = [
        {**{name: getattr(each, name) for name in names}, "address": "\n".join(each.address)}
        for each in debtors
    ]
    found = addresses(pl.DataFrame(rows)).iter_rows(named=True)
    return {
        (row["debtor_id"], channel): row[column]
        for row in found
        for channel, (column, _) in NEEDS.items()
    }


def _accounts(
    cases: Mapping[Account, SampleCase],
    places: Mapping[Account, int],
    settings: Settings,
    lang: str,
    today: date,
) -> Accounts:
    currency = settings.currency
    items = {
        number: item
        for pair, place in places.items()
        for number, item in _items(cases[pair], place, today)
    }
    return Accounts(
        debtors={
            place: _debtor(place, cases[pair], pair[1], lang) for pair, place in places.items()
        },
        items=items,
        overdue={
            (place, currency): tuple(number for number in items if number // _ROOM == place)
            for place in places.values()
        },
        currencies=dict.fromkeys(items, currency),
        credits={(places[pair], currency): _credits(case, today) for pair, case in cases.items()},
        recalled={
            number: _recalled(case, places[pair], today)
            for pair, case in cases.items()
            for number, _ in _items(case, places[pair], today)
        },
        place=calendars.territory_of(calendars.HOME, settings.creditor.postcode),
        occasions={places[pair]: _occasion(case, today, pair[2]) for pair, case in cases.items()},
    )


def _items(case: SampleCase, place: int, today: date) -> Iterator[tuple[int, Item]]:
    for number, each in enumerate((*case.claimed, *case.below)):
        yield place * _ROOM + number, each.item(today)


def _debtor(place: int, case: SampleCase, kind: LegalKind, lang: str) -> Debtor:
    reference, name, profile = _NAMES[kind]
    usual = Debtor(
        id=place,
        reference=reference,
        name=name,
        legal_kind=kind,
        profile=profile,
        email="comptabilite@client.example",
        phone="+33472111111",
        mobile="+33612345678",
        address=("3 place du Marché",),
        postcode="69400",
        city="Villefranche-sur-Saône",
        language=lang,
        contact_name="Mme Martin" if kind is not LegalKind.CONSUMER else "",
    )
    return replace(usual, **case.debtor)


def _credits(case: SampleCase, today: date) -> tuple[CreditItem, ...]:
    day = today - timedelta(days=9)
    return tuple(CreditItem(number=n, amount=amount, issued=day) for n, amount in case.deducted)


def _recalled(case: SampleCase, place: int, today: date) -> Mapping[int, Recalled]:
    return {
        place * _ROOM + index: Recalled(channel=channel, day=today - timedelta(days=ago))
        for index, (channel, ago) in enumerate(case.earlier)
    }


def _account(asked: Asked, printing: Mapping[str, frozenset[str]]) -> Account:
    happened = {name for name, templates in printing.items() if asked.template in templates}
    if asked.template in LATE_PROMISES:
        happened.add(_LATE)
    return (asked.case.name, asked.kind, frozenset(happened))


def _occasion(case: SampleCase, today: date, happened: Container[str]) -> Occasion:
    """What has happened of all that a message may answer."""
    whole = _whole_occasion(case, today, -4 if _LATE in happened else 10)
    return Occasion(
        promised=whole.promised if "promised" in happened else None,
        promised_amount=whole.promised_amount if "promised" in happened else None,
        plan=whole.plan if "plan" in happened else (),
        paid=whole.paid if "paid" in happened else None,
        dispute=whole.dispute if "dispute" in happened else None,
        conversation=whole.conversation if "conversation" in happened else None,
    )


def _whole_occasion(case: SampleCase, today: date, promised_in: int) -> Occasion:
    owed = sum(each.balance for each in case.claimed)
    half = max(1, owed // 2)
    days = (today + timedelta(days=10), today + timedelta(days=40))
    parts = (owed - owed // 2, owed // 2)
    return Occasion(
        plan=tuple(
            Instalment(day=day, amount=part) for day, part in zip(days, parts, strict=True) if part
        ),
        promised=today + timedelta(days=promised_in),
        promised_amount=owed,
        paid=Paid(amount=half, day=today - timedelta(days=2), remaining=owed),
        dispute=Dispute(
            what="deux articles livrés rayés",
            amount=min(half, 15_050),
            answer_by=today + timedelta(days=14),
        ),
        conversation=Conversation(
            day=today - timedelta(days=1),
            person="M. Blanc",
            notes="La facture part au paiement de fin de mois.",
        ),
    )


def _contact(
    asked: Asked,
    place: int,
    reach: Mapping[tuple[int, str], str],
    accounts: Accounts,
    *,
    legal: bool,
    now: datetime,
) -> PlannedContact:
    claims = 0 if asked.template in ASKS_NOTHING else len(asked.case.claimed)
    lines = tuple(
        Line(
            case_id=number,
            step="preview",
            choice="preview",
            cycle=0,
            amount=accounts.items[number].balance,
        )
        for number in range(place * _ROOM, place * _ROOM + claims)
    )
    # An e-mail of legal effect is the copy of the letter that leaves with it, limit date included.
    main = "registered_letter" if legal and asked.channel == EMAIL else asked.channel
    also = asked.channel if main != asked.channel else ""
    return PlannedContact(
        debtor_id=place,
        leader=place * _ROOM,
        channel=main,
        to=reach[place, main],
        also=also,
        also_to=reach[place, also] if also else "",
        policy="preview",
        policy_hash="",
        rule="preview",
        step="preview",
        template=asked.template,
        tone=asked.tone,
        lines=lines,
        not_before=now,
        valid_until=now,
        offer=asked.offer or (OFFER.name if asked.case.offers else ""),
        legal_effect=legal,
    )
