"""What the law asks of words, checked on everything that the shipped templates can say.

The codes are those of the rules: FR-MED-02 and so on.
"""

import re
from functools import cache
from importlib.resources import files
from itertools import product

import pytest
import yaml

from dispatcher.compose.render import render
from dispatcher.model.debtor import LegalKind
from tests.compose.compose_uses import SAMPLES, USES, data_of
from tests.compose.compose_world import CREDITOR, shipped


SHIPPED = shipped()
ARTICLES = yaml.safe_load(
    files("dispatcher.legal").joinpath("fr", "articles.yaml").read_text(encoding="utf-8")
)


@cache
def said(name: str) -> str:
    """Everything that one sample says, in one text with plain spaces and apostrophes."""
    use, channel, size = SAMPLES[name]
    data = data_of(use, channel, size)
    parts = render(SHIPPED, use.template, channel=channel, tone=use.tone, lang="fr", data=data)
    text = "\n".join(text for part, text in parts.items() if part not in {"html", "tree"})
    return text.replace("’", "'").replace("\u00a0", " ").replace("\u202f", " ")


def names(*, of: tuple[LegalKind, ...] = tuple(LegalKind), channels: str = "") -> list[str]:
    return [
        name
        for name, (use, channel, _) in SAMPLES.items()
        if use.kind in of and (not channels or channel in channels.split())
    ]


def is_notice(name: str) -> bool:
    return SAMPLES[name][0].template.endswith("formal-notice")


NOTICES = [name for name in SAMPLES if is_notice(name)]
OTHERS = [name for name in SAMPLES if not is_notice(name)]
WRITTEN = names(channels="email letter registered_letter")
ASKING = [name for name in WRITTEN if not SAMPLES[name][0].answer]
CONSUMER = names(of=(LegalKind.CONSUMER,))
CIVIL = names(of=(LegalKind.CONSUMER, LegalKind.NON_PROFESSIONAL))

#: FR-MED-02, FR-THR-01, FR-THR-02, FR-PROS-01, FR-TYP-01: never, in no message.
THREATS = (
    "sommation", "commandement", "injonction", "signification", "saisie", "prison", "pénale",
    "plainte", "fichage", "FICP", "Banque de France", "huissier", "employeur", "voisin",
    "contentieux", "République", "poursuites", "découvrez", "promotion", "catalogue", "coupon",
)  # fmt: skip


@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_threatens_and_nothing_advertises(name: str) -> None:
    assert not re.findall(rf"\b(?:{'|'.join(THREATS)})\w*", said(name), re.IGNORECASE)


@pytest.mark.parametrize("name", OTHERS)
def test_only_a_formal_notice_is_called_one(name: str) -> None:
    assert "mise en demeure" not in said(name).lower()
    assert "mettons en demeure" not in said(name).lower()


@pytest.mark.parametrize("name", SAMPLES)
def test_words_are_formal_and_complete(name: str) -> None:
    text = said(name)
    assert not re.search(r"\b(tu|toi|ton|tes|ta)\b", text, re.IGNORECASE)
    assert not re.search(r"\{\{|\}\}|\{%|\bNone\b|undefined", text)
    assert not re.search(r"\b1 (?:janvier|février|mars|avril|mai|juin|juillet|août)\b", text)
    assert not re.search(r"[^.]\.\.(?!\.)| ,| \.|\(\)|, ,|; \.|de le |de les |à le |à les ", text)


@pytest.mark.parametrize("name", CONSUMER)
def test_a_consumer_pays_no_indemnity_and_no_costs(name: str) -> None:
    text = said(name)
    for word in ("indemnité", "441", "pénalité", "frais de", "majoré", "40,00 €"):
        assert word not in text, word


@pytest.mark.parametrize("name", CIVIL)
def test_interest_of_the_civil_law_waits_for_a_notice(name: str) -> None:
    text = said(name)
    assert "441-" not in text
    assert ("intérêt au taux légal" in text) == is_notice(name)
    assert "Indemnité" not in text


