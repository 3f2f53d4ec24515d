import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatcher.compose.gsm import GSM, dear, foreign, gsm_text, segments


#: 3GPP TS 23.038, 6.2.1: the basic table by rows of the low half, as code points in order of its
#: positions 0 to 127; position 27 is the escape.
BASIC = (
    0x40, 0xA3, 0x24, 0xA5, 0xE8, 0xE9, 0xF9, 0xEC, 0xF2, 0xC7, 0x0A, 0xD8, 0xF8, 0x0D, 0xC5, 0xE5,
    0x394, 0x5F, 0x3A6, 0x393, 0x39B, 0x3A9, 0x3A0, 0x3A8, 0x3A3, 0x398, 0x39E, None, 0xC6, 0xE6,
    0xDF, 0xC9, *range(0x20, 0x24), 0xA4, *range(0x25, 0x40), 0xA1, *range(0x41, 0x5B), 0xC4, 0xD6,
    0xD1, 0xDC, 0xA7, 0xBF, *range(0x61, 0x7B), 0xE4, 0xF6, 0xF1, 0xFC, 0xE0,
)  # fmt: skip

#: 6.2.1.1: the extension, position -> character (without the form feed, no part of a sentence).
EXTENSION = {
    0x14: "^", 0x28: "{", 0x29: "}", 0x2F: "\\", 0x3C: "[", 0x3D: "~", 0x3E: "]", 0x40: "|",
    0x65: "€",
}  # fmt: skip


def test_the_alphabet_is_that_of_the_standard() -> None:
    assert len(BASIC) == 128
    assert {chr(point) for point in BASIC if point is not None} | set(EXTENSION.values()) == GSM


SAID = {
    "ça": "ca",
    "Ça": "Ça",
    "â ê î ô û ë ï ÿ": "a e i o u e i y",
    "à é è ù": "à é è ù",
    "À É È Ù Ê Ô": "A É E U E O",
    "cœur Œuvre": "coeur OEuvre",
    "l’an, l‘an": "l'an, l'an",
    "« façade » “x” „y‟ ‹z›": '" facade " "x" "y" "z"',
    "a – b — c ‑ d − e": "a - b - c - d - e",
    "etc…": "etc...",
    "n° 12": "no 12",
    "1\u202f234,50\u00a0€": "1 234,50 €",
    "fin\u2009de\u3000mot": "fin de mot",
    "cou\u00adpé\u200b": "coupé",
    "½ mois, m²": "1/2 mois, m2",
    "e\u0301": "é",
    "c\u0327": "c",
    "Łukasz Đorđe": "Lukasz Dorde",
    "™ ﬁn": "TM fin",
    "Иван 😀": "Иван 😀",
}


@pytest.mark.parametrize(("text", "said"), SAID.items())
def test_french_is_said_in_letters_that_a_telephone_has(text: str, said: str) -> None:
    assert gsm_text(text) == said


@given(st.text(max_size=40))
def test_what_cannot_be_said_is_left_and_what_can_is_in_the_alphabet(text: str) -> None:
    said = gsm_text(text)
    assert gsm_text(said) == said
    assert set(foreign(said)) == set(said) - GSM


@given(st.characters(categories=["L", "N"]))
def test_no_letter_or_figure_is_lost_by_itself(character: str) -> None:
    assert gsm_text(character) != ""


COUNTS = {
    "nothing": ("", 0),
    "one": ("a", 1),
    "160": ("a" * 160, 1),
    "161": ("a" * 161, 2),
    "306": ("a" * 306, 2),
    "307": ("a" * 307, 3),
    "80 euros": ("€" * 80, 1),
    "81 euros": ("€" * 81, 2),
    "an escape on the border": ("a" * 152 + "€" + "a" * 152, 3),
    "an escape before the border": ("a" * 151 + "€" + "a" * 153, 2),
    "158 and a euro": ("a" * 158 + "€", 1),
    "159 and a euro": ("a" * 159 + "€", 2),
    "70 with a small c cedilla": ("ç" + "a" * 69, 1),
    "71 with a small c cedilla": ("ç" + "a" * 70, 2),
    "134": ("ç" + "a" * 133, 2),
    "135": ("ç" + "a" * 134, 3),
    "35 pairs": ("😀" * 35, 1),
    "36 pairs": ("😀" * 36, 2),
    "a pair on the border": ("a" * 66 + "😀" + "a" * 66, 3),
    "a narrow no-break space": ("a" * 70 + "\u202f", 2),
}


@pytest.mark.parametrize(("text", "count"), COUNTS.values(), ids=COUNTS)
def test_segments_are_counted_as_they_are_paid(text: str, count: int) -> None:
    assert segments(text) == count


def test_saying_it_otherwise_makes_a_reminder_three_times_cheaper() -> None:
    text = (
        "Société Crédit SA : votre facture n° FA26001 de 1\u202f234,50\u00a0€ est échue depuis "
        "10 jours. Si c’est payé, merci d’ignorer ce message. 01 23 45 67 89"
    )
    assert (segments(text), segments(gsm_text(text))) == (3, 1)


def test_a_text_that_costs_too_much_says_why() -> None:
    assert dear("a" * 306, limit=2, template="t") is None
    long = dear("a" * 307, limit=2, template="t")
    assert long is not None
    assert (long.code, long.fields["segments"]) == ("template/too-many-segments", "3")
    strange = dear("И" * 135, limit=2, template="t")
    assert strange is not None
    assert (strange.code, strange.fields["characters"]) == ("template/sms-alphabet", "И")
