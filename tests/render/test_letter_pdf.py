"""Finished letters read back: where things stand, what repeats, what hostile values can do.

Every case of the repertoire, one letter per character, is slow:
`./run test -m slow tests/render/test_letter_pdf.py`.
"""

import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from dispatcher.compose.letter import REPERTOIRE
from dispatcher.compose.render import NotRendered
from dispatcher.render.typeset import Press, pages
from tests.render.paper_world import (
    ADDRESS,
    BODY,
    Ink,
    catalog,
    codes,
    data,
    inks,
    made,
    strokes,
    text_of,
    texts,
)


ROOT = Path(__file__).parents[2]

WIDE = "M" * 38
SEVEN_LINES = f"{WIDE}\n{WIDE}\nEntrée C\nRésidence des Lilas\nBP 40\nH1000 Ville\nDE"


def in_window(ink: Ink) -> bool:
    """Whether anything of it can be seen through the window of the envelope."""
    return ink.right > 100 and ink.left < 200 and ink.bottom > 35 and ink.top < 80


# -- the page -----------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", ["letter", "registered_letter"])
@pytest.mark.parametrize("to", [ADDRESS, SEVEN_LINES], ids=["four lines", "seven wide lines"])
def test_only_the_address_stands_in_the_window_and_all_of_it(channel: str, to: str) -> None:
    letter = made(data(to=to), channel=channel)
    lines = letter.parts["address"].split("\n")
    seen = [ink for ink in inks(letter.pdf) if in_window(ink)]
    assert [ink.text for ink in seen] == lines
    for ink in seen:
        assert ink.left >= 109, "indented by a centimetre"
        assert ink.right <= 198
        assert ink.top >= 40
        assert ink.bottom <= 78
    assert not [stroke for stroke in strokes(letter.pdf) if in_window(stroke)]


def test_marks_show_where_the_first_page_is_folded() -> None:
    letter = made(data(60))
    marks = [each for each in strokes(letter.pdf) if each.right < 15]
    assert [round((mark.top + mark.bottom) / 2, 1) for mark in marks] == [99.0, 198.0]
    assert all(mark.left > 2 for mark in marks), "what is nearer to the edge is not printed"
    assert not [each for each in strokes(letter.pdf, page=1) if each.right < 15]


def test_the_head_says_who_when_and_what_about() -> None:
    (page,) = text_of(made(data()).pdf)
    assert page.startswith("Ateliers Rhône 12 rue de la Part-Dieu 69003 LYON Tél. 04 72 00 00 00")
    assert "Lyon, le 1er mars 2026 Objet : Relance : 303,33 € à régler Réf. : C-1042" in page
    assert "recommandée" not in page


def test_a_registered_letter_says_so() -> None:
    (page,) = text_of(made(data(), channel="registered_letter").pdf)
    assert "Lettre recommandée avec avis de réception" in page


def test_the_name_of_who_signs_stands_apart_under_the_closing_words() -> None:
    found = inks(made(data()).pdf)
    closing = next(ink for ink in found if ink.text == "Cordialement,")
    name = next(ink for ink in found if ink.text == "Claire Dubois")
    assert name.left > 109
    assert name.top - closing.bottom > 9, "room to sign"


def test_a_link_is_written_out_for_paper() -> None:
    (page,) = text_of(made(data()).pdf)
    assert "Payez en ligne (https://payer.example/C-1042)" in page


# -- pages --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "least"), [(1, 1), (3, 1), (40, 2), (200, 5)])
def test_every_page_has_its_number_its_reference_and_the_head_of_the_table(
    count: int, least: int
) -> None:
    letter = made(data(count))
    found = text_of(letter.pdf)
    assert len(found) >= least
    assert letter.parts["pages"] == str(len(found)) == str(pages(letter.pdf))
    for number, page in enumerate(found, start=1):
        assert f"Page {number} sur {len(found)}" in page
        assert "SIREN 732 829 320" in page
        assert "C-1042" in page
        has_rows = "F-2026-" in page
        assert ("Facture Émise le Échéance Retard Reste dû" in page) == has_rows
    rows = [word for page in found for word in page.split() if word.startswith("F-2026-")]
    assert rows == [f"F-2026-{number:03}" for number in range(count)]
    assert sum(page.count("Total") for page in found) == 1


@pytest.mark.parametrize("count", [*range(9, 13), *range(24, 44)])
def test_a_total_goes_over_the_page_with_its_last_rows(count: int) -> None:
    (page,) = [page for page in text_of(made(data(count)).pdf) if "Total" in page]
    assert page.count("F-2026-") >= 2


