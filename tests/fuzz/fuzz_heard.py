"""What comes to us unasked: requests of providers, and mails."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from starlette.types import Message as Asgi

from channels.sms_callbacks import hear
from dispatcher.ports import Answered, Heard, News
from dispatcher.returns.answer import read
from dispatcher.returns.flow import Flow
from dispatcher.returns.listen import Desk, Hook, application
from tests.channels.sms_signed import INBOUND, PUBLIC, SETTINGS, STATUS, TOKEN, headers
from tests.fuzz.fuzz_target import Target, storable
from tests.returns.mails import COMPLAINT, EXIM, QMAIL, dsn, human, lines


NOW: Final = datetime(2026, 11, 24, 8, tzinfo=UTC)

#: What a listener may answer. Never 500; 503 only for a store that is busy, and ours is not.
STATUSES: Final = frozenset({200, 400, 403, 404, 405, 408, 413, 429, 431})

#: What a terminal would obey.
_UNSEEN: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

#: Signs of a piece of news that the book keeps.
MOST_SAID: Final = 100_000


def kept(news: Sequence[News]) -> None:
    """News that the book can keep."""
    for each in news:
        storable(
            each.source,
            each.reference,
            each.token,
            each.code,
            each.word,
            each.sender,
            each.evidence,
        )
        assert len(each.evidence) <= MOST_SAID
        assert not _UNSEEN.search(each.sender + each.word + each.code)
        assert len(each.sender) + len(each.reference) + len(each.word) + len(each.code) <= 5_000
        assert each.at.tzinfo is not None
        assert each.at.astimezone(UTC) <= NOW


# -- requests ------------------------------------------------------------------------------------


class Ear:
    """The ear of the SMS channel alone."""

    def hear(self, heard: Heard) -> Answered:
        return hear(replace(heard, at=NOW), name="sms", settings=SETTINGS)


@dataclass
class Asked:
    """One request, as a server hands it to an application, and the answer."""

    scope: dict[str, object]
    body: list[bytes]
    said: list[Asgi] = field(default_factory=list)

    async def receive(self) -> Asgi:
        if not self.body:
            return {"type": "http.disconnect"}
        piece = self.body.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(self.body)}

    async def send(self, message: Asgi) -> None:
        self.said.append(message)


def request(raw: bytes, _folder: Path) -> None:
    kept(requested(raw))


def requested(raw: bytes) -> list[News]:
    """`METHOD path?query`, header lines, an empty line, a body; `signed:` makes it genuine."""
    head, _, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    first, *headings = head.split(b"\n")
    method, _, target = first.partition(b" ")
    path, _, query = target.partition(b"?")
    pairs = [line.partition(b":")[::2] for line in headings]
    told = [(name.strip().lower(), value.strip()) for name, value in pairs if name.strip()]
    if any(name == b"signed" for name, _ in told):
        told += _signed(path, query, body)
    asked = Asked(
        scope={
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method.decode("latin-1").upper()[:20],
            "scheme": "http",
            "path": path.decode("utf-8", "replace"),
            "raw_path": path,
            "query_string": query,
            "root_path": "",
            "headers": told,
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        },
        body=[body[:7], body[7:]],
    )
    heard: list[News] = []
    words: list[str] = []
    desk = Desk(
        keep=heard.extend,
        now=lambda: NOW,
        flow=Flow(lambda: 0.0, rate=1e6, burst=1e6),
        told=lambda _channel, _status, word: words.append(word),
    )
    hooks = [Hook(name="sms", channel=Ear(), url=PUBLIC)]
    asyncio.run(application(hooks, desk)(asked.scope, asked.receive, asked.send))
    assert asked.said[0]["status"] in STATUSES, (asked.said[0]["status"], words)
    assert all(word.isascii() and len(word) < 30 for word in words)
    return heard


def _signed(path: bytes, query: bytes, body: bytes) -> list[tuple[bytes, bytes]]:
    place = "/inbound" if path.endswith(b"/inbound") else ""
    url = f"{PUBLIC}{place}" + (f"?{query.decode('latin-1')}" if query else "")
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=False)
        told = headers(url, fields)
    except ValueError:
        return []
    return [(name.encode(), value.encode()) for name, value in told.items()]


def _asked(place: str, fields: Mapping[str, str], *heads: str, query: str = "") -> bytes:
    body = "&".join(f"{name}={value.replace('+', '%2B')}" for name, value in fields.items())
    head = f"POST {urlsplit(PUBLIC).path}{place}{query}\n"
    return (head + "".join(f"{line}\n" for line in heads) + "\n" + body).encode()


# -- mails ---------------------------------------------------------------------------------------


_PARTS: Final = (
    lines(
        "From: a@b.test\nSubject: =?iso-8859-1?q?Re=E9?=\n"
        "Content-Type: text/html; charset=utf-7\n\n"
        "<p>Je paie &eacute; &#233;</p><blockquote>vieux</blockquote>\n"
    ),
    lines(
        'From: a@b.test\nContent-Type: multipart/alternative; boundary="b"\n\n--b\n'
        "Content-Transfer-Encoding: quoted-printable\n\nBonjour=20=\n--b\n"
        "Content-Type: text/html\nContent-Transfer-Encoding: base64\n\nPGI+eDwvYj4=\n--b--\n"
    ),
)


def mail(raw: bytes, _folder: Path) -> None:
    kept(mailed(raw))


def mailed(raw: bytes) -> list[News]:
    """What a mail says, as the mailbox is read."""
    answer = read(raw, source="mail:retours", ours={"comptabilite@exemple.test"}, now=NOW)
    assert len(answer.told) <= 50
    storable(answer.subject, answer.ignored)
    for each in answer.told:
        storable(*each.addresses)
        assert not _UNSEEN.search(each.news.evidence)
    return [each.news for each in answer.told]


_SIGNED: Final = "signed: yes"

TARGETS: Final = (
    Target(
        name="request",
        seeds=(
            _asked("", STATUS, _SIGNED, query=f"?d={TOKEN}"),
            _asked("", {**STATUS, "ErrorCode": "30003", "RawDlrDoneDate": "2611240700"}, _SIGNED),
            _asked("/inbound", INBOUND, _SIGNED),
            _asked("/inbound", {**INBOUND, "OptOutType": "STOP"}, _SIGNED, "content-length: 200"),
            _asked("", STATUS, "content-type: application/x-www-form-urlencoded"),
            b"GET /health\n\n",
        ),
        feed=request,
        words=(
            b"&", b"=", b"?d=", b"MessageStatus=failed", b"MessageSid=", b"Body=", b"From=%2B33",
            b"content-type: application/json", b"content-length: -1", b"x-twilio-signature: \xff",
            b"x-twilio-webhooks-signature-settings: algorithm=none", b"signed: yes\n", b"%ED%A0%80",
            b"i-twilio-idempotency-token: ", b"transfer-encoding: chunked", b";",
        ),
        examples=120,
    ),
    Target(
        name="mail",
        seeds=(dsn(), EXIM, QMAIL, COMPLAINT, human("Je paie vendredi."), *_PARTS),
        feed=mail,
        words=(
            b"Content-Type: multipart/mixed; boundary=b\n\n", b"--b\n", b"--b--\n", b"--B1",
            b"Content-Type: message/rfc822\n\n", b"charset=utf-7", b"charset=idna", b"charset=x",
            b"Content-Transfer-Encoding: base64\n", b"=?utf-8?q?=ED=A0=80?=", b"=?utf-7?b?AAAA?=",
            b"Action: failed\n", b"Status: 5.1.1\n", b"Final-Recipient: rfc822; ", b"<style>",
            b"<br", b"Date: Fri, 31 Dec 9999 23:59:59 -2359\n", b"Date: 1 Jan 1 00:00 +2359\n",
            b"boundary=",
            b"Auto-Submitted: ", b"From: ", b"report-type=feedback-report", b"=3D", b"&#xD800;",
            b"&#99999999999;",
        ),
        examples=150,
    ),
)  # fmt: skip
