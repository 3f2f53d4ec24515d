"""What is answered to us: a mail server's replies, the answers of the provider of SMS."""

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

from channels.email import EmailChannel
from channels.email_replies import Phase
from channels.email_replies import meaning as mail_meaning
from channels.email_settings import EmailSettings
from channels.sms_lookup import look_up, poll
from channels.sms_replies import meaning as sms_meaning
from dispatcher.deliver.schedule import next_try
from dispatcher.ports import (
    Accepted,
    Message,
    News,
    NotAccepted,
    Outcome,
    Rejected,
    Sought,
    Unknown,
)
from tests.channels.sms_signed import SETTINGS, SID, TOKEN
from tests.deliver.doubles import claim
from tests.fuzz.fuzz_target import Target, storable


NOW: Final = datetime(2026, 11, 24, 8, tzinfo=UTC)


def settled(outcome: Outcome | None) -> None:
    """An outcome that the book can keep, and a later try that lies ahead."""
    match outcome:
        case Accepted():
            storable(outcome.provider_id, outcome.receipt)
        case Rejected() | NotAccepted():
            storable(outcome.code, outcome.evidence)
        case Unknown():
            storable(outcome.stage, outcome.evidence)
    if isinstance(outcome, NotAccepted):
        following = next_try(outcome, claim=claim(1), deferrals=0, now=NOW, draw=lambda: 0.5)
        assert following is None or following > NOW


# -- a mail server -------------------------------------------------------------------------------

_PHASES: Final[tuple[Phase, ...]] = ("connect", "auth", "mail", "rcpt", "data", "content")


def smtp_reply(raw: bytes, _folder: Path) -> None:
    """The words of a refusal; the digits stand first. No garbage is proof of anything."""
    text = raw.decode("utf-8", "surrogateescape")
    digits = text[:3]
    code = int(digits) if digits.isascii() and digits.isdecimal() else -1
    for phase in _PHASES:
        outcome = mail_meaning(phase, code, text[3:])
        assert not isinstance(outcome, Accepted | Unknown)
        assert outcome is None or 400 <= code < 600
        settled(outcome)


def smtp_talk(raw: bytes, _folder: Path) -> None:
    """A whole conversation in which a server says this, piece by piece, whatever it is asked."""
    outcome, gone = talked(raw)
    settled(outcome)
    if not gone:
        assert isinstance(outcome, Rejected | NotAccepted), outcome


def talked(raw: bytes) -> tuple[Outcome, bool]:
    """What became of a message, and whether its last byte went out."""
    return asyncio.run(_talk(raw.split(b"|")))


