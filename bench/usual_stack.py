"""What is usually built to send reminders, in its best manners: the peer of `bench.dispatch`.

SQLAlchemy's ORM over SQLite, a query for what is late, Jinja2 with Babel's filters for text and
HTML, `EmailMessage`, aiosmtplib, and "send, then record" with a commit per message. It has no
guard, no chain, no journal, and no answer to a crash between sending and recording.
"""

import asyncio
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple

import aiosmtplib
from babel.dates import format_date
from babel.numbers import format_currency
from jinja2 import Environment, StrictUndefined
from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, joinedload, mapped_column, relationship


WORDS = """\
{{ salutation }},

Sauf erreur ou omission de notre part, nous n'avons pas encore reçu le règlement de :

{% for row in items %}Facture {{ row.number }} du {{ row.issued|short }}, échue le \
{{ row.due|short }} : {{ row.balance|money }}
{% endfor %}
Total : {{ total|money }}. Merci de nous régler d'ici au {{ limit|long }}, par virement :
IBAN {{ iban }}, référence {{ reference }}.

Si vous avez réglé entre-temps, ne tenez pas compte de ce message. Une difficulté, une question ?
Répondez simplement à cet e-mail.

{{ sender }}
"""
LAID_OUT = (
    "<html><head><style>td { padding: 4px }</style></head><body style='font-family: sans-serif'>"
    "<table width='100%'><tr><td><p>{{ salutation }},</p><p>Sauf erreur ou omission de notre part, "
    "nous n'avons pas encore reçu le règlement de :</p><table>{% for row in items %}<tr>"
    "<td style='padding: 4px'>{{ row.number }}</td><td>{{ row.issued|short }}</td>"
    "<td>{{ row.due|short }}</td><td style='text-align: right'>{{ row.balance|money }}</td></tr>"
    "{% endfor %}</table><p>Total : {{ total|money }}. Merci de nous régler d'ici au "
    "{{ limit|long }}, par virement : IBAN {{ iban }}, référence {{ reference }}.</p>"
    "<p>Si vous avez réglé entre-temps, ne tenez pas compte de ce message.</p><p>{{ sender }}</p>"
    "</td></tr></table></body></html>"
)


class Table(DeclarativeBase):
    """The peer's tables."""


class Debtor(Table):
    """Who owes."""

    __tablename__ = "debtor"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str]
    disputed: Mapped[bool]


class Invoice(Table):
    """What is owed."""

    __tablename__ = "invoice"
    id: Mapped[int] = mapped_column(primary_key=True)
    debtor_id: Mapped[int] = mapped_column(ForeignKey("debtor.id"))
    number: Mapped[str]
    issued: Mapped[date]
    due: Mapped[date]
    balance: Mapped[int]
    level: Mapped[int]
    debtor: Mapped[Debtor] = relationship()


class Sent(Table):
    """What was sent."""

    __tablename__ = "sent"
    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int]
    subject: Mapped[str]
    body: Mapped[str]
    answer: Mapped[str]


class Words(NamedTuple):
    """The two templates, compiled."""

    text: Callable[..., str]
    html: Callable[..., str]


def filled(path: Path, *, messages: int, today: date) -> Session:
    """A database with so many debtors that get one reminder each."""
    engine = create_engine(f"sqlite:///{path}")
    Table.metadata.create_all(engine)
    session = Session(engine, expire_on_commit=False)
    for n in range(1, messages + 1):
        name, email = f"Société {n} & Cie", f"compta@client{n}.example"
        session.add(Debtor(id=n, name=name, email=email, disputed=False))
        session.add(
            Invoice(
                id=n,
                debtor_id=n,
                number=f"FA{n:06}",
                issued=today - timedelta(days=40),
                due=today - timedelta(days=10),
                balance=20_000 + n,
                level=0,
            )
        )
    session.commit()
    session.expunge_all()
    return session


def send_all(session: Session, port: int, *, today: date, reuse: bool) -> int:
    """Send every reminder that is due; how many there were."""
    return asyncio.run(_send_all(session, port, today, reuse=reuse))


async def _send_all(session: Session, port: int, today: date, *, reuse: bool) -> int:
    words = _words()
    late = (
        select(Invoice)
        .options(joinedload(Invoice.debtor))
        .where(Invoice.due < today, Invoice.level == 0, Invoice.balance > 0)
    )
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False)
    if reuse:
        await client.connect()
    count = 0
    for invoice in session.scalars(late).all():
        if invoice.debtor.disputed:
            continue
        values = _values(invoice, today)
        text = words.text(**values)
        mail = _mail(invoice, text, words.html(**values))
        if reuse:
            _, answer = await client.send_message(mail)
        else:
            _, answer = await aiosmtplib.send(
                mail, hostname="127.0.0.1", port=port, start_tls=False
            )
        invoice.level = 1
        session.add(Sent(invoice_id=invoice.id, subject=mail["Subject"], body=text, answer=answer))
        session.commit()
        count += 1
    client.close()
    return count


def _words() -> Words:
    filters: dict[str, Callable[..., str]] = {
        "money": lambda amount: format_currency(amount, "EUR", locale="fr_FR"),
        "short": lambda day: format_date(day, "dd/MM/yyyy", locale="fr_FR"),
        "long": lambda day: format_date(day, "long", locale="fr_FR"),
    }
    made: list[Callable[..., str]] = []
    for escaped, source in ((False, WORDS), (True, LAID_OUT)):
        environment = Environment(autoescape=escaped, undefined=StrictUndefined)
        environment.filters |= filters
        made.append(environment.from_string(source).render)
    return Words(*made)


def _values(invoice: Invoice, today: date) -> dict[str, object]:
    balance = Decimal(invoice.balance) / 100
    row = {"number": invoice.number, "issued": invoice.issued, "due": invoice.due}
    return {
        "salutation": "Madame, Monsieur",
        "items": [{**row, "balance": balance}],
        "total": balance,
        "limit": today + timedelta(days=8),
        "iban": "FR76 3000 6000 0112 3456 7890 189",
        "reference": invoice.number,
        "sender": "Claire Martin, Exemple Services SAS",
    }


def _mail(invoice: Invoice, text: str, html: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = Address("Exemple Services, comptabilité", addr_spec="c@example.test")
    mail["To"] = Address(invoice.debtor.name, addr_spec=invoice.debtor.email)
    mail["Subject"] = f"Facture {invoice.number} échue : un oubli de votre part ?"
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    return mail
