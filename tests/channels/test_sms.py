import asyncio
import json
import logging
import socket
import threading
from itertools import repeat

import pytest

from channels.sms import open_channel
from dispatcher.ports import Accepted, Message, NotAccepted, Outcome, Rejected, Unknown, Withheld
from dispatcher.testing import Drop, Hang, HttpReply, Reset, http_server
from tests.channels.sms_provider import (
    SECRET,
    SID,
    TEXT,
    HttpFault,
    form,
    message,
    opened,
    provider,
    refusal,
    settings,
    talk,
    tokens,
    wrongs,
)


def test_a_message_arrives_as_it_was_written_and_its_receipt_is_kept() -> None:
    seen = talk()
    assert seen.outcome == Accepted(provider_id=SID, receipt="201 queued, segments: 1")
    (request,) = seen.server.taken
    assert form(request) == {
        "To": "+33612345678",
        "From": "Credit SA",
        "Body": TEXT,
        "ValidityPeriod": "3600",
        "StatusCallback": "https://relance.creditor.test/sms?d=token-1#rc=3&rp=all",
    }


HOSTILE = ["1 < 2 & 3 = 4 + 5 %20", "é € à\nligne", "&To=%2B33600000000", "a" * 1600, "😀"]


@pytest.mark.parametrize("text", HOSTILE, ids=["signs", "lines", "parameter", "longest", "pair"])
def test_whatever_the_text_is_the_request_follows_the_description(text: str) -> None:
    seen = talk(messages=[message(text=text)], validity=36_000)
    (request,) = seen.server.seen
    assert wrongs(request) == []
    assert form(request)["Body"] == text
    assert form(request)["To"] == "+33612345678"


def test_the_double_refuses_what_the_description_does_not_know() -> None:
    assert isinstance(talk(messages=[message(text="a" * 1601)]).outcome, Rejected)


def test_without_a_public_url_no_report_is_asked_for() -> None:
    async def run() -> dict[str, str]:
        async with http_server(provider) as server:
            told = settings(server.url)
            channel = open_channel(
                type(told)(
                    name=told.name,
                    adapter=told.adapter,
                    options={k: v for k, v in told.options.items() if k != "public_url"},
                    secrets=told.secrets,
                )
            )
            await channel.send(message(), lambda: None)
            await channel.close()
            return form(server.taken[0])

    assert "StatusCallback" not in asyncio.run(run())


def test_going_is_said_once_in_the_loop_before_the_body() -> None:
    threads: list[int] = []

    async def run() -> tuple[int, int]:
        async with http_server(provider) as server:
            channel = opened(server.url)
            await channel.send(message(), lambda: threads.append(threading.get_ident()))
            await channel.close()
            return threading.get_ident(), len(server.taken)

    assert asyncio.run(run()) == (threads[0], 1)
    assert len(threads) == 1
    assert talk().seen_when_going == [0]


def test_one_connection_serves_many_messages() -> None:
    seen = talk(messages=[message(number) for number in range(1, 6)])
    assert tokens(seen.server) == [f"token-{number}" for number in range(1, 6)]
    assert seen.server.connections == 1


def test_messages_at_once_share_a_few_connections() -> None:
    async def run() -> tuple[int, int]:
        async with http_server(provider) as server:
            channel = opened(server.url, pool=3)
            sending = [channel.send(message(number), lambda: None) for number in range(25)]
            await asyncio.gather(*sending)
            await channel.close()
            return len(set(tokens(server))), server.connections

    taken, connections = asyncio.run(run())
    assert taken == 25
    assert connections <= 3


# -- the table: what happens -> what it means -----------------------------------------------------

#: Kind, code or stage, schedule or scope.
Brief = tuple[type[object], str, str]


def brief(outcome: Outcome) -> Brief:
    match outcome:
        case Accepted():
            return Accepted, "", ""
        case NotAccepted():
            return NotAccepted, outcome.code, outcome.schedule
        case Rejected():
            return Rejected, outcome.code, outcome.scope
        case Unknown():
            return Unknown, outcome.stage, ""


UNSURE: Brief = (Unknown, "answer", "")
OURS = "configuration"
A_SID = json.dumps({"sid": SID, "status": "queued"})

