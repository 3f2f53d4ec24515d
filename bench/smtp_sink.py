"""A mail server that says yes and keeps nothing: `python -m bench.smtp_sink` prints its port."""

import asyncio


ANSWERS = {
    b"EHLO": b"250-sink\r\n250-SIZE 99999999\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
    b"DATA": b"354 go\r\n",
}


class _Sink(asyncio.Protocol):
    def __init__(self) -> None:
        self._rest = b""
        self._content = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        self._rest += data
        answers: list[bytes] = []
        while True:
            end = b"\r\n.\r\n" if self._content else b"\r\n"
            line, found, rest = self._rest.partition(end)
            if not found:
                self._transport.write(b"".join(answers))
                return
            self._rest = rest
            word = b"" if self._content else line[:4].upper()
            self._content = word == b"DATA"
            answers.append(ANSWERS.get(word, b"250 ok\r\n"))
            if word == b"QUIT":
                self._transport.write(b"".join(answers))
                self._transport.close()
                return


async def main() -> None:
    """Serve until killed."""
    server = await asyncio.get_running_loop().create_server(_Sink, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
