"""Nothing in a name, an address, a number or a note changes anything but the words it stands in.

For every channel at once: the structure of what is made from hostile values (headers and MIME tree,
HTML tree, lines, CSV table, terminal) is that of harmless ones.
"""

import csv
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.letter_lists import manifest, slip
from dispatcher.cli.exact import told
from dispatcher.cli.say import Speaker
from dispatcher.compose.contact import Data, contact_data
from dispatcher.compose.envelope import as_mail
from dispatcher.compose.gsm import GSM, dear, segments
from dispatcher.compose.library import Library
from dispatcher.compose.render import NotRendered, render
from dispatcher.compose.statement import statement
from dispatcher.messages.attachments import invoices
from dispatcher.model.letter import Conversation, Dispute
from dispatcher.model.mail import Enclosure, Envelope, Mailbox
from dispatcher.model.problem import Problem
from dispatcher.model.settings import Attachments, Creditor, Settings
from dispatcher.ports import Message
from tests.compose.compose_uses import FOLLOWS, USES, Use
from tests.compose.compose_world import (
    CREDITOR,
    CREDITS,
    DEBTOR,
    EVERYTHING,
    ITEMS,
    LISTED,
    TODAY,
    dues,
    shipped,
)


NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)

HOSTILE = (
    "a\r\nBcc: x@evil.example",
    "a\n\n<p>",
    "=?utf-8?q?a=0ABcc:_e?=",
    "a" * 3000,
    "mot " * 300,
    "<script>alert(1)</script>",
    '"><img src=http://evil.example/x onerror=y>',
    "' onclick='x",
    "</td></tr></table></body>",
    "a -->b<!-- c",
    "<style>*{display:none}</style>",
    "&lt;b&gt; &amp;",
    "{{ 7*7 }}",
    "{% for x in y %}",
    "{# x #}",
    "[click](http://evil.example)",
    "<http://evil.example>",
    "https://evil.example/x",
    "![x](http://evil.example)",
    "**gras** _it_ `code`",
    "# titre",
    "- puce",
    "1. un",
    "> citation",
    "|a|b|",
    "```",
    "\\\n",
    "---",
    '"]],["p","x"',
    '#read("/etc/passwd")',
    '=HYPERLINK("http://evil.example")',
    "+33612345678",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    'a";"b',
    "a;b;c",
    "'=1",
    "\u202egnp.exe",
    "\u200bx\u2028y\u2029z\ufeff",
    "\x00\x1b[31m\x1b]0;titre\x07",
    "\x9b31m\x85x",
    "Éloïse 😀 ﬁn Żółć 株式会社",
    "../../etc/passwd",
    "..\\x\\y",
    "/etc/passwd",
    "CON.pdf",
    "Qj0jQ",
    "STOP",
)
raw = st.one_of(st.sampled_from(HOSTILE), st.text(min_size=1, max_size=40))


@dataclass(frozen=True, kw_only=True)
class Values:
    """All that a source may say about a debtor."""

    name: str = "Boulangerie"
    person: str = "Martin"
    street: str = "rue des Halles"
    town: str = "Lyon"
    reference: str = "C1042"
    invoice: str = "F2026"
    credit: str = "AV12"
    order: str = "EJ77"
    note: str = "paye vendredi"
    adviser: str = "Durand"


HARMLESS = Values()


@st.composite
def values(draw: st.DrawFn) -> Values:
    """Hostile ones; each says something, as templates ask whether a value is there."""
    texts = [f"x{draw(raw)}x" if draw(st.booleans()) else f"{draw(raw)}x" for _ in range(10)]
    return Values(**dict(zip(Values.__dataclass_fields__, texts, strict=True)))


def data_of(said: Values, use: Use, channel: str) -> Data:
    debtor = replace(
        DEBTOR,
        name=said.name,
        contact_name=f"Mme {said.person}",
        address=(said.street,),
        city=said.town,
        reference=said.reference,
        legal_kind=use.kind,
    )
    items = (replace(ITEMS[0], number=said.invoice, engagement=said.order), ITEMS[1])
    occasion = replace(
        EVERYTHING,
        offer=use.offer,
        dispute=Dispute(what=said.note, amount=15_050, answer_by=date(2026, 12, 4)),
        conversation=Conversation(day=TODAY, person=said.person, notes=said.note),
        adviser=(said.adviser, "paul@ateliers.example"),
        following=FOLLOWS.get(use.template, EVERYTHING.following),
    )
    return contact_data(
        creditor=CREDITOR,
        debtor=debtor,
        to=f"{said.name}\n{said.street}\n69001 {said.town}",
        claimed=items,
        listed=LISTED,
        credits=(replace(CREDITS[0], number=said.credit), *CREDITS[1:]),
        today=TODAY,
        limit=date(2026, 12, 1),
        channel=channel,
        occasion=occasion,
        dues=dues(debtor=debtor, items=items),
    )