ANSWERS: dict[str, tuple[HttpFault, Brief]] = {
    "their number": (refusal(400, 21211, "x"), (Rejected, "sms/21211", "recipient")),
    "their landline": (refusal(400, 21635, "x"), (Rejected, "sms/21635", "recipient")),
    "they said stop": (refusal(400, 21610, "x"), (Rejected, "sms/21610", "recipient")),
    "our text": (refusal(400, 21617, "x"), (Rejected, "sms/21617", "message")),
    "our sender": (refusal(400, 21606, "x"), (Rejected, "sms/21606", OURS)),
    "a country not allowed": (refusal(403, 21408, "x"), (Rejected, "sms/21408", OURS)),
    "their queue": (refusal(429, 21611, "x"), (NotAccepted, "sms/21611", "throttled")),
    "too many": (refusal(429, 20429, "x"), (NotAccepted, "sms/20429", "throttled")),
    "too many, without words": (HttpReply(status=429), (NotAccepted, "sms/429", "throttled")),
    "our password": (refusal(401, 20003, "x"), (Rejected, "sms/20003", OURS)),
    "401 without words": (HttpReply(status=401), (Rejected, "sms/401", OURS)),
    "a code nobody knows": (refusal(400, 29999, "x"), (Rejected, "sms/400", "message")),
    "a code that is none": (
        HttpReply(status=400, body='{"code": []}'),
        (Rejected, "sms/400", "message"),
    ),
    "a page of a proxy": (HttpReply(status=403, body="<html>no"), (Rejected, "sms/403", OURS)),
    "no such place": (HttpReply(status=404, body="?"), (Rejected, "sms/404", OURS)),
    "request time-out": (HttpReply(status=408), UNSURE),
    "500, taken": (HttpReply(status=500, take=True), UNSURE),
    "503 with words": (refusal(503, 20503, "x"), UNSURE),
    "502 of a proxy, a code in it": (refusal(502, 21211, "x"), UNSURE),
    "a redirect": (HttpReply(status=307, headers={"Location": "/elsewhere"}), UNSURE),
    "201, nothing in it": (HttpReply(status=201), UNSURE),
    "201, half an answer": (HttpReply(status=201, body=A_SID[:-9]), UNSURE),
    "201, no object": (HttpReply(status=201, body="[1]"), UNSURE),
    "201, no sid": (HttpReply(status=201, body='{"status": "queued"}'), UNSURE),
    "201, another's sid": (HttpReply(status=201, body='{"sid": "x", "status": "queued"}'), UNSURE),
    "201, failed": (HttpReply(status=201, body=A_SID.replace("queued", "failed")), UNSURE),
    "201, not what it says": (
        HttpReply(status=201, body=A_SID, headers={"Content-Encoding": "gzip"}),
        UNSURE,
    ),
    "201, endless": (HttpReply(status=201, body="[" * 200_000), UNSURE),
    "200": (HttpReply(status=200, body=A_SID), (Accepted, "", "")),
    "slow, in time": (HttpReply(status=201, body=A_SID, after=0.2), (Accepted, "", "")),
    "a byte now and then": (HttpReply(status=201, body=A_SID, pause=0.05), UNSURE),
    "closed, taken": (Drop(take=True), UNSURE),
    "closed, not taken": (Drop(), UNSURE),
    "reset, taken": (Reset(take=True), UNSURE),
    "reset, not taken": (Reset(), UNSURE),
    "no answer, taken": (Hang(take=True), UNSURE),
    "no answer, not taken": (Hang(), UNSURE),
}


@pytest.mark.parametrize(("fault", "meaning"), ANSWERS.values(), ids=ANSWERS)
def test_every_answer_means_what_the_table_says(fault: HttpFault, meaning: Brief) -> None:
    seen = talk({"answer": repeat(fault)})
    assert brief(seen.outcome) == meaning
    assert len(seen.server.seen) == 1, "a POST is never made again"
    assert seen.going == [1]


EARLY: dict[str, tuple[str, HttpFault]] = {
    "reset between head and body": ("head", Reset()),
    "closed between head and body": ("head", Drop()),
    "nothing read at all": ("connect", Hang()),
}


@pytest.mark.parametrize(("phase", "fault"), EARLY.values(), ids=EARLY)
def test_once_going_is_said_silence_proves_nothing(phase: str, fault: HttpFault) -> None:
    assert brief(talk({phase: repeat(fault)}).outcome) == UNSURE


def test_a_provider_that_is_not_there_is_proof() -> None:
    said: list[int] = []

    async def run() -> Outcome:
        async with http_server(provider) as server:
            url = server.url
        channel = opened(url)
        outcome = await channel.send(message(), lambda: said.append(1))
        await channel.close()
        return outcome

    assert brief(asyncio.run(run())) == (NotAccepted, "sms/connect", "standard")
    assert said == []


def test_a_provider_that_does_not_take_the_call_is_proof() -> None:
    """Its queue of connections is full: the first packet is never answered."""
    with socket.socket() as deaf, socket.socket() as first, socket.socket() as second:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        for waiting in (first, second):
            waiting.setblocking(False)
            waiting.connect_ex(deaf.getsockname())
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"

        async def run() -> Outcome:
            channel = opened(url)
            outcome = await channel.send(message(), lambda: None)
            await channel.close()
            return outcome

        assert brief(asyncio.run(run())) == (NotAccepted, "sms/connect", "standard")


def test_a_server_that_speaks_no_tls_gets_nothing() -> None:
    async def run() -> tuple[Outcome, int]:
        async with http_server(provider) as server:
            channel = opened(server.url.replace("http:", "https:"))
            outcome = await channel.send(message(), lambda: None)
            await channel.close()
            return outcome, len(server.seen)

    outcome, seen = asyncio.run(run())
    assert brief(outcome) == (NotAccepted, "sms/connect", "standard")
    assert seen == 0


