"""Rendering messages: `python -m bench.messages`.

All three parts of a reminder with some invoices: the text and the HTML of the e-mail and the tree
of the letter, from the values of an account, totals and checks included. Beside it Jinja2 as
tutorials use it: the same words, compiled once, with Babel's filters where an amount or a day is
printed; it checks nothing. Then whole e-mails, MIME included, on one
core. Counted is processor time, so that a busy machine does not matter.
"""

import argparse
import re
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from babel.dates import format_date
from babel.numbers import format_currency
from jinja2 import Environment, StrictUndefined

from bench.timing import machine
from dispatcher.compose.contact import Data, contact_data
from dispatcher.compose.envelope import as_mail
from dispatcher.compose.layout import lay_out
from dispatcher.compose.library import Library, load
from dispatcher.compose.markdown import compile_markdown
from dispatcher.compose.render import render
from dispatcher.model.debtor import Debtor, LegalKind
from dispatcher.model.letter import Item
from dispatcher.model.mail import Envelope, Mailbox
from dispatcher.model.settings import Creditor


ROOT = Path(__file__).parent.parent
GOALS = {"ratio": 4, "messages": 8_000}
TODAY, LIMIT = date(2026, 11, 20), date(2026, 12, 1)
NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
TEMPLATE = "courteous-reminder"

CREDITOR = Creditor(
    name="Ateliers Rhône",
    legal_form="SAS",
    address=("12 rue de la Part-Dieu",),
    postcode="69003",
    city="Lyon",
    siren="732829320",
    phone="+33472000000",
    email="compta@ateliers.example",
    iban="FR7630006000011234567890189",
    bic="AGRIFRPP",
    contact_name="Claire Dubois",
)
DEBTOR = Debtor(
    id=1,
    reference="C-1042",
    name="Boulangerie Éloïse & Fils",
    legal_kind=LegalKind.BUSINESS,
    profile="sme",
    email="compta@boulangerie.example",
)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(prog="python -m bench.messages", description=__doc__)
    options.add_argument("--invoices", type=int, default=3)
    options.add_argument("--messages", type=int, default=2_000)
    told = options.parse_args()
    library, items = _library(), _items(told.invoices)
    ours = _each(lambda: _three_parts(library, items), told.messages)
    theirs = _each(_peer(library, items), told.messages)
    whole = _each(lambda: _whole(library, items), told.messages)
    ratio, missed = theirs / ours, " **missed**"
    print(f"# Messages: {machine()}, {told.invoices} invoices each\n")
    print("| what | a second and core | wanted |\n|---|---|---|")
    print(f"| Jinja2 with Babel filters, three parts | {1 / theirs:,.0f} | |")
    print(
        f"| relance, three parts | {1 / ours:,.0f} | {GOALS['messages']:,}"
        f"{missed if 1 / ours < GOALS['messages'] else ''} |"
    )
    print(
        f"| ... times faster | {ratio:.1f} | {GOALS['ratio']}"
        f"{missed if ratio < GOALS['ratio'] else ''} |"
    )
    print(f"| relance, whole e-mails with MIME | {1 / whole:,.0f} | |")


def _each(work: Callable[[], object], times: int, *, runs: int = 5) -> float:
    """Processor seconds of one call: the best of a few runs, after one that warms up."""
    work()
    found = []
    for _ in range(runs):
        begun = time.process_time()
        for _ in range(times):
            work()
        found.append((time.process_time() - begun) / times)
    return min(found)


# -- ours -----------------------------------------------------------------------------------------


def _library() -> Library:
    texts = {
        path.relative_to(ROOT / "templates").as_posix(): path.read_text("utf-8")
        for path in (ROOT / "templates").rglob("*.j2")
    }
    library, problems = load(texts)
    assert library is not None, problems
    return library


def _items(invoices: int) -> tuple[Item, ...]:
    return tuple(
        Item(
            number=f"F-2026-{number}",
            issued=date(2026, 9, 1),
            due=date(2026, 10, 1),
            balance=123_456 + number,
            days_late=50,
        )
        for number in range(invoices)
    )


