"""A mail server on this machine that misbehaves as told: real conversations over real sockets."""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Answer with this text instead, with a pause (seconds) before each of its bytes.

    `then_drop` closes the connection after it.
    """

    text: str
    after: float = 0.0
    then_drop: bool = False
    pause: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """Close the connection without an answer. `take` counts the message as taken all the same.

    With `hard` the line is reset, as by a router that forgot the connection.
    """

    take: bool = False
    hard: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hang:
    """Never answer. `take` counts the message as taken all the same."""

    take: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stall:
    """Only in the phase `content`: read nothing more of the content, and drop if told."""

    drop: bool = False


Fault = Reply | Drop | Hang | Stall

#: What a healthy server says, by phase: the places where a fault can be put. `content` is while
#: the message's lines come, `dot` the answer to the last of them.
HEALTHY: Final[Mapping[str, str]] = {
    "banner": "220 relay.test ESMTP",
    "ehlo": "",  # the extensions
    "starttls": "220 2.0.0 ready",
    "auth": "235 2.7.0 welcome",
    "mail": "250 2.1.0 ok",
    "rcpt": "250 2.1.5 ok",
    "data": "354 go on",
    "content": "",
    "dot": "250 2.0.0 ok: queued as {id}",
    "rset": "250 2.0.0 forgotten",
    "quit": "221 2.0.0 bye",
}


EXTENSIONS: Final = ("SIZE 10000000", "8BITMIME", "ENHANCEDSTATUSCODES")


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A message that the server took, as its lines came (dots unstuffed)."""

    sender: str
    to: tuple[str, ...]
    content: bytes


@dataclass(slots=True, kw_only=True)
class SmtpServer:
    """A running server: where it is and what it saw.

    `lines` holds every command of every connection in order, `received` what it took.
    """

    port: int = 0
    lines: list[str] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    connections: int = 0


@asynccontextmanager
async def smtp_server(
    faults: Mapping[str, Iterable[Fault | None]] | None = None,
    *,
    tls: ssl.SSLContext | None = None,
    tls_from_start: bool = False,
    extensions: Iterable[str] = EXTENSIONS,
) -> AsyncIterator[SmtpServer]:
    """Run a server on a free port of 127.0.0.1.

    `faults` gives, per phase, what happens the first, second, ... time; None and everything after
    the last is healthy (`itertools.repeat` for ever). With `tls` it offers STARTTLS, or speaks
    TLS from the start.
    """
    server = SmtpServer()
    script: dict[str, Iterator[Fault | None]] = {p: iter(f) for p, f in (faults or {}).items()}
    offered = [*extensions, *(["STARTTLS"] if tls and not tls_from_start else [])]
    running: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        task = asyncio.current_task()
        if task is not None:
            running.add(task)
            task.add_done_callback(running.discard)
        conversation = _Conversation(server, script, offered, tls, reader, writer)
        try:
            # Cancelled only by the end of the block below; asyncio would log it as a mistake.
            with suppress(ConnectionError, ssl.SSLError, TimeoutError, asyncio.CancelledError):
                await conversation.lead()
        finally:
            writer.transport.abort()

    listener = await asyncio.start_server(
        serve, "127.0.0.1", 0, ssl=tls if tls_from_start else None, limit=2**20
    )
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await asyncio.sleep(0)  # the sockets close in the loop's next turn


@dataclass(slots=True)
class _Conversation:
    """One connection, command by command."""

    server: SmtpServer
    script: Mapping[str, Iterator[Fault | None]]
    extensions: list[str]
    tls: ssl.SSLContext | None
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    sender: str = ""
    to: list[str] = field(default_factory=list)
    content: bytes = b""

    async def lead(self) -> None:
        goes_on = bool(await self._answer("banner"))
        while goes_on and (line := await self.reader.readline()):
            command = line.decode("utf-8", "replace").rstrip("\r\n")
            self.server.lines.append(command)
            goes_on = await self._obey(command)

    async def _obey(self, command: str) -> bool:
        verb = command[:4].upper()
        match verb:
            case "EHLO" | "HELO":
                return bool(await self._answer("ehlo", "\r\n".join(self._greeting())))
            case "STAR":
                return await self._start_tls()
            case "DATA":
                return await self._data()
            case "MAIL":
                self.sender, self.to = _address(command), []
            case "RCPT":
                self.to.append(_address(command))
        phase = verb.lower() if verb.lower() in HEALTHY else ""
        said = await (self._answer(phase) if phase else self._say("500 5.5.2 what?"))
        return bool(said) and verb != "QUIT"

    def _greeting(self) -> list[str]:
        names = ["relay.test", *self.extensions]
        return [f"250{'-' if name != names[-1] else ' '}{name}" for name in names]

    async def _start_tls(self) -> bool:
        if self.tls is None or "STARTTLS" not in self.extensions:
            return bool(await self._say("502 5.5.1 no"))
        said = await self._answer("starttls")
        if not said.startswith("220"):
            return bool(said)
        await self.writer.start_tls(self.tls)
        self.extensions = [name for name in self.extensions if name != "STARTTLS"]
        return True

    async def _data(self) -> bool:
        said = await self._answer("data")
        if not said.startswith("354"):  # refused: no content follows
            return bool(said)
        stall = next(self.script.get("content", iter(())), None)
        if stall is not None:
            return await self._stall(stall)
        lines: list[bytes] = []
        while (line := await self.reader.readline()) != b".\r\n":
            if not line:
                return False
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        self.content = b"".join(lines)
        healthy = HEALTHY["dot"].format(id=len(self.server.received) + 1)
        return bool(await self._answer("dot", healthy))

    async def _stall(self, fault: Fault) -> bool:
        if fault == Stall(drop=True):
            await self.reader.read(1)
            return False
        await asyncio.Event().wait()
        return False

    async def _answer(self, phase: str, healthy: str = "") -> str:
        """Answer a phase, well or as told: what was said, or nothing when the line is cut."""
        fault = next(self.script.get(phase, iter(())), None)
        match fault:
            case None:
                self._take(phase, taken=True)
                return await self._say(healthy or HEALTHY[phase])
            case Reply():
                await asyncio.sleep(fault.after)
                self._take(phase, taken=fault.text.startswith("2"))
                said = await self._say(fault.text, fault.pause)
                return "" if fault.then_drop else said
            case Drop():
                self._take(phase, taken=fault.take)
                if fault.hard:
                    reset_when_closed(self.writer)
                return ""
            case Hang():
                self._take(phase, taken=fault.take)
                await asyncio.Event().wait()
                return ""
            case Stall():
                message = "a stall belongs to the phase content"
                raise ValueError(message)

    def _take(self, phase: str, *, taken: bool) -> None:
        if phase == "dot" and taken:
            message = Received(sender=self.sender, to=tuple(self.to), content=self.content)
            self.server.received.append(message)

    async def _say(self, text: str, pause: float = 0.0) -> str:
        whole = text.encode() + b"\r\n"
        for piece in [whole[i : i + 1] for i in range(len(whole))] if pause else [whole]:
            await asyncio.sleep(pause)
            self.writer.write(piece)
        await self.writer.drain()
        return text


def reset_when_closed(writer: asyncio.StreamWriter) -> None:
    """Make the end of a connection a reset instead of a farewell."""
    at_once = struct.pack("ii", 1, 0)  # linger for no time: RST instead of FIN
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)


def _address(command: str) -> str:
    return command.partition("<")[2].partition(">")[0]
