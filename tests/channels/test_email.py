import asyncio
from itertools import repeat

import pytest

from channels.email import open_channel
from dispatcher.ports import Accepted, NotAccepted, Outcome, Rejected, Unknown, Withheld
from dispatcher.testing import EXTENSIONS, Drop, Fault, Hang, Reply, Stall, smtp_server
from tests.channels.conversations import CONTENT, Seen, message, settings, talk


def test_a_message_arrives_as_it_was_made_and_its_receipt_is_kept() -> None:
    seen = talk()
    assert seen.outcome == Accepted(provider_id="1", receipt="250 2.0.0 ok: queued as 1")
    (received,) = seen.server.received
    assert received.sender == "billing@creditor.test"
    assert received.to == ("debtor@example.test",)
    assert received.content == CONTENT


def test_going_is_said_once_before_the_server_has_it() -> None:
    seen = talk()
    assert seen.going == [1]
    assert seen.taken_when_going == [0]


def test_one_connection_serves_many_messages() -> None:
    seen = talk(messages=[message(number) for number in range(1, 6)])
    assert len(seen.server.received) == 5
    assert seen.server.connections == 1
    assert seen.server.lines.count("EHLO client.test") == 1


def test_messages_at_once_share_a_few_connections() -> None:
    async def run() -> tuple[int, int]:
        async with smtp_server() as server:
            channel = open_channel(settings(server.port, {"pool": 3}))
            sending = [channel.send(message(number), lambda: None) for number in range(25)]
            await asyncio.gather(*sending)
            await channel.close()
            return len(server.received), server.connections

    assert asyncio.run(run()) == (25, 3)


# -- the table: what happens, where -> what it means ----------------------------------------------


#: Kind, code or stage, schedule or scope.
Brief = tuple[type[object], str, str]


def not_accepted(code: str, schedule: str = "standard") -> Brief:
    return NotAccepted, code, schedule


def rejected(code: str, scope: str) -> Brief:
    return Rejected, code, scope


def unknown(stage: str) -> Brief:
    return Unknown, stage, ""


