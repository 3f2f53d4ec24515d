"""Mornings on which a real mail server refuses, is full, dies, or reports later: all arrive once.

OpenSMTPD as in `tests/channels/test_email_opensmtpd.py`; its mailboxes are counted, not its words.
"""

import os
import shutil
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Final

import pytest

from channels.email import EmailChannel
from channels.email_settings import EmailSettings
from dispatcher import app
from dispatcher.home import Home
from dispatcher.house import House, Post, Report
from dispatcher.wiring import opened_house, verified
from tests.channels import opensmtpd
from tests.channels.opensmtpd import OpenSmtpd
from tests.day.situation_town import Town, row
from tests.returns.test_returns_opensmtpd import refuse
from tests.system.between import between
from tests.system.homes import DAY, NEXT, prepared, stored


IS_THERE: Final = opensmtpd.PROGRAM is not None and os.geteuid() == 0

pytestmark = pytest.mark.skipif(
    not IS_THERE and os.environ.get("CI") != "true", reason="OpenSMTPD needs its program and root"
)

KEEPS: Final = """
table users file:{folder}/users
action "keep" maildir "{folder}/mail/Maildir" virtual <users>
"""
LISTENS: Final = 'listen on 127.0.0.1 port {port} hostname "relay.example"'

#: Every way in which a recipient is turned away, and what takes everybody.
KNOWING: Final = (
    KEEPS
    + """
table known {{ "well@debtors.example", "grey@debtors.example", "full@debtors.example" }}
"""
)
REFUSING: Final = (
    KNOWING
    + """
table grey {{ "grey@debtors.example" }}
table full {{ "full@debtors.example" }}
filter "greylisting" phase rcpt-to match rcpt-to <grey> reject "451 4.7.1 Greylisted, come back"
filter "quota" phase rcpt-to match rcpt-to <full> reject "452 4.2.2 Mailbox full"
filter "both" chain {{ "greylisting", "quota" }}
"""
    + LISTENS
    + ' filter "both"\nmatch from any for any rcpt-to <known> action "keep"\n'
)
OPEN_AGAIN: Final = f'{KNOWING}{LISTENS}\nmatch from any for any rcpt-to <known> action "keep"\n'
TAKING: Final = f'{KEEPS}{LISTENS}\nmatch from any for any action "keep"\n'
SMALL: Final = f"smtp max-message-size 4K\n{TAKING}"

#: Behind this one another server knows nobody of `gone.example`.
RELAYING: Final = (
    KEEPS
    + 'action "out" relay host smtp://127.0.0.1:<refusing>\n'
    + LISTENS
    + """
match from any for domain "gone.example" action "out"
match from any for any action "keep"
match for any action "keep"
"""
)


@dataclass
class Village:
    """A home whose e-mails go to that server, by that port."""

    home: Home
    server: OpenSmtpd
    debtors: tuple[str, ...]
    port: int = 0
    settings: dict[str, str] = field(default_factory=dict)

    def run(self, day: date) -> Report:
        rows = [
            {**row(f"N{n}-1", Compte=f"N{n}"), "E-mail": address}
            for n, address in enumerate(self.debtors)
        ]
        Town(home=self.home).exports(day, *rows)
        with opened_house(self.home, day=str(day), writes=True) as house:
            report = app.run(replace(house, post=lambda: self.post(house)))
        assert verified(self.home).first_fault is None
        return report

    @contextmanager
    def post(self, house: House) -> Iterator[Post]:
        told = EmailSettings(
            host="127.0.0.1",
            port=self.port or self.server.port,
            sender="c@exemple.test",
            timeout=10,
            final_timeout=10,
            pool=1,  # one after the other: what is said of the first holds for the first
            **{"tls": "none", **self.settings},
        )
        with house.post() as post:
            yield replace(post, channels={**post.channels, "email": EmailChannel("email", told)})

    def got(self, *, least: int) -> Counter[str]:
        """How many mails were handed over for each debtor, by the server's own names for them.

        A server that dies may put the same one into a mailbox twice: that is not ours.
        """
        found = {
            (str(each["Delivered-To"]), str(each.get_all("Received", [""])[-1]))
            for each in ours(self.server.mails(least=least))
        }
        return Counter(to for to, _ in found)

    def states(self) -> Counter[str]:
        """Of what is still wanted."""
        messages = [each for each in stored(self.home) if each.channel == "email"]
        return Counter(each.state for each in messages if each.state != "withdrawn")


def ours(mails: list[EmailMessage]) -> list[EmailMessage]:
    """Without those that the server wrote itself."""
    return [each for each in mails if "debtors.example" in str(each["To"])]


@contextmanager
def village(
    folder: Path, configuration: str, patch: pytest.MonkeyPatch, *debtors: str
) -> Iterator[Village]:
    assert IS_THERE, "CI wants OpenSMTPD: apt-get install opensmtpd"
    patch.setattr(opensmtpd, "CONFIGURATION", configuration)
    home = prepared(folder / "home")
    with opensmtpd.opensmtpd() as server:
        yield Village(home=home, server=server, debtors=debtors)


def begin_anew(server: OpenSmtpd, configuration: str) -> None:
    """The same server, its queue and mailboxes, told something else."""
    server.kill()
    told = configuration.format(folder=server.folder, port=server.port)
    (server.folder / "smtpd.conf").write_text(told, encoding="ascii")
    server.start()


