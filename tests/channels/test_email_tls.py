import asyncio
import base64
from collections.abc import Iterable
from itertools import repeat
from pathlib import Path

import pytest

from channels.email import open_channel
from dispatcher.ports import Accepted, NotAccepted, Outcome, Rejected
from dispatcher.testing import EXTENSIONS, Drop, Fault, Reply, SmtpServer, smtp_server
from tests.channels.certificates import Certificate, certificate
from tests.channels.conversations import Told, message, settings


PASSWORD = "pass-word-canary"
WITH_AUTH = (*EXTENSIONS, "AUTH PLAIN LOGIN")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture(scope="module")
def good(folder: Path) -> Certificate:
    return certificate(folder / "good")


@pytest.fixture(scope="module")
def expired(folder: Path) -> Certificate:
    return certificate(folder / "expired", end="20210101000000Z")


@pytest.fixture(scope="module")
def elsewhere(folder: Path) -> Certificate:
    return certificate(folder / "elsewhere", name="DNS:relay.example.test")


def send(
    tls: str,
    shown: Certificate | None,
    trusted: Certificate | None,
    faults: Told | None = None,
    *,
    login: bool = True,
    extensions: Iterable[str] = WITH_AUTH,
) -> tuple[Outcome, SmtpServer]:
    """One message to a server that shows a certificate, by a client that trusts one."""

    async def run() -> tuple[Outcome, SmtpServer]:
        context = None if shown is None else shown.server_context()
        async with smtp_server(
            faults,
            tls=context,
            tls_from_start=tls == "tls" and shown is not None,
            extensions=extensions,
        ) as server:
            options: dict[str, str | int | bool] = {"tls": tls, "timeout": 2}
            if login:
                options["user"] = "relance"
            if trusted is not None:
                options["ca_file"] = str(trusted.file)
            channel = open_channel(settings(server.port, options, PASSWORD if login else ""))
            outcome = await channel.send(message(), lambda: None)
            await channel.close()
            return outcome, server

    return asyncio.run(run())


def wire(server: SmtpServer) -> str:
    return "\n".join(server.lines)


@pytest.mark.parametrize("tls", ["start_tls", "tls"])
def test_with_a_trusted_certificate_it_logs_in_and_sends(tls: str, good: Certificate) -> None:
    outcome, server = send(tls, good, good)
    assert isinstance(outcome, Accepted)
    secret = base64.b64encode(f"\0relance\0{PASSWORD}".encode()).decode()
    assert f"AUTH PLAIN {secret}" in server.lines
    assert (
        server.lines.index("STARTTLS") < server.lines.index(f"AUTH PLAIN {secret}")
        if (tls == "start_tls")
        else "STARTTLS" not in server.lines
    )


@pytest.mark.parametrize("tls", ["start_tls", "tls"])
@pytest.mark.parametrize("which", ["expired", "elsewhere", "unknown"])
def test_a_certificate_that_proves_nothing_is_refused_before_anything_is_said(
    tls: str, which: str, good: Certificate, expired: Certificate, elsewhere: Certificate
) -> None:
    shown = {"expired": expired, "elsewhere": elsewhere, "unknown": good}[which]
    trusted = None if which == "unknown" else shown
    outcome, server = send(tls, shown, trusted)
    assert isinstance(outcome, Rejected)
    assert (outcome.code, outcome.scope) == ("smtp/tls", "configuration")
    assert "certificate" in outcome.evidence
    assert "AUTH" not in wire(server)
    assert "MAIL" not in wire(server)
    assert server.connections <= 1  # a refusal is not tried again


STRIPPED: dict[str, Told] = {
    "not offered": {},
    "offered by nobody, any EHLO": {"ehlo": repeat(Reply(text="250 relay.test"))},
}