REPLIES: dict[tuple[str, str], Brief] = {
    ("banner", "421 4.3.2 not now"): not_accepted("smtp/4.3.2", "throttled"),
    ("banner", "450 busy"): not_accepted("smtp/450"),
    ("banner", "554 5.7.1 your address is blocked"): rejected("smtp/5.7.1", "configuration"),
    ("banner", "521 no mail here"): rejected("smtp/521", "configuration"),
    ("banner", "SSH-2.0-OpenSSH"): not_accepted("smtp/garbage"),
    ("ehlo", "421 4.7.0 too many connections"): not_accepted("smtp/4.7.0", "throttled"),
    ("ehlo", "550 go away"): rejected("smtp/550", "configuration"),
    ("mail", "421 4.3.2 shutting down"): not_accepted("smtp/4.3.2", "throttled"),
    ("mail", "450 4.1.8 sender domain not found"): not_accepted("smtp/4.1.8"),
    ("mail", "452 4.3.1 no space"): not_accepted("smtp/4.3.1"),
    ("mail", "550 5.7.1 sender not allowed"): rejected("smtp/5.7.1", "configuration"),
    ("mail", "553 5.1.8 sender domain"): rejected("smtp/5.1.8", "configuration"),
    ("mail", "530 5.7.0 login first"): rejected("smtp/5.7.0", "configuration"),
    ("mail", "552 5.3.4 too big"): rejected("smtp/5.3.4", "message"),
    ("mail", "552 too big"): rejected("smtp/552", "message"),
    ("mail", "what?"): not_accepted("smtp/lost"),
    ("rcpt", "421 4.3.2 shutting down"): not_accepted("smtp/4.3.2", "throttled"),
    ("rcpt", "450 4.2.0 greylisted"): not_accepted("smtp/4.2.0", "greylisting"),
    ("rcpt", "451 4.7.1 greylisted, try again in 300 seconds"): not_accepted(
        "smtp/4.7.1", "greylisting"
    ),
    ("rcpt", "451 come again"): not_accepted("smtp/451", "greylisting"),
    ("rcpt", "451 4.3.0 our disk"): not_accepted("smtp/4.3.0"),
    ("rcpt", "452 no space"): not_accepted("smtp/452"),
    ("rcpt", "452 4.5.3 too many recipients"): not_accepted("smtp/4.5.3"),
    ("rcpt", "452 4.2.2 mailbox full"): not_accepted("smtp/4.2.2", "mailbox_full"),
    ("rcpt", "552 5.2.2 mailbox full"): not_accepted("smtp/5.2.2", "mailbox_full"),
    ("rcpt", "552 mailbox full"): not_accepted("smtp/552", "mailbox_full"),
    ("rcpt", "550 5.1.1 no such user"): rejected("smtp/5.1.1", "recipient"),
    ("rcpt", "550 5.1.2 no such domain"): rejected("smtp/5.1.2", "recipient"),
    ("rcpt", "550 5.1.10 null MX"): rejected("smtp/5.1.10", "recipient"),
    ("rcpt", "553 5.1.3 syntax"): rejected("smtp/5.1.3", "recipient"),
    ("rcpt", "551 5.1.6 moved"): rejected("smtp/5.1.6", "recipient"),
    ("rcpt", "550 5.2.1 disabled"): rejected("smtp/5.2.1", "recipient"),
    ("rcpt", "556 null MX"): rejected("smtp/556", "recipient"),
    ("rcpt", "550 5.7.1 policy"): not_accepted("smtp/5.7.1", "blocked"),
    ("rcpt", "550 5.7.26 unauthenticated mail"): not_accepted("smtp/5.7.26", "blocked"),
    ("rcpt", "550 no"): not_accepted("smtp/550", "once_more"),
    ("rcpt", "554 no"): not_accepted("smtp/554", "once_more"),
    ("rcpt", "501 syntax"): rejected("smtp/501", "message"),
    ("rcpt", "555 parameters"): rejected("smtp/555", "message"),
    ("data", "451 4.3.0 later"): not_accepted("smtp/4.3.0"),
    ("data", "554 5.5.1 no valid recipients"): rejected("smtp/5.5.1", "message"),
    ("data", "250 ok"): not_accepted("smtp/lost"),
    ("dot", "421 4.3.2 shutting down"): not_accepted("smtp/4.3.2", "throttled"),
    ("dot", "451 4.3.0 queue file write error"): not_accepted("smtp/4.3.0"),
    ("dot", "452 no space"): not_accepted("smtp/452"),
    ("dot", "552 5.2.2 over quota"): not_accepted("smtp/5.2.2", "mailbox_full"),
    ("dot", "552 5.3.4 too big"): rejected("smtp/5.3.4", "message"),
    ("dot", "554 5.6.0 content"): rejected("smtp/5.6.0", "message"),
    ("dot", "554 no"): rejected("smtp/554", "message"),
    ("dot", "550 5.7.1 looks like spam"): not_accepted("smtp/5.7.1", "blocked"),
    ("dot", "550 5.1.1 no such user"): rejected("smtp/5.1.1", "recipient"),
    ("dot", "550 no"): not_accepted("smtp/550", "once_more"),
    ("dot", "251 will forward"): (Accepted, "", ""),
    ("dot", "354 more?"): unknown("content"),
    ("dot", "999 ?"): unknown("content"),
    ("dot", "what?"): unknown("content"),
    ("dot", "-1 ?"): unknown("content"),
    ("dot", "250-" + "x" * 40_000): unknown("content"),
}


def brief(outcome: Outcome) -> Brief:
    match outcome:
        case Accepted():
            return Accepted, "", ""
        case NotAccepted():
            return not_accepted(outcome.code, outcome.schedule)
        case Rejected():
            return rejected(outcome.code, outcome.scope)
        case Unknown():
            return unknown(outcome.stage)


#: A server that takes commands one by one, and one that takes several at once.
SERVERS = pytest.mark.parametrize(
    "extensions", [EXTENSIONS, (*EXTENSIONS, "PIPELINING")], ids=["one by one", "at once"]
)


@SERVERS
@pytest.mark.parametrize(
    ("phase", "text", "meaning"),
    [(*key, meaning) for key, meaning in REPLIES.items()],
    ids=[f"{phase} {text[:30]}" for phase, text in REPLIES],
)
def test_every_reply_means_what_the_table_says(
    phase: str, text: str, meaning: Brief, extensions: tuple[str, ...]
) -> None:
    seen = talk({phase: repeat(Reply(text=text))}, extensions=extensions)
    assert brief(seen.outcome) == meaning
    assert meaning[0] is Unknown or len(seen.server.received) == (meaning[0] is Accepted)