@pytest.mark.parametrize("name", names(of=(LegalKind.CONSUMER,), channels="sms"))
def test_a_text_message_to_a_consumer_tells_a_third_party_nothing(name: str) -> None:
    for word in ("€", "factur", "dette", "impay", "retard", "régler", "payer", "rappel", "relance"):
        assert word not in said(name).lower(), word


@pytest.mark.parametrize("name", names(channels="sms"))
def test_a_text_message_says_who_writes_and_how_to_answer(name: str) -> None:
    text = said(name)
    assert text.startswith("Ateliers Rhone : ")
    assert "04 72 00 00 00" in text
    assert "STOP" not in text


SUBJECTS = names(of=(LegalKind.CONSUMER,), channels="email letter")


@pytest.mark.parametrize("name", SUBJECTS)
def test_the_subject_of_a_consumer_names_no_amount(name: str) -> None:
    subject = said(name).split("\n", maxsplit=1)[0]
    for word in ("€", "impay", "dette", "retard"):
        assert word not in subject, word


@pytest.mark.parametrize("name", ASKING)
def test_whoever_is_asked_to_pay_learns_how_and_how_to_object(name: str) -> None:
    """FR-DIS-02 and part B: pay, dispute, ask for time, say it is paid, earlier payment."""
    text = said(name)
    assert "FR76 3000 6000 0112 3456 7890 189" in text
    assert "AGRIFRPP" in text
    assert "Référence à rappeler : C-1042" in text
    assert "Si votre règlement nous est parvenu entre-temps" in text
    assert re.search(r"déjà (payé|fait|ordonné)", text)
    assert re.search(r"contest|inexact|désaccord", text)
    assert re.search(r"délai|temps|échéancier", text)
    assert "au 04 72 00 00 00 ou à compta@ateliers.example" in text


#: Before the due date there is no other day, and nothing that follows.
LATE = [name for name in ASKING if SAMPLES[name][0].template != "pre-due"]


@pytest.mark.parametrize("name", LATE)
def test_the_debtor_learns_by_when_and_what_comes_next(name: str) -> None:
    use = SAMPLES[name][0]
    text = said(name)
    limit = "3 décembre 2026" if is_notice(name) else "26 novembre 2026"
    assert limit in text
    following = r"écrirons|enverrons|appel|recontact|contact|étape suivante|demande plus formelle"
    ends = r"examinera|juridiction compétente|adresserons|plus formelle"
    assert re.search(f"{following}|{ends}", text), use.template


@pytest.mark.parametrize(
    "name", [name for name in ASKING if SAMPLES[name][2] == "full" and not SAMPLES[name][0].first]
)
def test_later_messages_recall_the_earlier_ones_with_their_dates(name: str) -> None:
    if SAMPLES[name][0].tone == "firm" and SAMPLES[name][0].template in {
        "courteous-reminder",
        "consumer-reminder",
    }:
        assert "Nous vous avons déjà écrit" in said(name)
        return
    assert "notre e-mail du 26 octobre 2026 et notre lettre du 6 novembre 2026" in said(name)


@pytest.mark.parametrize("name", [name for name in ASKING if SAMPLES[name][2] == "full"])
def test_what_is_only_listed_stands_apart_with_a_total_of_its_own(name: str) -> None:
    text = said(name)
    assert re.search(r"Total +1 714,56 €", text)
    assert re.search(r"Total +249,50 €", text)
    assert "que nous ne réclamons pas ici" in text


@pytest.mark.parametrize("name", NOTICES)
def test_a_formal_notice_has_everything_that_makes_one(name: str) -> None:
    """FR-MED-01."""
    use, channel, size = SAMPLES[name]
    text = said(name)
    # Once: as the subject of the letter, as subject and heading of the copy by e-mail.
    heads = text.count("Mise en demeure de payer")
    assert text.startswith("Mise en demeure de payer")
    assert heads == (2 if channel == "email" else 1)
    assert "20 novembre 2026" in text  # its own date
    assert re.search(r"F-2026-118 .*01/10/2026", text)
    claimed = re.search(r"mettons en demeure de payer la somme de (.+?) au plus tard", text)
    assert claimed
    assert re.search(rf"Total +{re.escape(claimed[1])}", text)  # the breakdown comes to the same
    assert "juridiction compétente" in text
    assert "Veuillez agréer" in text
    assert size == "small" or "Claire Dubois, responsable crédit" in text
    assert SHIPPED.legal_effect(use.template)


