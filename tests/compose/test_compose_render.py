"""Parts of a message, the checks on them, and the words that people read (golden files)."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from dispatcher.compose.contact import Data
from dispatcher.compose.gsm import gsm_text
from dispatcher.compose.library import Library, load
from dispatcher.compose.render import NotRendered, render
from tests.compose.compose_world import DEBTOR, full_data, loaded, shipped, small_data


GOLDEN = Path(__file__).parent / "golden"
SHIPPED = shipped()
HEAD = "---\nsubject: Rappel\n---\n"


def test_a_library_knows_who_prints_what() -> None:
    library = loaded(
        {
            "fr/a/body.md.j2": '---\nsubject: "{{ interest.total }}"\n---\nx',
            "fr/b/call.md.j2": '{{ table("breakdown") }}',
            "fr/c/sms.txt.j2": "{{ totals.net }}",
            "fr/d/call.md.j2": "{% for row in interest.rows %}{{ row.amount }}{% endfor %}",
        }
    )
    assert library.printing({"interest", "sums"}) == {"a", "b", "d"}
    assert library.printing({"totals"}) == {"c"}


@pytest.mark.parametrize("name", ["courteous-reminder", "firm-reminder"])
def test_the_html_part_is_what_the_golden_file_holds(name: str) -> None:
    parts = render(SHIPPED, name, channel="email", tone="firm", lang="fr", data=full_data())
    golden = GOLDEN / f"{name}.email.html"
    if os.environ.get("GOLDEN") == "write":
        golden.write_text(parts["html"], encoding="utf-8")
    assert parts["html"] == golden.read_text(encoding="utf-8")


def test_an_email_needs_nothing_from_outside() -> None:
    html = render(SHIPPED, "firm-reminder", channel="email", tone="x", lang="fr", data=full_data())[
        "html"
    ]
    for foreign in ("<img", "<link", "<script", "url(", "@import", "src="):
        assert foreign not in html
    assert "prefers-color-scheme: dark" in html
    assert 'style="' in html


def test_letters_outside_gsm_are_said_otherwise() -> None:
    assert gsm_text("Reçu l’œuvre « à Noël » : 1\u202f234,56\u00a0€…") == (
        'Recu l\'oeuvre " à Noel " : 1 234,56 €...'
    )


# -- the library --------------------------------------------------------------------------------


def _library() -> Library:
    return loaded(
        {
            "fr/a/body.md.j2": "---\nsubject: A\nlegal_effect: yes\n---\ncommun",
            "fr/a/body.firm.md.j2": "---\nsubject: A ferme\n---\nferme",
            "fr/a/sms.txt.j2": "court",
            "en/a/call.md.j2": "call",
            "fr/b/call.md.j2": "appel",
        }
    )


def test_a_library_knows_what_each_template_can_say() -> None:
    library = _library()
    assert library.templates == {"a", "b"}
    assert library.channels("a") == {"email", "letter", "registered_letter", "sms"}
    assert library.channels("a", "en") == {"call", "visit"}
    assert library.channels("b") == {"call", "visit"}
    assert library.channels("c") == frozenset()
    assert library.languages("a") == {"fr", "en"}
    assert library.tones("a") == {"firm"}
    assert (library.legal_effect("a"), library.legal_effect("b")) == (True, False)
    with pytest.raises(KeyError):
        library.legal_effect("c")


@pytest.mark.parametrize(
    ("tone", "subject"), [("firm", "A ferme"), ("formal", "A"), ("courteous", "A")]
)
def test_a_tone_has_its_own_words_or_the_common_ones(tone: str, subject: str) -> None:
    parts = render(_library(), "a", channel="email", tone=tone, lang="fr", data=full_data())
    assert parts["subject"] == subject


def test_the_footer_stands_under_emails_and_not_under_letters() -> None:
    library = loaded({"fr/a/body.md.j2": HEAD + "corps", "fr/_layout/footer.md.j2": "pied"})
    email = render(library, "a", channel="email", tone="", lang="fr", data=full_data())
    letter = render(library, "a", channel="letter", tone="", lang="fr", data=full_data())
    assert email["text"] == "corps\n\npied\n"
    assert '<div class="footer">' in email["html"]
    assert (letter["text"], letter["tree"]) == ("corps\n", '["doc", ["p", "corps"]]')


def test_no_templates_are_an_empty_library() -> None:
    library, problems = load({})
    assert library is not None
    assert (library.templates, problems) == (frozenset(), ())


# -- checks -------------------------------------------------------------------------------------


def _refused(text: str, *, channel: str = "email", data: Data | None = None) -> str:
    kind = {"email": "body.md.j2", "call": "call.md.j2", "sms": "sms.txt.j2"}[channel]
    library = loaded({f"fr/a/{kind}": text})
    with pytest.raises(NotRendered) as caught:
        render(library, "a", channel=channel, tone="", lang="fr", data=data or full_data())
    return caught.value.problem.code


def _named(name: str) -> Data:
    data = small_data(debtor=DEBTOR)
    debtor = data["debtor"]
    assert isinstance(debtor, dict)
    return {**data, "debtor": {**debtor, "name": name}}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("=?utf-8?q?a=0ABcc:_e?=", "template/unsafe-subject"),
        ("a\x00b", "template/unprintable"),
        ("a\u202eb", "template/unprintable"),
        ("a\x85b", "template/unprintable"),
        ("a" * 300, "template/too-long"),
        ("   ", "template/empty"),
    ],
    ids=ascii,
)
def test_a_subject_carries_only_what_a_header_may(name: str, code: str) -> None:
    text = '---\nsubject: "{{ debtor.name }}"\n---\nBonjour'
    assert _refused(text, data=_named(name)) == code


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\u202e", "\u2066", "\ud800", "\uffff"])
def test_a_body_prints_only_what_people_see(character: str) -> None:
    data = _named(f"a{character}b")
    assert _refused(HEAD + "{{ debtor.name }}", data=data) == "template/unprintable"
    assert _refused("{{ debtor.name }}", channel="sms", data=data) == "template/unprintable"


def test_an_empty_part_is_refused() -> None:
    assert _refused(HEAD) == "template/empty"
    silent = "{% if promised %}x{% endif %}"
    assert _refused(silent, channel="call", data=small_data()) == "template/empty"


def test_a_part_has_a_limit() -> None:
    data = _named("x" * 600_000)
    assert _refused(HEAD + "{{ debtor.name }}", data=data) == "template/too-long"


def test_a_value_that_is_not_there_is_named() -> None:
    library = loaded({"fr/a/call.md.j2": "{{ creditor.name }} {{ promised }}"})
    data = {key: value for key, value in full_data().items() if key != "promised"}
    with pytest.raises(NotRendered) as caught:
        render(library, "a", channel="call", tone="", lang="fr", data=data)
    assert caught.value.problem.code == "template/undefined"
    assert "promised" in caught.value.problem.fields["detail"]


def test_a_template_that_fails_is_named() -> None:
    assert _refused("{% if counts.claimed > today %}x{% endif %}", channel="call") == (
        "template/failed"
    )


def test_a_map_has_keys_and_no_methods() -> None:
    data: Data = {**full_data(), "creditor": {"name": "x"}}
    library = loaded({"fr/a/call.md.j2": "{{ creditor.bic }}"})
    with pytest.raises(NotRendered):
        render(library, "a", channel="call", tone="", lang="fr", data=data)


def test_a_channel_without_words_is_refused_with_its_name() -> None:
    with pytest.raises(NotRendered) as caught:
        render(SHIPPED, "visit", channel="email", tone="", lang="fr", data=full_data())
    assert caught.value.problem.code == "template/no-words"
    assert caught.value.problem.fields["channel"] == "email"


def test_other_debtors_get_other_words() -> None:
    other = small_data(debtor=replace(DEBTOR, contact_name=""))
    parts = render(SHIPPED, "firm-reminder", channel="email", tone="x", lang="fr", data=other)
    assert parts["text"].startswith("Madame, Monsieur,\n")