@pytest.mark.parametrize("faults", STRIPPED.values(), ids=STRIPPED)
def test_starttls_taken_out_on_the_way_ends_it_with_nothing_in_clear(faults: Told) -> None:
    outcome, server = send("start_tls", None, None, faults)
    assert isinstance(outcome, Rejected)
    assert outcome.scope == "configuration"
    assert [line.split()[0] for line in server.lines] == ["EHLO"]


REFUSED_STARTTLS: dict[str, tuple[Fault, type[object]]] = {
    "for now": (Reply(text="454 4.7.0 TLS not available"), NotAccepted),
    "for good": (Reply(text="502 5.5.1 no"), Rejected),
}


@pytest.mark.parametrize(("fault", "kind"), REFUSED_STARTTLS.values(), ids=REFUSED_STARTTLS)
def test_starttls_refused_never_falls_back_to_clear_text(
    fault: Fault, kind: type[object], good: Certificate
) -> None:
    outcome, server = send("start_tls", good, good, {"starttls": repeat(fault)})
    assert isinstance(outcome, kind)
    assert "AUTH" not in wire(server)
    assert "MAIL" not in wire(server)


def test_a_server_in_clear_where_tls_is_expected_hears_no_command() -> None:
    outcome, server = send("tls", None, None)
    assert isinstance(outcome, Rejected)
    assert outcome.scope == "configuration"
    assert "EHLO" not in wire(server)


LOGINS: dict[str, tuple[str, type[object], str]] = {
    "wrong password": ("535 5.7.8 no", Rejected, "smtp/5.7.8"),
    "wrong password, three digits": ("535 no", Rejected, "smtp/535"),
    "mechanism too weak": ("534 5.7.9 no", Rejected, "smtp/5.7.9"),
    "wants encryption": ("538 5.7.11 no", Rejected, "smtp/5.7.11"),
    "for now": ("454 4.7.0 try later", NotAccepted, "smtp/4.7.0"),
    "shutting down": ("421 4.3.2 bye", NotAccepted, "smtp/4.3.2"),
}


@pytest.mark.parametrize(("text", "kind", "code"), LOGINS.values(), ids=LOGINS)
def test_a_refused_login_is_the_configurations_unless_it_is_for_now(
    text: str, kind: type[object], code: str, good: Certificate
) -> None:
    outcome, server = send("start_tls", good, good, {"auth": repeat(Reply(text=text))})
    assert isinstance(outcome, kind)
    assert isinstance(outcome, Rejected | NotAccepted)
    assert outcome.code == code
    if isinstance(outcome, Rejected):
        assert outcome.scope == "configuration"
    assert "MAIL" not in wire(server)
    assert PASSWORD not in repr(outcome)
    # a second try with a password that is wrong is how accounts get locked
    assert wire(server).count("AUTH") == 1


def test_a_server_that_hangs_up_on_a_login_is_not_tried_again_at_once(good: Certificate) -> None:
    outcome, server = send("start_tls", good, good, {"auth": repeat(Drop())})
    assert isinstance(outcome, NotAccepted)
    assert wire(server).count("AUTH") == 1


@pytest.mark.parametrize(
    ("offered", "said"), [("AUTH PLAIN LOGIN", "AUTH PLAIN"), ("AUTH LOGIN", "AUTH LOGIN")]
)
def test_the_login_is_one_that_the_server_offers(
    offered: str, said: str, good: Certificate
) -> None:
    _, server = send("start_tls", good, good, extensions=(*EXTENSIONS, offered))
    assert said in wire(server)


def test_a_login_that_the_server_does_not_offer_is_the_configurations(good: Certificate) -> None:
    async def run() -> tuple[Outcome, SmtpServer]:
        async with smtp_server(tls=good.server_context()) as server:
            options = {"tls": "start_tls", "user": "relance", "ca_file": str(good.file)}
            channel = open_channel(settings(server.port, options, PASSWORD))
            return await channel.send(message(), lambda: None), server

    outcome, server = asyncio.run(run())
    assert isinstance(outcome, Rejected)
    assert outcome.scope == "configuration"
    assert "MAIL" not in wire(server)
