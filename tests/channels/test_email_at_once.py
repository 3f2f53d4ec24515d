"""Sender, recipient and announcement in one write, where the server offers it (RFC 2920)."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from channels.email import open_channel
from channels.email_line import LONGEST_LINE, MOST, Line
from dispatcher.ports import Accepted, Message, Outcome
from dispatcher.testing import EXTENSIONS, Drop, Fault, Hang, Reply
from tests.channels.conversations import Seen, message, settings, talk


AT_ONCE = (*EXTENSIONS, "PIPELINING")


def spoken(*told: Message, **faults: Sequence[Fault | None]) -> Seen:
    return talk(faults, told or (message(1), message(2)), extensions=AT_ONCE)


def kinds(seen: Seen) -> list[str]:
    return [type(outcome).__name__ for outcome in seen.outcomes]


def test_the_three_commands_come_before_the_server_has_answered_one() -> None:
    came: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 relay.test\r\n")
        await reader.readline()
        writer.write(b"250-relay.test\r\n250 PIPELINING\r\n")
        came.extend([await reader.readline() for _ in range(3)])
        # All three answers in one piece, then the content and its end.
        writer.write(b"250 ok\r\n250 ok\r\n354 go on\r\n")
        await reader.readuntil(b"\r\n.\r\n")
        writer.write(b"250 2.0.0 queued as 7\r\n")
        await reader.readline()
        writer.write(b"221 bye\r\n")
        writer.close()

    async def run() -> Outcome:
        async with await asyncio.start_server(serve, "127.0.0.1", 0) as listener:
            channel = open_channel(settings(listener.sockets[0].getsockname()[1]))
            outcome = await channel.send(message(), lambda: None)
            await channel.close()
        return outcome

    outcome = asyncio.run(run())
    assert [line.split()[0] for line in came] == [b"MAIL", b"RCPT", b"DATA"]
    assert isinstance(outcome, Accepted)
    assert outcome.provider_id == "7"


def test_many_messages_share_a_connection_and_arrive_as_they_were_made() -> None:
    seen = spoken(*(message(number) for number in range(1, 6)))
    assert kinds(seen) == ["Accepted"] * 5
    assert seen.server.connections == 1
    assert {each.content for each in seen.server.received} == {message().mime}


@pytest.mark.parametrize("phase", ["mail", "rcpt"])
def test_a_server_that_refuses_and_waits_for_the_content_never_gets_its_end(phase: str) -> None:
    seen = spoken(**{phase: [Reply(text="550 5.1.1 no"), None]})
    assert kinds(seen) == ["Rejected", "Accepted"]
    assert seen.server.connections == 2
    assert len(seen.server.received) == 1
    assert seen.going == [2]


def test_a_server_that_refuses_both_goes_on_with_the_next_message() -> None:
    refused = Reply(text="554 5.5.1 no valid recipients")
    seen = spoken(rcpt=[Reply(text="550 5.1.1 no"), None], data=[refused, None])
    assert kinds(seen) == ["Rejected", "Accepted"]
    assert seen.server.connections == 1
    assert seen.server.lines.count("RSET") == 1


@pytest.mark.parametrize("phase", ["mail", "rcpt", "data"])
@pytest.mark.parametrize("drops", [True, False], ids=["and hangs up", "and stays"])
def test_a_server_that_leaves_in_the_middle_is_not_asked_again(phase: str, drops: bool) -> None:
    leaving = Reply(text="421 4.3.2 shutting down", then_drop=drops)
    seen = spoken(**{phase: [leaving, None]})
    assert kinds(seen) == ["NotAccepted", "Accepted"]
    assert seen.server.connections == 2
    assert len(seen.server.received) == 1


@pytest.mark.parametrize("fault", [Drop(), Drop(hard=True), Hang()], ids=["lost", "reset", "mute"])
@pytest.mark.parametrize("phase", ["rcpt", "data"])
def test_a_line_lost_between_the_answers_proves_that_nothing_left(phase: str, fault: Fault) -> None:
    seen = spoken(message(1), **{phase: [fault]})
    assert kinds(seen) == ["NotAccepted"]
    assert seen.server.received == []
    assert seen.going == []


def test_what_was_refused_stays_refused_though_the_line_is_lost_after_it() -> None:
    seen = spoken(message(1), mail=[Reply(text="550 5.7.1 no")], rcpt=[Drop()])
    assert kinds(seen) == ["Rejected"]


def test_with_copies_everybody_is_named_one_by_one() -> None:
    told = replace(message(1), copies=("full@creditor.test", "chef@creditor.test"))
    seen = spoken(told, rcpt=[None, Reply(text="552 full"), None])
    assert kinds(seen) == ["Accepted"]
    assert len(seen.server.received) == 1


class Wire(asyncio.Transport):
    """A transport whose other end is the test."""

    def __init__(self) -> None:
        super().__init__()
        self.closed = False

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        pass

    def write(self, data: bytes | bytearray | memoryview) -> None:
        pass

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True


def replies(*pieces: bytes, asks: int) -> list[object]:
    """What `asks` replies are, when these pieces come."""

    async def run() -> list[object]:
        line = Line(Wire())
        line.data_received(b"250 nobody asked\r\n")
        line.write(b"", asks=asks)
        for piece in pieces:
            line.data_received(piece)
        line.connection_lost(None)
        found = await asyncio.gather(*(line.reply(1) for _ in range(asks)), return_exceptions=True)
        return [each if isinstance(each, tuple) else type(each).__name__ for each in found]

    return asyncio.run(run())


PIECES: dict[str, tuple[list[bytes], list[object]]] = {
    "in one": ([b"250 a\r\n354 b\r\n"], [(250, "a"), (354, "b")]),
    "byte by byte": ([bytes([b]) for b in b"250 a\r\n354 b\r\n"], [(250, "a"), (354, "b")]),
    "several lines": ([b"250-a\r\n25", b"0 b\r\n354 c\r\n"], [(250, "a\nb"), (354, "c")]),
    "one too many": ([b"250 a\r\n354 b\r\n250 c\r\n"], [(250, "a"), (354, "b")]),
    "lost after one": ([b"250 a\r\n35"], [(250, "a"), "SMTPServerDisconnected"]),
    "garbage": ([b"250 a\r\nwhat?\r\n"], [(250, "a"), "SMTPResponseException"]),
    "a line without an end": (
        [b"250 a\r\n", b"2" * (LONGEST_LINE + 1)],
        [(250, "a"), "SMTPResponseException"],
    ),
    "lines without an end": (
        [b"250 a\r\n", b"250-more\r\n" * MOST],
        [(250, "a"), "SMTPResponseException"],
    ),
}


@pytest.mark.parametrize(("pieces", "found"), PIECES.values(), ids=PIECES)
def test_replies_are_told_apart_however_they_come(pieces: list[bytes], found: list[object]) -> None:
    assert replies(*pieces, asks=2) == found
