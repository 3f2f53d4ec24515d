"""The sandbox's provider of SMS: inside this process, every message a file, nothing leaves.

A message is acknowledged once its file has its name, so what was acknowledged exists even if the
process is killed the next moment.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit


_UNSAFE = re.compile(r"[^0-9A-Za-z._-]")
_LONGEST_NAME = 120
_LARGEST = 65_536  # bytes of one request


@contextmanager
def sink(folder: Path) -> Iterator[int]:
    """Run the server on a free port of 127.0.0.1, which is given, until the block ends.

    Each message becomes `<token>.txt` in `folder` (made when missing), named by the token in its
    callback's address; the same one again becomes `<token>-2.txt`, never less.

    Raises:
        OSError: the folder cannot be written, or no port is free.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    server = _Server(("127.0.0.1", 0), _Handler)
    server.folder = folder
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    """Knows where its files go."""

    folder: Path
    daemon_threads = True
    block_on_close = False  # a connection that is kept open must not keep us

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as it came
        self.numbers = count(1)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: whoever went away in the middle of a request knows it."""


class _Handler(BaseHTTPRequestHandler):
    """Answers one connection as the provider does when all is well."""

    protocol_version = "HTTP/1.1"
    timeout = 30
    server: _Server

    def do_POST(self) -> None:
        """Keep the message, then say so."""
        length = min(int(self.headers["Content-Length"] or 0), _LARGEST)
        asked = self.rfile.read(length)
        if len(asked) < length:  # withheld at the last moment: nothing was asked for
            self.close_connection = True
            return
        form = {name: values[0] for name, values in parse_qs(asked.decode()).items()}
        draft = f".{os.getpid()}-{next(self.server.numbers)}"
        name = store(self.server.folder, form, draft=draft)
        sid = "SM" + hashlib.sha256(name.encode()).hexdigest()[:32]
        said = json.dumps({"sid": sid, "status": "queued"}).encode()
        self.send_response(HTTPStatus.CREATED)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its own name
        """Say nothing: a request's line would stand among the words of a run."""


def store(folder: Path, form: dict[str, str], *, draft: str) -> str:
    """Write one message under a name that nothing has yet; the name without its ending.

    `draft` is the name of the file while it is written, in the same folder.
    """
    written = folder / draft
    head = "".join(f"{name}: {form.get(name, '')}\n" for name in ("From", "To"))
    written.write_text(f"{head}\n{form.get('Body', '')}\n", encoding="utf-8")
    try:
        names = _names(form.get("StatusCallback", ""))
        return next(name for name in names if _named(written, folder / f"{name}.txt"))
    finally:
        written.unlink()


def _names(callback: str) -> Iterator[str]:
    token = parse_qs(urlsplit(callback).query).get("d", [""])[0]
    name = _UNSAFE.sub("_", token)[:_LONGEST_NAME].lstrip(".") or "no-token"
    yield name
    yield from (f"{name}-{number}" for number in count(2))


def _named(written: Path, path: Path) -> bool:
    try:
        path.hardlink_to(written)  # unlike a rename, never replaces
    except FileExistsError:
        return False
    return True
