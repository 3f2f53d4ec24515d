"""Letters made with the shipped layout, and eyes that read the finished PDF back."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pypdfium2
import zxingcpp

from dispatcher.compose import format as form
from dispatcher.compose.contact import Data, Plain
from dispatcher.compose.library import Library, load
from dispatcher.compose.render import render
from dispatcher.render.typeset import LAYOUT, PDF, Press


MM = 72 / 25.4

SHIPPED = Path(__file__).parents[2] / "templates" / "fr" / LAYOUT

ADDRESS = "Boulangerie Éloïse & Fils\nBâtiment B\n3, place du Marché\n69400 Villefranche-sur-Saône"

BODY = """---
subject: "Relance : {{ totals.net }} à régler"
---
Madame, Monsieur {{ debtor.name }},

Les factures suivantes restent dues :

{{ table("invoices") }}

Nous vous demandons de régler **{{ totals.net }}**.

- Payez [en ligne]({{ creditor.pay_url }})
- ou par virement.

Cordialement,

{{ creditor.contact_name }}\\
{{ creditor.name }}
"""


def texts(body: str = BODY, layout: str = "") -> dict[str, str]:
    """Templates with one body and a layout, the shipped one if none is given."""
    return {
        "fr/rappel/body.md.j2": body,
        f"fr/{LAYOUT}": layout or SHIPPED.read_text(encoding="utf-8"),
    }


def data(count: int = 3, /, *, to: str = ADDRESS, **changes: Plain) -> Data:
    """What `contact_data` gives, written by hand: `changes` are `creditor__name="..."`."""
    amounts = [10_000 + 111 * number for number in range(count)]
    rows: list[Plain] = [
        {
            "number": f"F-2026-{number:03}",
            "issued": "01/09/2026",
            "due": "01/10/2026",
            "due_in_words": "1er\u00a0octobre 2026",
            "balance": form.money(amount),
            "late": "50\u00a0jours",
            "days_late": 50,
            "remark": "",
        }
        for number, amount in enumerate(amounts)
    ]
    total = form.money(sum(amounts))
    made: Data = {
        "today": "1er\u00a0mars 2026",
        "reference": "C-1042",
        "to": to,
        "creditor": {
            "name": "Ateliers Rhône",
            "legal_form": "SAS au capital de 50 000 €",
            "address": "12 rue de la Part-Dieu, 69003 LYON",
            "siren": "732 829 320",
            "phone": "04 72 00 00 00",
            "email": "compta@ateliers.example",
            "iban": "FR76 3000 6000 0112 3456 7890 189",
            "bic": "AGRIFRPP",
            "contact_name": "Claire Dubois",
            "contact_role": "responsable crédit",
            "pay_url": "https://payer.example/C-1042",
        },
        "debtor": {"name": "Boulangerie Éloïse & Fils", "reference": "C-1042"},
        "claimed": rows,
        "listed": [],
        "credits": [],
        "totals": {"net": total, "claimed": total},
        "asked": total,
    }
    for path, value in changes.items():
        *above, name = path.split("__")
        place = made
        for part in above:
            inner = place[part]
            assert isinstance(inner, dict)
            place = inner
        place[name] = value
    return made


@cache
def press() -> Press:
    """The compiler with the shipped layout, kept for all tests."""
    return Press(texts())


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A finished letter: parts, bytes."""

    parts: dict[str, str]
    pdf: bytes


@cache
def library(body: str) -> Library:
    """The templates with that body, read once."""
    found, problems = load(texts(body))
    assert found is not None, problems
    return found


def made(contact: Data, *, channel: str = "letter", body: str = BODY) -> Made:
    """Render and typeset one letter here, without the pool."""
    words = library(body)
    parts = render(words, "rappel", channel=channel, tone="firm", lang="fr", data=contact)
    more, files = press().letter("rappel", parts, contact, channel=channel, lang="fr")
    return Made(parts=dict(more), pdf=files[PDF])


# -- reading back -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Ink:
    """A piece of text on a page, in millimetres from the top left corner of the paper."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def text_of(pdf: bytes) -> list[str]:
    """The text of each page, its spaces made plain."""
    reader = pypdf.PdfReader(BytesIO(pdf))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def inks(pdf: bytes, page: int = 0) -> list[Ink]:
    """Every line of text of a page with its box, as a drawing program sees it."""
    document = pypdfium2.PdfDocument(pdf)
    sheet = document[page]
    height = sheet.get_height()
    words = sheet.get_textpage()
    found = []
    for number in range(words.count_rects()):
        left, bottom, right, top = words.get_rect(number)
        text = words.get_text_bounded(left, bottom, right, top)
        found.append(
            Ink(
                text=" ".join(text.split()),
                left=left / MM,
                top=(height - top) / MM,
                right=right / MM,
                bottom=(height - bottom) / MM,
            )
        )
    document.close()
    return found


def strokes(pdf: bytes, page: int = 0) -> list[Ink]:
    """Every path and picture of a page with its box."""
    document = pypdfium2.PdfDocument(pdf)
    sheet = document[page]
    height = sheet.get_height()
    found = []
    for drawn in sheet.get_objects(filter=(2, 3, 4), max_depth=5):  # path, image, shading
        left, bottom, right, top = drawn.get_bounds()
        found.append(
            Ink(
                text="",
                left=left / MM,
                top=(height - top) / MM,
                right=right / MM,
                bottom=(height - bottom) / MM,
            )
        )
    document.close()
    return found


def codes(pdf: bytes) -> Iterator[str]:
    """The text of every QR code that a telephone would see."""
    document = pypdfium2.PdfDocument(pdf)
    for sheet in document:
        bitmap = sheet.render(scale=3, grayscale=True)
        shape = (bitmap.height, bitmap.stride)
        picture = memoryview(bytes(bitmap.buffer)).cast("B", shape=shape)
        yield from (found.text for found in zxingcpp.read_barcodes(picture))
    document.close()


def catalog(pdf: bytes) -> Any:  # noqa: ANN401 - a dictionary of the PDF
    """The root of the document."""
    return pypdf.PdfReader(BytesIO(pdf)).root_object
