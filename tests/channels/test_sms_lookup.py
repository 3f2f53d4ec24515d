"""Asking the provider of SMS: found, not there, or nothing certain; and news of what it took."""

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import repeat

import pytest

from dispatcher.ports import (
    Accepted,
    LooksUp,
    News,
    NewsKind,
    NotAccepted,
    Outcome,
    Polls,
    Sought,
)
from dispatcher.testing import Drop, Hang, HttpReply, HttpRequest, Reset, http_server
from tests.channels.sms_provider import TEXT, HttpFault, kept, opened, refusal, shelf


SINCE = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SOUGHT = Sought(token="t", to="+33612345678", parts={"sms": TEXT}, since=SINCE)
OURS = kept(1)
OTHERS = [kept(number, to="+33600000000") for number in range(2, 200)]

Provider = Callable[[HttpRequest], HttpReply]
Faults = Mapping[str, Iterable[HttpFault | None]]


def look_up(
    provider: Provider, sought: Sought = SOUGHT, faults: Faults | None = None
) -> Outcome | None:
    async def run() -> Outcome | None:
        async with http_server(provider, faults) as server:
            channel = opened(server.url)
            try:
                return await channel.look_up(sought)
            finally:
                assert all(request.method == "GET" for request in server.seen)
                await channel.close()

    return asyncio.run(run())


def poll(provider: Provider, sid: str, faults: Faults | None = None) -> Sequence[News]:
    async def run() -> Sequence[News]:
        async with http_server(provider, faults) as server:
            channel = opened(server.url)
            try:
                return await channel.poll(sid)
            finally:
                await channel.close()

    return asyncio.run(run())


def test_the_channel_can_be_asked() -> None:
    channel = opened("http://127.0.0.1:1")
    assert isinstance(channel, LooksUp)
    assert isinstance(channel, Polls)
    assert (channel.delivery_class, channel.settle) == ("lookup", 120)


FOUND = [
    pytest.param([OURS], id="alone"),
    pytest.param([*OTHERS, OURS], id="among others, pages later"),
    pytest.param([kept(1, status="queued", date_sent=None)], id="in the queue"),
    pytest.param([kept(1, status="failed")], id="taken and then failed"),
    pytest.param([kept(1, body=f" {TEXT}\n")], id="with other spaces"),
    pytest.param(
        [kept(3, date_created="Tue, 24 Nov 2026 09:10:00 +0000"), OURS], id="the earlier of two"
    ),
    pytest.param([kept(1, date_created="Tue, 24 Nov 2026 08:58:00 +0000")], id="their clock"),
]


@pytest.mark.parametrize("messages", FOUND)
def test_a_message_is_known_again_by_number_sender_text_and_time(
    messages: Sequence[Mapping[str, object]],
) -> None:
    found = look_up(shelf(*messages))
    assert isinstance(found, Accepted)
    assert found.provider_id == OURS["sid"]


ABSENT = [
    pytest.param([], id="none at all"),
    pytest.param(OTHERS, id="only to others"),
    pytest.param([kept(1, date_created="Tue, 24 Nov 2026 08:00:00 +0000")], id="an earlier one"),
    pytest.param([kept(1, direction="inbound")], id="their answer"),
    pytest.param([kept(1, **{"from": "Other SA"})], id="of another sender"),
    pytest.param([kept(7)], id="another message of ours"),
]


@pytest.mark.parametrize("messages", ABSENT)
def test_what_is_not_in_the_list_is_not_there(messages: Sequence[Mapping[str, object]]) -> None:
    sought = replace(SOUGHT, taken=frozenset({str(kept(7)["sid"])}))
    assert isinstance(look_up(shelf(*messages), sought), NotAccepted)


UNCERTAIN = [
    pytest.param([kept(1, body="")], id="its text was not kept"),
    pytest.param([kept(1, body="something else")], id="another text to the same number"),
    pytest.param([kept(1, body="other", **{"from": None})], id="no sender yet"),
    pytest.param([kept(n, direction="inbound") for n in range(300)], id="a list without end"),
    pytest.param([kept(1, date_created="yesterday")], id="no day"),
    pytest.param([kept(1, sid="S1")], id="no name"),
]


@pytest.mark.parametrize("messages", UNCERTAIN)
def test_what_could_be_ours_is_never_said_to_be_absent(
    messages: Sequence[Mapping[str, object]],
) -> None:
    assert look_up(shelf(*messages)) is None