@pytest.mark.parametrize("count", range(1, 60, 2))
def test_the_slip_never_stands_alone_on_a_page(count: int) -> None:
    last = text_of(made(data(count)).pdf)[-1]
    assert "Votre règlement par virement" in last
    assert "Cordialement" in last


# -- the slip -----------------------------------------------------------------------------------


def test_a_telephone_reads_the_transfer_that_is_printed() -> None:
    letter = made(data(3))
    (said,) = codes(letter.pdf)
    assert said.split("\n") == [
        "BCD",
        "002",
        "1",
        "SCT",
        "AGRIFRPP",
        "Ateliers Rhône",
        "FR7630006000011234567890189",
        "EUR303.33",
        "",
        "",
        "C-1042",
    ]
    last = text_of(letter.pdf)[-1]
    assert "IBAN FR76 3000 6000 0112 3456 7890 189 BIC AGRIFRPP Référence C-1042" in last


def test_the_slip_asks_for_what_the_letter_asks_for() -> None:
    letter = made(data(3, asked="1\u202f345,60\u00a0€"))
    (said,) = codes(letter.pdf)
    assert "EUR1345.60" in said
    assert "Montant 1 345,60 €" in text_of(letter.pdf)[-1]


@pytest.mark.parametrize(
    "changes",
    [
        {"creditor__iban": ""},
        {"claimed": [], "asked": "0,00\u00a0€"},
    ],
    ids=["no account", "nothing asked for"],
)
def test_there_is_no_slip_where_nothing_can_be_paid(changes: dict[str, str]) -> None:
    letter = made(data(**changes))
    assert "Votre règlement" not in "".join(text_of(letter.pdf))
    assert not list(codes(letter.pdf))


@pytest.mark.parametrize(
    "changes",
    [
        {"asked": "100,00\u00a0$US"},
        {"creditor__iban": "DE00 1234"},
        {"asked": "0,00\u00a0€"},
    ],
    ids=["dollars", "another's account", "nothing"],
)
def test_there_is_no_code_where_no_sepa_transfer_can_be_made(changes: dict[str, str]) -> None:
    letter = made(data(**changes))
    assert "Votre règlement" in "".join(text_of(letter.pdf))
    assert not list(codes(letter.pdf))


# -- for ever -----------------------------------------------------------------------------------


def test_it_is_archivable_and_can_be_read_aloud() -> None:
    root = catalog(made(data(40)).pdf)
    described = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in described
    assert "<pdfuaid:part>1</pdfuaid:part>" in described
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "fr"
    assert root["/OutputIntents"]
    kinds = set(kinds_of(root["/StructTreeRoot"]))
    assert {"/Document", "/P", "/Table", "/TR", "/TH", "/TD", "/L", "/Figure"} <= kinds


