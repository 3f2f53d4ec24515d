"""Words that go with a number: one of two, by the number and the language."""

import pytest

from dispatcher.problems.kind import Words, words
from dispatcher.problems.registry import kinds, phrases


HELD = words(
    "{count} case{count:|s} hold{count:s|}: {why}",
    "{count} dossier{count:|s} {count:est bloqué|sont bloqués} : {why}",
)


@pytest.mark.parametrize(
    ("lang", "count", "said"),
    [
        ("en", "0", "0 cases hold: {x|y}"),
        ("en", "1", "1 case holds: {x|y}"),
        ("en", "2", "2 cases hold: {x|y}"),
        ("en", "1 001", "1 001 cases hold: {x|y}"),
        ("fr", "0", "0 dossier est bloqué : {x|y}"),
        ("fr", "1", "1 dossier est bloqué : {x|y}"),
        ("fr", "11", "11 dossiers sont bloqués : {x|y}"),
    ],
)
def test_the_number_chooses_the_word(lang: str, count: str, said: str) -> None:
    assert HELD.say(lang, {"count": count, "why": "{x|y}"}) == said


def test_a_text_without_a_choice_is_filled_as_it_is() -> None:
    text = words("{name} | {{a: b}}", "{name} | {{a: b}}")
    assert text.say("en", {"name": "1"}) == "1 | {a: b}"
    assert text.template("en") == "{name} | {{a: b}}"


def test_a_missing_field_is_noticed() -> None:
    with pytest.raises(KeyError):
        HELD.say("en", {"why": ""})


def test_a_list_of_texts_says_them_of_several() -> None:
    assert HELD.template("en") == "{count} cases hold: {why}"
    assert HELD.template("fr") == "{count} dossiers sont bloqués : {why}"
    assert HELD.fields("fr") == {"count", "why"}


def every_text() -> dict[str, Words]:
    found = dict(phrases())
    for code, kind in kinds().items():
        found[code] = kind.message
        found |= {f"{code}:remedy": kind.remedy} if kind.remedy else {}
    return found


def test_no_text_leaves_the_plural_to_the_reader() -> None:
    unsure = ("(s)", "(es)", "(x)", "(nt)")
    assert [
        name for name, text in every_text().items() if any(p in text.en + text.fr for p in unsure)
    ] == []
