"""A letter's sheet: the address on its envelope, values read back, the code of the transfer."""

import re
from datetime import date

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from dispatcher.compose import format as form
from dispatcher.compose.countries import COUNTRIES
from dispatcher.compose.epc import code, is_creditor_reference, transfer
from dispatcher.compose.letter import cents_of, day_of
from dispatcher.compose.postal import DOMESTIC, WIDTH, envelope, plain_capitals


IBAN = "FR7630006000011234567890189"


# -- envelope -----------------------------------------------------------------------------------

ENVELOPES = {
    "plain": (
        "Boulangerie Éloïse\n3, rue de l'Église\n69400 Villefranche-sur-Saône",
        ["Boulangerie Éloïse", "3 rue de l'Église", "69400 VILLEFRANCHE SUR SAONE"],
    ),
    "cedex": (
        "Mairie\nHôtel de ville\nBP 40\n42000 Saint-Étienne cedex 2",
        ["Mairie", "Hôtel de ville", "BP 40", "42000 SAINT ETIENNE CEDEX 2"],
    ),
    "overseas department": (
        "Rhum & Co\n4 rue du Port\n97400 Saint-Denis\nRE",
        ["Rhum & Co", "4 rue du Port", "97400 SAINT DENIS"],
    ),
    "overseas with a post of its own": (
        "Nacre\nBP 12\n98714 Papeete\nPF",
        ["Nacre", "BP 12", "98714 PAPEETE", "POLYNESIE FRANCAISE"],
    ),
    "abroad": (
        "Müller GmbH\nHauptstraße 5\n10115 Berlin\nDE",
        ["Müller GmbH", "Hauptstraße 5", "10115 BERLIN", "ALLEMAGNE"],
    ),
    "apostrophe and ligature": (
        "Mme Cœur\n1 place Œ\n94240 L'Haÿ-les-Roses",
        ["Mme Cœur", "1 place Œ", "94240 L HAY LES ROSES"],
    ),
    "two letters that are a town": (
        "Mairie\n1 rue du Bac\n80190 Y",
        ["Mairie", "1 rue du Bac", "80190 Y"],
    ),
    "empty lines": (
        "Nom\n\n  \n3 rue\n69000 Lyon",
        ["Nom", "3 rue", "69000 LYON"],
    ),
    "a long name goes on below": (
        "Société coopérative d'intérêt collectif des artisans du Rhône\n3 rue du Port\n69000 Lyon",
        [
            "Société coopérative d'intérêt",
            "collectif des artisans du Rhône",
            "3 rue du Port",
            "69000 LYON",
        ],
    ),
}


@pytest.mark.parametrize(("to", "lines"), ENVELOPES.values(), ids=ENVELOPES)
def test_an_address_is_written_as_the_post_reads_it(to: str, lines: list[str]) -> None:
    made = envelope(to)
    assert list(made.lines) == lines
    assert not made.shortened


SHORTENED = {
    "too many lines": "Nom\nService\nBâtiment\nEntrée\nÉtage\n3 rue du Port\n69000 Lyon",
    "a name that fills everything": f"{'Nom ' * 90}\n3 rue du Port\n69000 Lyon",
    "a town that is too long": f"Nom\n3 rue du Port\n69000 {'Ville' * 9}",
}


@pytest.mark.parametrize("to", SHORTENED.values(), ids=SHORTENED)
def test_what_does_not_fit_is_left_out_and_said(to: str) -> None:
    made = envelope(to)
    assert made.shortened
    assert len(made.lines) <= 6
    assert "3 rue du Port" in made.lines
    assert made.lines[-1].startswith("69000 ")


LINE = st.text(max_size=90).map(lambda text: " ".join(text.split()))


@given(st.lists(LINE, max_size=9), st.sampled_from(["69000 Lyon", "W1A 1AA London"]), st.booleans())
def test_no_address_breaks_the_rule(lines: list[str], town: str, abroad: bool) -> None:
    made = envelope("\n".join(["Nom", *lines, town, *(["GB"] if abroad else [])]))
    assert 2 <= len(made.lines) <= 6 + abroad
    assert all(0 < len(line) <= WIDTH for line in made.lines)
    assert made.lines[0].startswith("Nom")
    last = made.lines[-2] if abroad else made.lines[-1]
    assert last == plain_capitals(town)
    assert (made.lines[-1] == "ROYAUME UNI") == abroad


