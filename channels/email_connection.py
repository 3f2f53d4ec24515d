"""One connection to a relay, led command by command."""

import asyncio
import re
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import Final

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPException,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)
from aiosmtplib.protocol import normalize_message_line_endings
from tenacity import (
    AsyncRetrying,
    retry_if_exception,
    stop_after_attempt,
    wait_random_exponential,
)

from channels.email_line import LEAVING, Line, Reply
from channels.email_replies import Phase, meaning, plain
from channels.email_settings import EmailSettings
from dispatcher.ports import NotAccepted, Outcome, Rejected, is_loopback


#: Quick tries to connect, within one attempt; everything longer is the schedule's.
_TRIES = 3
_WAIT = wait_random_exponential(multiplier=0.1, max=1.0)

#: Replies that let the conversation go on (RFC 5321 4.3.2).
_TAKEN: Final[Mapping[Phase, tuple[int, ...]]] = {
    "mail": (250,),
    "rcpt": (250, 251),
    "data": (354,),
}

_PHASES: Final[tuple[Phase, ...]] = ("mail", "rcpt", "data")

#: Seconds between two looks at a content on its way.
_LOOK_AGAIN = 0.005

_LINE_START_DOT = re.compile(rb"(?m)^\.")


class Refused(Exception):
    """The server, or what we asked of it, refused before the last byte; `outcome` says how.

    `leaving`: it wants nothing more on this connection, and another may be worth a try.
    """

    def __init__(self, outcome: Outcome, *, leaving: bool = False) -> None:
        super().__init__(str(outcome))
        self.outcome = outcome
        self.leaving = leaving


