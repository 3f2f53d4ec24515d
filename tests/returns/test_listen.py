"""A real server on loopback: what is genuine gets in, everything else is turned away unharmed."""

import http.client
import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

import pytest

from channels.sms_callbacks import SILENCE, hear
from dispatcher.errors import StoreFault
from dispatcher.ports import Answered, Heard, News, NewsKind, Problem
from dispatcher.returns.flow import Flow
from dispatcher.returns.listen import LONGEST, Desk, Hook, application
from dispatcher.returns.serving import server
from tests.channels.sms_signed import INBOUND, PUBLIC, SETTINGS, STATUS, TOKEN, headers


PATH = urlsplit(PUBLIC).path


class Sms:
    """The channel's ear alone."""

    def hear(self, heard: Heard) -> Answered:
        return hear(heard, name="sms", settings=SETTINGS)


class Broken:
    def hear(self, heard: Heard) -> Answered:
        raise RuntimeError(f"secret words of {heard.url}")


@dataclass
class Seen:
    """What reached the book, and what was said of each request."""

    news: list[News] = field(default_factory=list)
    told: list[tuple[str, int, str]] = field(default_factory=list)
    busy: bool = False
    breaks: bool = False

    def keep(self, news: Sequence[News]) -> None:
        if self.busy:
            raise StoreFault(Problem(code="store/locked", fields={"path": "x", "cause": "y"}))
        if self.breaks:
            raise ValueError("a programmer's mistake")
        self.news += news

    def tell(self, channel: str, status: int, why: str) -> None:
        self.told.append((channel, status, why))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    status: int
    text: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A way to the server."""

    port: int

    def ask(
        self,
        path: str,
        body: str | bytes = "",
        headers: Mapping[str, str] | None = None,
        method: str = "POST",
    ) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            text = answer.read().decode()
            return Reply(status=answer.status, text=text, headers=dict(answer.getheaders()))
        finally:
            connection.close()

    def say(self, fields: Mapping[str, str], *, place: str = "", query: str = "") -> Reply:
        """A request of the provider, signed."""
        asked = f"?{query}" if query else ""
        told = headers(f"{PUBLIC}{place}{asked}", list(fields.items()))
        return self.ask(f"{PATH}{place}{asked}", urlencode(fields), told)


@contextmanager
def listening(seen: Seen, *, flow: Flow | None = None, seconds: float = 10) -> Iterator[Line]:
    desk = Desk(
        keep=seen.keep,
        now=lambda: datetime.now(UTC),
        flow=flow or Flow(time.monotonic, rate=1e6, burst=1e6),
        told=seen.tell,
        body_seconds=seconds,
    )
    hooks = [
        Hook(name="sms", channel=Sms(), url=PUBLIC),
        Hook(name="broken", channel=Broken(), url="https://relance.example.test/hooks/broken"),
    ]
    serving = server(application(hooks, desk), host="127.0.0.1", port=0)
    thread = threading.Thread(target=serving.run)
    thread.start()
    try:
        while not serving.started:
            assert thread.is_alive()
            time.sleep(0.01)
        yield Line(port=serving.servers[0].sockets[0].getsockname()[1])
    finally:
        serving.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[Line, Seen]]:
    seen = Seen()
    with listening(seen) as line:
        yield line, seen


@pytest.fixture
def heard(shared: tuple[Line, Seen]) -> Iterator[tuple[Line, Seen]]:
    _, seen = shared
    yield shared
    seen.news.clear()
    seen.told.clear()
    seen.busy = seen.breaks = False


def test_a_signed_status_becomes_news(heard: tuple[Line, Seen]) -> None:
    line, seen = heard
    reply = line.say(STATUS, query=f"d={TOKEN}")
    assert (reply.status, reply.text) == (200, SILENCE)
    assert reply.headers["content-type"].startswith("text/xml")
    assert "server" not in reply.headers
    assert [(each.kind, each.token) for each in seen.news] == [(NewsKind.DELIVERED, TOKEN)]


@pytest.mark.parametrize("place", ["", "/inbound"])
def test_an_answer_of_a_debtor_becomes_news(heard: tuple[Line, Seen], place: str) -> None:
    line, seen = heard
    fields = {**INBOUND, "Body": "Ça va, j'ai payé 100 € + frais"}
    assert line.say(fields, place=place).status == 200
    assert [each.evidence for each in seen.news] == [fields["Body"]]


def test_an_answer_signed_for_another_address_is_refused(heard: tuple[Line, Seen]) -> None:
    line, seen = heard
    told = headers(PUBLIC, list(INBOUND.items()))
    assert line.ask(f"{PATH}/inbound", urlencode(INBOUND), told).status == 403
    assert (seen.news, seen.told) == ([], [("sms", 403, "signature")])


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("body", "told", "status"),
    [
        ("MessageStatus=sent", FORM, 403),
        ("", {}, 403),
        ("x" * (LONGEST + 1), FORM, 413),
        (b"\xff\xfe=1", FORM, 400),
        ("a=%ff", FORM, 400),
        ("&".join(f"a{n}=" for n in range(300)), FORM, 400),
        ("a=1", {**FORM, "X-Twilio-Signature": "forged"}, 403),
        ("x", {**FORM, "Content-Length": "99999999999"}, 413),
        ("x", {"X-Long": "y" * 20_000}, 431),
    ],
    ids=["unsigned", "empty", "long", "bytes", "not UTF-8", "many", "forged", "lied", "head"],
)
def test_what_is_not_the_providers_is_turned_away(
    heard: tuple[Line, Seen], body: str | bytes, told: Mapping[str, str], status: int
) -> None:
    line, seen = heard
    assert line.ask(f"{PATH}?d={TOKEN}", body, told).status == status
    assert seen.news == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/health", 200),
        ("POST", "/health", 405),
        ("GET", PATH, 405),
        ("POST", "/", 404),
        ("POST", f"{PATH}/inbound/more", 404),
        ("GET", "/docs", 404),
    ],
)
def test_there_is_nothing_else_to_see(
    heard: tuple[Line, Seen], method: str, path: str, status: int
) -> None:
    line, _ = heard
    reply = line.ask(path, method=method)
    assert (reply.status, reply.text) == (status, "ok" if status == 200 else "")


def test_a_busy_store_asks_the_provider_to_come_again(heard: tuple[Line, Seen]) -> None:
    line, seen = heard
    seen.busy = True
    reply = line.say(STATUS)
    assert (reply.status, reply.text, reply.headers["retry-after"]) == (503, "busy", "5")
    seen.busy = False
    assert line.say(STATUS).status == 200
    assert len(seen.news) == 1


def test_no_mistake_of_ours_is_seen_outside(heard: tuple[Line, Seen]) -> None:
    line, seen = heard
    seen.breaks = True
    assert (line.say(STATUS).status, line.say(STATUS).text) == (503, "ValueError")
    reply = line.ask("/hooks/broken?d=personal", "a=1", FORM)
    assert (reply.status, reply.text) == (503, "RuntimeError")
    assert "personal" not in str(seen.told)


def test_whoever_asks_too_often_waits() -> None:
    seen, now = Seen(), [0.0]
    with listening(seen, flow=Flow(lambda: now[0], rate=1, burst=3)) as line:
        assert [line.say(STATUS).status for _ in range(4)] == [200, 200, 200, 429]
        assert line.ask(PATH, "x", FORM).headers["retry-after"] == "1"
        assert line.ask("/health", method="GET").status == 200
        now[0] = 1
        assert line.say(STATUS).status == 200
        # Another client, by the word of the proxy on this machine.
        told = {**headers(PUBLIC, list(STATUS.items())), "X-Forwarded-For": "192.0.2.7"}
        assert line.ask(PATH, urlencode(STATUS), told).status == 200


def test_a_long_body_whose_length_nobody_told_is_cut_off(heard: tuple[Line, Seen]) -> None:
    line, seen = heard
    with socket.create_connection(("127.0.0.1", line.port), timeout=10) as slow:
        head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        slow.sendall(head.encode() + b"11000\r\n" + b"x" * 0x11000 + b"\r\n")  # and no end
        assert b"413" in slow.recv(1_000)
    assert seen.told == [("sms", 413, "too-long")]


def test_a_body_that_never_ends_is_given_up() -> None:
    seen = Seen()
    with (
        listening(seen, seconds=0.2) as line,
        socket.create_connection(("127.0.0.1", line.port), timeout=10) as slow,
    ):
        slow.sendall(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\na=1".encode())
        assert b"408" in slow.recv(1_000)
    assert seen.told == [("sms", 408, "too-slow")]


def test_a_flow_forgets_clients_it_has_not_heard_of() -> None:
    now = [0.0]
    flow = Flow(lambda: now[0], rate=2, burst=1)
    assert [flow.wait("a"), flow.wait("a"), flow.wait("b")] == [0, 1, 0]
    now[0] = 0.5
    assert flow.wait("a") == 0
    for number in range(10_001):
        flow.wait(str(number))
    assert len(flow._left) == 10_000  # noqa: SLF001 - its memory is bounded