@given(st.text())
def test_plain_capitals_are_plain(text: str) -> None:
    assert re.fullmatch(r"([A-Z0-9]+( [A-Z0-9]+)*)?", plain_capitals(text))


#: Where common French is shorter than what Babel has.
SHORTER = {"GS", "IO", "HK", "MO", "PS", "CD", "CG", "MM"}


def test_countries_have_the_names_that_babel_has() -> None:
    names = Locale("fr").territories
    for key, name in COUNTRIES.items():
        assert len(name) <= WIDTH
        if key not in SHORTER:
            bare = re.sub(r"\(.*?\)", " ", names[key])
            assert name == plain_capitals(bare), key
    assert "FR" not in COUNTRIES
    assert len(COUNTRIES) > 240
    assert DOMESTIC - {"FR"} <= COUNTRIES.keys()


# -- amounts and days read back -------------------------------------------------------------------


@given(st.integers(-(10**12), 10**12), st.sampled_from(["EUR", "USD", "CHF"]))
def test_an_amount_that_was_written_is_read(minor: int, currency: str) -> None:
    assert cents_of(form.money(minor, currency)) == (minor, currency)


@given(st.dates(date(1000, 1, 1), date(9999, 12, 31)))
def test_a_day_that_was_written_is_read(day: date) -> None:
    assert day_of(form.long_date(day)) == day


@pytest.mark.parametrize("text", ["", "12,5 €", "douze euros"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="amount"):
        cents_of(text)


# -- transfer -----------------------------------------------------------------------------------


def told(**changes: object) -> str:
    values = {
        "name": "Ateliers Rhône",
        "iban": IBAN,
        "bic": "AGRIFRPP",
        "cents": 123456,
        "reference": "C-1042",
    }
    return transfer(**(values | changes))  # type: ignore[arg-type] # by the table above


@pytest.mark.parametrize(
    ("reference", "structured", "plain"),
    [
        ("C-1042", "", "C-1042"),
        ("RF71F2026118", "RF71F2026118", None),
        ("RF71 F202 6118", "RF71F2026118", None),
        ("RF72F2026118", "", "RF72F2026118"),
        ("RF", "", "RF"),
    ],
)
def test_a_creditor_reference_stands_in_its_own_line(
    reference: str, structured: str, plain: str | None
) -> None:
    lines = told(reference=reference).split("\n")
    assert lines[9] == structured
    assert lines[10:] == ([] if plain is None else [plain])


@pytest.mark.parametrize(
    "changes",
    [
        {"cents": 0},
        {"cents": -1},
        {"cents": 100_000_000_000},
        {"iban": ""},
        {"iban": IBAN[:-1] + "0"},
        {"name": ""},
    ],
    ids=str,
)
def test_what_cannot_be_transferred_has_no_code(changes: dict[str, object]) -> None:
    assert told(**changes) == ""


def test_the_lines_of_a_transfer_have_their_limits() -> None:
    lines = told(name="N" * 200, reference="R" * 300, cents=1, bic="nonsense!").split("\n")
    assert lines[4] == ""
    assert len(lines[5]) == 70
    assert lines[7] == "EUR0.01"
    assert len(lines[10]) == 140


@given(st.text(), st.text())
def test_no_value_adds_a_line(name: str, reference: str) -> None:
    said = told(name=f"A{name}", reference=reference)
    assert len(said.split("\n")) <= 11
    assert len(said.encode()) <= 1200


def test_the_largest_code_is_one_that_telephones_read() -> None:
    picture = code(told(name="N" * 70, reference="R" * 140))
    side = re.search(r'viewBox="0 0 (\d+)', picture)
    assert side is not None
    assert int(side[1]) - 8 <= 69  # version 13 of the form


@pytest.mark.parametrize("text", ["RF71F2026118", "RF18539007547034"])
def test_right_creditor_references_are_known(text: str) -> None:
    assert is_creditor_reference(text)