class Connection:
    """A connection that is greeted, encrypted and logged in.

    `announced`: the server waits for the content of the message under way.
    """

    def __init__(self, client: SMTP, settings: EmailSettings) -> None:
        transport = client.transport
        if not isinstance(transport, asyncio.Transport):
            raise SMTPServerDisconnected("the connection is closed")
        self._client = client
        self._line = Line(transport)
        self._settings = settings
        self._extensions = {
            name: client.supports_extension(name) for name in ("size", "8bitmime", "pipelining")
        }
        self._messages = 0
        self._last = time.monotonic()
        self.announced = False

    @property
    def usable(self) -> bool:
        return self._line.is_open

    def worn(self, messages: int, idle: float) -> bool:
        """Whether it carried so many messages, or slept so many seconds, or is closed."""
        slept = time.monotonic() - self._last
        return not self.usable or self._messages >= messages or slept > idle

    async def begin(self, sender: str, content: bytes, *, only: str = "") -> None:
        """Name the sender of a message of this content.

        Where there is but one recipient (`only`) and the server allows it, he is named and the
        content announced in the same breath (RFC 2920).

        Raises:
            Refused: by the server; the connection may be of further use.
            SMTPException, OSError: the connection is lost, nothing was sent.
        """
        self._messages += 1
        self.announced = False
        mail = " ".join((f"MAIL FROM:<{sender}>", *self._mail_options(content)))
        try:
            if only and self._extensions["pipelining"]:
                await self._at_once(mail, only)
            else:
                await self._say("mail", mail)
        except Refused:
            raise
        except BaseException:
            self.abort()
            raise

    async def address(self, to: str) -> None:
        """Name a recipient.

        Raises:
            Refused: by the server.
            SMTPException, OSError: the connection is lost, nothing was sent.
        """
        await self._say("rcpt", f"RCPT TO:<{to}>")

    async def announce(self) -> None:
        """Announce the content, under the same conditions."""
        await self._say("data", "DATA")

    async def content(self, content: bytes) -> None:
        """Write the whole content except its end; nothing is taken before that.

        Raises:
            SMTPException, OSError: the connection is of no more use.
        """
        self._line.write(_framed(content))
        await self._written()

    async def final_dot(self) -> tuple[int, str]:
        """End the content; the server's answer, which may come late.

        Raises:
            SMTPException, OSError: no answer, or one that cannot be read.
        """
        self._line.write(b".\r\n", asks=1)
        answer = await self._line.reply(self._settings.final_timeout)
        self._last = time.monotonic()
        return answer

    async def reset(self) -> None:
        """Forget the message under way, or give the connection up."""
        if self.usable and not await self._cleared():
            self.abort()

    async def quit(self) -> None:
        """Say goodbye, shortly; a server that does not answer is left."""
        with suppress(SMTPException, OSError):
            if self.usable:
                self._line.write(b"QUIT\r\n", asks=1)
                await self._line.reply(2)
        self._client.close()

    def abort(self) -> None:
        """Cut the line at once: nothing that waits to be written is written."""
        self._line.abort()
        self._client.close()

    async def _cleared(self) -> bool:
        try:
            reply = await self._ask("RSET")
        except (SMTPException, OSError):
            self.abort()
            return False
        return reply.code == 250  # noqa: PLR2004 - RFC 5321 4.3.2

    async def _at_once(self, mail: str, to: str) -> None:
        """Sender, recipient and announcement in one write; then each of the three replies.

        A server that refused one of them and waits for the content all the same must not get it,
        nor the dot that would end it: the connection is cut.
        """
        self._line.write(f"{mail}\r\nRCPT TO:<{to}>\r\nDATA\r\n".encode("ascii"), asks=3)
        refusal: Refused | None = None
        begun = leaving = False
        for phase in _PHASES:
            try:
                reply = await self._line.reply(self._settings.timeout)
                leaving = leaving or reply.code == LEAVING
                found = None if reply.code in _TAKEN[phase] else _refusal(phase, reply)
            except (SMTPException, OSError):
                if refusal is None:
                    raise
                self.abort()
                break
            refusal = refusal or found
            begun = begun or (phase == "mail" and found is None)
            self.announced = phase == "data" and found is None
        if refusal is None:
            return
        if self.announced or leaving:
            self.abort()
        elif begun:
            await self.reset()
        raise refusal

    async def _say(self, phase: Phase, words: str) -> None:
        reply = await self._ask(words)
        if reply.code not in _TAKEN[phase]:
            raise _refusal(phase, reply)

    async def _ask(self, words: str) -> Reply:
        try:
            self._line.write(f"{words}\r\n".encode("ascii"), asks=1)
            return await self._line.reply(self._settings.timeout)
        except (SMTPServerDisconnected, SMTPTimeoutError):
            self.abort()  # what is still to come would be taken for another command's reply
            raise

    def _mail_options(self, content: bytes) -> list[str]:
        options = []
        if self._extensions["size"]:
            options.append(f"SIZE={len(content)}")
        if not content.isascii():
            if not self._extensions["8bitmime"]:
                raise Refused(_message_fault("the relay takes no 8-bit content"))
            options.append("BODY=8BITMIME")
        return options

    async def _written(self) -> None:
        """Wait until the operating system has every byte; a standstill ends the connection."""
        left, moved = self._line.unwritten(), time.monotonic()
        while left:
            await asyncio.sleep(_LOOK_AGAIN)
            now_left, now = self._line.unwritten(), time.monotonic()
            if now_left < left:
                left, moved = now_left, now
            elif now - moved > self._settings.timeout:
                raise SMTPTimeoutError("the content does not go through")


def _refusal(phase: Phase, reply: Reply) -> Refused:
    """What a reply refuses.

    Raises:
        SMTPResponseException: it is neither a consent nor a refusal.
    """
    outcome = meaning(phase, reply.code, reply.text)
    if outcome is None:
        raise SMTPResponseException(reply.code, reply.text)
    return Refused(outcome, leaving=phase == "mail" and reply.code == LEAVING)


def _framed(content: bytes) -> bytes:
    """The content as it goes over the line: CRLF only, no line that is a dot.

    Our own has such lines already, and counting is ten times faster than looking.
    """
    ends = content.count(b"\r\n")
    if not (ends == content.count(b"\n") == content.count(b"\r") and content.endswith(b"\r\n")):
        content = normalize_message_line_endings(content)
    if b"\n." in content or content.startswith(b"."):
        content = _LINE_START_DOT.sub(b"..", content)
    return content


