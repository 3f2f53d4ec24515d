"""A letter on trial: whether operators' layouts compile, before a debtor's letter needs one."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Final

from dispatcher.compose.contact import Data, contact_data
from dispatcher.model.debtor import Debtor, LegalKind
from dispatcher.model.letter import Item
from dispatcher.model.problem import Problem
from dispatcher.model.settings import Creditor
from dispatcher.render.job import Job
from dispatcher.render.pool import Pool
from dispatcher.render.typeset import LAYOUT, layouts, no_layout


_BODY: Final = """---
subject: "Essai"
---
{{ debtor.name }}, **{{ totals.net }}**, *{{ today }}*

{{ table("invoices") }}

- {{ reference }}

1. {{ creditor.iban }}

> {{ to }}

{{ creditor.name }}
"""


def wrong_layouts(
    texts: Mapping[str, str], *, known: Mapping[str, str], languages: Collection[str]
) -> tuple[Problem, ...]:
    """What is wrong with the layouts of letters among `texts`; those that are `known` are good.

    Letters are written in these `languages`; each needs a layout.
    """
    mine, good = layouts(texts), layouts(known)
    doubtful = {lang: text for lang, text in mine.items() if good.get(lang) != text}
    absent = (no_layout(lang) for lang in sorted(languages) if lang not in mine)
    return (*absent, *(_tried(doubtful) if doubtful else ()))


def _tried(doubtful: Mapping[str, str]) -> Iterator[Problem]:
    """One letter in each, in a limited process: a layout may be anything."""
    sheets = {f"{lang}/essai/body.md.j2": _BODY for lang in doubtful}
    papers = {f"{lang}/{LAYOUT}": text for lang, text in doubtful.items()}
    jobs = [
        Job(template="essai", channel="registered_letter", tone="firm", lang=lang, data=_contact())
        for lang in doubtful
    ]
    with Pool({**sheets, **papers}, workers=1) as pool:
        for rendered in pool.render(jobs):
            if rendered.problem is not None:
                yield rendered.problem


def _contact() -> Data:
    day = date(2026, 11, 20)
    creditor = Creditor(
        name="Exemple SAS",
        address=("12 rue des Artisans",),
        postcode="69003",
        city="Lyon",
        iban="FR7630006000011234567890189",
    )
    debtor = Debtor(
        id=1, reference="C-1", name="Essai", legal_kind=LegalKind.BUSINESS, profile="sme"
    )
    item = Item(number="F-1", due=day, balance=123_456, days_late=0)
    return contact_data(
        creditor=creditor,
        debtor=debtor,
        to="Essai\n3 place du Marché\n69400 Villefranche",
        claimed=[item],
        today=day,
    )
