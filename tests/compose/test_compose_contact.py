"""The data of a contact: formatted, plain, complete, and its digest."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatcher.compose.clean import clean
from dispatcher.compose.contact import Data, Plain, contact_data
from dispatcher.compose.context import CONTEXT
from dispatcher.compose.printed import printed_digest
from dispatcher.compose.render import UNPRINTABLE
from dispatcher.model.debtor import Debtor
from dispatcher.model.letter import CreditItem, Item
from dispatcher.model.settings import Creditor
from tests.compose.compose_world import CREDITOR, CREDITS, DEBTOR, ITEMS, LISTED, TODAY, full_data


def _paths(value: Plain, path: str = "") -> set[str]:
    if isinstance(value, dict):
        dot = f"{path}." if path else ""
        return set().union(*(_paths(inner, f"{dot}{key}") for key, inner in value.items()))
    if isinstance(value, list):
        return {path}.union(*(_paths(inner, f"{path}[]") for inner in value))
    return {path}


def test_the_data_has_the_documented_names_and_no_others() -> None:
    assert _paths(full_data()) == set(CONTEXT)


def test_the_data_is_of_the_documented_kinds() -> None:
    kinds = {"text": str, "count": int, "flag": bool, "rows": list}

    def leaf(path: str) -> Plain:
        value: Plain = full_data()
        for part in path.replace("[]", ".[]").split("."):
            if isinstance(value, list):
                value = value[0]
            elif isinstance(value, dict):
                value = value[part]
        return value

    for path, name in CONTEXT.items():
        assert type(leaf(path)) is kinds[name.kind], path


def test_amounts_dates_and_remarks_are_words() -> None:
    data = full_data()
    assert data["totals"] == {
        "claimed": "1\u202f714,56\u00a0€",
        "listed": "249,50\u00a0€",
        "credits": "50,00\u00a0€",
        "net": "1\u202f664,56\u00a0€",
        "account": "1\u202f914,06\u00a0€",
    }
    assert data["oldest"] == {"due": "01/10/2026", "late": "50\u00a0jours"}
    assert data["limit"] == "1er\u00a0décembre 2026"
    listed = data["listed"]
    assert isinstance(listed, list)
    assert [row["remark"] for row in listed if isinstance(row, dict)] == ["contestée", "à échoir"]
    assert [row["number"] for row in listed if isinstance(row, dict)] == [
        "F-2026-127",
        "F-2026-140 (2/3)",
    ]


def test_credits_beyond_the_claim_leave_nothing_to_pay() -> None:
    data = _data(credits=[CreditItem(number="AV", amount=10**9)])
    totals = data["totals"]
    assert isinstance(totals, dict)
    assert totals["net"] == "0,00\u00a0€"


@pytest.mark.parametrize(
    ("raw", "printed"),
    [
        ("a\r\nBcc: b", "a Bcc: b"),
        ("  a\t b ", "a b"),
        ("\u202egnp.exe", "gnp.exe"),
        ("E\u0301loise", "Éloise"),
        ("a\x00\x1b[31mb", "a [31mb"),
        ("\u200b\ufeff", ""),
        ("a\ud800b", "a b"),
    ],
    ids=ascii,
)
def test_names_are_cleaned_of_what_nobody_sees(raw: str, printed: str) -> None:
    assert clean(raw) == printed


@settings(deadline=None)
@given(st.text(st.characters()))
def test_a_cleaned_name_is_never_refused_for_its_characters(text: str) -> None:
    assert UNPRINTABLE.search(clean(text)) is None


def test_every_character_that_is_refused_is_cleaned_away() -> None:
    refused = [chr(code) for code in range(0x10000) if UNPRINTABLE.search(chr(code))]
    assert refused
    assert [c for c in refused if UNPRINTABLE.search(clean(f"a{c}b"))] == []


def test_only_https_is_a_way_to_pay() -> None:
    data = _data(creditor=replace(CREDITOR, pay_url="javascript:alert(1)"))
    creditor = data["creditor"]
    assert isinstance(creditor, dict)
    assert creditor["pay_url"] == ""


def _data(
    *,
    creditor: Creditor = CREDITOR,
    debtor: Debtor = DEBTOR,
    to: str = DEBTOR.email,
    claimed: tuple[Item, ...] = ITEMS,
    listed: tuple[Item, ...] = LISTED,
    credits: "tuple[CreditItem, ...] | list[CreditItem]" = CREDITS,  # noqa: A002
    today: date = TODAY,
    limit: date | None = None,
) -> Data:
    return contact_data(
        creditor=creditor,
        debtor=debtor,
        to=to,
        claimed=claimed,
        listed=listed,
        credits=credits,
        today=today,
        limit=limit,
    )


CHANGED = {
    "amount": _data(claimed=(replace(ITEMS[0], balance=1), ITEMS[1])),
    "one less": _data(claimed=ITEMS[:1]),
    "listed amount": _data(listed=LISTED[:1]),
    "no credit": _data(credits=()),
    "recipient": _data(to="autre@client.example"),
    "address": _data(debtor=replace(DEBTOR, address=("4 place du Marché",))),
    "name": _data(debtor=replace(DEBTOR, name="Autre")),
    "iban": _data(creditor=replace(CREDITOR, iban="FR1420041010050500013M02606")),
    "due date": _data(claimed=(replace(ITEMS[0], due=TODAY), ITEMS[1])),
    "limit": _data(limit=TODAY),
    "dispute": _data(listed=(replace(LISTED[0], marks=()), LISTED[1])),
}


@pytest.mark.parametrize("changed", CHANGED.values(), ids=CHANGED)
def test_what_a_message_prints_changes_its_digest(changed: Data) -> None:
    assert printed_digest(changed) != printed_digest(_data())


def test_a_new_day_alone_does_not_change_the_digest() -> None:
    tomorrow = TODAY + timedelta(days=1)
    later = tuple(replace(item, days_late=item.days_late + 1) for item in ITEMS)
    assert printed_digest(_data(today=tomorrow, claimed=later)) == printed_digest(_data())


@given(st.text(alphabet=st.sampled_from("aé \t\n\u200b\u00a0"), max_size=8))
def test_plain_names_are_cleaned_the_same_as_slowly(text: str) -> None:
    # A letter that is not ASCII sends the text the long way.
    assert clean(f"é{text}x") == "é" + clean(f"x{text}x")[1:]