async def open_connection(settings: EmailSettings) -> Connection:
    """Connect, encrypt as told, log in.

    Raises:
        Refused: with what it means; nothing of a message was sent.
    """
    try:
        client = await _connected(settings)
    except (SMTPException, OSError, ValueError) as error:
        raise Refused(_connect_outcome(error)) from error
    try:
        await _introduced(client, settings)
        return Connection(client, settings)
    except (SMTPException, OSError, ValueError) as error:
        _cut(client)
        raise Refused(_connect_outcome(error)) from error
    except BaseException:
        _cut(client)
        raise


def _cut(client: SMTP) -> None:
    if isinstance(client.transport, asyncio.WriteTransport):
        client.transport.abort()
    client.close()


async def _connected(settings: EmailSettings) -> SMTP:
    """Greeted and encrypted, after a few quick tries if nobody answers."""
    async for attempt in AsyncRetrying(
        stop=stop_after_attempt(_TRIES),
        wait=_WAIT,
        retry=retry_if_exception(_may_pass),
        reraise=True,
    ):
        with attempt:
            client = _client(settings)
            await client.connect()
    return client


async def _introduced(client: SMTP, settings: EmailSettings) -> None:
    """Say who we are and log in, once: a wrong password said again and again locks the account."""
    if client.is_ehlo_or_helo_needed:  # nobody has asked yet, or STARTTLS made it forgotten
        await client.ehlo()
    if not settings.user:
        return
    # Over TLS, or on this machine, PLAIN is as good as any and asks only once.
    logins = {
        "plain": client.auth_plain,
        "login": client.auth_login,
        "cram-md5": client.auth_crammd5,
    }
    offered = [login for name, login in logins.items() if name in client.server_auth_methods]
    if not offered:
        raise SMTPException("the server offers no way to log in")
    await offered[0](settings.user, settings.password)


def _client(settings: EmailSettings) -> SMTP:
    return SMTP(
        hostname=settings.host,
        port=settings.port,
        # Else this machine's name is asked for, which can take the resolver's patience.
        local_hostname=settings.ehlo or ("localhost" if is_loopback(settings.host) else None),
        timeout=settings.timeout,
        use_tls=settings.tls == "tls",
        # Never None: that would encrypt only if the server says it can, and anybody between us
        # and the server can take those words out.
        start_tls=settings.tls == "start_tls",
        tls_context=None if settings.tls == "none" else _tls_context(settings.ca_file),
    )


@cache  # reading the system's certificates takes longer than a message
def _tls_context(ca_file: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file:
        context.load_verify_locations(cafile=ca_file)
    return context


def _may_pass(error: BaseException) -> bool:
    """Whether connecting again at once may do better: no answer, rather than a refusal."""
    if isinstance(error, SMTPResponseException) or _tls_failed(error):
        return False
    return isinstance(error, SMTPConnectError | SMTPServerDisconnected | ConnectionError)


def _tls_failed(error: BaseException) -> bool:
    return isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError)


def _connect_outcome(error: Exception) -> Outcome:
    words = plain(str(error))
    if _tls_failed(error):
        return Rejected(code="smtp/tls", evidence=words, scope="configuration")
    if isinstance(error, SMTPResponseException):
        phase: Phase = "auth" if isinstance(error, SMTPAuthenticationError) else "connect"
        outcome = meaning(phase, error.code, error.message)
        said = f"{error.code} {plain(error.message)}"
        return outcome or NotAccepted(code="smtp/garbage", evidence=said)
    if isinstance(error, OSError):
        return NotAccepted(code="smtp/connect", evidence=words)
    # No STARTTLS, no AUTH, a host name that is none: told before anything was sent.
    return Rejected(code="smtp/settings", evidence=words, scope="configuration")


def _message_fault(words: str) -> Rejected:
    return Rejected(code="email/content", evidence=words, scope="message")