SILENCES: dict[str, tuple[str, Fault, Brief]] = {
    "closed at the banner": ("banner", Drop(), not_accepted("smtp/connect")),
    "no banner": ("banner", Hang(), not_accepted("smtp/connect")),
    "closed at EHLO": ("ehlo", Drop(), not_accepted("smtp/connect")),
    "closed at MAIL": ("mail", Drop(), not_accepted("smtp/lost")),
    "no answer to MAIL": ("mail", Hang(), not_accepted("smtp/lost")),
    "closed at RCPT": ("rcpt", Drop(), not_accepted("smtp/lost")),
    "no answer to RCPT": ("rcpt", Hang(), not_accepted("smtp/lost")),
    "closed at DATA": ("data", Drop(), not_accepted("smtp/lost")),
    "no answer to DATA": ("data", Hang(), not_accepted("smtp/lost")),
    "closed after the last byte, taken": ("dot", Drop(take=True), unknown("content")),
    "closed after the last byte, not taken": ("dot", Drop(), unknown("content")),
    "no answer to the last byte, taken": ("dot", Hang(take=True), unknown("content")),
}


@SERVERS
@pytest.mark.parametrize(("phase", "fault", "meaning"), SILENCES.values(), ids=SILENCES)
def test_silence_is_proof_only_before_the_last_byte(
    phase: str, fault: Fault, meaning: Brief, extensions: tuple[str, ...]
) -> None:
    seen = talk({phase: repeat(fault)}, extensions=extensions)
    assert brief(seen.outcome) == meaning
    assert len(seen.server.received) == (1 if getattr(fault, "take", False) else 0)
    # the journal would say `going` exactly where the outcome is in doubt
    assert bool(seen.going) == (meaning[0] is Unknown)


LARGE = CONTENT + b"0123456789\r\n" * 1_500_000  # more than the system's buffers of a socket


@pytest.mark.parametrize("drop", [True, False], ids=["closed", "stalled"])
def test_a_loss_while_the_content_is_written_is_proof(drop: bool) -> None:
    seen = talk({"content": [Stall(drop=drop)]}, [message(mime=LARGE)])
    assert brief(seen.outcome) == not_accepted("smtp/lost")
    assert seen.going == []


def test_a_server_that_is_not_there_is_tried_a_few_times() -> None:
    async def run() -> Outcome:
        async with smtp_server() as server:
            port = server.port
        channel = open_channel(settings(port))
        return await channel.send(message(), lambda: None)

    assert brief(asyncio.run(run())) == not_accepted("smtp/connect")


def test_a_server_that_comes_back_at_once_is_used() -> None:
    seen = talk({"banner": [Drop(), None]})
    assert isinstance(seen.outcome, Accepted)
    assert seen.server.connections == 2


def test_a_refusal_at_the_door_is_not_knocked_at_again() -> None:
    seen = talk({"banner": repeat(Reply(text="554 blocked"))})
    assert seen.server.connections == 1


def kinds(seen: Seen) -> list[str]:
    return [type(outcome).__name__ for outcome in seen.outcomes]


HINTS = {
    "451 4.7.1 try again in 300 seconds": 300,
    "450 greylisted for 5 minutes": 300,
    "451 come back in 1 hour": 3600,
    "451 4.7.1 later": None,
}


@pytest.mark.parametrize(("text", "seconds"), HINTS.items())
def test_a_delay_in_the_words_of_a_reply_is_kept(text: str, seconds: int | None) -> None:
    outcome = talk({"rcpt": [Reply(text=text)]}).outcome
    assert isinstance(outcome, NotAccepted)
    assert outcome.retry_after == seconds


def test_after_a_refusal_the_connection_goes_on() -> None:
    seen = talk({"rcpt": [Reply(text="550 5.1.1 no")]}, [message(1), message(2)])
    assert kinds(seen) == ["Rejected", "Accepted"]
    assert seen.server.connections == 1
    assert "RSET" in seen.server.lines


GOODBYES: dict[str, Fault] = {
    "closed": Drop(),
    "421 on MAIL": Reply(text="421 4.7.0 too many messages on this connection", then_drop=True),
}


