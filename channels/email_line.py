"""The line of an established connection: commands go out, replies come in, one after the other.

aiosmtplib connects, encrypts, introduces us and logs in. From there it would wait for each reply
before the next command and lose what comes in between; here several may be on their way.
"""

import asyncio
from collections import deque
from typing import Final, NamedTuple

from aiosmtplib import SMTPResponseException, SMTPServerDisconnected, SMTPTimeoutError


#: Bytes of one line, and of all lines that no reply has come of yet; RFC 5321 allows 512 a line.
LONGEST_LINE: Final = 8_192
MOST: Final = 65_536

#: Not an answer: what a server says that does not begin with three figures.
GARBAGE: Final = -1

#: The server takes no more on this connection (RFC 5321 3.8).
LEAVING: Final = 421


class Reply(NamedTuple):
    """What a server said; the lines of a long one are joined."""

    code: int
    text: str


class Line(asyncio.Protocol):
    """Takes a connection over. What comes unasked is nobody's reply and is dropped."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._buffer = bytearray()
        self._replies: deque[Reply | SMTPResponseException] = deque()
        self._asked = 0
        self._waiter: asyncio.Future[None] | None = None
        self._lost: BaseException | None = None
        transport.set_protocol(self)

    @property
    def is_open(self) -> bool:
        return self._lost is None and not self._transport.is_closing()

    def write(self, content: bytes, *, asks: int = 0) -> None:
        """Write bytes that ask for so many replies.

        Raises:
            SMTPServerDisconnected: the connection is closed.
        """
        if not self.is_open:
            raise SMTPServerDisconnected("the connection is closed")
        self._asked += asks
        self._transport.write(content)

    def unwritten(self) -> int:
        """Bytes written and not yet with the operating system.

        Raises:
            SMTPServerDisconnected: the connection is closed.
        """
        if not self.is_open:
            raise SMTPServerDisconnected("lost while the content was written")
        return self._transport.get_write_buffer_size()

    async def reply(self, seconds: float) -> Reply:
        """The next reply that was asked for.

        Raises:
            SMTPServerDisconnected, SMTPTimeoutError: it does not come.
            SMTPResponseException: it is none.
        """
        if not self._replies and self._lost is None:
            await self._come(seconds)
        if not self._replies:
            raise SMTPServerDisconnected("connection lost") from self._lost
        found = self._replies.popleft()
        if isinstance(found, SMTPResponseException):
            raise found
        if found.code == LEAVING and not self._asked:
            self._transport.close()
        return found

    def abort(self) -> None:
        """Cut the line at once: nothing that waits to be written is written."""
        self._transport.abort()

    async def _come(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        self._waiter = loop.create_future()
        alarm = loop.call_later(seconds, self._wake, SMTPTimeoutError("no reply in time"))
        try:
            await self._waiter
        finally:
            alarm.cancel()
            self._waiter = None

    def _wake(self, error: Exception | None = None) -> None:
        waiter = self._waiter
        if waiter is None or waiter.done():
            return
        if error is None:
            waiter.set_result(None)
        else:
            waiter.set_exception(error)

    # -- what the transport calls ---------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Bytes of replies, as they come."""
        if not self._asked:
            return
        self._buffer += data
        while self._asked and (found := self._next()) is not None:
            self._asked -= 1
            self._replies.append(found)
        if not self._asked:
            self._buffer.clear()
        if self._replies:
            self._wake()

    def eof_received(self) -> bool:
        """The server says no more."""
        self._gone(None)
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is no more."""
        self._gone(exc)

    def _gone(self, why: Exception | None) -> None:
        self._lost = self._lost or why or ConnectionResetError("closed by the server")
        self._wake()

    def _next(self) -> Reply | SMTPResponseException | None:
        """The reply that stands whole in the buffer, taken out of it; None: not yet."""
        words: list[bytes] = []
        at = 0
        while (end := self._buffer.find(b"\n", at)) >= 0:
            line = bytes(self._buffer[at : end + 1])
            if len(line) > LONGEST_LINE or not _is_code(line[:3]):
                return self._spoilt(line)
            words.append(line[4:].strip(b" \t\r\n"))
            at = end + 1
            if line[3:4] != b"-":
                del self._buffer[:at]
                return Reply(int(line[:3]), b"\n".join(words).decode("utf-8", "surrogateescape"))
        if len(self._buffer) > MOST or len(self._buffer) - at > LONGEST_LINE:
            return self._spoilt(bytes(self._buffer[at:]))
        return None

    def _spoilt(self, line: bytes) -> SMTPResponseException:
        self._buffer.clear()
        told = line[:LONGEST_LINE].decode("utf-8", "replace").strip()
        return SMTPResponseException(GARBAGE, f"not an answer: {told}")


def _is_code(figures: bytes) -> bool:
    return len(figures) == 3 and figures.isdigit()  # noqa: PLR2004 - RFC 5321 4.2