DELAYS = {
    "17": 17,
    "0": 0,
    "Sun, 06 Nov 1994 08:51:37 GMT": 120,
    "Sun, 06 Nov 1994 08:00:00 GMT": 0,
    "soon": None,
    "-5": None,
    "": None,
}


@pytest.mark.parametrize(("asked", "seconds"), DELAYS.items())
def test_the_delay_that_is_asked_for_is_kept(asked: str, seconds: int | None) -> None:
    headers = {"Retry-After": asked, "Date": "Sun, 06 Nov 1994 08:49:37 GMT"}
    outcome = talk({"answer": [HttpReply(status=429, headers=headers)]}).outcome
    assert isinstance(outcome, NotAccepted)
    assert outcome.retry_after == seconds


def test_a_doubtful_connection_is_never_used_again() -> None:
    seen = talk({"answer": [Reset(take=True)]}, [message(1), message(2)])
    assert [type(each).__name__ for each in seen.outcomes] == ["Unknown", "Accepted"]
    assert seen.server.connections == 2


def test_withheld_before_the_body_the_provider_sees_no_request() -> None:
    def withhold() -> None:
        raise Withheld

    async def run() -> tuple[int, list[str]]:
        async with http_server(provider) as server:
            channel = opened(server.url)
            with pytest.raises(Withheld):
                await channel.send(message(), withhold)
            seen = len(server.seen)
            assert isinstance(await channel.send(message(2), lambda: None), Accepted)
            await channel.close()
            return seen, tokens(server)

    assert asyncio.run(run()) == (0, ["token-2"])


def test_given_up_while_it_connects_nothing_leaves_any_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    look_up, go_on = socket.getaddrinfo, threading.Event()

    def slowly(host: str, port: int, family: int = 0, kind: int = 0) -> object:
        go_on.wait(5)
        return look_up(host, port, family, kind)

    async def run() -> tuple[int, list[str]]:
        said: list[str] = []
        async with http_server(provider) as server:
            monkeypatch.setattr(socket, "getaddrinfo", slowly)
            channel = opened(server.url)
            sending = asyncio.ensure_future(channel.send(message(), lambda: said.append("going")))
            await asyncio.sleep(0.05)
            sending.cancel()
            with pytest.raises(asyncio.CancelledError):
                await sending
            go_on.set()
            await asyncio.sleep(0.3)  # its thread connects, and asks for leave
            assert server.heads == 1
            await channel.close()
            return len(server.seen), said

    assert asyncio.run(run()) == (0, [])


UNFIT: dict[str, tuple[Message, str]] = {
    "no country": (message(to="0612345678"), "recipient"),
    "two": (message(to="+33612345678,+33612345679"), "recipient"),
    "letters": (message(to="+33CREDIT"), "recipient"),
    "other digits": (message(to="+٣٣٦١٢٣٤٥٦٧٨"), "recipient"),
    "too long": (message(to="+3361234567890123"), "recipient"),
    "too short": (message(to="+336123"), "recipient"),
    "zero": (message(to="+0612345678"), "recipient"),
    "a space in it": (message(to="+33 612345678"), "recipient"),
    "a channel of theirs": (message(to="whatsapp:+33612345678"), "recipient"),
    "no text": (message(text=" \n"), "message"),
}


@pytest.mark.parametrize(("unfit", "scope"), UNFIT.values(), ids=UNFIT)
def test_what_cannot_be_sent_is_refused_before_any_byte(unfit: Message, scope: str) -> None:
    seen = talk(messages=[unfit])
    assert brief(seen.outcome)[::2] == (Rejected, scope)
    assert seen.server.connections == 0


def test_the_password_is_seen_by_the_provider_and_nobody_else(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    echo = {"their words": HttpReply(status=400, body=json.dumps({"code": 1, "message": SECRET}))}
    faults = [None, *echo.values(), *(fault for fault, _ in ANSWERS.values())][:14]
    seen = talk({"answer": faults}, [message(number) for number in range(14)])
    assert isinstance(seen.outcomes[0], Accepted), "the provider saw the password"
    shown = [*map(repr, seen.outcomes), caplog.text, *capfd.readouterr()]
    channel = open_channel(settings("http://127.0.0.1:1"))
    shown += [repr(channel), repr(vars(channel)), repr(settings("http://127.0.0.1:1"))]
    assert not [words for words in shown if SECRET in words]


def test_neither_number_nor_text_is_kept_from_a_refusal() -> None:
    outcome = talk(
        {"answer": [refusal(400, 21211, "The number +33612345678 is no number")]}
    ).outcome
    assert "+33612345678" not in repr(outcome)


def test_the_environment_of_the_process_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_EDGE", "elsewhere")
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC" + "9" * 32)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert isinstance(talk().outcome, Accepted)
