"""A real mail server takes our e-mails, and what it keeps is what was written.

OpenSMTPD from Debian (`apt-get install opensmtpd`), as root, into a Maildir that Python reads.
"""

import asyncio
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from channels.email import open_channel
from dispatcher.compose.envelope import as_mail
from dispatcher.model.mail import Enclosure, Envelope, Mailbox
from dispatcher.ports import Accepted, Message, NotAccepted, Outcome, Unknown
from tests.channels.certificates import certificate
from tests.channels.conversations import settings
from tests.channels.opensmtpd import PROGRAM, OpenSmtpd, opensmtpd, secured


IS_THERE = PROGRAM is not None and os.geteuid() == 0

pytestmark = pytest.mark.skipif(
    not IS_THERE and os.environ.get("CI") != "true", reason="OpenSMTPD needs its program and root"
)

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
TEXT = "Madame, Monsieur,\n\n.\n..\nSauf erreur, 1\u202f234,56\xa0€ échus. Œuvre n°\u202f7\n"
HTML = "<p>" + "é" * 400 + "</p>\n<p>.</p>\n"
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 200


@pytest.fixture(scope="module")
def server() -> Iterator[OpenSmtpd]:
    assert IS_THERE, "CI wants OpenSMTPD: apt-get install opensmtpd"
    with opensmtpd() as running:
        yield running


def subject(number: int) -> str:
    return f"{number} factures échues depuis l'été : « un oubli », peut-être ? n°\u202f{number}"


def mail(kind: str, number: int, *, files: bool = False) -> Message:
    token = f"{kind}{number}"
    envelope = Envelope(
        sender=Mailbox(address="relances@ateliers.example", name="Ateliers Rhône, comptabilité"),
        reply_to=Mailbox(address="claire.dubois@ateliers.example", name="Claire Dubois"),
        subject=subject(number),
        cc=(Mailbox(address="gestionnaire@ateliers.example", name="Zoé Lefèvre"),) if files else (),
        bcc=(Mailbox(address="archive@ateliers.example"),) if files else (),
        follows=("earlier@ateliers.example",),
        files=(
            Enclosure(
                name="Facture n°\u202f118 – été.pdf",
                media_type="application/pdf",
                digest="",
                size=len(PDF),
            ),
        )
        if files
        else (),
    )
    to = f"debiteur{number}@client.example"
    return Message(
        id=number,
        token=token,
        channel="email",
        to=to,
        parts={},
        mime=as_mail(
            envelope,
            {"text": TEXT, "html": HTML},
            [PDF] if files else [],
            to=to,
            token=token,
            date=NOW,
        ),
        copies=tuple(each.address for each in (*envelope.cc, *envelope.bcc)),
        sender=envelope.sender.address,
    )


async def sent(
    port: int,
    messages: list[Message],
    going: Callable[[int], None] = lambda _number: None,
    options: dict[str, str | int | bool] | None = None,
    password: str = "",
) -> list[Outcome]:
    """All at once, as the sending loop does with a batch; the channel bounds its connections."""
    channel = open_channel(settings(port, {"timeout": 10, **(options or {})}, password))
    try:
        return await asyncio.gather(
            *(channel.send(each, lambda number=each.id: going(number)) for each in messages)  # type: ignore[misc]
        )
    finally:
        await channel.close()


def by_token(mails: list[EmailMessage], kind: str) -> dict[str, list[EmailMessage]]:
    found: dict[str, list[EmailMessage]] = {}
    for each in mails:
        token = str(each["Message-ID"]).strip("<>").partition("@")[0]
        if token.startswith(kind):
            found.setdefault(token, []).append(each)
    return found


