"""The sandbox's mail server: inside this process, every message a file, nothing leaves.

A message is acknowledged once its file has its name, so what was acknowledged exists even if the
process is killed the next moment.
"""

import logging
import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from asyncio import AbstractServer
    from collections.abc import Awaitable

    from aiosmtpd.smtp import SMTP, Envelope, Session


_MESSAGE_ID = re.compile(rb"(?im)^message-id:\s*<?([^>\s]+)")
_UNSAFE = re.compile(r"[^0-9A-Za-z._-]")
_LONGEST_NAME = 120
_LARGEST = 30_000_000  # bytes of one message

#: The library's own, which writes down every line of every message when asked for details.
_LOUD = "mail.log"


@contextmanager
def sink(folder: Path) -> Iterator[int]:
    """Run the server on a free port of 127.0.0.1, which is given, until the block ends.

    Each message becomes `<token>.eml` in `folder` (made when missing), named by what stands
    before the @ of its Message-ID; the same one again becomes `<token>-2.eml`, never less.

    Raises:
        OSError: the folder cannot be written, or no port is free.
    """
    logging.getLogger(_LOUD).setLevel(logging.WARNING)
    from aiosmtpd.controller import Controller  # noqa: PLC0415 - only the sandbox needs it

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    listener = socket.create_server(("127.0.0.1", 0))
    port: int = listener.getsockname()[1]

    class OnFreePort(Controller):
        """Listens on a port that was taken before: the controller wants to know its number."""

        def _create_server(self) -> "Awaitable[AbstractServer]":
            return self.loop.create_server(self._factory_invoker, sock=listener)

    controller = OnFreePort(
        _ToFiles(folder),
        hostname="127.0.0.1",
        port=port,
        data_size_limit=_LARGEST,
        server_hostname="sink.invalid",  # else the machine's name is looked up, which takes time
        ident="relance sandbox",
    )
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


class _ToFiles:
    """What aiosmtpd asks when a message has come."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: "SMTP", _session: "Session", envelope: "Envelope"
    ) -> str:
        content = envelope.original_content or b""
        name = store(self._folder, content, draft=f".{os.getpid()}-{next(self._numbers)}")
        return f"250 2.0.0 ok: queued as {name}"


def store(folder: Path, content: bytes, *, draft: str) -> str:
    """Write one message under a name that nothing has yet; the name without its ending.

    `draft` is the name of the file while it is written, in the same folder.
    """
    written = folder / draft
    written.write_bytes(content)
    try:
        return next(name for name in _names(content) if _named(written, folder / f"{name}.eml"))
    finally:
        written.unlink()


def _names(content: bytes) -> Iterator[str]:
    name = _token(content)
    yield name
    yield from (f"{name}-{number}" for number in count(2))


def _token(content: bytes) -> str:
    head = content.partition(b"\r\n\r\n")[0]
    found = _MESSAGE_ID.search(head)
    if found is None:
        return "no-message-id"
    local = found[1].decode("ascii", "replace").partition("@")[0]
    return _UNSAFE.sub("_", local)[:_LONGEST_NAME].lstrip(".") or "no-message-id"


def _named(written: Path, path: Path) -> bool:
    try:
        path.hardlink_to(written)  # unlike a rename, never replaces
    except FileExistsError:
        return False
    return True
