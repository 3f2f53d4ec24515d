"""The section `attachments:`: where the files are that go with e-mails."""

import re

from dispatcher.config.forms import Form, Keys, nested, number, text
from dispatcher.config.section import Section
from dispatcher.model.settings import Attachments
from dispatcher.nodes.keys import Key
from dispatcher.nodes.schema import spelled


#: A path inside the home; only its last part holds the number, and it is a PDF.
PATTERN = re.compile(
    r"(?:(?!\.\.?/)[^/\\{}\x00-\x1f]+/)*(?!\.)[^/\\{}\x00-\x1f]*\{number\}[^/\\{}\x00-\x1f]*\.pdf"
)


def _pattern(section: Section, key: str, value: str) -> str | None:
    if PATTERN.fullmatch(value):
        return None
    section.value(key, value, "in/pdf/{number}.pdf")
    return ""


ATTACHMENTS_KEYS: Keys = (
    Key(
        name="invoices",
        form=text(
            check=_pattern,
            schema=spelled(PATTERN.pattern, examples=("in/pdf/{number}.pdf",)),
        ),
        en="The PDF of an invoice by its number, in a folder of the home: in/pdf/{number}.pdf.",
        fr="Le PDF d'une facture par son numéro, dans la maison : in/pdf/{number}.pdf.",
    ),
    Key(
        name="max_bytes",
        form=number(least=1, or_none=False),
        default="10000000",
        en="The most that the files of one e-mail may weigh together, in bytes.",
        fr="Le poids maximal des fichiers d'un e-mail, en octets.",
    ),
)


def _attachments(invoices: str, max_bytes: int | None) -> Attachments:
    return (
        Attachments(invoices=invoices)
        if max_bytes is None
        else Attachments(invoices=invoices, max_bytes=max_bytes)
    )


ATTACHMENTS: Form[Attachments] = nested(ATTACHMENTS_KEYS, _attachments, Attachments)