async def _talk(pieces: list[bytes]) -> tuple[Outcome, bool]:
    waiting = list(pieces)
    lines: list[tuple[asyncio.StreamWriter, asyncio.Task[None] | None]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines.append((writer, asyncio.current_task()))
        with suppress(OSError, ValueError):
            while waiting:
                piece = waiting.pop(0)
                writer.write(piece)
                await writer.drain()
                line = await reader.readline()
                while piece.startswith(b"354") and line not in {b"", b".\r\n"}:
                    line = await reader.readline()
                if not line:
                    break
        writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    channel = EmailChannel(
        "email",
        EmailSettings(
            host=host, port=port, tls="none", sender="a@b.test", timeout=1, final_timeout=1
        ),
    )
    mail = b"Subject: x\r\n\r\n.x"
    message = Message(id=1, token="t" * 32, channel="email", to="c@d.test", parts={}, mime=mail)
    gone: list[bool] = []
    try:
        return await channel.send(message, lambda: gone.append(True)), bool(gone)
    finally:
        await channel.close()
        server.close()
        for writer, _ in lines:
            writer.transport.abort()
        await asyncio.gather(*(task for _, task in lines if task), return_exceptions=True)
        await asyncio.sleep(0)  # what was cut off is told to its end


# -- the provider of SMS -------------------------------------------------------------------------


def sms_answer(raw: bytes, _folder: Path) -> None:
    """`STATUS`, header lines, an empty line, a body. Only a 4xx may prove that nothing left."""
    head, _, body = raw.partition(b"\n\n")
    first, *lines = head.decode("latin-1").split("\n")
    status = int(first) if first.isascii() and first.isdecimal() and len(first) == 3 else 200
    told = {name.strip(): value.strip() for name, _, value in (x.partition(":") for x in lines)}
    outcome = sms_meaning(status, told, body.decode("utf-8", "replace"))
    settled(outcome)
    if status // 100 != 4:
        assert isinstance(outcome, Accepted | Unknown), outcome


class Answer:
    """An answer over the line, as the session gives it."""

    def __init__(self, content: bytes) -> None:
        self.status_code = 200
        self.raw = self
        self._left = content

    def read1(self, amount: int, *, decode_content: bool) -> bytes:
        assert decode_content
        piece, self._left = self._left[:amount], self._left[amount:]
        return piece

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        pass


class Session:
    """Answers every question alike."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def get(self, _url: str, **_more: object) -> Answer:
        return Answer(self._content)


_SOUGHT: Final = Sought(token=TOKEN, to="+33612345678", parts={"sms": "Bonjour"}, since=NOW)


def sms_list(raw: bytes, _folder: Path) -> None:
    """What the provider says when it is asked.

    The channel takes whatever is raised for no answer; garbage must never be a proof.
    """
    session = Session(raw)
    outcome: Outcome | None = None
    with suppress(Exception):
        outcome = look_up(_SOUGHT, SETTINGS, session)  # type: ignore[arg-type]  # asks like one
    settled(outcome)
    if isinstance(outcome, NotAccepted):
        assert isinstance(json.loads(raw.decode("utf-8", "replace"))["messages"], list)
    news: tuple[News, ...] = ()
    with suppress(Exception):
        news = tuple(poll(SID, "sms", SETTINGS, session))  # type: ignore[arg-type]  # as above
    for each in news:
        storable(each.reference, each.code, each.word, each.evidence)


def _listed(**changes: object) -> Mapping[str, object]:
    return {
        "sid": SID,
        "to": "+33612345678",
        "from": SETTINGS.sender,
        "body": "Bonjour",
        "status": "delivered",
        "direction": "outbound-api",
        "date_created": "Tue, 24 Nov 2026 08:00:01 +0000",
        "date_updated": "Tue, 24 Nov 2026 08:00:09 +0000",
        "error_code": None,
        "num_segments": "1",
        **changes,
    }


def _page(*messages: Mapping[str, object]) -> bytes:
    told = {"messages": messages, "next_page_uri": None, "page": 0, "page_size": 50}
    return json.dumps(told).encode()


TARGETS: Final = (
    Target(
        name="smtp reply",
        seeds=(
            b"450 4.2.0 Greylisted, try again in 300 seconds",
            b"550 5.1.1 no such user",
            b"421 closing",
            b"552 5.2.2 mailbox full, retry in 2 hours",
        ),
        feed=smtp_reply,
        words=(b"4.7.1 ", b"5.7.1 ", b" 99999 hours", b"2.0.0", b"-", b"451", b"554"),
        examples=150,
    ),
    Target(
        name="smtp talk",
        seeds=(
            (
                b"220 x\r\n|250-x\r\n250-SIZE 1000\r\n250-PIPELINING\r\n250 8BITMIME\r\n|"
                b"250 ok\r\n|250 ok\r\n|354 go\r\n|250 2.0.0 queued as X1\r\n|221 bye\r\n"
            ),
            b"220 x\r\n|250-x\r\n250 PIPELINING\r\n|250 ok\r\n|550 5.1.1 no\r\n|250 ok\r\n|",
            b"220 x\r\n|250 x\r\n|250 ok\r\n|250 ok\r\n|354 go\r\n|451 4.3.0 later\r\n",
        ),
        feed=smtp_talk,
        words=(b"|", b"\r\n", b"250 ok\r\n", b"354 go\r\n", b"250-", b"421 bye\r\n", b"999 x\r\n"),
        examples=15,
        loopback=True,
    ),
    Target(
        name="sms answer",
        seeds=(
            b'201\n\n{"sid": "%s", "status": "queued", "num_segments": "2"}' % SID.encode(),
            (
                b"429\nRetry-After: 30\nDate: Tue, 24 Nov 2026 08:00:00 GMT\n\n"
                b'{"code": 20429, "message": "x"}'
            ),
            (
                b"429\nRetry-After: Tue, 24 Nov 2026 09:00:00 GMT\n"
                b"Date: Tue, 24 Nov 2026 08:00:00 GMT\n\n{}"
            ),
            b'400\n\n{"code": 21211, "status": 400}',
        ),
        feed=sms_answer,
        words=(b"Retry-After: ", b"9999 23:59:59 -2359", b'"code": ', b"503", b"202", b'"sid": '),
        examples=120,
    ),
    Target(
        name="sms list",
        seeds=(
            _page(_listed()),
            _page(_listed(body="Autre"), _listed(sid="SM" + "4" * 32, direction="inbound")),
            _page(),
            json.dumps(_listed()).encode(),
        ),
        feed=sms_list,
        words=(b'"messages": ', b"null", b'"next_page_uri": "/x"', b'"sid": ', b'"date_created": '),
        examples=60,
    ),
)