def test_nothing_else_has_legal_effect() -> None:
    legal = {template for template in SHIPPED.templates if SHIPPED.legal_effect(template)}
    assert legal == {"formal-notice", "consumer-formal-notice", "public-formal-notice"}


@pytest.mark.parametrize("name", SAMPLES)
def test_every_article_cited_exists_and_is_for_this_debtor(name: str) -> None:
    """FR-CIT-01 and FR-CIT-02."""
    use = SAMPLES[name][0]
    phrases = re.findall(r"articles? (.+?)(?: du Code| du même code|\))", said(name))
    for article in re.findall(r"(?:[LRD]\. )?\d+(?:-\d+)*", " ".join(phrases)):
        assert article in ARTICLES["current"], article
        assert str(use.kind) in ARTICLES["current"][article]["for"], article
    obsolete = "|".join(map(re.escape, ARTICLES["obsolete"]))
    assert not re.search(rf"(?<![\d,-])(?:{obsolete})\b(?![-,])", said(name))


def test_the_articles_that_must_be_cited_are() -> None:
    cited = {
        use.kind: said(name) for name in NOTICES for use in [SAMPLES[name][0]] if "full" in name
    }
    wanted = product(ARTICLES["current"].items(), LegalKind)
    for (article, known), kind in wanted:
        if str(kind) in known["for"] and article not in {"L. 616-1", "L. 2192-10"}:
            assert article in cited[kind], (article, kind)


FINAL = [
    name
    for name in CONSUMER
    if SAMPLES[name][0].template
    in {"consumer-last-reminder", "consumer-last-notice", "consumer-formal-notice"}
]


@pytest.mark.parametrize("name", FINAL)
def test_a_consumer_learns_of_the_mediator_in_the_last_steps(name: str) -> None:
    """FR-DIS-03."""
    assert "médiateur de la consommation" in said(name)
    if SAMPLES[name][2] == "full":
        assert CREDITOR.mediator in said(name)
        assert CREDITOR.mediator_url in said(name)


FIRST_OR_NOTICE = [name for name in ASKING if SAMPLES[name][0].first or is_notice(name)]


@pytest.mark.parametrize("name", FIRST_OR_NOTICE)
def test_first_reminders_and_notices_say_what_becomes_of_data(name: str) -> None:
    """FR-PRIV-02."""
    assert "Vos données servent à la gestion de ce compte" in said(name)


@pytest.mark.parametrize("name", WRITTEN)
def test_the_closing_has_the_tone_of_the_step(name: str) -> None:
    """FR-TONE-01: no warmth in what is formal, and the civility of the beginning at the end."""
    use, channel, size = SAMPLES[name]
    text = said(name)
    civility = "Madame" if size == "full" else "Madame, Monsieur"
    if use.tone == "formal":
        assert f"Veuillez agréer, {civility}, l'expression de nos salutations distinguées." in text
        assert "ordialement" not in text
    elif channel == "letter":
        assert f"Nous vous prions d'agréer, {civility}, nos salutations distinguées." in text
    else:
        assert "Cordialement," in text or "Bien cordialement," in text


@pytest.mark.parametrize("name", names(channels="call visit"))
def test_a_script_protects_the_debtor(name: str) -> None:
    text = said(name)
    assert "répondeur" in text or SAMPLES[name][0].template == "visit"
    assert "Obtenir une date" in text or "date de" in text
    assert re.search(r"désaccord", text)
    assert re.search(r"déjà (payé|fait)", text)


def test_samples_cover_every_kind_of_debtor() -> None:
    assert {use.kind for use in USES} == set(LegalKind)