def test_greylisted_and_full_get_theirs_later_and_strangers_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("well", "grey", "full", "nobody")
    debtors = tuple(f"{name}@debtors.example" for name in names)
    with village(tmp_path, REFUSING, monkeypatch, *debtors) as here:
        here.run(DAY)
        assert here.got(least=1) == {"well@debtors.example": 1}
        assert here.states() == {"sent": 1, "deferred": 3}
        begin_anew(here.server, OPEN_AGAIN)
        here.run(DAY + timedelta(days=2))  # whose mailbox is full is left alone for a day
        assert here.got(least=3) == dict.fromkeys(debtors[:3], 1)
        assert here.states() == {"sent": 3, "failed": 1}


def test_what_is_too_large_for_the_server_does_not_leave(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with village(tmp_path, SMALL, monkeypatch, "well@debtors.example") as here:
        here.run(DAY)
        assert here.states().keys() <= {"failed", "deferred"}
        assert here.got(least=0) == {}


@dataclass
class Killer:
    """Kills the server when these bytes pass for the first time."""

    server: OpenSmtpd
    at: Callable[[bytes], bool]
    done: bool = False
    passes: bool = False  # whether they get through before

    def __call__(self, data: bytes) -> bool:
        if self.done or not self.at(data):
            return True
        self.done = True
        if not self.passes:
            self.server.kill()
            return False
        return True


def is_data(data: bytes) -> bool:
    return data.upper().startswith(b"DATA")


def is_taken(data: bytes) -> bool:
    return data.startswith(b"250") and b"accepted" in data


def is_dot(data: bytes) -> bool:
    return data.endswith(b"\r\n.\r\n") or data == b".\r\n"


DEATHS: Final = {
    "at DATA": ("there", is_data, "deferred", 3),
    "at the last dot": ("there", is_dot, "unknown", 2),
    "before its answer to the last dot": ("back", is_taken, "unknown", 3),
}


@pytest.mark.parametrize(("side", "at", "becomes", "arrive"), DEATHS.values(), ids=DEATHS)
def test_a_server_that_dies_costs_nobody_his_mail_and_nobody_gets_two(  # noqa: PLR0917 - a table
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    side: str,
    at: Callable[[bytes], bool],
    becomes: str,
    arrive: int,
) -> None:
    debtors = tuple(f"{name}@debtors.example" for name in ("one", "two", "three"))
    with village(tmp_path, TAKING, monkeypatch, *debtors) as here:
        killer = Killer(here.server, at)
        with between(here.server.port, **{side: killer}) as here.port:
            here.run(DAY)
        assert killer.done
        first = here.states()
        assert first[becomes] >= 1
        assert first["unknown"] <= 1  # the one whose last byte was out
        here.port = 0
        here.server.start()
        here.run(NEXT)
        got = here.got(least=arrive)
        assert set(got.values()) == {1}
        assert len(got) == arrive
        assert here.states() == +Counter(sent=3 - first["unknown"], unknown=first["unknown"])


def test_where_starttls_was_taken_away_nothing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This server offers no STARTTLS, as one whose offer was cut out of its greeting."""
    said = list[bytes]()

    def overheard(data: bytes) -> bool:
        said.append(data)
        return True

    with village(tmp_path, TAKING, monkeypatch, "well@debtors.example") as here:
        here.settings = {"tls": "start_tls", "user": "relance", "password": "canary"}
        with between(here.server.port, there=overheard) as here.port:
            here.run(DAY)
        assert here.got(least=0) == {}
        assert here.states().keys() <= {"planned", "deferred"}
    whole = b"".join(said).upper()
    assert whole.startswith(b"EHLO")
    assert not any(word in whole for word in (b"AUTH", b"MAIL", b"CANARY"))


@pytest.fixture
def refusing() -> Iterator[int]:
    """The port of a server that knows nobody."""
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


def test_a_report_of_the_next_server_takes_the_step_back_and_closes_the_channel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusing: int
) -> None:
    """The server took it; that the debtor is unknown comes back by mail."""
    told = RELAYING.replace("<refusing>", str(refusing))
    debtors = ("well@debtors.example", "b@gone.example")
    with village(tmp_path, told, monkeypatch, *debtors) as here:
        here.settings = {"bounces": "retours+{token}@exemple.test"}
        here.run(DAY)
        assert here.states() == {"sent": 2}
        here.server.mails(least=2)
        assert here.got(least=1) == {"well@debtors.example": 1}
        reports = [
            path
            for path in (here.server.folder / "mail/Maildir/new").iterdir()
            if b"delivery-status" in path.read_bytes()
        ]
        assert len(reports) == 1
        shutil.copy(reports[0], here.home.var / "mail/new/1.mx")
        after = here.run(DAY + timedelta(days=7))
        assert after.delivered.mail.counts == {"placed": 1}
        channels = dict(after.plan.answers.select("number", "channel").iter_rows())
        assert channels["N1-1"] not in {"", "email"}
        assert here.states() == {"sent": 2, "bounced": 1}
        assert here.got(least=2) == {"well@debtors.example": 2}  # his second reminder
