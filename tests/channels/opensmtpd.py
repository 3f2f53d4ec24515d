"""OpenSMTPD on a free port of this machine, delivering into a Maildir, with TLS in front.

Debian's OpenSMTPD 6.8 cannot speak TLS with OpenSSL 3 (its own issue 1171), and offers a login
only over TLS: `secured` does both before it, and hands the rest of the conversation through.
"""

import asyncio
import base64
import fcntl
import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Final


#: The program, its queue and its control socket exist once on a machine.
PROGRAM: Final = shutil.which("smtpd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
ONE_AT_A_TIME: Final = Path(tempfile.gettempdir()) / "relance-tests-opensmtpd.lock"
MAIL_USER: Final = "nobody"

CONFIGURATION: Final = """
table users file:{folder}/users
listen on 127.0.0.1 port {port} hostname "relay.example"
action "keep" maildir "{folder}/mail/Maildir" virtual <users>
match from any for any action "keep"
"""


@dataclass(kw_only=True)
class OpenSmtpd:
    """The server; it can be killed and started again, with its queue."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        assert PROGRAM is not None
        command = [PROGRAM, "-d", "-f", str(self.folder / "smtpd.conf")]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.05)
        raise AssertionError((self.folder / "log").read_text("utf-8", "replace"))

    def kill(self) -> None:
        """All of its processes, at once."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=10)

    def connections(self) -> int:
        """How many it has had since its folder was made."""
        return (self.folder / "log").read_text("utf-8", "replace").count(" smtp connected ")

    def mails(self, *, least: int = 0, patience: float = 20) -> list[EmailMessage]:
        """What lies in the Maildir, once so many do or the patience is over."""
        deadline = time.monotonic() + patience
        new = self.folder / "mail/Maildir/new"
        while len(list(new.glob("*"))) < least and time.monotonic() < deadline:
            time.sleep(0.05)
        found = []
        for path in new.glob("*"):
            mail = message_from_bytes(path.read_bytes(), policy=policy.default)
            assert isinstance(mail, EmailMessage)
            found.append(mail)
        return found


@contextmanager
def opensmtpd() -> Iterator[OpenSmtpd]:
    """A fresh server; waits for that of another test."""
    with ONE_AT_A_TIME.open("w") as lock, tempfile.TemporaryDirectory() as name:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder = Path(name)
        folder.chmod(0o711)  # the mail user walks through
        user = pwd.getpwnam(MAIL_USER)
        (folder / "mail").mkdir()
        os.chown(folder / "mail", user.pw_uid, user.pw_gid)
        (folder / "users").write_text(f"@ {MAIL_USER}\n", encoding="ascii")
        server = OpenSmtpd(folder=folder, port=_free_port())
        configuration = CONFIGURATION.format(folder=folder, port=server.port)
        (folder / "smtpd.conf").write_text(configuration, encoding="ascii")
        (folder / "smtpd.conf").chmod(0o600)
        try:
            server.start()
            yield server
        finally:
            server.kill()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


# -- TLS and a login in front ---------------------------------------------------------------------


@asynccontextmanager
async def secured(
    behind: int, context: ssl.SSLContext, *, user: str, password: str
) -> AsyncIterator[int]:
    """A port on which STARTTLS and AUTH PLAIN come first, then the server on `behind`."""
    wanted = base64.b64encode(f"\0{user}\0{password}".encode()).decode()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            if await _logged_in(reader, writer, context, wanted):
                await _handed_through(reader, writer, behind)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def _logged_in(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    context: ssl.SSLContext,
    wanted: str,
) -> bool:
    writer.write(b"220 relay.example\r\n")
    encrypted = False
    while line := (await reader.readline()).decode().strip():
        word = line.split(" ")[0].upper()
        if word == "EHLO":
            more = b"AUTH PLAIN" if encrypted else b"STARTTLS"
            writer.write(b"250-relay.example\r\n250-SIZE 36700160\r\n250-8BITMIME\r\n250 " + more)
            writer.write(b"\r\n")
        elif word == "STARTTLS" and not encrypted:
            writer.write(b"220 2.0.0 go on\r\n")
            await writer.start_tls(context)
            encrypted = True
        elif line == f"AUTH PLAIN {wanted}" and encrypted:
            writer.write(b"235 2.7.0 welcome\r\n")
            return True
        elif word == "AUTH":
            writer.write(b"535 5.7.8 no\r\n")
        else:
            writer.write(b"530 5.7.0 first things first\r\n")
    return False


async def _handed_through(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, behind: int
) -> None:
    there, back = await asyncio.open_connection("127.0.0.1", behind)
    await there.readline()
    back.write(b"EHLO front.example\r\n")
    while (await there.readline())[3:4] == b"-":
        pass
    await asyncio.gather(_copied(reader, back), _copied(there, writer))


async def _copied(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while part := await reader.read(65_536):
        writer.write(part)
        await writer.drain()
    writer.close()