@cache
def library() -> Library:
    return shipped()


def parts_of(said: Values, use: Use, channel: str) -> dict[str, str] | None:
    """The parts of a message, or None where it is kept back for a subject that is no subject."""
    try:
        data = data_of(said, use, channel)
        found = render(
            library(), use.template, channel=channel, tone=use.tone, lang="fr", data=data
        )
    except NotRendered as error:
        if error.problem.code not in {"template/unsafe-subject", "template/too-long"}:
            raise
        return None
    return dict(found)


# -- one shape for each kind of part --------------------------------------------------------------


class _Tree(HTMLParser):
    """Tags with their attributes, in order; comments and declarations too."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[object] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(f"/{tag}")

    def handle_comment(self, data: str) -> None:
        self.found.append(("comment", data))

    def handle_decl(self, decl: str) -> None:
        self.found.append(("declaration", decl))

    def unknown_decl(self, data: str) -> None:
        self.found.append(("declaration", data))

    def handle_pi(self, data: str) -> None:
        self.found.append(("instruction", data))


def tree(html: str) -> list[object]:
    parser = _Tree()
    parser.feed(html)
    parser.close()
    return parser.found


def mail_of(parts: dict[str, str], attached: str = "F2026.pdf") -> EmailMessage:
    envelope = Envelope(
        sender=Mailbox(address="compta@ateliers.example", name="Ateliers"),
        reply_to=Mailbox(address="claire@ateliers.example", name="Claire Dubois"),
        subject=parts["subject"],
        files=(Enclosure(name=attached, media_type="application/pdf", digest="0" * 64, size=5),),
    )
    made = as_mail(envelope, parts, [b"%PDF-"], to="a@client.example", token="t0ken", date=NOW)
    mail = message_from_bytes(made, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def mime(mail: EmailMessage) -> list[object]:
    """Every header by name and every part by type; the words of subject and body left out."""
    fixed = [(name, str(mail[name])) for name in mail if name not in {"Subject", "Content-Type"}]
    return [list(mail.keys()), fixed, [part.get_content_type() for part in mail.walk()]]


EMAILS = [use for use in USES if "email" in use.channels]
SCRIPTS = [(use, c) for use in USES for c in use.channels if c in {"call", "visit"}]
TEXTS = [use for use in USES if "sms" in use.channels]
slow = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@slow
@given(said=values(), use=st.sampled_from(EMAILS))
def test_an_email_keeps_headers_parts_and_markup(said: Values, use: Use) -> None:
    parts, usual = parts_of(said, use, "email"), parts_of(HARMLESS, use, "email")
    if parts is None or usual is None:
        return
    assert tree(parts["html"]) == tree(usual["html"])
    assert len(parts["text"].split("\n")) == len(usual["text"].split("\n"))
    mail = mail_of(parts)
    assert mime(mail) == mime(mail_of(usual))
    assert str(mail["Subject"]) == parts["subject"]
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n").rstrip() == parts["text"].rstrip()


@slow
@given(said=values(), sample=st.sampled_from(SCRIPTS))
def test_a_script_keeps_its_lines(said: Values, sample: tuple[Use, str]) -> None:
    parts, usual = parts_of(said, *sample), parts_of(HARMLESS, *sample)
    assert parts is not None
    assert usual is not None
    lines, known = parts["script"].split("\n"), usual["script"].split("\n")
    assert len(lines) == len(known)
    assert not obeyed(parts["script"])


@slow
@given(said=values(), use=st.sampled_from(TEXTS))
def test_a_text_message_is_one_line_and_its_price_is_known(said: Values, use: Use) -> None:
    """A letter that the alphabet of SMS does not have makes each segment 70 characters short."""
    parts = parts_of(said, use, "sms")
    if parts is None:
        return
    text = parts["sms"]
    assert not obeyed(text)
    assert "\n" not in text
    if not set(text) <= GSM:
        units = len(text.encode("utf-16-le")) // 2
        least = 1 if units <= 70 else -(-units // 67)
        assert segments(text) >= least
        problem = dear(text, limit=least - 1, template="x")
        assert problem is not None
        assert problem.code == "template/sms-alphabet"


@slow
@given(said=values())
def test_a_statement_keeps_its_table_and_has_no_formula(said: Values) -> None:
    def table(these: Values) -> list[list[str]]:
        text = statement(data_of(these, USES[0], "email"))
        return list(csv.reader(io.StringIO(text), delimiter=";"))

    found, usual = table(said), table(HARMLESS)
    assert [len(row) for row in found] == [len(row) for row in usual]
    assert not [cell for row in found for cell in row if cell.startswith(tuple("=+-@\t\r"))]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_begins_a_formula_in_a_statement(text: str) -> None:
    said = replace(HARMLESS, invoice=text, credit=text)
    found = csv.reader(io.StringIO(statement(data_of(said, USES[0], "email"))), delimiter=";")
    assert not [cell for row in found for cell in row if cell.startswith(tuple("=+-@\t\r"))]


@slow
@given(said=values())
def test_lists_of_letters_keep_their_tables(said: Values) -> None:
    def tables(these: Values) -> Iterator[list[list[str]]]:
        to = str(data_of(these, USES[0], "letter")["to"])
        record = {"recipient": to, "token": "t", "file": "t.pdf", "pages": "2", "remark": ""}
        for text in (manifest([record]), slip([record])):
            yield list(csv.reader(io.StringIO(text), delimiter=";"))

    printed, counter = tables(said)
    usual = list(tables(HARMLESS))
    assert [[len(row) for row in each] for each in (printed, counter)] == [
        [len(row) for row in each] for each in usual
    ]
    assert not [cell for cell in counter[1] if cell.startswith(tuple("=+-@\t\r"))]


@slow
@given(number=raw)
def test_the_name_of_an_attached_file_is_a_name(number: str) -> None:
    home = Settings(
        home=Path("/nonexistent"),
        creditor=Creditor(name="x"),
        attachments=Attachments(invoices="pdf/{number}.pdf"),
    )
    (found,) = invoices([number], home)
    assert found.why
    assert found.content == b""
    safe = number.isprintable() and not set(number) & set("/\\") and "=?" not in number
    if not safe or len(number) > 60 or number.startswith("."):
        return
    mail = mail_of({"subject": "x", "text": "x\n", "html": "<p>x</p>"}, attached=found.name)
    (part,) = mail.iter_attachments()
    assert part.get_filename() == found.name == f"{number}.pdf"
    assert mime(mail) == mime(mail_of({"subject": "x", "text": "x\n", "html": "<p>x</p>"}))


# -- a terminal -----------------------------------------------------------------------------------


def obeyed(text: str) -> list[str]:
    """What a terminal would obey, and what turns the direction of a line."""
    return [
        mark
        for mark in text
        if mark != "\n"
        and (unicodedata.category(mark) in {"Cc", "Cs", "Zl", "Zp"} or mark in "\u202e\u2066")
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_terminal_obeys_nothing(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What `plan`, `history`, `explain`, `approve` and every problem print goes through these."""
    speaker = Speaker("fr")
    speaker.say("approve/title", number="A1", debtor=text)
    speaker.note("approve/title", number="A1", debtor=text)
    speaker.line(text)
    speaker.table(["a", "b"], [(text, "x")])
    speaker.problems([Problem(code="run/no-case", fields={"value": text})], {})
    printed = capsys.readouterr()
    as_it_is = {"\u202e", "\u2028", "\u2029", "\t"}  # a line may be CSV or JSON for a program
    assert not set(obeyed(printed.err)) - {"\t"}
    assert not set(obeyed(printed.out)) - as_it_is


@slow
@given(said=values(), use=st.sampled_from(EMAILS))
def test_what_approve_shows_is_text(said: Values, use: Use) -> None:
    parts = parts_of(said, use, "email")
    if parts is None:
        return
    message = Message(id=1, token="t", channel="email", to="a@client.example", parts=parts)
    assert not obeyed("\n".join(told(message)))


def test_the_trees_tell_markup_from_words() -> None:
    assert tree("<p>a<b>b</b></p>") != tree("<p>a&lt;b&gt;b&lt;/b&gt;</p>")
    assert tree('<a href="x">y</a>') != tree('<a href="z">y</a>')
