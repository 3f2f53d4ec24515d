"""A folder of an IMAP server, over TLS: what is unseen waits, what was read is seen and filed."""

import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from dispatcher.model.settings import InboxSettings
from dispatcher.returns.mailbox import AT_ONCE, BEGINNING, LARGEST, Letter, MailboxFault


if TYPE_CHECKING:
    from imapclient import IMAPClient


#: Seconds for a whole reading, however slowly each line of it comes.
LONGEST: Final = 300

#: What the two libraries raise for a server that is away, refuses, or does not speak IMAP: of the
#: last there is no list (AttributeError, MemoryError, ...).
_FAULTS: Final = (Exception,)


class Imap:
    """One folder of an account; it connects when it is first read, and deletes nothing."""

    def __init__(self, settings: InboxSettings, password: str, *, longest: float = LONGEST) -> None:
        self._settings = settings
        self._password = password
        self._longest = longest
        self._client: IMAPClient | None = None
        self._timer: threading.Timer | None = None

    @property
    def name(self) -> str:
        return self._settings.name

    def waiting(self) -> Iterator[Letter]:
        try:
            client = self._opened()
            numbers = sorted(client.search("UNSEEN"))[:AT_ONCE]
            sizes = client.fetch(numbers, ["RFC822.SIZE"]) if numbers else {}
        except _FAULTS as error:
            raise _fault(error) from error
        for number in numbers:
            size = sizes.get(number, {}).get(b"RFC822.SIZE")
            raw = self._content(number, size if isinstance(size, int) else 0)
            if raw:
                yield Letter(key=str(number), raw=raw)

    def done(self, keys: Sequence[str]) -> None:
        numbers = [int(key) for key in keys]
        if not numbers:
            return
        try:
            client = self._opened()
            client.add_flags(numbers, [rb"\Seen"], silent=True)
            if self._settings.done and client.has_capability("MOVE"):
                folder = _as_named_there(client, self._settings.done)
                if not client.folder_exists(folder):
                    client.create_folder(folder)
                client.move(numbers, folder)
        except _FAULTS as error:
            raise _fault(error) from error

    def close(self) -> None:
        """Say goodbye; a server that does not answer is left."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(*_FAULTS):
                client.logout()
            with suppress(*_FAULTS):
                client.shutdown()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _opened(self) -> "IMAPClient":
        if self._client is None:
            self._client = client = self._connected()
            # Each line has its time; this bounds a server that gives a line at a time for ever.
            self._timer = threading.Timer(self._longest, _cut, [client])
            self._timer.daemon = True
            self._timer.start()
            client.login(self._settings.user, self._password)
            client.select_folder(self._settings.folder)
        return self._client

    def _connected(self) -> "IMAPClient":
        from imapclient import IMAPClient  # noqa: PLC0415 - only where a mailbox is read

        settings, context = self._settings, _context(self._settings.ca_file)
        client = IMAPClient(
            settings.host,
            port=settings.port,
            ssl=settings.tls == "tls",
            ssl_context=context if settings.tls == "tls" else None,
            timeout=settings.timeout,
        )
        if settings.tls != "tls":
            try:
                client.starttls(context)
            except _FAULTS:
                client.shutdown()
                raise
        return client

    def _content(self, number: int, size: int) -> bytes:
        whole = 0 < size <= LARGEST
        wanted = "BODY.PEEK[]" if whole else f"BODY.PEEK[]<0.{BEGINNING}>"
        try:
            answer = self._opened().fetch([number], [wanted]).get(number, {})
            body = next((value for key, value in answer.items() if key.startswith(b"BODY[")), b"")
        except _FAULTS as error:
            raise _fault(error) from error
        return body if isinstance(body, bytes) else b""


def _as_named_there(client: "IMAPClient", written: str) -> str:
    """A folder by the server's own prefix and separator (RFC 2342): `INBOX.relance.done`."""
    if not client.has_capability("NAMESPACE"):
        return written
    own = client.namespace().personal
    prefix, separator = own[0] if own else ("", None)
    named = written.replace("/", separator or "/")
    return named if named.startswith(prefix) else prefix + named


def _cut(client: "IMAPClient") -> None:
    with suppress(*_FAULTS):
        client.shutdown()


def _context(ca_file: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file:
        context.load_verify_locations(cafile=ca_file)
    return context


def _fault(error: Exception) -> MailboxFault:
    word = "server"
    if isinstance(error, ssl.SSLError):
        word = "tls"
    elif type(error).__name__ == "LoginError":
        word = "login"
    elif isinstance(error, OSError):
        word = "connection"
    line = " ".join(str(error).split())[:200]
    return MailboxFault(word, "".join(sign if sign.isprintable() else "?" for sign in line))