def kinds_of(node: object) -> Iterator[str]:
    """The kinds of a tree of tags."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for inner in node:
            yield from kinds_of(inner)
    elif isinstance(node, dict):
        if "/S" in node:
            yield str(node["/S"])
        if "/K" in node:
            yield from kinds_of(node["/K"])


def test_all_its_fonts_travel_with_it() -> None:
    content = made(data(to="Éa שלום\n3 rue\n69000 Lyon")).pdf
    assert b"LibertinusSerif" in content
    assert content.count(b"/FontFile") >= content.count(b"/FontDescriptor ") > 0


def test_the_same_letter_twice_has_the_same_bytes() -> None:
    first = made(data(40)).pdf
    made(data(3, creditor__name="Autre"))
    assert made(data(40)).pdf == first
    fresh = Press(texts())
    more = fresh.letter("rappel", made(data(40)).parts, data(40), channel="letter", lang="fr")
    assert more[1]["letter.pdf"] == first


def test_another_process_makes_the_same_bytes() -> None:
    code = (
        "from tests.render.paper_world import *; from hashlib import sha256;"
        "print(sha256(made(data(5)).pdf).hexdigest())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "SOURCE_DATE_EPOCH": "1", "TZ": "Asia/Tokyo", "LANG": "C"},
    )
    assert done.stdout.strip() == sha256(made(data(5)).pdf).hexdigest()


def test_the_document_bears_the_day_of_the_letter() -> None:
    described = catalog(made(data()).pdf)["/Metadata"].get_data().decode()
    assert "<xmp:CreateDate>2026-03-01T12:00:00+00:00</xmp:CreateDate>" in described


# -- hostile values -----------------------------------------------------------------------------

HOSTILE = {
    "markup": "*gras* _italique_ = titre $x^2$ `code` // note /* note */",
    "code": '#eval("1+1") #image("/etc/passwd") #import "@preview/x:1.0.0" \\u{41} [a] {b} <c> @d',
    "jinja": "{{ creditor.iban }} {% raw %} {# #}",
    "json": '"], ["h", "titre"], ["p", "\\u0041\\n',
    "quotes": "« L'Étoile » “d’or” \"d'argent\" ~ -- --- ...",
    "html": "<b>gras</b> &amp; <script>alert(1)</script>",
}


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("where", ["debtor__name", "reference", "creditor__name"])
def test_a_value_is_printed_as_it_is_and_moves_nothing(value: str, where: str) -> None:
    body = BODY.replace("rue", "rue").replace("Cordialement,", "Votre dossier : {{ reference }}.")
    letter = made(data(**{where: value}), body=body)
    page = " ".join(text_of(letter.pdf))
    assert squeezed(value) in squeezed(page)
    window = [ink.text for ink in inks(letter.pdf) if in_window(ink)]
    assert window == letter.parts["address"].split("\n")
    plain = made(data(**{where: "x" * len(value)}), body=body)
    assert len(text_of(letter.pdf)) == len(text_of(plain.pdf))


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_an_address_is_printed_as_it_is(value: str) -> None:
    letter = made(data(to=f"{value}\n3 rue du Port\n69000 Lyon"))
    lines = letter.parts["address"].split("\n")
    assert squeezed("".join(lines[:-2])) == squeezed(value)
    assert [ink.text for ink in inks(letter.pdf) if in_window(ink)] == lines


def squeezed(text: str) -> str:
    """The letters without spaces: lines may break anywhere between them."""
    return "".join(text.split())


def test_a_name_of_a_hundred_words_breaks_and_leaves_the_window_alone() -> None:
    name = "Société " * 100
    letter = made(data(debtor__name=name, to=f"{name}\n3 rue du Port\n69000 Lyon"))
    seen = [ink for ink in inks(letter.pdf) if in_window(ink)]
    assert [ink.text for ink in seen] == letter.parts["address"].split("\n")
    assert len(seen) == 6
    assert seen[-2].text == "3 rue du Port"
    assert letter.parts["remark"] == "address-shortened"


def test_one_endless_word_stays_on_the_paper() -> None:
    letter = made(data(debtor__name="W" * 300, reference="Z" * 200))
    for page in range(int(letter.parts["pages"])):
        assert all(ink.right <= 210 for ink in inks(letter.pdf, page))


def test_hebrew_and_arabic_are_printed() -> None:
    page = " ".join(text_of(made(data(debtor__name="שלום العربية SARL")).pdf))
    assert set("שלום") <= set(page)
    assert "\ufffd" not in page


def test_a_sign_that_no_font_has_is_shown_as_missing() -> None:
    page = " ".join(text_of(made(data(debtor__name="Pizza 🍕 東京 SARL")).pdf))
    assert "Pizza \ufffd \ufffd\ufffd SARL" in page


def test_an_emoji_on_an_envelope_is_left_out() -> None:
    letter = made(data(to="Pizza 🍕 SARL\n3 rue du Port\n69000 Lyon"))
    assert letter.parts["address"].split("\n")[0] == "Pizza SARL"


def test_an_address_that_cannot_be_printed_keeps_the_letter_back() -> None:
    with pytest.raises(NotRendered) as raised:
        made(data(to="東京 SARL\n3 rue du Port\n69000 Lyon"))
    assert raised.value.problem.code == "template/address"


def repertoire() -> list[str]:
    """Every character that letters print, assigned ones only."""
    found, at = [], 0
    while at < len(REPERTOIRE):
        first, last = REPERTOIRE[at], REPERTOIRE[at]
        if REPERTOIRE[at + 1 : at + 2] == "-" and at + 2 < len(REPERTOIRE):
            last = REPERTOIRE[at + 2]
            at += 2
        at += 1
        found += [chr(number) for number in range(ord(first), ord(last) + 1)]
    return [mark for mark in found if unicodedata.category(mark) not in {"Cn", "Cc", "Co", "Cs"}]


@pytest.mark.slow
def test_every_character_that_we_promise_can_be_printed() -> None:
    for mark in repertoire():
        made(data(1, debtor__name=f"a{mark}b {mark}"))


def test_what_french_letters_need_can_be_printed() -> None:
    needed = "àâäçéèêëîïôöùûüÿœæÀÂÇÉÈÊËÎÏÔÙÛŸŒÆ€«»’–—…°²№½"
    assert set(needed) <= set(repertoire())
    page = " ".join(text_of(made(data(debtor__name=needed)).pdf))
    assert set(needed) <= set(page)
    assert "\ufffd" not in page
