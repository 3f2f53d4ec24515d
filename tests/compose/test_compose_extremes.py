"""Every use of every template at the edges: forty invoices, one cent, long and hostile names."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from dispatcher.compose.contact import Data, contact_data
from dispatcher.compose.dues import dues_of
from dispatcher.compose.gsm import GSM
from dispatcher.compose.render import render
from dispatcher.model.letter import Item, Occasion, Recalled
from dispatcher.model.settings import Creditor
from tests.compose.compose_uses import USES, Use
from tests.compose.compose_world import CREDITOR, DEBTOR, RATES, TODAY, shipped


SHIPPED = shipped()
LONG = "Société coopérative d’intérêt collectif des Établissements L’Haÿ-les-Roses & Fils réunis"

MANY = tuple(
    Item(
        number=f"FACTURE-{number:04d}/2026-ÉTABLISSEMENT-SAINT-DENIS",
        due=date(2026, 9, 1) + timedelta(days=number),
        balance=123_456_789,
        days_late=80 - number,
    )
    for number in range(40)
)
CENT = (Item(number="F1", due=date(2026, 11, 19), balance=1, days_late=1),)
FOREIGN = replace(
    DEBTOR,
    name=LONG,
    contact_name="",
    address=("Rés. Les Flamboyants, Bât. C",),
    postcode="97400",
    city="SAINT-DENIS",
)
RECALLED = tuple(Recalled(channel="email", day=TODAY - timedelta(days=n)) for n in range(90, 2, -7))

CASES = {
    f"{use.template} {use.tone} {use.kind} {channel} {len(items)}": (use, channel, items)
    for use in USES
    for channel in use.channels
    for items in (MANY, CENT)
}


def _data(use: Use, channel: str, items: tuple[Item, ...], creditor: Creditor = CREDITOR) -> Data:
    asks = use.template != "thank-you"
    debtor = replace(FOREIGN, legal_kind=use.kind)
    return contact_data(
        creditor=creditor,
        debtor=debtor,
        to="",
        claimed=items if asks else (),
        today=TODAY,
        limit=TODAY + timedelta(days=6),
        channel=channel,
        occasion=Occasion(recalled=RECALLED, offer=use.offer),
        dues=dues_of(items, (), kind=use.kind, rates=RATES, until=TODAY) if asks else None,
    )


def _parts(use: Use, channel: str, data: Data) -> dict[str, str]:
    found = render(SHIPPED, use.template, channel=channel, tone=use.tone, lang="fr", data=data)
    return dict(found)


@pytest.mark.parametrize(("use", "channel", "items"), CASES.values(), ids=CASES)
def test_every_template_bears_the_most_and_the_least(
    use: Use, channel: str, items: tuple[Item, ...]
) -> None:
    parts = _parts(use, channel, _data(use, channel, items))
    if "sms" in parts:
        assert set(parts["sms"]) <= GSM
        assert len(parts["sms"]) + parts["sms"].count("€") <= 306  # two segments
        return
    if use.template == "thank-you":
        return
    said = parts.get("text") or parts["script"]
    assert all(item.number in said for item in items)
    total = "49\u202f382\u202f715,60\u00a0€" if items is MANY else "0,01\u00a0€"
    assert total in said
    if "tree" in parts:
        assert json.loads(parts["tree"])[0] == "doc"


def test_one_cent_one_day_late_is_in_the_singular() -> None:
    use = next(each for each in USES if each.template == "firm-reminder")
    said = _parts(use, "email", _data(use, "email", CENT))
    subject = said["subject"].replace("\u00a0", " ")
    assert subject == "Relance : facture F1 en retard de 1 jour, 0,01 € à régler"
    assert "la facture suivante reste due" in said["text"]


def test_only_the_last_earlier_messages_are_named() -> None:
    recall = str(_data(USES[2], "email", CENT)["recall"])
    assert recall.replace("\u00a0", " ") == (
        "nos e-mails du 17 octobre 2026, du 24 octobre 2026, du 31 octobre 2026, "
        "du 7 novembre 2026 et du 14 novembre 2026"
    )


@pytest.mark.parametrize(
    ("channels", "recall"),
    [
        ("email", "notre e-mail du 1er mars 2026"),
        ("email call", "notre e-mail du 1er mars 2026 et notre appel du 2 mars 2026"),
        (
            "email email letter",
            "nos e-mails du 1er mars 2026 et du 2 mars 2026, puis notre lettre du 3 mars 2026",
        ),
        ("fax", "notre message du 1er mars 2026"),
        ("", ""),
    ],
)
def test_earlier_messages_are_named_in_a_row(channels: str, recall: str) -> None:
    earlier = tuple(
        Recalled(channel=channel, day=date(2026, 3, day))
        for day, channel in enumerate(channels.split(), start=1)
    )
    data = contact_data(
        creditor=CREDITOR,
        debtor=DEBTOR,
        to="",
        claimed=CENT,
        today=TODAY,
        occasion=Occasion(recalled=earlier),
    )
    assert str(data["recall"]).replace("\u00a0", " ") == recall


@pytest.mark.parametrize("use", USES, ids=lambda use: f"{use.template} {use.tone} {use.kind}")
def test_a_message_without_a_limit_date_leaves_no_hole(use: Use) -> None:
    for channel in use.channels:
        data = {**_data(use, channel, CENT), "limit": "", "limit_short": ""}
        parts = _parts(use, channel, data)
        said = "\n".join(text for name, text in parts.items() if name not in {"html", "tree"})
        for hole in (" le ,", " le .", " le ?", " le **", " le :", " à cette date,"):
            assert hole not in said.replace("\u00a0", " ")


@pytest.mark.parametrize("use", USES, ids=lambda use: f"{use.template} {use.tone} {use.kind}")
def test_a_creditor_of_whom_little_is_known_still_makes_sense(use: Use) -> None:
    """No telephone, no address, no BIC, no person: no sentence is left hanging."""
    creditor = Creditor(name="Exemple", iban=CREDITOR.iban, email="compta@exemple.example")
    channel = use.channels[0]
    parts = _parts(use, channel, _data(use, channel, CENT, creditor))
    said = "\n".join(text for name, text in parts.items() if name not in {"html", "tree"})
    said = said.replace("\u00a0", " ")
    assert "()" not in said
    assert "répond ou" not in said
    assert "répond." not in said
    assert " ." not in said
    assert ": \n" not in said
    assert "compta@exemple.example" in said or use.channels[0] in {"call", "visit"}
