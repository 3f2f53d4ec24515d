"""A provider's HTTP server on this machine that misbehaves as told, over real sockets."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus

from dispatcher.testing.smtp import Drop, Hang, reset_when_closed


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpReply:
    """Answer with this, after so many seconds, with a pause (seconds) before each of its bytes.

    `take` counts the request as taken; without it, a status of 2xx does.
    """

    status: int = 200
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    after: float = 0.0
    pause: float = 0.0
    take: bool | None = None
    then_drop: bool = False

    @property
    def takes(self) -> bool:
        return self.status // 100 == 2 if self.take is None else self.take  # noqa: PLR2004 - 2xx


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset:
    """Cut the line hard, as a router that forgot the connection does."""

    take: bool = False


HttpFault = HttpReply | Drop | Hang | Reset

#: Where a fault can be put: before a byte is read, between head and body, after the body.
PHASES = ("connect", "head", "answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """A whole request as it came; names of headers in small letters."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True, kw_only=True)
class HttpServer:
    """A running server: where it is, every whole request it saw, and those it took."""

    port: int = 0
    seen: list[HttpRequest] = field(default_factory=list)
    taken: list[HttpRequest] = field(default_factory=list)
    connections: int = 0
    heads: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@asynccontextmanager
async def http_server(
    healthy: Callable[[HttpRequest], HttpReply],
    faults: Mapping[str, Iterable[HttpFault | None]] | None = None,
) -> AsyncIterator[HttpServer]:
    """Run a server on a free port of 127.0.0.1 that answers as `healthy` says.

    `faults` gives, per phase, what happens the first, second, ... time; None and everything after
    the last is healthy (`itertools.repeat` for ever).
    """
    server = HttpServer()
    script = {phase: iter(told) for phase, told in (faults or {}).items()}
    running: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        task = asyncio.current_task()
        if task is not None:
            running.add(task)
            task.add_done_callback(running.discard)
        try:
            # Cancelled only by the end of the block below; asyncio would log it as a mistake.
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await _Exchange(server, script, healthy, reader, writer).lead()
        finally:
            writer.transport.abort()

    listener = await asyncio.start_server(serve, "127.0.0.1", 0)
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
class _Exchange:
    """One connection, request by request."""

    server: HttpServer
    script: Mapping[str, Iterator[HttpFault | None]]
    healthy: Callable[[HttpRequest], HttpReply]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def lead(self) -> None:
        fault = next(self.script.get("connect", iter(())), None)
        goes_on = fault is None or await self._misbehave(fault, None)
        while goes_on:
            goes_on = await self._one()

    async def _one(self) -> bool:
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").splitlines()
        self.server.heads += 1
        method, path, _ = head[0].split(" ", 2)
        pairs = (line.partition(":") for line in head[1:] if line)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        fault = next(self.script.get("head", iter(())), None)
        if fault is not None:
            return await self._misbehave(fault, None)
        body = await self.reader.readexactly(int(headers.get("content-length", "0")))
        request = HttpRequest(method=method, path=path, headers=headers, body=body)
        self.server.seen.append(request)
        fault = next(self.script.get("answer", iter(())), None)
        return await self._misbehave(fault or self.healthy(request), request)

    async def _misbehave(self, fault: HttpFault, request: HttpRequest | None) -> bool:
        """Do as told; whether the connection goes on."""
        takes = fault.takes if isinstance(fault, HttpReply) else fault.take
        if request is not None and takes:
            self.server.taken.append(request)
        match fault:
            case HttpReply():
                await self._answer(fault)
                return not fault.then_drop
            case Hang():
                await asyncio.Event().wait()
            case Reset():
                reset_when_closed(self.writer)
        return False

    async def _answer(self, reply: HttpReply) -> None:
        await asyncio.sleep(reply.after)
        body = reply.body.encode()
        words = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        lines = [f"{name}: {value}" for name, value in {**words, **reply.headers}.items()]
        phrase = HTTPStatus(reply.status).phrase if reply.status in set(HTTPStatus) else "?"
        head = "\r\n".join([f"HTTP/1.1 {reply.status} {phrase}", *lines, "", ""])
        self.writer.write(head.encode("latin-1"))
        for piece in [body[i : i + 1] for i in range(len(body))] if reply.pause else [body]:
            await asyncio.sleep(reply.pause)
            self.writer.write(piece)
        await self.writer.drain()