def _data(items: tuple[Item, ...]) -> Data:
    return contact_data(
        creditor=CREDITOR, debtor=DEBTOR, to=DEBTOR.email, claimed=items, today=TODAY, limit=LIMIT
    )


def _three_parts(library: Library, items: tuple[Item, ...]) -> None:
    data = _data(items)
    render(library, TEMPLATE, channel="email", tone="courteous", lang="fr", data=data)
    sheet = library.sheet(TEMPLATE, channel="letter", tone="courteous", lang="fr")
    assert sheet is not None
    sheet.tree.render(data)


def _whole(library: Library, items: tuple[Item, ...]) -> bytes:
    parts = render(
        library, TEMPLATE, channel="email", tone="courteous", lang="fr", data=_data(items)
    )
    sender = Mailbox(address="relances@ateliers.example", name="Ateliers Rhône")
    envelope = Envelope(sender=sender, reply_to=sender, subject=parts["subject"])
    return as_mail(envelope, parts, [], to=DEBTOR.email, token="t1", date=NOW)


# -- Jinja2 with Babel ----------------------------------------------------------------------------

#: What a plain template formats where it prints it.
_FILTERS = {
    **dict.fromkeys(("row.balance", "row.amount"), "money"),
    **{f"totals.{name}": "money" for name in ("claimed", "listed", "credits", "net")},
    **dict.fromkeys(("row.due", "row.issued"), "short"),
    "limit": "long",
}
_PRINTED = re.compile(r"\{\{ ([a-z_.]+) \}\}")
_TABLE = re.compile(r"\{\{ text_table\(\"\w+\", \"fr\", (\w+), ([a-z.]+)\) \}\}")
_ROW = "  ".join(f"{{{{ row.{cell} }}}}" for cell in ("number", "issued", "due", "late", "balance"))


def _plainly(source: str) -> str:
    """The same words, with a filter at each amount and day, and tables as loops."""
    looped = _TABLE.sub(rf"{{% for row in \1 %}}{_ROW}\n{{% endfor %}}{{{{ \2 }}}}", source)
    return _PRINTED.sub(
        lambda found: (
            f"{{{{ {found[1]}{'|' * (found[1] in _FILTERS)}{_FILTERS.get(found[1], '')} }}}}"
        ),
        looped,
    )


def _peer(library: Library, items: tuple[Item, ...]) -> Callable[[], object]:
    """Our three templates in an ordinary environment over plain values, compiled once."""
    sheet = library.sheet(TEMPLATE, channel="email", tone="courteous", lang="fr")
    assert sheet is not None
    body = compile_markdown(sheet.source, lang="fr")
    sources = (body.text, lay_out(body.html, sheet.layout), body.tree)
    environments = [
        Environment(autoescape=escaped, undefined=StrictUndefined)
        for escaped in (False, True, False)
    ]
    for environment in environments:
        environment.filters |= {
            "money": lambda amount: format_currency(amount, "EUR", locale="fr_FR"),
            "short": lambda day: format_date(day, "dd/MM/yyyy", locale="fr_FR"),
            "long": lambda day: format_date(day, "long", locale="fr_FR"),
        }
    templates = [
        environment.from_string(_plainly(source))
        for environment, source in zip(environments, sources, strict=True)
    ]
    total = sum(Decimal(item.balance) for item in items) / 100
    values: dict[str, object] = {
        **_data(items),
        "claimed": [
            {
                "number": item.number,
                "issued": item.issued,
                "due": item.due,
                "late": f"{item.days_late} jours",
                "balance": Decimal(item.balance) / 100,
                "remark": "",
            }
            for item in items
        ],
        "limit": LIMIT,
        "totals": dict.fromkeys(("claimed", "net"), total),
        "subject": "Facture",
        "lang": "fr",
    }
    return lambda: [template.render(values) for template in templates]


if __name__ == "__main__":
    main()
