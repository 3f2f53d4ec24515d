"""What the rendered bytes say, per formal notice and courteous e-mail, and what slips ask for."""

import email
import re
from email import policy
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import pypdf
import pytest

from dispatcher.preview.accounts import Asked
from dispatcher.preview.cases import CASES
from dispatcher.preview.messages import Shown
from dispatcher.render.typeset import PDF
from tests.preview.preview_world import made, sound


DOCS = Path(__file__).parents[2] / "docs"

SLIP = "Votre règlement par virement"

NOTICES = {
    "business": ("formal-notice", "one-invoice", "registered_letter"),
    "consumer": ("consumer-formal-notice", "consumer", "registered_letter"),
    "public body": ("public-formal-notice", "public-body", "registered_letter"),
    "courteous e-mail": ("courteous-reminder", "one-invoice", "email"),
}

#: What has to stand in each of them, beside the sender.
SAID = {
    "business": (
        ("Indemnité forfaitaire de recouvrement 40,00 €", "pour mémoire", "1 274,56 €"),
        "au plus tard le 3 décembre 2026",
    ),
    "consumer": (("Principal, 2 échéances 1 333,56 €",), "au plus tard le 3 décembre 2026"),
    "public body": (
        ("Indemnité forfaitaire de recouvrement (2 × 40,00 €) 80,00 €", "17 225,60 €"),
        "au plus tard le 3 décembre 2026",
    ),
    "courteous e-mail": (("1 234,56 €",), "d'ici le 26 novembre 2026"),
}


def one(template: str, case: str, channel: str, tone: str = "courteous") -> Shown:
    asked = [Asked(template=template, channel=channel, tone=tone, case=CASES[case])]
    with made(asked) as shown:
        return sound(next(shown))


def read_back(shown: Shown) -> str:
    """The words of the finished bytes, spaces and apostrophes made plain."""
    if shown.message.mime:
        mail = email.message_from_bytes(shown.message.mime, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        body = mail.get_body(preferencelist=("plain",))
        assert body is not None
        text = f"{mail['From']} {mail['Reply-To']} {body.get_content()}"
    else:
        pages = pypdf.PdfReader(BytesIO(shown.message.files[PDF])).pages
        text = " ".join(page.extract_text() for page in pages)
    return " ".join(text.replace("’", "'").split())


@pytest.mark.parametrize("name", NOTICES, ids=list(NOTICES))
def test_the_bytes_say_who_asks_for_what_until_when_and_what_else_can_be_done(name: str) -> None:
    text = read_back(one(*NOTICES[name]))
    amounts, limit = SAID[name]
    assert "Exemple Services SAS" in text
    assert "732 829 320" in text
    for amount in amounts:
        assert amount in text, text
    assert limit in text
    assert "FR76 3000 6000 0112 3456 7890 189" in text
    assert re.search("contest|inexacte", text)
    assert re.search("délai|échéancier|besoin de temps", text)
    assert "payé" in text or "ordonné" in text
    assert "comptabilite@example.test" in text


def test_the_slip_of_a_confirmed_plan_asks_for_its_first_instalment() -> None:
    slip = read_back(one("plan-confirmed", "one-invoice", "letter")).partition(SLIP)[2]
    assert "617,28 €" in slip
    assert "1 234,56" not in slip


def test_nobody_is_asked_to_pay_what_he_contests_or_has_paid() -> None:
    for template in ("dispute-received", "thank-you"):
        assert SLIP not in read_back(one(template, "one-invoice", "letter")), template


def test_the_copy_of_a_formal_notice_has_the_limit_date_of_the_letter() -> None:
    letter = read_back(one("formal-notice", "one-invoice", "registered_letter"))
    copy = read_back(one("formal-notice", "one-invoice", "email"))
    found = re.search(r"au plus tard le (\d+ \w+ \d+)", letter)
    assert found is not None
    assert found[0] in copy


def test_the_pictures_of_the_docs_are_there_and_small() -> None:
    page = (DOCS / "preview.md").read_text(encoding="utf-8")
    named = re.findall(r"\(pictures/([^)]+)\)", page)
    assert len(named) == 3
    for name in named:
        content = (DOCS / "pictures" / name).read_bytes()
        assert content.startswith(b"\x89PNG")
        assert len(content) < 160_000


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("consumer-last-notice", "confier votre dossier à un commissaire de justice"),
        ("last-notice", "confier votre dossier à un avocat ou à un commissaire de justice"),
        ("last-reminder", "une demande formelle de paiement, par lettre recommandée"),
        ("consumer-reminder", "nous vous écrirons de nouveau"),
    ],
)
def test_a_template_that_no_policy_uses_announces_what_usually_follows(
    template: str, words: str
) -> None:
    assert words in read_back(one(template, "three-invoices", "email"))


def test_equal_letters_are_shown_with_their_pages_each_time() -> None:
    asked = [
        Asked(template="formal-notice", channel=channel, tone="formal", case=CASES["one-invoice"])
        for channel in ("email", "registered_letter", "registered_letter")
    ]
    with made(asked) as found:
        mail, *letters = map(sound, found)
    assert mail.pictures == ()
    assert [len(each.pictures) for each in letters] == [2, 2]