def payload(part: EmailMessage) -> bytes:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def test_what_a_real_server_keeps_is_what_was_written(server: OpenSmtpd) -> None:
    (outcome,) = asyncio.run(sent(server.port, [mail("one", 3, files=True)]))
    assert isinstance(outcome, Accepted)
    assert "no copy" not in outcome.receipt
    kept = by_token(server.mails(least=3), "one")["one3"]
    assert {each["Delivered-To"] for each in kept} == {
        "debiteur3@client.example",
        "gestionnaire@ateliers.example",
        "archive@ateliers.example",
    }
    for each in kept:
        assert not each.defects
        assert str(each["Subject"]) == subject(3)
        assert each["From"].addresses[0].display_name == "Ateliers Rhône, comptabilité"
        assert each["Reply-To"].addresses[0].addr_spec == "claire.dubois@ateliers.example"
        assert [box.addr_spec for box in each["Cc"].addresses] == ["gestionnaire@ateliers.example"]
        assert each["Bcc"] is None
        assert each["References"] == "<earlier@ateliers.example>"
        text, html, pdf = [part for part in each.walk() if not part.is_multipart()]
        assert payload(text).decode().replace("\r\n", "\n") == TEXT
        assert payload(html).decode().replace("\r\n", "\n") == HTML
        assert pdf.get_filename() == "Facture n°\u202f118 – été.pdf"
        assert payload(pdf) == PDF


def test_two_hundred_go_over_a_few_connections(server: OpenSmtpd) -> None:
    before, lying = server.connections(), len(server.mails())
    outcomes = asyncio.run(sent(server.port, [mail("many", number) for number in range(200)]))
    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    assert server.connections() - before <= 8
    kept = by_token(server.mails(least=lying + 200), "many")
    assert kept.keys() == {f"many{number}" for number in range(200)}
    for number in range(200):
        (one,) = kept[f"many{number}"]
        assert str(one["Subject"]) == subject(number)
        assert one["Delivered-To"] == f"debiteur{number}@client.example"


def test_a_login_over_starttls_comes_first(server: OpenSmtpd, tmp_path: Path) -> None:
    ours = certificate(tmp_path / "ours")
    options: dict[str, str | int | bool] = {
        "tls": "start_tls",
        "ca_file": str(ours.file),
        "user": "relance",
    }
    messages = [mail("tls", number) for number in range(20)]
    before = len(server.mails())

    async def all_of_them() -> list[Outcome]:
        async with secured(
            server.port, ours.server_context(), user="relance", password="mot de passe é"
        ) as port:
            return await sent(port, messages, options=options, password="mot de passe é")

    outcomes = asyncio.run(all_of_them())
    assert all(isinstance(outcome, Accepted) for outcome in outcomes), outcomes
    assert len(by_token(server.mails(least=before + 20), "tls")) == 20


def test_a_server_killed_in_the_middle_loses_nothing_that_it_took(server: OpenSmtpd) -> None:
    gone: list[int] = []

    def going(number: int) -> None:
        gone.append(number)
        if len(gone) == 25:
            server.kill()

    messages = [mail("killed", number) for number in range(60)]
    outcomes = asyncio.run(sent(server.port, messages, going))
    for each, outcome in zip(messages, outcomes, strict=True):
        assert isinstance(outcome, Accepted | NotAccepted | Unknown), outcome
        if isinstance(outcome, Accepted | Unknown):
            assert each.id in gone
    classes = {type(outcome) for outcome in outcomes}
    assert classes == {Accepted, NotAccepted, Unknown}

    server.start()
    taken = {
        each.token
        for each, outcome in zip(messages, outcomes, strict=True)
        if isinstance(outcome, Accepted)
    }
    total = len(server.mails())
    again = asyncio.run(sent(server.port, [mail("after", 1)]))
    assert isinstance(again[0], Accepted)
    kept = by_token(server.mails(least=total + 60, patience=5), "killed")
    assert taken <= kept.keys()
    for each, outcome in zip(messages, outcomes, strict=True):
        if isinstance(outcome, NotAccepted):
            assert each.token not in kept
    # One that lies there twice was delivered twice by the server after its death, not by us.
    assert len(set(gone)) == len(gone)