def says(body: str, status: int = 200) -> Provider:
    return lambda _request: HttpReply(status=status, body=body)


GARBLED = [
    pytest.param(says("<html>500</html>", 500), id="its error"),
    pytest.param(says("<html>welcome</html>"), id="a page for people"),
    pytest.param(says(""), id="nothing"),
    pytest.param(says("{}"), id="an empty object"),
    pytest.param(says('{"things": []}'), id="another list"),
    pytest.param(says('{"messages": []}'), id="a list without an end"),
    pytest.param(says('{"messages": {}, "next_page_uri": null}'), id="no list"),
    pytest.param(says('{"messages": [1], "next_page_uri": null}'), id="no messages"),
    pytest.param(says("[]"), id="a list of nothing"),
    pytest.param(lambda _: refusal(401, 20003, "Authenticate"), id="wrong password"),
    pytest.param(lambda _: refusal(404, 20404, "no such account"), id="no account"),
    pytest.param(lambda _: refusal(429, 20429, "too many"), id="too many questions"),
    pytest.param(
        lambda _: HttpReply(status=302, headers={"Location": "http://127.0.0.1:9/"}), id="elsewhere"
    ),
    pytest.param(
        says(json.dumps({"messages": [kept(1, to="+33600000000")], "next_page_uri": None})),
        id="messages to others, though it was asked for one number",
    ),
    pytest.param(
        says(json.dumps({"messages": [], "next_page_uri": "/for/ever"})), id="pages without end"
    ),
]


@pytest.mark.parametrize("provider", GARBLED)
def test_an_answer_that_is_none_says_nothing(provider: Provider) -> None:
    assert look_up(provider) is None
    assert poll(provider, str(OURS["sid"])) == ()


FAULTS: list[tuple[str, Faults]] = [
    ("cut at once", {"connect": repeat(Drop())}),
    ("reset", {"answer": repeat(Reset())}),
    ("no answer", {"answer": repeat(Hang())}),
    ("a byte at a time", {"answer": repeat(HttpReply(body="{}" * 99, pause=0.2))}),
    ("ten megabytes", {"answer": repeat(HttpReply(body=f'{{"a": "{"x" * 10_000_000}"}}'))}),
]


@pytest.mark.parametrize(("name", "faults"), FAULTS, ids=[name for name, _ in FAULTS])
def test_a_fault_of_the_line_says_nothing(name: str, faults: Faults) -> None:
    assert look_up(shelf(OURS), faults=faults) is None
    assert poll(shelf(OURS), str(OURS["sid"]), faults=faults) == ()
    assert name


def test_a_second_page_that_does_not_come_says_nothing() -> None:
    others = [kept(n, direction="inbound") for n in range(60)]
    faults: Faults = {"answer": [None, HttpReply(status=500)]}
    assert isinstance(look_up(shelf(*others)), NotAccepted)
    assert look_up(shelf(*others), faults=faults) is None


STATUSES = [
    ("delivered", None, NewsKind.DELIVERED, "message"),
    ("sent", None, NewsKind.SENT, "message"),
    ("queued", None, NewsKind.DELAYED, "message"),
    ("undelivered", 30005, NewsKind.BOUNCED, "recipient"),
    ("failed", 30034, NewsKind.BOUNCED, "configuration"),
    ("failed", 30410, NewsKind.OTHER, "message"),
]


@pytest.mark.parametrize(("status", "code", "kind", "scope"), STATUSES)
def test_news_of_a_message_are_those_that_a_callback_would_bring(
    status: str, code: int | None, kind: NewsKind, scope: str
) -> None:
    message = kept(5, status=status, error_code=code)
    (news,) = poll(shelf(message), str(message["sid"]))
    assert (news.kind, news.scope, news.word) == (kind, scope, status)
    assert (news.source, news.reference) == ("sms", f"{message['sid']}/{status}")
    assert news.provider_id == message["sid"]
    assert news.at == datetime(2026, 11, 24, 9, 0, 9, tzinfo=UTC)


def test_a_status_that_nobody_knows_and_a_message_that_is_another_bring_nothing() -> None:
    assert poll(shelf(kept(5, status="teleported")), str(kept(5)["sid"])) == ()
    assert poll(says(json.dumps(kept(6))), str(kept(5)["sid"])) == ()
    assert poll(shelf(), str(kept(5)["sid"])) == ()
    assert poll(shelf(), "../Accounts") == ()
