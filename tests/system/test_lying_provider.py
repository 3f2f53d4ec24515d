"""A provider of SMS that lies about what it took, and reports the truth to `relance listen` later.

The run speaks to a double of it over HTTP; `relance listen` is a process of its own, on the same
store, that hears what the provider signs.
"""

import asyncio
import http.client
import re
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from dispatcher import app
from dispatcher.home import Home
from dispatcher.house import House, Post, Report
from dispatcher.testing import HttpReply, HttpServer, http_server
from dispatcher.wiring import opened_house
from tests.channels import sms_provider, sms_signed
from tests.day.situation_town import Town, row
from tests.system.homes import DAY, NEXT, prepared, stored
from tests.system.nursery import Nursery, Running


PUBLIC: Final = "https://relance.creditor.test/sms"
ENV: Final = {"RELANCE_TWILIO_TOKEN": sms_provider.SECRET}

#: What it answers in turn, and whether it sends the message all the same.
LIES: Final = (
    HttpReply(status=500, body="<html>sorry</html>", take=True),
    HttpReply(status=200, body="<html>welcome</html>", take=True),
    HttpReply(status=201, body='{"sid": 7, "status": "delivered"', take=True),
    HttpReply(status=503, body="", take=False),
)
MOBILES: Final = [f"06 12 34 56 7{number}" for number in range(len(LIES))]


@contextmanager
def lying() -> Iterator[HttpServer]:
    """The double, in a thread of its own."""
    loop, up, over = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    found = list[HttpServer]()

    async def serve() -> None:
        async with http_server(sms_provider.provider, {"answer": LIES}) as server:
            found.append(server)
            up.set()
            await over.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=[serve()])
    thread.start()
    try:
        assert up.wait(10)
        yield found[0]
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()


@dataclass
class Village:
    """A home whose texts go to the double."""

    home: Home
    server: HttpServer
    reports: list[Report] = field(default_factory=list)

    def run(self, day: date) -> Report:
        rows = [
            row(f"M{n}-1", Compte=f"M{n}") | {"E-mail": "", "Mobile": mobile}
            for n, mobile in enumerate(MOBILES)
        ]
        Town(home=self.home).exports(day, *rows)
        with opened_house(self.home, day=str(day), writes=True) as house:
            return app.run(replace(house, post=lambda: self.post(house)))

    @contextmanager
    def post(self, house: House) -> Iterator[Post]:
        channel = sms_provider.opened(self.server.url)
        with house.post() as post:
            yield replace(post, channels={**post.channels, "sms": channel})

    def states(self) -> dict[str, str]:
        """By token."""
        return {each.token: each.state for each in stored(self.home)}

    def asked(self) -> list[str]:
        """The tokens of all that the provider was asked to send."""
        sends = [request for request in self.server.seen if request.method == "POST"]
        found = [sms_provider.form(request)["StatusCallback"] for request in sends]
        return [parse_qs(urlsplit(url).query)["d"][0] for url in found]


@pytest.fixture
def village(tmp_path: Path) -> Iterator[Village]:
    home = prepared(tmp_path / "home")
    config = home.config.read_text("utf-8")
    assert "    sender: EXEMPLE SA" in config
    told = f"    public_url: {PUBLIC}\n    sender: EXEMPLE SA"
    home.config.write_text(config.replace("    sender: EXEMPLE SA", told, 1), "utf-8")
    with lying() as server:
        yield Village(home=home, server=server)


@contextmanager
def listening(relance: Nursery, home: Home) -> Iterator[int]:
    """`relance listen`, until it is asked to end; the port it took."""
    where = ("--home", str(home.folder), "--lang", "en", "--port", "0")
    process = relance.start("listen", *where, env=ENV)
    try:
        yield port_of(process)
    finally:
        process.kill(signal.SIGTERM)
        ended = process.wait()
    assert (ended.code, "Traceback" in ended.all) == (0, False), ended


def port_of(process: Running) -> int:
    while (found := re.search(r"listening on 127\.0\.0\.1, port (\d+)", process.said())) is None:
        time.sleep(0.01)
    return int(found[1])


def report(port: int, token: str, fields: Mapping[str, str], secret: str) -> int:
    """What the provider says of a message, signed with that secret; the answer's status."""
    url = f"{PUBLIC}?d={token}"
    body = urlencode(fields)
    told = sms_signed.headers(url, list(fields.items()), secret)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("POST", urlsplit(url).path + f"?d={token}", body, told)
    status = connection.getresponse().status
    connection.close()
    return status


def news(word: str, number: int) -> dict[str, str]:
    sid = f"SM{number:032x}"
    return {"AccountSid": sms_provider.ACCOUNT, "MessageSid": sid, "MessageStatus": word}


def test_what_a_lying_provider_took_is_proven_by_its_reports_and_never_sent_again(
    relance: Nursery, village: Village
) -> None:
    village.run(DAY)
    tokens = village.asked()
    assert len(set(tokens)) == len(tokens) == len(LIES)
    assert set(village.states().values()) == {"unknown"}
    with listening(relance, village.home) as port:
        assert report(port, tokens[0], news("delivered", 1), "forged") == 403
        assert set(village.states().values()) == {"unknown"}
        for number, token in enumerate(tokens[:3]):
            for word in ("sent", "delivered", "sent", "delivered"):  # again, and backwards
                assert report(port, token, news(word, number), sms_provider.SECRET) == 200
    states = village.states()
    assert [states[token] for token in tokens] == ["delivered"] * 3 + ["unknown"]
    village.run(NEXT)
    assert village.asked() == tokens  # nobody was written to again
    assert village.states() == states
    assert relance.run("audit", "verify", "--home", str(village.home.folder)).code == 0


def test_a_report_that_comes_while_the_next_run_is_at_work_is_kept(
    relance: Nursery, village: Village
) -> None:
    """What is heard goes into the store beside a run, and neither loses anything."""
    village.run(DAY)
    tokens = village.asked()
    with listening(relance, village.home) as port:
        heard = threading.Thread(
            target=lambda: [
                report(port, token, news("delivered", number), sms_provider.SECRET)
                for number, token in enumerate(tokens)
            ]
        )
        heard.start()
        village.run(NEXT)
        heard.join()
    assert [village.states()[token] for token in tokens] == ["delivered"] * len(LIES)
    assert village.asked() == tokens
    assert relance.run("audit", "verify", "--home", str(village.home.folder)).code == 0
