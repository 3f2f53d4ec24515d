"""E-mail by SMTP: one debtor per transaction, over a few connections that are used again.

The conversation is led step by step, because only the step tells a message that certainly did not
leave from one that may have: a connection lost before the final dot proves that nothing was
taken, the same loss after it proves nothing.
"""

import asyncio
import re
from collections.abc import Sequence

from aiosmtplib import SMTPException, SMTPResponseException

from channels.email_connection import Connection, Refused, open_connection
from channels.email_replies import meaning, plain
from channels.email_settings import ADDRESS, TOKEN, EmailSettings, read_settings
from dispatcher.ports import (
    Accepted,
    ChannelSettings,
    DeliveryClass,
    Going,
    Message,
    NotAccepted,
    Outcome,
    Rejected,
    Unknown,
)


_QUEUED_AS = re.compile(r"queued as ([0-9A-Za-z._-]+)", re.IGNORECASE)

#: A connection is given up after so many messages, or when it was idle so many seconds.
_MESSAGES = 100
_IDLE = 20.0


def open_channel(settings: ChannelSettings) -> "EmailChannel":
    """The channel of these settings; it connects when it first sends.

    Raises:
        BadInput: with every problem of the settings at once.
    """
    return EmailChannel(settings.name, read_settings(settings))


class EmailChannel:
    """Sends ready-made e-mails through one relay. Nobody can ask SMTP what became of one."""

    def __init__(self, name: str, settings: EmailSettings) -> None:
        self._name = name
        self._settings = settings
        self._idle: list[Connection] = []
        self._slots = asyncio.Semaphore(settings.pool)
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def name(self) -> str:
        return self._name

    @property
    def delivery_class(self) -> DeliveryClass:
        return "none"

    @property
    def batch(self) -> int:
        return 25

    async def send(self, message: Message, going: Going) -> Outcome:
        """Hand one message to the relay."""
        sender = self._return_path(message)
        unfit = _unfit(message, sender)
        if unfit is not None:
            return unfit
        self._settle_in()
        async with self._slots:
            try:
                connection = await self._begun(sender, message)
            except Refused as refused:
                return refused.outcome
            try:
                return await _transaction(connection, message, going)
            except BaseException:  # withheld, cancelled: the server must not see an end
                connection.abort()
                raise
            finally:
                self._keep(connection)

    def _return_path(self, message: Message) -> str:
        """Where this message comes back to: by its token nobody else can say that it did."""
        if self._settings.bounces:
            return self._settings.bounces.replace(TOKEN, message.token)
        return message.sender or self._settings.sender

    async def close(self) -> None:
        """Say goodbye on every idle connection."""
        while self._idle:
            await self._idle.pop().quit()

    def _settle_in(self) -> None:
        """Begin anew in another event loop: slots and connections belong to the one they knew."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop = loop
            self._idle = []
            self._slots = asyncio.Semaphore(self._settings.pool)

    async def _begun(self, sender: str, message: Message) -> Connection:
        """A connection on which the server took the sender: one in hand, else a new one.

        A server may have left since the last message, or want no more on one connection (421);
        nothing was sent then, and a new connection is worth a try.
        """
        while self._idle:
            connection = self._idle.pop()
            if connection.worn(_MESSAGES, _IDLE):
                await connection.quit()
                continue
            try:
                await connection.begin(sender, message.mime, only=_only(message))
            except Refused as refused:
                self._keep(connection)
                if not refused.leaving:
                    raise
            except (SMTPException, OSError):
                continue
            else:
                return connection
        return await self._newly_begun(sender, message)

    async def _newly_begun(self, sender: str, message: Message) -> Connection:
        connection = await open_connection(self._settings)
        try:
            await connection.begin(sender, message.mime, only=_only(message))
        except Refused:
            self._keep(connection)
            raise
        except (SMTPException, OSError) as error:
            raise Refused(_lost(error)) from error
        return connection

    def _keep(self, connection: Connection) -> None:
        if connection.usable:
            self._idle.append(connection)


async def _transaction(connection: Connection, message: Message, going: Going) -> Outcome:
    """The rest of one message, up to the answer to its last byte."""
    try:
        left_out = ""
        if not connection.announced:
            await connection.address(message.to)
            left_out = await _copied(connection, message.copies)
        await connection.content(message.mime)
    except Refused as refused:
        await connection.reset()
        return refused.outcome
    except (SMTPException, OSError) as error:
        connection.abort()
        return _lost(error)
    going()
    try:
        code, text = await connection.final_dot()
    except (SMTPException, OSError) as error:
        connection.abort()
        return Unknown(stage="content", evidence=f"after the last byte: {_words(error)}")
    return _answer(connection, code, text, left_out)


async def _copied(connection: Connection, copies: Sequence[str]) -> str:
    """Name those who get a copy and announce the content; who was refused, in words.

    The debtor must not wait because a colleague's mailbox is full, nor get his message twice.
    """
    refused = []
    for address in copies:
        try:
            if ADDRESS.fullmatch(address) is None:
                refused.append(f"{plain(address)}: not an address")
            else:
                await connection.address(address)
        except Refused as error:
            refused.append(f"{address}: {_evidence(error.outcome)}")
    await connection.announce()
    return f" (no copy to {'; '.join(refused)})" if refused else ""


def _only(message: Message) -> str:
    """The recipient, where there is no other."""
    return "" if message.copies else message.to


def _evidence(outcome: Outcome) -> str:
    return "" if isinstance(outcome, Accepted) else outcome.evidence


def _answer(connection: Connection, code: int, text: str, left_out: str) -> Outcome:
    if 200 <= code < 300:  # noqa: PLR2004 - RFC 5321 4.2.1: positive completion
        queued = _QUEUED_AS.search(text)
        receipt = f"{code} {plain(text)}{left_out}"
        return Accepted(provider_id=queued[1] if queued else "", receipt=receipt)
    outcome = meaning("content", code, text)
    if outcome is None:
        connection.abort()
        return Unknown(stage="content", evidence=f"not an answer: {code} {plain(text)}")
    return outcome


def _unfit(message: Message, sender: str) -> Outcome | None:
    """Why this message is refused before any byte is sent; None: it is not."""
    if ADDRESS.fullmatch(sender) is None:
        return Rejected(code="email/sender", evidence="no address", scope="configuration")
    if ADDRESS.fullmatch(message.to) is None:
        return Rejected(code="email/recipient", evidence="not one plain address")
    if not message.mime:
        return Rejected(code="email/empty", evidence="no content", scope="message")
    if b"\0" in message.mime:
        return Rejected(code="email/content", evidence="a NUL in the content", scope="message")
    return None


def _lost(error: Exception) -> NotAccepted:
    return NotAccepted(code="smtp/lost", evidence=f"before the last byte: {_words(error)}")


def _words(error: Exception) -> str:
    if isinstance(error, SMTPResponseException):
        return f"{error.code} {plain(error.message)}"
    return f"{type(error).__name__} {plain(str(error))}"
