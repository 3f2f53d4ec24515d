"""A bounce as a real MTA writes it: the next server refuses the recipient, OpenSMTPD reports it."""

import os
import smtplib
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from dispatcher.ports import NewsKind
from dispatcher.returns.answer import read
from dispatcher.returns.maildir import Maildir
from tests.channels import opensmtpd
from tests.returns.mails import TOKEN, WHO


pytestmark = pytest.mark.skipif(
    opensmtpd.PROGRAM is None or os.geteuid() != 0, reason="OpenSMTPD is not installed"
)

CONFIGURATION = """
table users file:{{folder}}/users
listen on 127.0.0.1 port {{port}} hostname "relay.example"
action "keep" maildir "{{folder}}/mail/Maildir" virtual <users>
action "out" relay host smtp://127.0.0.1:{refusing}
match from any for domain "exemple.test" action "keep"
match for domain "exemple.test" action "keep"
match from any for any action "out"
"""


def refuse(line: socket.socket) -> None:
    """An SMTP server that knows nobody."""
    with line, line.makefile("rwb") as file:
        file.write(b"220 mx.example\r\n")
        file.flush()
        while words := file.readline().split():
            word = words[0].upper()
            answer = {b"RCPT": b"550 5.1.1 User unknown", b"QUIT": b"221 bye"}.get(word, b"250 ok")
            file.write(answer + b"\r\n")
            file.flush()


@pytest.fixture
def refusing() -> Iterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                refuse(listener.accept()[0])
            except OSError:
                return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(timeout=10)


def test_its_report_is_a_bounce_of_our_message(
    refusing: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opensmtpd, "CONFIGURATION", CONFIGURATION.format(refusing=refusing))
    mail = (
        f"From: c@exemple.test\r\nTo: {WHO}\r\nMessage-ID: <{TOKEN}@exemple.test>\r\n\r\nhello\r\n"
    )
    with opensmtpd.opensmtpd() as server:
        with smtplib.SMTP("127.0.0.1", server.port, timeout=10) as client:
            client.sendmail(f"retours+{TOKEN}@exemple.test", [WHO], mail)
        server.mails(least=1)
        (letter,) = Maildir("retours", server.folder / "mail" / "Maildir").waiting()
    found = read(letter.raw, source="mail:retours", ours=(), now=datetime.now(UTC))
    (told,) = found.told
    assert (told.news.kind, told.news.token) == (NewsKind.BOUNCED, TOKEN)
    assert (set(told.addresses), told.news.code, told.news.scope) == ({WHO}, "5.1.1", "recipient")