@pytest.mark.parametrize("goodbye", GOODBYES.values(), ids=GOODBYES)
def test_a_server_that_has_enough_of_a_connection_gets_another(goodbye: Fault) -> None:
    seen = talk({"mail": [None, goodbye]}, [message(1), message(2)])
    assert kinds(seen) == ["Accepted", "Accepted"]
    assert seen.server.connections == 2
    assert len(seen.server.received) == 2


def test_a_doubtful_connection_is_never_used_again() -> None:
    seen = talk({"dot": [Reply(text="what?")]}, [message(1), message(2)])
    assert kinds(seen) == ["Unknown", "Accepted"]
    assert seen.server.connections == 2


def test_withheld_before_the_last_byte_the_server_takes_nothing() -> None:
    def withhold() -> None:
        raise Withheld

    async def run() -> int:
        async with smtp_server() as server:
            channel = open_channel(settings(server.port))
            with pytest.raises(Withheld):
                await channel.send(message(), withhold)
            assert isinstance(await channel.send(message(2), lambda: None), Accepted)
            await channel.close()
            return len(server.received)

    assert asyncio.run(run()) == 1


UNFIT: dict[str, tuple[dict[str, str], str]] = {
    "line feed": ({"to": "a@b.test\r\nRCPT TO:<evil@c.test>"}, "recipient"),
    "two addresses": ({"to": "a@b.test, evil@c.test"}, "recipient"),
    "name and address": ({"to": "a@b.test <evil@c.test>"}, "recipient"),
    "angle bracket": ({"to": "a@b.test> SIZE=1"}, "recipient"),
    "NUL": ({"to": "a\0@b.test"}, "recipient"),
    "DEL": ({"to": "a\x7f@b.test"}, "recipient"),
    "accent": ({"to": "é@b.test"}, "recipient"),
    "no host": ({"to": "a@"}, "recipient"),
    "empty": ({"to": ""}, "recipient"),
    "trailing line feed": ({"to": "a@b.test\n"}, "recipient"),
    "sender with line feed": ({"sender": "a@b.test\nX: y"}, "configuration"),
    "no sender": ({"sender": ""}, "configuration"),
}


@pytest.mark.parametrize(("wrong", "scope"), UNFIT.values(), ids=UNFIT)
def test_an_address_that_is_more_than_one_is_refused_before_any_byte(
    wrong: dict[str, str], scope: str
) -> None:
    seen = talk(messages=[message(**wrong)])  # type: ignore[arg-type]  # texts only
    assert brief(seen.outcome)[::2] == (Rejected, scope)
    assert seen.server.connections == 0


@pytest.mark.parametrize("mime", [b"", b"Subject: x\r\n\r\na\0b\r\n"], ids=["empty", "NUL"])
def test_content_that_is_none_is_refused_before_any_byte(mime: bytes) -> None:
    seen = talk(messages=[message(mime=mime)])
    assert brief(seen.outcome)[::2] == (Rejected, "message")
    assert seen.server.connections == 0


def test_content_cannot_end_itself_and_begin_another_message() -> None:
    smuggled = b"Subject: x\r\n\r\nhello\n.\nMAIL FROM:<evil@c.test>\r\n.\r\nRCPT\r.\rDATA\r\n"
    seen = talk(messages=[message(mime=smuggled)])
    assert len(seen.server.received) == 1
    assert sum(line.startswith("MAIL") for line in seen.server.lines) == 1


def test_eight_bit_content_goes_only_where_it_is_taken() -> None:
    eight = "Subject: x\r\n\r\nété\r\n".encode()
    taken = talk(messages=[message(mime=eight)])
    assert "BODY=8BITMIME" in " ".join(taken.server.lines)
    assert taken.server.received[0].content == eight
    refused = talk(messages=[message(mime=eight)], extensions=())
    assert brief(refused.outcome) == rejected("email/content", "message")


def test_the_senders_address_of_the_settings_stands_in() -> None:
    seen = talk(messages=[message(sender="")], options={"sender": "default@creditor.test"})
    assert seen.server.received[0].sender == "default@creditor.test"


def test_each_message_comes_back_under_its_own_name() -> None:
    seen = talk(messages=[message()], options={"bounces": "retours+{token}@creditor.test"})
    assert seen.server.received[0].sender == f"retours+{message().token}@creditor.test"
